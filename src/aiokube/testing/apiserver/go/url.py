"""URLs as Go reads them, and what it says of those that it does not.

Source: https://pkg.go.dev/net/url#Parse
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .text import quoted

__all__ = ["URL", "NotAURLError", "parse"]

_CONTROL = re.compile("[\x00-\x1f\x7f]")
_SCHEME = re.compile("([A-Za-z][A-Za-z0-9+.-]*):")
_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2}).{0,2}")
_HOST_ESCAPE = re.compile("%(?!25|[89A-Fa-f])..")  # in hosts only what is not ASCII may be escaped
_NOT_IN_HOST = re.compile(r"[^-A-Za-z0-9_.~!$&'()*+,;=:\[\]<>\"%\x80-\U0010ffff]")
_NOT_IN_USER = re.compile(r"[^-A-Za-z0-9._:~!$&'()*+,;=%@]")
_PORT = re.compile("(:[0-9]*)?")


class NotAURLError(ValueError):
    """Raised when a text is no URL to Go; worded as Go does."""


@dataclass(frozen=True, slots=True)
class URL:
    """The parts of a URL that somebody asks for; escapes are left as they are.

    Attributes:
        user: with the password, if there is one; None where there is no `@`.
    """

    scheme: str
    host: str
    user: str | None
    path: str
    query: str
    fragment: str


def parse(text: str) -> URL:
    """Return the parts of a URL, which may be relative.

    Raises:
        NotAURLError: The text is none.
    """
    whole, _, fragment = text.partition("#")
    if wrong := _wrong(whole):
        raise NotAURLError(f"parse {quoted(whole)}: {wrong}")
    if wrong := _bad_escape(fragment):
        raise NotAURLError(f"parse {quoted(text)}: {wrong}")
    scheme, rest = _scheme(whole)
    rest, _, query = rest.partition("?")
    user, host, path = _authority(rest)
    return URL(scheme.lower(), host, user, path, query, fragment)


def _wrong(text: str) -> str:
    if _CONTROL.search(text):
        return "net/url: invalid control character in URL"
    if text.startswith(":"):
        return "missing protocol scheme"
    scheme, rest = _scheme(text)
    rest = rest.partition("?")[0]
    if not rest.startswith("/"):
        if scheme:
            return ""  # an opaque text, which Go does not look into
        if ":" in rest.partition("/")[0]:
            return "first path segment in URL cannot contain colon"
    user, host, path = _authority(rest)
    return _bad_host(host) or _bad_user(user or "") or _bad_escape(path)


def _scheme(text: str) -> tuple[str, str]:
    match = _SCHEME.match(text)
    return (match[1], text[match.end() :]) if match else ("", text)


def _authority(rest: str) -> tuple[str | None, str, str]:
    """Return user, host and path; only what follows two slashes has the first two."""
    if not rest.startswith("//"):
        return None, "", rest
    authority, slash, path = rest[2:].partition("/")
    user, at, host = authority.rpartition("@")
    return (user if at else None), host, slash + path


def _bad_host(host: str) -> str:
    name, port = host, ""
    if host.startswith("["):
        name, closed, port = host.rpartition("]")
        if not closed:
            return "missing ']' in host"
    elif "[" in host:
        return "invalid IP-literal"
    elif ":" in host:
        port = host[host.index(":") :]
    if not _PORT.fullmatch(port):
        return f"invalid port {quoted(port)} after host"
    if wrong := _bad_escape(name):
        return wrong
    if match := _HOST_ESCAPE.search(name):
        return f"invalid URL escape {quoted(match[0])}"
    match = _NOT_IN_HOST.search(name)
    return f"invalid character {quoted(match[0])} in host name" if match else ""


def _bad_user(user: str) -> str:
    return "net/url: invalid userinfo" if _NOT_IN_USER.search(user) else _bad_escape(user)


def _bad_escape(text: str) -> str:
    match = _ESCAPE.search(text)
    return f"invalid URL escape {quoted(match[0])}" if match else ""
