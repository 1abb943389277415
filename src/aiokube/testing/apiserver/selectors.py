"""Selectors: which objects a list, a watch or a controller is about, by their labels and by their fields.

A selector is parsed once, and asked about many objects. What is wrong with one is said as kube-apiserver says it.

Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/labels/selector.go
Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/fields/selector.go
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from . import field_errors
from .errors import bad_request
from .field_errors import FieldError
from .go.numbers import int_or
from .go.text import quoted
from .kinds import names

__all__ = [
    "EVERYTHING",
    "FieldSelector",
    "FieldTerm",
    "LabelSelector",
    "Operator",
    "Requirement",
    "parse_fields",
    "parse_labels",
    "selector_of",
]


class Operator(Enum):
    """How a requirement relates a label to its values, as it is written."""

    IN = "in"
    NOT_IN = "notin"
    EQUALS = "="
    DOUBLE_EQUALS = "=="
    NOT_EQUALS = "!="
    GREATER_THAN = "gt"
    LESS_THAN = "lt"
    EXISTS = "exists"
    DOES_NOT_EXIST = "!"


_ONE_OF = {Operator.IN, Operator.EQUALS, Operator.DOUBLE_EQUALS}
_NONE_OF = {Operator.NOT_IN, Operator.NOT_EQUALS}
_SETS = {Operator.IN, Operator.NOT_IN}
_COMPARES = {Operator.GREATER_THAN, Operator.LESS_THAN}
_WITHOUT_VALUES = {Operator.EXISTS, Operator.DOES_NOT_EXIST}


@dataclass(frozen=True, slots=True)
class Requirement:
    """What one label must be, or must not.

    Attributes:
        key: of the label.
        operator: how they relate.
        values: sorted, each once.
    """

    key: str
    operator: Operator
    values: Sequence[str] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Return whether labels fulfil it."""
        value = labels.get(self.key)
        if self.operator in _ONE_OF:
            return value is not None and value in self.values
        if self.operator in _NONE_OF:
            return value is None or value not in self.values
        if self.operator in _COMPARES:
            return value is not None and self._compares(value)
        return (value is not None) == (self.operator is Operator.EXISTS)

    def __str__(self) -> str:
        if self.operator in _WITHOUT_VALUES:
            return f"!{self.key}" if self.operator is Operator.DOES_NOT_EXIST else self.key
        values = ",".join(self.values)
        if self.operator in _SETS:
            return f"{self.key} {self.operator.value} ({values})"
        return f"{self.key}{_SIGNS.get(self.operator, self.operator.value)}{values}"

    def problems(self) -> list[FieldError]:
        """Return what is wrong with the key and the values."""
        wrong = [*_wrong("key", self.key, names.label_key(self.key))]
        if self.operator in _SETS and not self.values:
            empty = "for 'in', 'notin' operators, values set can't be empty"
            wrong.append(field_errors.invalid("values", list(self.values), empty))
        if self.operator in _WITHOUT_VALUES and self.values:
            full = "values set must be empty for exists and does not exist"
            wrong.append(field_errors.invalid("values", list(self.values), full))
        if self.operator in _COMPARES:
            number = "for 'Gt', 'Lt' operators, the value must be an integer"
            wrong += [
                field_errors.invalid(f"values[{index}]", value, number)
                for index, value in enumerate(self.values)
                if int_or(value, None) is None
            ]
        for index, value in enumerate(self.values):
            wrong += _wrong(f"values[{index}][{self.key}]", value, names.label_value(value))
        return wrong

    def _compares(self, value: str) -> bool:
        one, other = int_or(value, None), int_or(self.values[0], None)
        if one is None or other is None:
            return False
        return one > other if self.operator is Operator.GREATER_THAN else one < other


@dataclass(frozen=True, slots=True)
class LabelSelector:
    """What the labels of an object must be: each of the requirements; everything, if there is none.

    Attributes:
        requirements: in the order of their keys.
    """

    requirements: Sequence[Requirement] = ()

    def matches(self, labels: Mapping[str, str] | None) -> bool:
        """Return whether labels are selected; None is the same as none."""
        return all(requirement.matches(labels or {}) for requirement in self.requirements)

    def __str__(self) -> str:
        return ",".join(map(str, self.requirements))


EVERYTHING = LabelSelector()


@dataclass(frozen=True, slots=True)
class FieldTerm:
    """What one field must be, or must not.

    Attributes:
        field: its label, such as `spec.nodeName`.
        value: the text it is compared with.
        equal: whether it must be that, rather than not.
    """

    field: str
    value: str
    equal: bool


@dataclass(frozen=True, slots=True)
class FieldSelector:
    """What the fields of an object must be: each of the terms."""

    terms: Sequence[FieldTerm] = ()

    def matches(self, fields: Mapping[str, str]) -> bool:
        """Return whether fields are selected; one that is not there is empty."""
        return all((fields.get(term.field, "") == term.value) == term.equal for term in self.terms)

    def required(self, field: str) -> str:
        """Return what a field must be, "" when it may be more than one text."""
        return next((term.value for term in self.terms if term.field == field and term.equal), "")


def parse_labels(text: str) -> LabelSelector:
    """Return what a `labelSelector` says.

    Raises:
        StatusError: it cannot be read (400).
    """
    if not text:
        return EVERYTHING
    try:
        requirements = _Parser(text).selector()
    except _Unreadable as error:
        raise bad_request(str(error)) from error
    return LabelSelector(tuple(sorted(requirements, key=lambda requirement: requirement.key)))


def parse_fields(text: str) -> FieldSelector:
    """Return what a `fieldSelector` says; which fields there are is for the kind to say.

    Raises:
        StatusError: it cannot be read (400).
    """
    terms = []
    for part in sorted(_split(text)):
        match = _FIELD_TERM.match(part)
        if match:
            field, operator = match.groups()
            terms.append(FieldTerm(field, _unescaped(part[match.end() :]), equal=operator != "!="))
        elif part:
            raise bad_request(f"invalid selector: '{text}'; can't understand '{part}'")
    return FieldSelector(tuple(term for term in terms if term.field or term.value))


def selector_of(value: Mapping[str, Any] | None) -> LabelSelector | None:
    """Return what a `metav1.LabelSelector` says; None for none, which selects nothing.

    Raises:
        ValueError: an operator is none, or a key or a value is wrong; the text says which.
    """
    if value is None:
        return None
    requirements = [
        Requirement(key, Operator.EQUALS, (label,)) for key, label in (value.get("matchLabels") or {}).items()
    ]
    for expression in value.get("matchExpressions") or ():
        operator = _OBJECT_OPERATORS.get(expression["operator"])
        if operator is None:
            raise ValueError(f"{quoted(expression['operator'])} is not a valid label selector operator")
        values = tuple(sorted(set(expression.get("values") or ())))
        requirements.append(Requirement(expression["key"], operator, values))
    for requirement in requirements:
        problems = requirement.problems()
        if problems:
            raise ValueError(field_errors.aggregate(problems))
    return LabelSelector(tuple(sorted(requirements, key=lambda requirement: requirement.key)))


_OBJECT_OPERATORS = {
    "In": Operator.IN,
    "NotIn": Operator.NOT_IN,
    "Exists": Operator.EXISTS,
    "DoesNotExist": Operator.DOES_NOT_EXIST,
}
_SIGNS = {Operator.GREATER_THAN: ">", Operator.LESS_THAN: "<"}
_BINARY = {
    "in": Operator.IN,
    "notin": Operator.NOT_IN,
    "=": Operator.EQUALS,
    "==": Operator.DOUBLE_EQUALS,
    "!=": Operator.NOT_EQUALS,
    ">": Operator.GREATER_THAN,
    "<": Operator.LESS_THAN,
}
_BINARY_WORDS = "in, notin, =, ==, !=, gt, lt"
_TOKEN = re.compile(r"[ \t\r\n]*(?:(?P<sign>!=|==|[=!(),<>])|(?P<word>[^=!(),<> \t\r\n\0]+)|(?P<end>\0|$))")
_FIELD_TERM = re.compile(r"(.*?)(!=|==|=)", re.DOTALL)


class _Unreadable(Exception):
    """Raised when a selector cannot be read, with what the server says."""


class _Parser:
    """Reads one label selector. A token is its text; "" is the end.

    Requirement  = [ "!" ] key [ operator ( value | "(" values ")" ) ]
    """

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0

    def selector(self) -> list[Requirement]:
        requirements: list[Requirement] = []
        while True:
            part = self._next
            if not part:
                return requirements
            if not (_is_word(part) or part == "!"):
                raise _Unreadable(f"found '{part}', expected: !, identifier, or 'end of string'")
            try:
                requirements.append(self._requirement())
            except _Unreadable as error:
                raise _Unreadable(f"unable to parse requirement: {error}") from error
            part = self._take()
            if not part:
                return requirements
            if part != ",":
                raise _Unreadable(f"found '{part}', expected: ',' or 'end of string'")
            if not (_is_word(self._next) or self._next == "!"):
                raise _Unreadable(f"found '{self._next}', expected: identifier after ','")

    def _requirement(self) -> Requirement:
        part = self._take()
        absent = part == "!"
        key = self._take() if absent else part
        if not _is_word(key):
            raise _Unreadable(f"found '{key}', expected: identifier")
        _check(_wrong("<nil>", key, names.label_key(key)))
        if absent:
            return Requirement(key, Operator.DOES_NOT_EXIST)
        if self._next in ("", ","):
            return Requirement(key, Operator.EXISTS)
        part = self._take()
        operator = _BINARY.get(part)
        if operator is None:
            raise _Unreadable(f"found '{part}', expected: {_BINARY_WORDS}")
        values = self._values() if operator in _SETS else {self._value()}
        requirement = Requirement(key, operator, tuple(sorted(values)))
        _check(requirement.problems())
        return requirement

    def _value(self) -> str:
        if self._next in ("", ","):
            return ""
        part = self._take()
        if not _is_word(part):
            raise _Unreadable(f"found '{part}', expected: identifier")
        return part

    def _values(self) -> set[str]:
        part = self._take()
        if part != "(":
            raise _Unreadable(f"found '{part}' expected: '('")
        if not (_is_word(self._next) or self._next in (",", ")")):
            raise _Unreadable(f"found '{self._next}', expected: ',', ')' or identifier")
        values: set[str] = set()
        while True:
            # What is not there between commas and parentheses is the empty value.
            if _is_word(self._next):
                values.add(self._take())
                if self._next not in (",", ")"):
                    raise _Unreadable(f"found '{self._next}', expected: ',' or ')'")
            elif self._next in (",", ")"):
                values.add("")
            else:
                raise _Unreadable(f"found '{self._next}', expected: ',', or identifier")
            if self._take() == ")":
                return values

    @property
    def _next(self) -> str:
        return self._tokens[self._at]

    def _take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    for match in _TOKEN.finditer(text):
        tokens.append(match["sign"] or match["word"] or "")
        if not tokens[-1]:
            break
    return [*tokens, ""]


def _is_word(part: str) -> bool:
    return part not in _SIGN_TOKENS


_SIGN_TOKENS = frozenset({"", "!", "!=", "=", "==", "(", ")", ",", "<", ">"})


def _check(problems: Sequence[FieldError]) -> None:
    if problems:
        raise _Unreadable(field_errors.aggregate(problems))


def _wrong(path: str, value: str, why: Sequence[str]) -> list[FieldError]:
    return [field_errors.invalid(path, value, "; ".join(why))] if why else []


def _split(text: str) -> list[str]:
    """Return the parts between commas that no backslash stands before."""
    return [match[0] for match in _FIELD_PART.finditer(text)]


_FIELD_PART = re.compile(r"(?:\\.|[^,\\]|\\$)+", re.DOTALL)


def _unescaped(value: str) -> str:
    result: list[str] = []
    signs = iter(value)
    for sign in signs:
        if sign in ",=":
            raise bad_request(f"invalid field selector: unescaped character in value: {ord(sign)}")
        if sign == "\\":
            sign = next(signs, "")
            if sign not in ("\\", ",", "="):
                raise bad_request(f"invalid field selector: invalid escape sequence: \\{sign}")
        result.append(sign)
    return "".join(result)
