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

import msgspec

from .errors import bad_request
from .go import yaml_text
from .go.json_syntax import MAX_DEPTH, depth, go_kind, syntax_error
from .go.text import quoted

__all__ = [
    "Document",
    "InvalidDocument",
    "check_type_meta",
    "read",
    "read_apply",
    "read_json",
    "read_yaml",
    "warning_lines",
]


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

    string, needs_care = text.decode("utf-8", _REPLACE), _NEEDS_CARE.search(text) is not None
    try:
        value = json.loads(
            string,
            object_pairs_hook=members,
            parse_int=_integer if needs_care else int,
            parse_float=_float,
            parse_constant=_refuse,
        )
    except ValueError as error:
        raise InvalidDocument(syntax_error(text) or str(error)) from error
    duplicates = (
        tuple(f"duplicate field {quoted(path)}" for path in dict.fromkeys(_duplicates(value, ""))) if found else ()
    )
    if found or needs_care:
        value = _plain(value)
    return Document(value, duplicates, string.encode())


def read_yaml(text: bytes) -> Document:
    """Read YAML, of which JSON is a part; the members of objects are sorted.

    Raises:
        InvalidDocument: it is none, or says what JSON cannot.
    """
    if text.lstrip().startswith(b"{"):
        # Clients that send JSON as YAML send much of it, and JSON is read many times faster.
        try:
            document = read_json(text)
        except InvalidDocument:
            pass  # it may be YAML still
        else:
            if not document.duplicates:
                return document._replace(value=_sorted(document.value))
    try:
        value, repeated = yaml_text.read(text)
    except yaml_text.YAMLError as error:
        raise InvalidDocument(str(error)) from error
    lines = "".join(f"\n  {line}" for line in repeated)
    value = _plain(value)
    return Document(value, (f"{_TWICE}{lines}",) if lines else (), msgspec.json.encode(value))


def read(text: bytes, media_type: str, *, kind: str = "") -> Document:
    """Read the body of a request.

    Args:
        media_type: `application/yaml`, or anything else for JSON.
        kind: what is expected, as the message names it; "" for options.

    Raises:
        StatusError: the text does not read, or is no object with an apiVersion and a kind that are strings (400).
    """
    try:
        document = read_yaml(text) if media_type == _YAML else read_json(text)
        check_type_meta(document.value)
    except InvalidDocument as error:
        why = str(error)
        if media_type != _YAML and not why.startswith(_NO_TYPE):
            why = f"{_NO_TYPE}{why}"
        if kind:
            why = f"the object provided is unrecognized (must be of type {kind}): {why} ({_summary(text)})"
        raise bad_request(why) from error
    return document


def read_apply(text: bytes) -> Document:
    """Read what is applied: one YAML object.

    Raises:
        StatusError: it is none (400).
    """
    try:
        document = read_yaml(text)
    except InvalidDocument as error:
        raise bad_request(f"error decoding YAML: {_CONVERTING}{error}") from error
    if not isinstance(document.value, dict | None):
        into = f"json: cannot unmarshal {go_kind(document.value)} into Go value of type map[string]interface {{}}"
        raise bad_request(f"error decoding YAML: error unmarshaling JSON: while decoding JSON: {into}")
    duplicates = tuple(f"{_CONVERTING}{duplicate}" for duplicate in document.duplicates)
    return document._replace(value=document.value or {}, duplicates=duplicates)


def warning_lines(problem: str) -> list[str]:
    """Return the warnings for something that is strictly wrong: YAML has a line for each member that stands twice."""
    lines = problem.removeprefix(_CONVERTING).removeprefix(f"{_TWICE}\n")
    return [line.strip(" ") for line in lines.split("\n")]


def check_type_meta(value: Any) -> None:
    """Require that a value is an object, or null, whose apiVersion and kind are strings if they are there.

    Raises:
        InvalidDocument: it is not.
    """
    if value is None:
        return
    if not isinstance(value, dict):
        raise InvalidDocument(f"{_NO_TYPE}json: cannot unmarshal {go_kind(value)} into Go value of type {_TYPE_META}")
    for name, item in value.items():
        label = _LABELS.get(name.casefold())
        if label and not isinstance(item, str | None):
            into = f"Go struct field .{label} of type string"
            raise InvalidDocument(f"{_NO_TYPE}json: cannot unmarshal {go_kind(item)} into {into}")


def _summary(text: bytes) -> str:
    if not text:
        return "<empty>"
    start = text[:_SHOWN_BYTES]
    shown = start.decode("utf-8", _REPLACE) if text.startswith(b"{") else start.hex()
    return f"{shown} ..." if len(text) > _SHOWN_BYTES else shown


_YAML = "application/yaml"
_SHOWN_BYTES = 30
_CONVERTING = "error converting YAML to JSON: "
_TWICE = "yaml: unmarshal errors:"
_NO_TYPE = "couldn't get version/kind; json parse error: "
_LABELS = {"apiversion": "apiVersion", "kind": "kind"}
_TYPE_META = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    if isinstance(value, float) and value.is_integer() and -(1 << 63) <= value < 1 << 63:
        return int(value)
    return value


def _replace_each(error: UnicodeError) -> tuple[str, int]:
    # Go replaces every byte on its own; Python's handler replaces a sequence that was cut short by one character.
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "\ufffd" * (error.end - error.start), error.end


_MOST_DIGITS = 20
"""Of an integer that 64 bits may hold, with its sign."""
_REPLACE = "aiokube-replace-each-byte"
codecs.register_error(_REPLACE, _replace_each)
_NEEDS_CARE = re.compile(rb"[0-9]{19}|\\u[dD][89a-fA-F]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def _integer(literal: str) -> int | float:
    # Python reads no more than some thousand digits.
    return int(literal) if len(literal) <= _MOST_DIGITS else _float(literal)


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
        return _finite(value)
    return value


def _finite(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        raise InvalidDocument("json: unsupported value: +Inf") from None


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
