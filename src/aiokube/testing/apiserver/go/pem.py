"""PEM as Go reads it: what is between its lines, and nothing of what it cannot read.

Source: https://pkg.go.dev/encoding/pem#Decode
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Block", "blocks"]

_BEGIN = b"-----BEGIN "
_TYPE_LINE = re.compile(rb"-----BEGIN ([^\n]*)-----[ \t\r]*\n")
_END = re.compile(rb"\n-----END ([^\n]*)-----[ \t\r]*(?:\n|\Z)")
_HEADERS = re.compile(rb"\A(?:[^\n]*:[^\n]*\n)+")


class Block(NamedTuple):
    """A part of a PEM file, such as `CERTIFICATE`."""

    type: str
    content: bytes


def blocks(text: bytes) -> Iterator[Block]:
    """Return the blocks in a text, one after the other."""
    position = searched = 0
    begin = -1
    for end in _END.finditer(text):
        begin = max(begin, text.rfind(_BEGIN, searched, end.start()))
        searched = end.start()
        if begin < position or (begin and text[begin - 1 : begin] != b"\n" and begin != position):
            continue
        position = end.end()  # whatever is wrong with it, it is not looked at again
        line = _TYPE_LINE.match(text, begin)
        if line is None or line[1] != end[1]:
            continue
        body = _HEADERS.sub(b"", text[line.end() : end.start() + 1], count=1)
        try:
            content = base64.b64decode(re.sub(rb"[ \t\r\n]", b"", body), validate=True)
        except binascii.Error:
            continue  # Go passes over what it cannot read
        yield Block(end[1].decode(errors="replace"), content)
