"""Answer: what came back, whole."""

from __future__ import annotations

from collections.abc import Mapping


class Answer:
    """A whole answer with a status of 200 to 299.

    Attributes:
        status: Its HTTP status.
        reason: The phrase beside it.
        headers: Its headers, case-insensitive.
        body: Its body.
    """

    __slots__ = ("body", "headers", "reason", "status")

    def __init__(self, status: int, reason: str | None, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body

    @property
    def content_type(self) -> str:
        """The media type, lower case, without parameters."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def data(self) -> bytes:
        """The body, under the name that kubernetes_asyncio's answers have."""
        return self.body

    def getheaders(self) -> Mapping[str, str]:
        """Return the headers, as kubernetes_asyncio's answers do."""
        return self.headers

    def getheader(self, name: str, default: str | None = None) -> str | None:
        """Return one header, as kubernetes_asyncio's answers do."""
        return self.headers.get(name, default)

    def __repr__(self) -> str:
        return f"<Answer {self.status} {self.content_type or 'without type'}, {len(self.body)} bytes>"
