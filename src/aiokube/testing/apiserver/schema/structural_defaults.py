"""Defaults of custom kinds: what their schema puts where an object says nothing, and what becomes of null.

A null where the schema does not allow one is as if it were not there: `drop_nulls` removes it unless it has a
default, and `apply` then puts the default in its place.

Sources:
    https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting-and-nullable
    https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/apiserver/schema/defaulting/algorithm.go
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from .node import ABSENT, Node
from .structural import default, items, values

__all__ = ["apply", "drop_nulls"]


def apply(node: Node | None, value: Any) -> None:
    """Put in place the defaults that a schema, as written, has for what is missing."""
    if node is None:
        return
    if isinstance(value, dict):
        _complete_fields(node, value)
        for name, part in list(value.items()):
            if name in node.fields:
                apply(node.fields[name].node, part)
            else:
                _apply_item(values(node), value, name)
    elif isinstance(value, list):
        for index in range(len(value)):
            _apply_item(items(node), value, index)


def drop_nulls(node: Node | None, value: Any) -> None:
    """Remove in place each field or key whose null is neither allowed nor has a default; items of lists stay."""
    if isinstance(value, dict):
        for name, part in list(value.items()):
            below = _below(node, name)
            if part is None and below is not None and not below.nullable and default(below) is ABSENT:
                del value[name]
            else:
                drop_nulls(below, part)
    elif isinstance(value, list):
        for part in value:
            drop_nulls(items(node) if node is not None else None, part)


def _complete_fields(node: Node, value: dict[str, Any]) -> None:
    for name, field in node.fields.items():
        if field.default is not ABSENT and (name not in value or (value[name] is None and not field.node.nullable)):
            value[name] = deepcopy(field.default)


def _apply_item(node: Node | None, container: Any, key: Any) -> None:
    if node is not None and container[key] is None and not node.nullable:
        found = default(node)
        container[key] = None if found is ABSENT else deepcopy(found)
    apply(node, container[key])


def _below(node: Node | None, name: str) -> Node | None:
    if node is None:
        return None
    return node.fields[name].node if name in node.fields else values(node)
