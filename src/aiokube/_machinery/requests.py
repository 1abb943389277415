"""Requests as values: built here, printed and compared in tests, sent by `client.rest`.

A `Request` is complete and safe when it exists: its path is quoted, its query encoded, its headers checked, its
body bytes. Whoever sends it changes nothing but what belongs to the connection (authorization, user agent).
"""

from __future__ import annotations

import msgspec

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})  # RFC 9110 9.2.1: asking again changes nothing


class Target(msgspec.Struct, frozen=True):
    """What a request is about, for the words of errors."""

    verb: str
    resource: str  # "deployments.apps", "pods/status", or a path when that is all that is known
    name: str | None = None
    namespace: str | None = None

    def __str__(self) -> str:
        named = f" {self.name}" if self.name else ""
        inside = f" in namespace {self.namespace}" if self.namespace else ""
        return f"{self.verb} {self.resource}{named}{inside}"


class Timeouts(msgspec.Struct, frozen=True):
    """Seconds that a request may take, phase by phase; None sets no limit."""

    total: float | None = None  # the caller's deadline: waits and retries are inside it
    connect: float | None = None  # TCP and TLS
    first_byte: float | None = None  # from the request sent to the answer's headers
    idle: float | None = None  # between two reads of the body


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One request, complete but for what belongs to the connection."""

    method: str
    path: str  # quoted, beginning with "/"
    query: str = ""  # encoded, without "?"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    target: Target | None = None
    stream: bool = False  # a long answer that is read as it comes: a watch, a log that is followed
    timeouts: Timeouts | None = None  # None: the configuration's

    @property
    def url(self) -> str:
        """Path and query as they stand on the request line."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def safe(self) -> bool:
        """Whether sending it twice is the same as sending it once."""
        return self.method in SAFE_METHODS
