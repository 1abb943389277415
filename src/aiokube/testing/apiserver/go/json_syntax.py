"""JSON as Go's encoding/json reads it, where that shows: what it says of bad text, and how deep it may be.

Python's readers word errors in their own way, and take what Go refuses, so text that does not read is looked at
again here, byte by byte, for nothing but the words.

Source: https://github.com/kubernetes-sigs/json/blob/main/internal/golang/encoding/json/scanner.go
"""

from __future__ import annotations

import re
from typing import Any, Final

from .text import quoted

__all__ = ["MAX_DEPTH", "depth", "go_kind", "syntax_error"]

MAX_DEPTH: Final = 300
"""How many levels an object may have. Go's bound is 10,000, which Python's stack does not hold; the deepest
objects in use, schemas in CustomResourceDefinitions, have some 60."""

_KINDS: dict[type, str] = {
    str: "string",
    int: "number",
    float: "number",
    bool: "bool",
    dict: "object",
    list: "array",
    type(None): "null",
}
_SPACE = re.compile(rb"[ \t\r\n]*")
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)
_STRING_END = re.compile(rb'["\\\x00-\x1f]')
_LITERALS = {ord("t"): b"true", ord("f"): b"false", ord("n"): b"null"}
_HEXADECIMAL = frozenset(b"0123456789abcdefABCDEF")
_DIGITS = frozenset(b"0123456789")
_ESCAPES = frozenset(b'bfnrt\\/"')


class _Wrong(Exception):
    """Ends the search for what is wrong; its text is the answer."""


def go_kind(value: Any) -> str:
    """Return what Go calls the kind of JSON that a value is, when it cannot take it."""
    return _KINDS[type(value)]


def depth(text: bytes) -> int:
    """Return how many levels of objects and lists a JSON text has."""
    if text.count(b"{") + text.count(b"[") <= MAX_DEPTH:
        return 0  # it cannot be too deep, and nobody asks for more
    level = deepest = 0
    for token in _BRACKETS.findall(text):
        if token in b"{[":
            level += 1
            deepest = max(deepest, level)
        elif token in b"}]":
            level -= 1
    return deepest


def syntax_error(text: bytes) -> str:
    """Return what Go says of a text that is not JSON; "" when it is."""
    try:
        _check(text)
    except _Wrong as wrong:
        return str(wrong)
    return ""


def _check(text: bytes) -> None:
    # `closers` has one entry for each level that is open; a string that is a key differs by what comes after it.
    closers: list[int] = []
    at = _value(text, 0, closers)
    while closers:
        at = _skip(text, at)
        character = _at(text, at)
        if character == closers[-1]:
            closers.pop()
            at += 1
        elif character != ord(","):
            where = "after object key:value pair" if closers[-1] == ord("}") else "after array element"
            raise _Wrong(_invalid(character, where))
        elif closers[-1] == ord("}"):
            at = _value(text, _key(text, _skip(text, at + 1)), closers)
        else:
            at = _value(text, at + 1, closers)
    at = _skip(text, at)
    if at < len(text):
        raise _Wrong(_invalid(text[at], "after top-level value"))


def _value(text: bytes, at: int, closers: list[int]) -> int:
    # Goes down to the first value that is no object or list with something in it.
    while True:
        at = _skip(text, at)
        character = _at(text, at)
        if character not in b"{[":
            return _scalar(text, at)
        closers.append(ord("}") if character == ord("{") else ord("]"))
        if len(closers) > MAX_DEPTH:
            raise _Wrong(_invalid(character, "exceeded max depth"))
        at = _skip(text, at + 1)
        if _at(text, at) == closers[-1]:
            closers.pop()
            return at + 1
        if character == ord("{"):
            at = _key(text, at)


def _key(text: bytes, at: int) -> int:
    if _at(text, at) != ord('"'):
        raise _Wrong(_invalid(text[at], "looking for beginning of object key string"))
    at = _skip(text, _string(text, at))
    if _at(text, at) != ord(":"):
        raise _Wrong(_invalid(text[at], "after object key"))
    return at + 1


def _scalar(text: bytes, at: int) -> int:
    character = text[at]
    if character == ord('"'):
        return _string(text, at)
    if character in _LITERALS:
        return _literal(text, at, _LITERALS[character])
    if character in _DIGITS or character == ord("-"):
        return _number(text, at)
    raise _Wrong(_invalid(character, "looking for beginning of value"))


def _string(text: bytes, at: int) -> int:
    at += 1
    while True:
        end = _STRING_END.search(text, at)
        if end is None:
            raise _Wrong(_END)
        at = end.start()
        if text[at] == ord('"'):
            return at + 1
        if text[at] != ord("\\"):
            raise _Wrong(_invalid(text[at], "in string literal"))
        at = _escape(text, at + 1)


def _escape(text: bytes, at: int) -> int:
    if _inside(text, at) in _ESCAPES:
        return at + 1
    if _inside(text, at) != ord("u"):
        raise _Wrong(_invalid(_inside(text, at), "in string escape code"))
    for digit in range(at + 1, at + 5):
        if _inside(text, digit) not in _HEXADECIMAL:
            raise _Wrong(_invalid(_inside(text, digit), "in \\u hexadecimal character escape"))
    return at + 5


def _literal(text: bytes, at: int, literal: bytes) -> int:
    for offset, expected in enumerate(literal):
        found = _inside(text, at + offset)
        if found != expected:
            raise _Wrong(_invalid(found, f"in literal {literal.decode()} (expecting '{chr(expected)}')"))
    return at + len(literal)


def _number(text: bytes, at: int) -> int:
    if text[at] == ord("-"):
        at += 1
        if _inside(text, at) not in _DIGITS:
            raise _Wrong(_invalid(_inside(text, at), "in numeric literal"))
    at = at + 1 if text[at] == ord("0") else _digits(text, at)
    if text[at : at + 1] == b".":
        at = _some_digits(text, at + 1, "after decimal point in numeric literal")
    if text[at : at + 1] in (b"e", b"E"):
        at += 2 if text[at + 1 : at + 2] in (b"+", b"-") else 1
        at = _some_digits(text, at, "in exponent of numeric literal")
    return at


def _some_digits(text: bytes, at: int, where: str) -> int:
    if _inside(text, at) not in _DIGITS:
        raise _Wrong(_invalid(_inside(text, at), where))
    return _digits(text, at)


def _digits(text: bytes, at: int) -> int:
    while text[at : at + 1].isdigit():
        at += 1
    return at


def _skip(text: bytes, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _at(text: bytes, at: int) -> int:
    if at >= len(text):
        raise _Wrong(_END)
    return text[at]


def _inside(text: bytes, at: int) -> int:
    # Go's scanner is told of the end by a space, which it finds wrong where something has to go on.
    return text[at] if at < len(text) else ord(" ")


def _invalid(character: int, where: str) -> str:
    shown = _QUOTED.get(character) or quoted(chr(character))[1:-1]
    return f"invalid character '{shown}' {where}"


_END = "unexpected end of JSON input"
_QUOTED = {ord("'"): "\\'", ord('"'): '"'}
