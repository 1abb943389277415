"""Removal: an object without some of its fields.

Source: https://github.com/kubernetes-sigs/structured-merge-diff/blob/v6.3.3/typed/remove.go
"""

from __future__ import annotations

from typing import Any

from aiokube.testing.apiserver.schema.node import Node

from .field_set import SELF, FieldSet, Tree
from .parts import Form, atomic_list, atomic_map, field_node, form, item_element, item_node

__all__ = ["remove"]


def remove(node: Node, value: Any, fields: FieldSet) -> Any:
    """Return a value without fields; what is left empty becomes null."""
    return _remove(node, value, fields.tree) if fields else value


def _remove(node: Node, value: Any, tree: Tree) -> Any:
    match form(node, value):
        case Form.SCALAR:
            return value
        case Form.MAP if value and isinstance(value, dict) and not atomic_map(node):
            return _fields(node, value, tree) or None
        case Form.LIST if value and isinstance(value, list) and not atomic_list(node):
            return _items(node, value, tree) or None
        case _:
            return None


def _fields(node: Node, value: dict[str, Any], tree: Tree) -> dict[str, Any]:
    rest = {}
    for name, part in value.items():
        branch = tree.get(f"f:{name}")
        if branch is None:
            rest[name] = part
        elif branch and SELF not in branch:
            rest[name] = _remove(field_node(node, name), part, branch)
    return rest


def _items(node: Node, value: list[Any], tree: Tree) -> list[Any]:
    rest = []
    for part in value:
        branch = tree.get(item_element(node, part))
        if branch is None:
            rest.append(part)
        elif branch and SELF not in branch:
            rest.append(_remove(item_node(node), part, branch))
    return rest
