"""salesctl: a sales organisation in a terminal."""

__version__ = "0.3.0"
