"""Comparison: which fields one object has added to another, changed and removed.

Source: https://github.com/kubernetes-sigs/structured-merge-diff/blob/v6.3.3/typed/compare.go
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from aiokube.testing.apiserver.schema.node import Node

from .field_set import FieldSet, Tree
from .members import everything
from .parts import Form, MalformedError, atomic_list, atomic_map, field_node, form, item_elements, item_node, same

__all__ = ["Comparison", "compare"]

_Parts = TypeVar("_Parts", dict[str, Any], list[Any])


class Comparison(NamedTuple):
    """What came to be on the way from one object to another."""

    added: FieldSet
    modified: FieldSet
    removed: FieldSet

    def filtered(self, change: Callable[[FieldSet], FieldSet]) -> Comparison:
        return Comparison(*map(change, self))


def compare(node: Node, old: Any, new: Any) -> Comparison:
    """Compare two objects of one kind in one version.

    Raises:
        MalformedError: an item of a list has no usable key.
    """
    changes = _Changes()
    _walk(node, old, new, changes)
    return Comparison(FieldSet(changes.added), FieldSet(changes.modified), FieldSet(changes.removed))


class _Changes:
    """The changes below one value, and whether the value is one by itself."""

    __slots__ = ("added", "itself", "modified", "removed")

    def __init__(self) -> None:
        self.added: Tree = {}
        self.modified: Tree = {}
        self.removed: Tree = {}
        self.itself = False

    def take(self, element: str, below: _Changes) -> None:
        if below.added:
            self.added[element] = below.added
        if below.removed:
            self.removed[element] = below.removed
        if below.itself:
            self.modified[element] = {}
        elif below.modified:
            self.modified[element] = below.modified


def _walk(node: Node, old: Any, new: Any, changes: _Changes) -> None:
    """Note the changes from one value to another that is not the same."""
    before, after = form(node, old), form(node, new)
    if before is not after:
        changes.itself = True
        if before is Form.MAP and not atomic_map(node):
            _fields(node, _part_of(old, dict), {}, changes)
        if after is Form.MAP and not atomic_map(node):
            _fields(node, {}, _part_of(new, dict), changes)
    elif before is Form.SCALAR or (not old and not new):
        changes.itself = True
    elif before is Form.MAP:
        if atomic_map(node):
            changes.itself = True
        else:
            _fields(node, _part_of(old, dict), _part_of(new, dict), changes)
    elif atomic_list(node):
        changes.itself = True
    else:
        _items(node, _part_of(old, list), _part_of(new, list), changes)


def _part_of(value: Any, type_: type[_Parts]) -> _Parts:
    """Return a map or list, an empty one for null.

    Raises:
        MalformedError: it is something else, and will be refused for that.
    """
    if value is None:
        return type_()
    if not isinstance(value, type_):
        raise MalformedError(f"expected {'map' if type_ is dict else 'list'}, got {type(value).__name__}")
    return value


def _fields(node: Node, old: dict[str, Any], new: dict[str, Any], changes: _Changes) -> None:
    for name, part in new.items():
        if name not in old:
            changes.added[f"f:{name}"] = everything(field_node(node, name), part)
        elif not same(old[name], part):
            _part(f"f:{name}", field_node(node, name), old[name], part, changes)
    for name, part in old.items():
        if name not in new:
            changes.removed[f"f:{name}"] = everything(field_node(node, name), part)


def _items(node: Node, old: list[Any], new: list[Any], changes: _Changes) -> None:
    before, after = _by_element(node, old), _by_element(node, new)
    item = item_node(node)
    for element in before | after:
        gone, come = before.get(element, []), after.get(element, [])
        if len(gone) <= 1 and len(come) <= 1:
            if not gone:
                changes.added[element] = everything(item, come[0])
            elif not come:
                changes.removed[element] = everything(item, gone[0])
            elif not same(gone[0], come[0]):
                _part(element, item, gone[0], come[0], changes)
        elif len(gone) > 1 and len(come) > 1:
            if not same(gone, come):
                changes.modified[element] = {}
        elif len(gone) > 1:
            changes.removed[element] = {}
            if come:
                changes.added[element] = everything(item, come[0])
        else:
            changes.added[element] = {}
            if gone:
                changes.removed[element] = everything(item, gone[0])


def _part(element: str, node: Node, old: Any, new: Any, changes: _Changes) -> None:
    below = _Changes()
    _walk(node, old, new, below)
    changes.take(element, below)


def _by_element(node: Node, items: list[Any]) -> dict[str, list[Any]]:
    """Return the items by path element; lists may have an item twice that were written before that was refused."""
    found: dict[str, list[Any]] = {}
    for element, item in item_elements(node, items):
        found.setdefault(element, []).append(item)
    return found
