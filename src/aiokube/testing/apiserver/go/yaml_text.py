"""YAML as kube-apiserver reads it: into JSON, by the rules of YAML 1.1 as Go's library has them.

PyYAML's parser tells the structure; what scalars mean, which keys may be, how far aliases may be expanded and
how errors are worded is decided here. One document is read; what comes after it is not looked at.

Source: https://github.com/yaml/go-yaml/tree/v2.4.3
Source: https://github.com/kubernetes-sigs/yaml/blob/v1.6.0/yaml.go
"""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import yaml

from .format import formatted
from .json_syntax import MAX_DEPTH
from .text import number, quoted

__all__ = ["YAMLError", "read"]

Key = tuple[type, Any]


class YAMLError(ValueError):
    """Raised when a text is no YAML that JSON can say; its text is what the server says of it."""


def read(text: bytes) -> tuple[Any, list[str]]:
    """Return the value of the first document, and the lines that strict reading refuses.

    Keys are strings, sorted, as they are when the server has made JSON of them; integers are of any size.

    Raises:
        YAMLError: the text cannot be read, or JSON has nothing for what it says.
    """
    root = _parsed(text)
    decoder = _Decoder()
    value = None if root is None else decoder.decoded(root)
    return _json(value), decoder.repeated


@dataclass(slots=True, eq=False)
class _Scalar:
    line: int
    text: str
    tag: str
    plain: bool

    @property
    def is_merge(self) -> bool:
        return self.text == "<<" and (self.plain or self.tag == f"{_TAG}merge")


@dataclass(slots=True, eq=False)
class _Alias:
    line: int
    name: str
    target: _Node


@dataclass(slots=True, eq=False)
class _Sequence:
    line: int
    items: list[_Node] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _Mapping:
    line: int
    pairs: list[tuple[_Node, _Node]] = field(default_factory=list)


_Node = _Scalar | _Alias | _Sequence | _Mapping

_TAG: Final = "tag:yaml.org,2002:"
_LOADER = getattr(yaml, "CLoader", yaml.Loader)


def _parsed(text: bytes) -> _Node | None:
    try:
        loader = _LOADER(text)
        try:
            return _Composer(loader).document()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        raise YAMLError(f"yaml: {_where(error)}{error.problem or 'unknown problem parsing YAML content'}") from error
    except yaml.YAMLError as error:
        raise YAMLError(f"yaml: {getattr(error, 'reason', error)}") from error


def _where(error: yaml.MarkedYAMLError) -> str:
    # Lines are counted from 0 and shown so, but for those of the scanner: the library has it that way.
    line = error.problem_mark.line if error.problem_mark else 0
    if line:
        line += isinstance(error, yaml.scanner.ScannerError)
    elif error.context_mark:
        line = error.context_mark.line
    return f"line {line}: " if line else ""


class _Composer:
    """Makes nodes of events."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader
        self._anchors: dict[str, _Node] = {}

    def document(self) -> _Node | None:
        loader = self._loader
        loader.get_event()
        if loader.check_event(yaml.StreamEndEvent):
            return None
        loader.get_event()
        root = self._node(0)
        loader.get_event()
        return root

    def _node(self, depth: int) -> _Node:
        if depth > MAX_DEPTH:
            raise YAMLError(f"yaml: exceeded max depth of {MAX_DEPTH}")
        event = self._loader.get_event()
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise YAMLError(f"yaml: unknown anchor '{event.anchor}' referenced")
            return _Alias(line, event.anchor, self._anchors[event.anchor])
        node: _Node
        if isinstance(event, yaml.ScalarEvent):
            node = _Scalar(line, event.value, event.tag or "", event.implicit[0])
            self._anchor(event, node)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = _Sequence(line)
            self._anchor(event, node)
            node.items.extend(self._until(yaml.SequenceEndEvent, depth))
        else:
            node = _Mapping(line)
            self._anchor(event, node)
            items = self._until(yaml.MappingEndEvent, depth)
            node.pairs.extend(zip(items, items, strict=True))
        return node

    def _anchor(self, event: Any, node: _Node) -> None:
        if event.anchor is not None:
            self._anchors[event.anchor] = node

    def _until(self, end: type, depth: int) -> Iterator[_Node]:
        while not self._loader.check_event(end):
            yield self._node(depth + 1)
        self._loader.get_event()


# How much of a document may come of aliases: nearly all of a small one, a tenth of a large one.
_SMALL, _LARGE = 400_000, 4_000_000


class _Decoder:
    """Makes values of nodes: objects are dicts by `Key`, since 1 and "1" are two keys until JSON is made of them.

    Attributes:
        repeated: what strict reading refuses, line by line.
    """

    def __init__(self) -> None:
        self.repeated: list[str] = []
        self._within: set[int] = set()
        self._depth = 0  # of lists and maps; what an alias stands for is as deep as the alias
        self._decoded = 0
        self._of_aliases = 0

    def decoded(self, node: _Node) -> Any:
        self._count()
        match node:
            case _Scalar():
                return _resolved(node)
            case _Alias():
                with self._entered(node):
                    return self.decoded(node.target)
            case _Sequence():
                with self._deeper():
                    return [self.decoded(item) for item in node.items]
            case _Mapping():
                with self._deeper():
                    return self._mapping(node, {})

    def _count(self) -> None:
        self._decoded += 1
        self._of_aliases += bool(self._within)
        if self._of_aliases > 100 and self._decoded > 1000 and self._of_aliases / self._decoded > self._allowed:
            raise YAMLError("yaml: document contains excessive aliasing")

    @property
    def _allowed(self) -> float:
        share = (self._decoded - _SMALL) / (_LARGE - _SMALL)
        return 0.99 - 0.89 * min(max(share, 0.0), 1.0)

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        if self._depth >= MAX_DEPTH:
            raise YAMLError(f"yaml: exceeded max depth of {MAX_DEPTH}")
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1

    @contextmanager
    def _entered(self, node: _Alias) -> Iterator[None]:
        if id(node) in self._within:
            raise YAMLError(f"yaml: anchor '{node.name}' value contains itself")
        self._within.add(id(node))
        try:
            yield
        finally:
            self._within.remove(id(node))

    def _mapping(self, node: _Mapping, into: dict[Key, Any]) -> dict[Key, Any]:
        for key_node, value_node in node.pairs:
            if isinstance(key_node, _Scalar) and key_node.is_merge:
                self._merge(value_node, into)
                continue
            key = self.decoded(key_node)
            if isinstance(key, dict | list):
                raise YAMLError(f"yaml: invalid map key: {_go_syntax(key)}")
            value = self.decoded(value_node)
            if (type(key), key) in into:
                self.repeated.append(f"line {value_node.line}: key {_go_syntax(key)} already set in map")
            into[type(key), key] = value
        return into

    def _merge(self, node: _Node, into: dict[Key, Any]) -> None:
        sources = list(reversed(node.items)) if isinstance(node, _Sequence) else [node]
        for source in sources:
            mapping = source.target if isinstance(source, _Alias) else source
            if not isinstance(mapping, _Mapping):
                raise YAMLError("yaml: map merge requires map or sequence of maps as the value")
            self._count()
            with self._deeper(), self._entered(source) if isinstance(source, _Alias) else nullcontext():
                self._mapping(mapping, into)


def _resolved(node: _Scalar) -> Any:
    tag, text = node.tag, node.text
    if (not tag and not node.plain) or tag == f"{_TAG}str":
        return text
    if tag == f"{_TAG}binary":
        return _binary(text)
    if tag and tag.removeprefix(_TAG) not in _RESOLVED:
        return text
    value = _plain(text)
    found = "timestamp" if not tag or tag == f"{_TAG}timestamp" else ""
    found = found if found and isinstance(value, str) and _is_timestamp(text) else _KINDS[type(value)]
    wanted = tag.removeprefix(_TAG)
    if wanted == "float" and found == "int":
        return float(value)
    if wanted not in ("", found):
        raise YAMLError(f"yaml: cannot decode !!{found} `{text}` as a !!{wanted}")
    return value


_RESOLVED = {"bool", "int", "float", "null", "timestamp"}
_KINDS: dict[type, str] = {str: "str", bool: "bool", int: "int", float: "float", type(None): "null"}
_TRUE = ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON")
_FALSE = ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(_TRUE, True),
    **dict.fromkeys(_FALSE, False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
}
_POINT_FLOAT = re.compile(r"\.[0-9]+([eE][-+]?[0-9]+)?")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INTEGER = re.compile(
    r"(?P<sign>[-+]?)(?:0[xX](?P<x>[0-9a-fA-F]+)|0[bB](?P<b>[01]+)|0[oO]?(?P<o>[0-7]+)|(?P<d>0|[1-9][0-9]*))"
)
_MOST_DIGITS: Final = 64  # of 64 bits; of more it is a float anyway
_BASES = {"x": 16, "b": 2, "o": 8, "d": 10}


def _plain(text: str) -> Any:
    """Return what a plain scalar means; a timestamp is a string."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] == ".":
        return _float(text) if _POINT_FLOAT.fullmatch(text) else text
    if text[0] not in "+-0123456789" or _is_timestamp(text):
        return text
    bare = text.replace("_", "")
    match = _INTEGER.fullmatch(bare)
    base = next(name for name in _BASES if match[name]) if match else ""
    if match and len(match[base].lstrip("0")) <= _MOST_DIGITS:
        value = int(match["sign"] + match[base], _BASES[base])
        if -(1 << 63) <= value < (1 << (63 if match["sign"] else 64)):
            return value
    return _float(bare, text) if _FLOAT.fullmatch(bare) else text


def _float(text: str, instead: str = "") -> float | str:
    value = float(text)
    return instead or text if value in (float("inf"), float("-inf")) else value


_TIMESTAMP = re.compile(
    r"(\d{4}-\d{1,2}-\d{1,2})"
    r"([Tt]\d{1,2}:\d{1,2}:\d{1,2}([.,]\d+)?(Z|[-+]\d\d:\d\d)| \d{1,2}:\d{1,2}:\d{1,2}([.,]\d+)?)?",
    re.ASCII,
)


def _is_timestamp(text: str) -> bool:
    # It stays a string; what matters is only that 2001-01-01 is no number, which holds for any date but none else.
    match = _TIMESTAMP.fullmatch(text)
    if not match:
        return False
    try:
        date(*map(int, match[1].split("-")))
    except ValueError:
        return False
    return True


def _binary(text: str) -> str:
    try:
        return base64.b64decode("".join(text.split("\n")), validate=True).decode("utf-8", "replace")
    except ValueError as error:  # binascii's own among them
        raise YAMLError("yaml: !!binary value contains invalid base64 data") from error


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        members = {_name(key, item): _json(item) for (_, key), item in value.items()}
        return {name: members[name] for name in sorted(members)}
    if isinstance(value, list):
        return [_json(item) for item in value]
    if isinstance(value, float):
        return _number(value)
    return value


def _number(value: float) -> int | float:
    # Go writes a whole float as an integer, and reads it as one again.
    if value != value or value in (float("inf"), float("-inf")):
        raise YAMLError(f"json: unsupported value: {number(value)}")
    return int(value) if value.is_integer() and -(1 << 63) <= value < 1 << 63 else value


def _name(key: Any, value: Any) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, float):
        return _float_name(key)
    if key is None:
        shown = "<nil>" if value is None else _go_syntax(value)
        raise YAMLError(f"unsupported map key of type: %!s(<nil>), key: <nil>, value: {shown}")
    return str(key)


def _float_name(key: float) -> str:
    # The shortest digits that say it in 32 bits.
    if key != key:
        return ".nan"
    (single,) = struct.unpack("f", struct.pack("f", key))
    if single in (float("inf"), float("-inf")):
        return ".inf" if single > 0 else "-.inf"
    shortest = (float(f"{single:.{digits}g}") for digits in range(1, 10))
    return number(next((short for short in shortest if struct.unpack("f", struct.pack("f", short))[0] == single), key))


def _go_syntax(value: Any) -> str:
    if isinstance(value, dict):
        pairs = ", ".join(f"{_go_syntax(key)}:{_go_syntax(item)}" for (_, key), item in value.items())
        return f"map[interface {{}}]interface {{}}{{{pairs}}}"
    if isinstance(value, list):
        return f"[]interface {{}}{{{', '.join(map(_go_syntax, value))}}}"
    if value is None:
        return "interface {}(nil)"
    if isinstance(value, str):
        return quoted(value)
    return formatted(value)
