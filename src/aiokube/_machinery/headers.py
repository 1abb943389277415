"""Headers: values that cannot break a request apart, and two answers' headers that need reading.

Source: https://www.rfc-editor.org/rfc/rfc9110#section-5.5 (field values), #section-10.2.3 (Retry-After) and
https://www.rfc-editor.org/rfc/rfc7234#section-5.5 (Warning)
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from aiokube._machinery.errors import InvalidHeader

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_BREAKING = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")  # a tab is allowed; UTF-8 has no surrogates
_WARNING = re.compile(r'([0-9]{3}) (\S+) "((?:[^"\\]|\\.)*)"(?: "[^"]*")?\s*(?:,|\Z)')


class WarningText(NamedTuple):
    """One warning of a server."""

    code: int
    agent: str
    text: str


def checked_headers(headers: Mapping[str, object] | Iterable[tuple[str, object]]) -> tuple[tuple[str, str], ...]:
    """Return headers as pairs of texts.

    Raises:
        InvalidHeader: A name is no token, or a value is bytes, or holds a line break or another control character.
            The value is not in the error.
    """
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return tuple((_checked_name(name), _checked_value(name, value)) for name, value in pairs if value is not None)


def retry_after(value: str | None, *, now: float) -> float | None:
    """Return the seconds that a Retry-After header asks to wait; None without one or when it makes no sense.

    Args:
        value: The header, seconds or an HTTP date.
        now: Seconds since the epoch, to which a date is compared.
    """
    if value is None:
        return None
    text = value.strip()
    try:
        seconds = float(text) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) else _http_date(text).timestamp() - now
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def warning_texts(values: Iterable[str]) -> list[WarningText]:
    """Return the warnings in `Warning:` headers, each once, in order; what is not well formed is left out."""
    found: dict[WarningText, None] = {}
    for value in values:
        for match in _WARNING.finditer(value):
            text = re.sub(r"\\(.)", r"\1", match[3])
            found[WarningText(int(match[1]), match[2], text)] = None
    return list(found)


def _http_date(text: str) -> datetime:
    date = parsedate_to_datetime(text)
    return date if date.tzinfo else date.replace(tzinfo=UTC)  # the form of asctime names no zone, and means UTC


def _checked_name(name: str) -> str:
    if not _NAME.match(name):
        raise InvalidHeader(name, "a header cannot have this name")
    return name


def _checked_value(name: str, value: object) -> str:
    if isinstance(value, bytes):
        raise InvalidHeader(name, "its value is bytes, and must be a text")
    text = str.__str__(value) if isinstance(value, str) else str(value)  # of an enum's member the text, not its name
    if _BREAKING.search(text):
        raise InvalidHeader(name, "its value holds a line break or another control character")
    return text
