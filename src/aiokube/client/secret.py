"""Secret: a text that is sent and never shown."""

from __future__ import annotations


class Secret(str):
    """The value of a header that is sent and never shown."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<redacted>"
