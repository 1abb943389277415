"""Paths: names become quoted URL segments here, and nowhere else.

Our quoting is the only guard. URLs are handed to the HTTP library as already encoded, so that it cannot normalise
`..` or `%2e%2e` into another object's path; in return it checks nothing. A segment is therefore refused when a
server, a proxy or a library could read it as something else than one segment, and is quoted otherwise.

Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/api/validation/path/name.go and
https://www.rfc-editor.org/rfc/rfc3986#section-3.3
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, quote, quote_plus, unquote

from aiokube._machinery.errors import InvalidParameter, InvalidSegment

_PATH_SAFE = "-._~!$&'()*+,;=:@"  # pchar of RFC 3986 less percent-encoding
_NAME_SAFE = _PATH_SAFE.replace(";", "")  # Java servers cut off what follows it, and `..;` becomes `..`
_PLAIN = re.compile(r"[A-Za-z0-9_~:-][A-Za-z0-9._~:-]*\Z")  # nearly every name; needs neither check nor quoting
_FORBIDDEN = {
    "/": "a slash",
    "\\": "a backslash",
    "%": "a percent sign",
    "?": "a question mark",
    "#": "a hash sign",
}
_TEMPLATE = re.compile(r"\{([^{}]*)\}")


def quote_segment(what: str, value: object) -> str:
    """Return one segment of a path, quoted.

    Args:
        what: What the segment is, for the error: "name", "namespace".
        value: The segment, not quoted.

    Raises:
        InvalidSegment: It is not a text, empty, `.` or `..`, or holds a character that could split the path.
    """
    if isinstance(value, str) and (plain := _PLAIN.match(value)):
        return plain[0]  # not the value: an enum's member would be formatted as "Name.MEMBER"
    if not isinstance(value, str):
        raise InvalidSegment(what, value, f"expected a text, got {type(value).__name__}")
    if not value:
        raise InvalidSegment(what, value, "it is empty")
    if value in (".", ".."):
        raise InvalidSegment(what, value, "it means another path")
    _check_characters(what, value, _FORBIDDEN)
    return quote(value, safe=_NAME_SAFE)


def quote_sub_path(path: object) -> str:
    """Return a path below a proxy subresource, quoted segment by segment; it cannot climb out.

    Args:
        path: "metrics/cadvisor" for instance, not quoted. A slash at either end is kept.

    Raises:
        InvalidSegment: A segment is `.` or `..`, or holds a control character or a backslash.
    """
    if not isinstance(path, str):
        raise InvalidSegment("path", path, f"expected a text, got {type(path).__name__}")
    _check_climbing(path)
    return quote(path.removeprefix("/"), safe=f"{_PATH_SAFE}/")


def quote_path(path: str, path_params: Mapping[str, object] | None = None) -> tuple[str, str]:
    """Return a whole path that the caller wrote, quoted where it was not yet, and the query it may end with.

    Args:
        path: "/api/v1/namespaces/{namespace}/pods", "/version", "/api/v1/pods?limit=1". Percent signs are taken as
            quoting that is there already.
        path_params: Values of the names in braces, not quoted; each becomes one segment.

    Raises:
        InvalidSegment: The path or a parameter could be read as another path.
    """
    path, _, query = path.partition("?")
    if not path.startswith("/"):
        path = f"/{path}"
    _check_characters("path", path, {"#": _FORBIDDEN["#"]})
    _check_climbing(path)
    if re.search(r"%(?![0-9A-Fa-f]{2})", path):
        raise InvalidSegment("path", path, "a percent sign begins no quoted character")
    params = path_params or {}
    path = _TEMPLATE.sub(lambda m: quote_segment(m[1], params[m[1]]) if m[1] in params else m[0], path)
    return quote(path, safe=f"{_PATH_SAFE}/%"), quote_query(parse_qsl(query, keep_blank_values=True))


def quote_query(pairs: Iterable[tuple[str, str]]) -> str:
    """Return pairs as a query, both halves quoted: a value cannot become another parameter.

    Raises:
        InvalidParameter: A text holds half of a surrogate pair.
    """
    return "&".join(_quote_pair(name, value) for name, value in pairs)


def _quote_pair(name: str, value: str) -> str:
    try:
        return f"{quote_plus(name)}={quote_plus(value)}"
    except UnicodeEncodeError:
        raise InvalidParameter(name, value, "it holds half of a surrogate pair") from None


def _check_climbing(path: str) -> None:
    """Refuse what some server reads as a step up: quoted, between quoted slashes, or with a parameter (`..;a`)."""
    decoded = unquote(path)
    _check_characters("path", decoded, {"\\": _FORBIDDEN["\\"]})
    if any(segment.partition(";")[0] in (".", "..") for segment in decoded.split("/")):
        raise InvalidSegment("path", path, "it may not climb out by . or ..")


def _check_characters(what: str, value: str, forbidden: Mapping[str, str]) -> None:
    for char in value:
        if char in forbidden:
            raise InvalidSegment(what, value, f"it holds {forbidden[char]}")
        if ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0:
            raise InvalidSegment(what, value, "it holds a control character")
        if 0xD800 <= ord(char) <= 0xDFFF:
            raise InvalidSegment(what, value, "it holds half of a surrogate pair")
