"""Request bodies: text to value, as kube-apiserver reads it.

Members that stand twice are noted with their paths, since field validation warns of them or refuses them; the last
one counts. Integers that 64 bits do not hold become floats, bytes that are not UTF-8 become U+FFFD. Objects
nested deeper than `MAX_DEPTH` are refused.

Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/runtime/serializer/json/json.go
Source: https://github.com/kubernetes-sigs/json/blob/main/json.go
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from .go_text import quoted
from .json_syntax import MAX_DEPTH, depth, syntax_error

__all__ = ["Document", "InvalidDocument", "read_json"]


class InvalidDocument(ValueError):
    """Raised when a text does not read; its text is what the server says of it."""


class Document(NamedTuple):
    """A text that was read.

    Attributes:
        value: plain JSON; integers are within 64 bits.
        duplicates: what strict field validation says of members that stand twice, each once, such as
            `duplicate field "spec.containers[0].name"`.
        text: JSON of the same in UTF-8; as it came but for bytes that were not.
    """

    value: Any
    duplicates: tuple[str, ...]
    text: bytes


class _Repeated(dict[str, Any]):
    """An object with members that stand twice, until they were noted."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


def read_json(text: bytes) -> Document:
    """Read JSON.

    Raises:
        InvalidDocument: it is none, or too deep.
    """
    if depth(text) > MAX_DEPTH:
        raise InvalidDocument(syntax_error(text))
    found: list[_Repeated] = []

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) < len(pairs):
            value = _Repeated(pairs)
            found.append(value)
        return value

    string = text.decode("utf-8", _REPLACE)
    try:
        value = json.loads(string, object_pairs_hook=members, parse_float=_float, parse_constant=_refuse)
    except ValueError as error:
        raise InvalidDocument(syntax_error(text) or str(error)) from error
    duplicates = (
        tuple(f"duplicate field {quoted(path)}" for path in dict.fromkeys(_duplicates(value, ""))) if found else ()
    )
    if found or _NEEDS_CARE.search(text):
        value = _plain(value)
    return Document(value, duplicates, string.encode())


def _replace_each(error: UnicodeError) -> tuple[str, int]:
    # Go replaces every byte on its own; Python's handler replaces a sequence that was cut short by one character.
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "\ufffd" * (error.end - error.start), error.end


_REPLACE = "aiokube-replace-each-byte"
codecs.register_error(_REPLACE, _replace_each)
_NEEDS_CARE = re.compile(rb"[0-9]{19}|\\\\u[dD][89a-fA-F]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def _float(literal: str) -> float:
    value = float(literal)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"json: cannot unmarshal number {literal} into Go value of type float64")
    return value


def _refuse(literal: str) -> None:
    raise ValueError(literal)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {_SURROGATE.sub("\ufffd", name): _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, int) and not -(1 << 63) <= value < 1 << 63:
        return float(value)
    return value


def _duplicates(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _duplicates(item, f"{path}[{index}]")
    elif isinstance(value, dict):
        seen: set[str] = set()
        for name, item in value.pairs if isinstance(value, _Repeated) else value.items():
            inner = f"{path}.{name}" if path else name
            if name in seen:
                yield inner
            seen.add(name)
            yield from _duplicates(item, inner)
