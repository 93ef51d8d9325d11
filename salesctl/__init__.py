"""salesctl: a sales organisation in a terminal."""

__version__ = "0.2.0"
