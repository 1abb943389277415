"""The version, which the package is built with. To read it from there again would be a quarter of what we import."""

__version__ = "0.1.0"
