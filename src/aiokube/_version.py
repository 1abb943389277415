"""The version, as in pyproject.toml. Reading it from the installed metadata would be a quarter of what we import."""

__version__ = "0.1.0"
