"""What using a server wrongly raises."""

__all__ = ["APIServerError"]


class APIServerError(Exception):
    """Raised when a server is used while it is not running, or started while it is."""
