"""Members: the fields that an object has.

`applied` are those that somebody owns who applies the object: what is written in it, and of objects around
it only those that are empty or keys of maps. `everything` is all that there is, objects around others too: it
is what came into being with a value, or went with it.

Source: https://github.com/kubernetes-sigs/structured-merge-diff/blob/v6.3.3/typed/tofieldset.go
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from aiokube.testing.apiserver.schema.node import Node

from .field_set import SELF, Tree
from .parts import Form, atomic_list, atomic_map, declared, field_node, form, item_elements, item_node

__all__ = ["applied", "everything"]


def everything(node: Node, value: Any) -> Tree:
    """Return the branch of a value: itself and all below it.

    Raises:
        MalformedError: an item of a list has no usable key.
    """
    if not value:
        return {}
    if isinstance(value, dict):
        if atomic_map(node):
            return {}
        branch: Tree = {SELF: {}}
        for name, part in value.items():
            # Most parts are scalars: every write of a new object comes through here.
            branch[f"f:{name}"] = everything(field_node(node, name), part) if isinstance(part, dict | list) else {}
        return branch
    if not isinstance(value, list) or atomic_list(node):
        return {}
    branch = {SELF: {}}
    item = item_node(node)
    for element, part in item_elements(node, value):
        # Of items that are there twice only the fact is known.
        branch[element] = {} if element in branch else everything(item, part)
    return branch


def applied(node: Node, value: Any) -> Tree:
    """Return the tree below a value, without itself."""
    return _below(node, value) or {}


def _below(node: Node, value: Any) -> Tree | None:
    """Return the branch of a value, None when it has no members, not even itself."""
    match form(node, value):
        case Form.MAP:
            if atomic_map(node):
                return {}
            return _fields(node, value) if value else None
        case Form.LIST:
            if atomic_list(node):
                return {}
            return _items(node, value) if value else None
        case _:
            return {}


def _fields(node: Node, value: dict[str, Any]) -> Tree | None:
    branch: Tree = {}
    for name, part in value.items():
        parts = _below(field_node(node, name), part)
        if part is None or part == {} or not declared(node, name):
            parts = _with_self(parts)
        if parts is not None:
            branch[f"f:{name}"] = parts
    return branch or None


def _items(node: Node, value: list[Any]) -> Tree:
    items = item_elements(node, value)
    count = Counter(element for element, _ in items)
    item = item_node(node)
    return {element: {} if count[element] > 1 else _with_self(_below(item, part)) for element, part in items}


def _with_self(branch: Tree | None) -> Tree:
    return {SELF: {}} | branch if branch else {}
