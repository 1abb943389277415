"""The error of this package."""

__all__ = ["ConfigException"]


class ConfigException(Exception):
    """Raised when no Configuration can be had from the place that was asked.

    The text names the file, and the field or entry in it, and never holds a secret.
    """
