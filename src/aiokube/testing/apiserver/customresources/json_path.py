"""JSONPath as kubectl and kube-apiserver have it: what the columns and the selectable fields of a custom kind name.

Of its templates there is what stands between one pair of braces: fields, keys in brackets, items and slices of
lists, unions, `*`, `..` and filters such as `[?(@.type=="Ready")]`. What is missing is no error; what cannot be
looked into as the path says is one.

Sources:
    https://kubernetes.io/docs/reference/kubectl/jsonpath/
    https://github.com/kubernetes/client-go/blob/v0.36.3/util/jsonpath/jsonpath.go
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aiokube.testing.apiserver.go.numbers import parse_int

__all__ = ["JSONPath", "JSONPathError"]

_Step = Callable[[list[Any]], list[Any]]

_KEY = re.compile(r"'([^']*)'")
_SLICE = re.compile(r"(-?[0-9]*)(:-?[0-9]*)?(:-?[0-9]*)?")
_COMPARISON = re.compile(r"([^!<>=]+)([!<>=]+)(.+)", re.DOTALL)
_FIELD = re.compile(r"(?:\\.|[^\s.,\[\]$@{}\\])*", re.DOTALL)
_NUMBER = re.compile(r"[+-]?[0-9.]+")
_WORD = re.compile(r"\w[^\s.,\[\]$@{}]*")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
}


class JSONPathError(ValueError):
    """Raised when a text is no JSONPath, or an object cannot be looked into as it says."""


class JSONPath:
    """A path, ready to be looked for.

    Args:
        text: without the braces.

    Raises:
        JSONPathError: it is none.
    """

    def __init__(self, text: str) -> None:
        self._steps = _Parser(text).steps()

    def find(self, obj: Any) -> list[Any]:
        """Return what the path finds, in order.

        Raises:
            JSONPathError: an item is asked of what is no list, or values cannot be compared.
        """
        return _walk(self._steps, [obj])


def _walk(steps: Sequence[_Step], found: list[Any]) -> list[Any]:
    for step in steps:
        found = step(found)
    return found


class _Parser:
    """One path, read from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def steps(self) -> list[_Step]:
        steps: list[_Step] = []
        while self._at < len(self._text):
            steps += self._step(steps)
        return steps

    def _step(self, before: Sequence[_Step]) -> list[_Step]:
        sign = self._text[self._at]
        if self._text.startswith("[?(", self._at):
            return [self._filter()]
        if self._text.startswith("..", self._at):
            if before and before[-1] is _everything:
                raise JSONPathError("invalid multiple recursive descent")
            self._at += 2
            if self._at < len(self._text) and re.match(r"\w", self._text[self._at]):
                return [_everything, self._field()]
            return [_everything]
        if sign in " @$":
            self._at += 1
            return []
        if sign == "[":
            return self._brackets()
        if sign in "\"'":
            return [_constant(self._quoted(sign))]
        if sign == ".":
            self._at += 1
            return [self._field()]
        return [self._literal(sign)]

    def _field(self) -> _Step:
        name = self._take(_FIELD)
        return _children if name == "*" else _Field(name.replace("\\", ""))

    def _literal(self, sign: str) -> _Step:
        if sign in "+-" or sign.isdigit():
            text = self._take(_NUMBER)
            try:
                return _constant(int(text) if re.fullmatch("[+-]?[0-9]+", text) else float(text))
            except ValueError:
                raise JSONPathError(f"cannot parse number {text}") from None
        word = self._take(_WORD)
        if word in {"true", "false"}:
            return _constant(word == "true")
        raise JSONPathError(f"unrecognized identifier {word}" if word else f"unrecognized character {sign}")

    def _brackets(self) -> list[_Step]:
        end = self._text.find("]", self._at)
        if end < 0:
            raise JSONPathError("unterminated array")
        inside = self._text[self._at + 1 : end]
        self._at = end + 1
        if inside == "*":
            inside = ":"
        if "," in inside:
            return [_Union([_Parser(f"[{part.strip(' ')}]").steps() for part in inside.split(",")])]
        if key := _KEY.fullmatch(inside):
            return _Parser(f".{key[1]}").steps()
        if part := _SLICE.fullmatch(inside):
            return [_Slice.of(part[1], part[2], part[3])]
        raise JSONPathError(f"invalid array index {inside}")

    def _filter(self) -> _Step:
        self._at += len("[?(")
        match = re.compile(r"((?:\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|[^\"')])*)\)\]", re.DOTALL).match(
            self._text, self._at
        )
        if match is None:
            raise JSONPathError("unterminated filter")
        self._at = match.end()
        compared = _COMPARISON.fullmatch(match[1])
        if compared is None:
            return _Filter(_Parser(match[1]).steps(), "exists", [])
        return _Filter(_Parser(compared[1]).steps(), compared[2], _Parser(compared[3]).steps())

    def _quoted(self, quote: str) -> str:
        match = re.compile(rf"{quote}((?:\\.|[^{quote}\\])*){quote}", re.DOTALL).match(self._text, self._at)
        if match is None:
            raise JSONPathError("unterminated quoted string")
        self._at = match.end()
        return re.sub(r"\\(.)", r"\1", match[1], flags=re.DOTALL)

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        text = match[0] if match else ""
        self._at += len(text)
        return text


def _constant(value: Any) -> _Step:
    return lambda found: [value for _ in found]


def _children(found: list[Any]) -> list[Any]:
    return [child for value in found for child in _inside(value)]


def _everything(found: list[Any]) -> list[Any]:
    """Return each value that has something inside, and what is inside of it, however deep."""
    return [each for value in found if (inside := _inside(value)) for each in (value, *_everything(inside))]


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


@dataclass(frozen=True, slots=True)
class _Field:
    name: str

    def __call__(self, found: list[Any]) -> list[Any]:
        return [value[self.name] for value in found if isinstance(value, dict) and self.name in value]


@dataclass(frozen=True, slots=True)
class _Union:
    parts: Sequence[Sequence[_Step]]

    def __call__(self, found: list[Any]) -> list[Any]:
        return [value for part in self.parts for value in _walk(part, found)]


def _index(text: str) -> int:
    try:
        return parse_int(text)
    except ValueError:
        raise JSONPathError(f"array index {text} is not a number") from None


@dataclass(frozen=True, slots=True)
class _Slice:
    """Items of a list. One index alone is the slice of length one that it begins."""

    start: int
    stop: int | None
    step: int
    single: bool

    @classmethod
    def of(cls, start: str, stop: str | None, step: str | None) -> _Slice:
        first = _index(start) if start not in {"", "-"} else 0
        if stop is None:
            return cls(first, first + 1, 1, True)
        last = _index(stop[1:]) if stop[1:] not in {"", "-"} else None
        return cls(first, last, _index(step[1:]) if step and step[1:] else 1, False)

    def __call__(self, found: list[Any]) -> list[Any]:
        return [item for value in found if value is not None for item in self._items(value)]

    def _items(self, value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise JSONPathError("what is no list has no items")
        start = self.start + (len(value) if self.start < 0 else 0)
        stop = len(value) if self.stop is None else self.stop
        if stop < 0 or (stop == 0 and self.single):
            stop += len(value)
        if start == stop:
            return []
        if not 0 <= start < len(value) or not 0 <= stop <= len(value) or start > stop or self.step <= 0:
            raise JSONPathError(f"array index out of bounds: index {start}, length {len(value)}")
        return value[start : stop : self.step]


@dataclass(frozen=True, slots=True)
class _Filter:
    left: Sequence[_Step]
    comparison: str
    right: Sequence[_Step]

    def __call__(self, found: list[Any]) -> list[Any]:
        return [item for value in found for item in self._items(value)]

    def _items(self, value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise JSONPathError("what is no list cannot be filtered")
        return [item for item in value if self._passes(item)]

    def _passes(self, item: Any) -> bool:
        left = _walk(self.left, [item])
        if self.comparison == "exists":
            return bool(left)
        right = _walk(self.right, [item])
        if not left or not right:
            return False
        if len(left) > 1 or len(right) > 1:
            raise JSONPathError("can only compare one element at a time")
        return _compared(left[0], self.comparison, right[0])


def _compared(left: Any, comparison: str, right: Any) -> bool:
    comparable = type(left) is type(right) and isinstance(left, str | int | float)
    ordered = not isinstance(left, bool) or comparison in {"==", "!="}
    if comparison not in _COMPARE or not comparable or not ordered:
        raise JSONPathError("incompatible types for comparison")
    return _COMPARE[comparison](left, right)
