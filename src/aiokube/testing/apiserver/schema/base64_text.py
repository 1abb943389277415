"""Bytes as Go reads and writes them in JSON: base64, in which line breaks may stand.

Source: https://pkg.go.dev/encoding/base64#Encoding.Decode
"""

from __future__ import annotations

import base64
import binascii
import string
from typing import Final

__all__ = ["Base64Error", "canonical", "encoded"]

_SIGNS: Final = frozenset((string.ascii_letters + string.digits + "+/").encode())
_BREAKS: Final = frozenset(b"\r\n")
_PAD: Final = ord("=")


class Base64Error(ValueError):
    """Raised when a text is no base64; the text of the error is Go's."""


def canonical(text: str) -> str:
    """Return base64 as Go writes what it has read.

    Raises:
        Base64Error: the text is none.
    """
    try:
        data = base64.b64decode(text.replace("\r", "").replace("\n", "").encode(), validate=True)
    except binascii.Error as error:
        raise Base64Error(f"illegal base64 data at input byte {_first_wrong(text.encode())}") from error
    return encoded(data)


def encoded(data: bytes) -> str:
    """Return bytes as Go writes them."""
    return base64.b64encode(data).decode()


def _first_wrong(data: bytes) -> int:
    """Return where Go stops: it reads groups of four signs, of which the last may end in one or two pads."""
    at = count = 0
    while at < len(data) and data[at] != _PAD:
        if data[at] not in _BREAKS:
            if data[at] not in _SIGNS:
                return at
            count += 1
        at += 1
    count %= 4
    if at == len(data):
        return at - count
    if count < 2:
        return at
    if count == 2:
        second = _after_breaks(data, at + 1)
        if second == len(data):
            return second
        if data[second] != _PAD:
            return at
        at = second
    return _after_breaks(data, at + 1)


def _after_breaks(data: bytes, at: int) -> int:
    while at < len(data) and data[at] in _BREAKS:
        at += 1
    return at
