"""YAML text as plain values: dict, list, str, int, float, bool and None, under bounds.

It reads what Kubernetes' own programs read from the same text, which is YAML 1.1 as the Go library behind
sigs.k8s.io/yaml has it: dates stay strings, mapping keys are strings, the last of equal keys counts, and of
several documents the first one. PyYAML does the syntax, down to events; what the events mean is decided
here, with a stack of our own, so that no depth of nesting is a recursion and an alias cannot grow beyond
what it costs.
"""

import enum
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

__all__ = ["MalformedYAML", "parse_yaml"]

# Far beyond any honest kubeconfig: thousands of clusters, and nothing in one nests deeper than ten.
MAX_NODES = 100_000
MAX_DEPTH = 100

_TAG = "tag:yaml.org,2002:"

_WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_INTEGERS: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"[-+]?0[bB][01]+"), 2),
    (re.compile(r"[-+]?0[oO]?[0-7]+"), 8),
    (re.compile(r"[-+]?0[xX][0-9a-fA-F]+"), 16),
    (re.compile(r"[-+]?(?:0|[1-9][0-9]*)"), 10),
)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NUMBER_STARTS = frozenset("+-.0123456789")

# Python refuses to convert much longer runs of digits; in Kubernetes a number has at most 64 bits.
_MAX_NUMBER_LENGTH = 1_000

_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class MalformedYAML(ValueError):
    """Raised when text is not YAML, or goes beyond the bounds; the text shows no value of the document."""


class _Key(enum.Enum):
    """What stands where the next value of a mapping goes, when it is not a key of its own."""

    AWAITED = enum.auto()
    MERGE = enum.auto()


@dataclass(frozen=True, slots=True)
class _Anchored:
    """A value that aliases may repeat, and what each repetition costs."""

    value: Any
    nodes: int
    height: int


@dataclass(slots=True)
class _Collection:
    """A list or mapping that is being read."""

    value: dict[str, Any] | list[Any]
    anchor: str | None
    nodes_before: int
    height: int = 1
    key: str | _Key = _Key.AWAITED
    merged: list[dict[str, Any]] = field(default_factory=list)


def parse_yaml(text: str) -> Any:
    """Return the first document of `text` as plain values, None when there is none.

    Raises:
        MalformedYAML: the text is not YAML, or too large, too deep or too much repeated.
    """
    builder = _Builder()
    for event in _events(text):
        if isinstance(event, yaml.DocumentEndEvent):
            break
        builder.feed(event)
    return builder.document


def _events(text: str) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        # Not chained, and not its str(): that quotes the line, which may hold a secret.
        raise MalformedYAML(f"{_position(error.problem_mark)}{error.problem}") from None
    except yaml.YAMLError:
        raise MalformedYAML("it holds characters that YAML does not allow") from None


class _Builder:
    """Turns events into values."""

    def __init__(self) -> None:
        self.document: Any = None
        self._open: list[_Collection] = []
        self._anchored: dict[str, _Anchored] = {}
        self._nodes = 0

    def feed(self, event: yaml.Event) -> None:
        match event:
            case yaml.ScalarEvent():
                self._count(1)
                self._add_scalar(event)
            case yaml.AliasEvent():
                self._add_alias(event)
            case yaml.MappingStartEvent():
                self._start(event, {}, "map")
            case yaml.SequenceStartEvent():
                self._start(event, [], "seq")
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._end()

    def _add_scalar(self, event: yaml.ScalarEvent) -> None:
        if self._wants_key():
            is_merge = event.value == "<<" and event.implicit[0]
            self._open[-1].key = _Key.MERGE if is_merge else event.value
            self._anchor(event.anchor, event.value, nodes=1, height=0)
            return
        value = _scalar(event)
        self._anchor(event.anchor, value, nodes=1, height=0)
        self._add(value, height=0)

    def _add_alias(self, event: yaml.AliasEvent) -> None:
        anchored = self._anchored.get(event.anchor or "")
        if anchored is None:
            raise _malformed(event, "an alias names no anchor before it, or the one it stands in")
        self._count(anchored.nodes)
        if self._wants_key():
            if not isinstance(anchored.value, str):
                raise _malformed(event, "a key must be a string")
            self._open[-1].key = anchored.value
            return
        self._add(anchored.value, height=anchored.height)

    def _start(self, event: yaml.CollectionStartEvent, value: dict[str, Any] | list[Any], kind: str) -> None:
        if event.tag not in (None, "!", _TAG + kind):
            raise _malformed(event, "it has a tag that is not supported")
        if self._wants_key():
            raise _malformed(event, "a key must be a string")
        self._open.append(_Collection(value, event.anchor, nodes_before=self._nodes))
        self._count(1)
        self._check_depth(len(self._open))

    def _end(self) -> None:
        closed = self._open.pop()
        if isinstance(closed.value, dict):
            for key, value in (item for mapping in closed.merged for item in mapping.items()):
                closed.value.setdefault(key, value)
        self._anchor(closed.anchor, closed.value, nodes=self._nodes - closed.nodes_before, height=closed.height)
        self._add(closed.value, height=closed.height)

    def _add(self, value: Any, *, height: int) -> None:
        if not self._open:
            self.document = value
            return
        parent = self._open[-1]
        parent.height = max(parent.height, height + 1)
        self._check_depth(len(self._open) + height)
        if isinstance(parent.value, list):
            parent.value.append(value)
            return
        if isinstance(parent.key, str):
            parent.value[parent.key] = value
        else:
            parent.merged += _mergeable(value)
        parent.key = _Key.AWAITED

    def _wants_key(self) -> bool:
        if not self._open:
            return False
        innermost = self._open[-1]
        return isinstance(innermost.value, dict) and innermost.key is _Key.AWAITED

    def _anchor(self, name: str | None, value: Any, *, nodes: int, height: int) -> None:
        if name is not None:
            self._anchored[name] = _Anchored(value, nodes, height)

    def _count(self, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise MalformedYAML(f"it has more than {MAX_NODES} values, aliases counted in full")

    def _check_depth(self, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise MalformedYAML(f"it nests deeper than {MAX_DEPTH} levels")


def _mergeable(value: Any) -> list[dict[str, Any]]:
    """Return the mappings that stand after a merge key; of equal keys the first one counts."""
    mappings = value if isinstance(value, list) else [value]
    if not all(isinstance(mapping, dict) for mapping in mappings):
        raise MalformedYAML("only a mapping, or a list of mappings, can stand after <<")
    return mappings


def _scalar(event: yaml.ScalarEvent) -> Any:
    if event.tag in ("!", _TAG + "str") or (event.tag is None and not event.implicit[0]):
        return event.value
    value = _plain(event.value)
    if event.tag is not None and event.tag not in _TAGS_OF_TYPE.get(type(value), ()):
        raise _malformed(event, "it has a tag that is not supported, or that its value does not fit")
    return value


_TAGS_OF_TYPE: dict[type, tuple[str, ...]] = {
    type(None): (_TAG + "null",),
    bool: (_TAG + "bool",),
    int: (_TAG + "int", _TAG + "float"),
    float: (_TAG + "float",),
}


def _plain(text: str) -> Any:
    """Return what a scalar without quotes means."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS or len(text) > _MAX_NUMBER_LENGTH:
        return text
    digits = text.replace("_", "")
    for pattern, base in _INTEGERS:
        if pattern.fullmatch(digits):
            return int(digits, base)
    return float(digits) if _FLOAT.fullmatch(digits) else text


def _malformed(event: yaml.Event, problem: str) -> MalformedYAML:
    return MalformedYAML(f"{_position(event.start_mark)}{problem}")


def _position(mark: Any) -> str:
    return "" if mark is None else f"line {mark.line + 1}, column {mark.column + 1}: "
