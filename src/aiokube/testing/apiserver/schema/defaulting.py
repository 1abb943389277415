"""Defaulting: the walk over an object that completes it, part by part, parents before their parts.

What a part gets is in a table by component, or else in the snapshot: the values that kube-apiserver gave to the
fields of a component wherever it was tried. A component that the table has gets nothing from the snapshot.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/v1/zz_generated.defaults.go
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from aiokube.testing.apiserver import snapshot

from .node import Field, Node, Omit, Shape

__all__ = ["Table", "apply"]

Table = Mapping[str, Callable[[dict[str, Any]], None]]
"""What completes an object of a component in place, by the component's name; may raise a DecodingError."""


def apply(node: Node, obj: dict[str, Any], table: Table) -> None:
    """Complete an object of a built-in kind in place.

    Args:
        table: is not changed later, for what is made of it is kept.

    Raises:
        DecodingError: there is something in the object that nothing can be made of.
    """
    if id(table) not in _walks:
        _walks[id(table)] = _Walk(table)
    _walks[id(table)].complete(node, obj)


class _Walk:
    """A walk by one table; goes only to parts below which there is something to complete."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._plans: dict[Node, _Plan] = {}

    def complete(self, node: Node, obj: dict[str, Any]) -> None:
        """Complete an object of a struct, and then its parts in the order of their fields."""
        if node not in self._plans:
            self._plan(node)
        plan = self._plans[node]
        if plan.default is not None:
            plan.default(obj)
        for name, field in plan.parts:
            part = obj.get(name)
            if part is not None:
                self._complete_part(field.node, part)
            elif field.node.shape is Shape.STRUCT and not field.pointer:
                obj[name] = {}
                self._complete_part(field.node, obj[name])
                if field.omit is not Omit.NEVER and not obj[name]:
                    del obj[name]

    def _complete_part(self, node: Node, part: Any) -> None:
        if node.shape is Shape.STRUCT:
            self.complete(node, part)
        elif node.item is not None:
            for item in part.values() if node.shape is Shape.MAP else part:
                self._complete_part(node.item, item)

    def _plan(self, root: Node) -> None:
        """Plan the walk over a struct and all structs below it."""
        nodes = _below(root)
        defaults = {node: self._table.get(node.name) or _constants(node) for node in nodes}
        wanted = {node for node in nodes if defaults[node] is not None}
        before = -1
        while before < len(wanted):  # once more for each step back to a part that is of a type above it
            before = len(wanted)
            wanted |= {node for node in reversed(nodes) if not wanted.isdisjoint(_next(node))}
        for node in nodes:
            parts = [(name, field) for name, field in node.fields.items() if field.node in wanted]
            self._plans[node] = _Plan(defaults[node], parts)


class _Plan(NamedTuple):
    """What completes a struct, and its fields that may need completion."""

    default: Callable[[dict[str, Any]], None] | None
    parts: list[tuple[str, Field]]


_walks: Final[dict[int, _Walk]] = {}  # by the id of the table, which the walk keeps


def _below(root: Node) -> list[Node]:
    """Return a node and all below it, each once, those further below later."""
    found = {root: None}
    newest = [root]
    while newest:
        newest = list(dict.fromkeys(each for node in newest for each in _next(node) if each not in found))
        found |= dict.fromkeys(newest)
    return list(found)


def _next(node: Node) -> list[Node]:
    """Return the nodes right below one; schemas of custom kinds have nothing that is completed."""
    if node.shape in (Shape.LIST, Shape.MAP) and node.item is not None:
        return [node.item]
    return [field.node for field in node.fields.values()]


def _constants(node: Node) -> Callable[[dict[str, Any]], None] | None:
    constants = snapshot.constants().get(node.name)
    if constants is None:
        return None
    values = [(name, value, node.fields[name].pointer) for name, value in constants.items()]

    def complete(obj: dict[str, Any]) -> None:
        for name, value, pointer in values:
            given = obj.get(name)
            if given is None or not (given or pointer):
                obj[name] = copy.copy(value)

    return complete
