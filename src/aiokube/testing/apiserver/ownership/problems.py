"""Problems: what keeps a value from being what its node says, in the words that an apply is refused with.

Source: https://github.com/kubernetes-sigs/structured-merge-diff/blob/v6.3.3/typed/validate.go
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from aiokube.testing.apiserver.go.text import number, quoted
from aiokube.testing.apiserver.schema.node import Node, Shape

from . import path_elements
from .parts import (
    Form,
    MalformedError,
    atomic_list,
    declared,
    field_node,
    form,
    item_element,
    item_node,
)

__all__ = ["Problem", "problems", "summary"]

_NUMERIC = {Shape.INTEGER, Shape.NUMBER}
_TEXT = {Shape.STRING, Shape.DURATION, Shape.BYTES}
_PLAIN_FORMATS = {"", "byte"}


class Problem(NamedTuple):
    """What is wrong at a place."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


def summary(found: Sequence[Problem]) -> str:
    """Return the message for some problems."""
    if len(found) == 1:
        return str(found[0])
    return "\n".join(["errors:", *(f"  {problem}" for problem in found)])


def problems(node: Node, value: Any, *, duplicates: bool = False) -> list[Problem]:
    """Return all problems of a value.

    Args:
        duplicates: Items may be in a list twice, as they may have been stored.
    """
    return list(_walk(node, value, duplicates, node.preserves_unknown))


def _walk(node: Node, value: Any, duplicates: bool, open_: bool) -> Iterable[Problem]:
    """Return the problems of a value, whose paths begin there."""
    if value is None:
        return ()
    # A schema that keeps what it does not know says so for all within it, but for types that have a name.
    open_ = node.preserves_unknown or (open_ and not node.name)
    match form(node, value):
        case Form.MAP:
            return _fields(node, value, duplicates, open_) if isinstance(value, dict) else _no("map", value)
        case Form.LIST:
            return _items(node, value, duplicates, open_) if isinstance(value, list) else _no("list", value)
        case _:
            message = _mismatch(node, value)
            return (Problem("", message),) if message else ()


def _no(wanted: str, value: Any) -> Iterable[Problem]:
    return (Problem("", f"expected {wanted}, got &{{{_plain(value)}}}"),)


def _fields(node: Node, value: dict[str, Any], duplicates: bool, open_: bool) -> Iterator[Problem]:
    for name, part in value.items():
        if not declared(node, name) and not _open(node, open_):
            yield Problem(f".{name}", "field not declared in schema")
            return
        for problem in _walk(field_node(node, name), part, duplicates, open_):
            yield Problem(f".{name}{problem.path}", problem.message)


def _open(node: Node, open_: bool) -> bool:
    """Return whether there may be fields that the schema does not name."""
    stated = node.constraints.get("additionalProperties")
    if stated is not None:
        return bool(stated)
    return open_ or node.shape is not Shape.STRUCT or node.item is not None or not node.fields


def _items(node: Node, value: list[Any], duplicates: bool, open_: bool) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, item in enumerate(value):
        try:
            element = f"i:{index}" if atomic_list(node) else item_element(node, item)
        except MalformedError as error:
            yield Problem("", f"element {index}: {error}")
            return
        if element in seen and not duplicates:
            yield Problem("", f"duplicate entries for key {path_elements.text([element])}")
        seen.add(element)
        for problem in _walk(item_node(node), item, duplicates, open_):
            yield Problem(path_elements.text([element]) + problem.path, problem.message)


def _mismatch(node: Node, value: Any) -> str:
    if _fits(node, value):
        return ""
    if node.shape in _NUMERIC:
        return f"expected numeric (int or float), got {_type(value)}"
    if node.shape is Shape.BOOLEAN:
        return f"expected boolean, got &{{{_plain(value)}}}"
    if _is_text(node):
        return f"expected string, got &value.valueUnstructured{{Value:{_syntax(value)}}}"
    return f"expected any scalar, got &{{{_plain(value)}}}"


def _fits(node: Node, value: Any) -> bool:
    if isinstance(value, str):
        return node.shape not in _NUMERIC and node.shape is not Shape.BOOLEAN
    if isinstance(value, bool):
        return node.shape not in _NUMERIC and not _is_text(node)
    return not isinstance(value, dict | list) and node.shape is not Shape.BOOLEAN and not _is_text(node)


def _is_text(node: Node) -> bool:
    return node.shape in _TEXT and node.constraints.get("format", "") in _PLAIN_FORMATS


def _type(value: Any) -> str:
    """Return the Go type of a value, as %T prints it."""
    return {dict: "map[string]interface {}", list: "[]interface {}", bool: "bool"}.get(type(value), "string")


def _plain(value: Any) -> str:
    """Return a value as Go's %v prints it."""
    if isinstance(value, dict):
        return f"map[{' '.join(f'{name}:{_plain(value[name])}' for name in sorted(value))}]"
    if isinstance(value, list):
        return f"[{' '.join(map(_plain, value))}]"
    return value if isinstance(value, str) else _word(value, null="<nil>")


def _syntax(value: Any) -> str:
    """Return a value as Go's %#v prints it."""
    if isinstance(value, dict):
        fields = ", ".join(f"{quoted(name)}:{_syntax(value[name])}" for name in sorted(value))
        return f"map[string]interface {{}}{{{fields}}}"
    if isinstance(value, list):
        return f"[]interface {{}}{{{', '.join(map(_syntax, value))}}}"
    return quoted(value) if isinstance(value, str) else _word(value, null="interface {}(nil)")


def _word(value: Any, *, null: str) -> str:
    if value is None:
        return null
    if isinstance(value, bool):
        return "true" if value else "false"
    return number(value) if isinstance(value, float) else str(value)
