"""The only room that prints, and the only one that cleans text for a terminal."""
