"""Requests as values: built here, printed and compared in tests, sent by `client.rest`.

A `Request` is complete and safe when it exists: its path is quoted, its query encoded, its headers checked, its
body bytes. Whoever sends it changes nothing but what belongs to the connection (authorization, user agent).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from aiokube._machinery.errors import UnencodableValue
from aiokube._machinery.headers import checked_headers
from aiokube._machinery.objects import encode
from aiokube._machinery.paths import quote_path, quote_query

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})  # RFC 9110 9.2.1: asking again changes nothing


class Target(msgspec.Struct, frozen=True, gc=False):
    """What a request is about, for the words of errors."""

    verb: str
    resource: str  # "deployments.apps", "pods/status", or a path when that is all that is known
    name: str | None = None
    namespace: str | None = None

    def __str__(self) -> str:
        named = f" {self.name}" if self.name else ""
        inside = f" in namespace {self.namespace}" if self.namespace else ""
        return f"{self.verb} {self.resource}{named}{inside}"


class Timeouts(msgspec.Struct, frozen=True, gc=False):
    """Seconds that a request may take, phase by phase; None sets no limit."""

    total: float | None = None  # the caller's deadline: waits and retries are inside it
    connect: float | None = None  # TCP and TLS
    first_byte: float | None = None  # from the request sent to the answer's headers
    idle: float | None = None  # between two reads of the body


class Request(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One request, complete but for what belongs to the connection."""

    method: str
    path: str  # quoted, beginning with "/"
    query: str = ""  # encoded, without "?"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    target: Target | None = None
    stream: bool = False  # the answer is read as it comes: a watch, a log that is followed
    retry: bool = True  # False: whoever asks has rules of its own, as a watch has
    timeouts: Timeouts | None = None  # None: the configuration's
    surface_warnings: bool = True  # False: whoever asks reads the answer's `Warning:` headers itself

    @property
    def url(self) -> str:
        """Path and query as they stand on the request line."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def safe(self) -> bool:
        """Whether sending it twice is the same as sending it once."""
        return self.method in SAFE_METHODS


def build(
    method: str,
    path: str,
    *,
    path_params: Mapping[str, object] | None = None,
    query: Iterable[tuple[str, str]] = (),
    headers: Mapping[str, object] | Iterable[tuple[str, object]] = (),
    body: object = None,
    target: Target | None = None,
    stream: bool = False,
    retry: bool = True,
    timeouts: Timeouts | None = None,
) -> Request:
    """Return a request for a path that a caller wrote, everything in it checked and encoded.

    Args:
        method: The HTTP method, in any case.
        path: The path; it may hold names in braces and end with a query.
        path_params: Values of the names in braces.
        query: Query parameters, not encoded.
        headers: Headers of this request; those that are None are left out.
        body: Bytes and texts go out as they are, everything else as JSON; None sends none.
        target: What it is about; None takes the method and path.
        stream: The answer is read as it comes.
        retry: Whether the client may send it again by itself.
        timeouts: None takes the configuration's.

    Raises:
        InvalidSegment: The path could be read as another one.
        InvalidHeader: A header could break the request apart.
        InvalidParameter: A query parameter holds half of a surrogate pair.
        UnencodableValue: The body holds what JSON or UTF-8 cannot carry.
    """
    quoted, own_query = quote_path(path, path_params)
    encoded = quote_query(query)
    method = method.upper()
    return Request(
        method=method,
        path=quoted,
        query=f"{own_query}&{encoded}" if own_query and encoded else own_query or encoded,
        headers=checked_headers(headers),
        body=_body(body),
        target=target or Target(method.lower(), quoted),
        stream=stream,
        retry=retry,
        timeouts=timeouts,
    )


def _body(body: object) -> bytes | None:
    if body is None or isinstance(body, bytes):
        return body
    return _utf8(body) if isinstance(body, str) else encode(body)


def _utf8(body: str) -> bytes:
    try:
        return body.encode()
    except UnicodeEncodeError:
        # Not chained: that error holds the whole body.
        raise UnencodableValue("", "it holds half of a surrogate pair") from None
