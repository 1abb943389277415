"""Parts: how a value at a node falls into parts that can have different owners.

A struct or a map falls into its fields, a list of type "map" or "set" into its items, unless it is atomic;
anything else is one part. Where the schema says nothing, the value itself decides: objects fall into their
fields, and lists do not.

Source: https://github.com/kubernetes/kube-openapi/blob/43fb72c5454a/pkg/schemaconv/openapi.go
Source: https://github.com/kubernetes-sigs/structured-merge-diff/blob/v6.3.3/typed/helpers.go
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any, Final

from aiokube.testing.apiserver.go.text import quoted
from aiokube.testing.apiserver.schema.node import ABSENT, Node, Shape

from . import path_elements

__all__ = [
    "ANYTHING",
    "Form",
    "MalformedError",
    "atomic_list",
    "atomic_map",
    "below",
    "declared",
    "field_node",
    "flexible",
    "form",
    "item_element",
    "item_elements",
    "item_node",
    "same",
]

ANYTHING: Final = Node(Shape.ANY)
"""Stands for what no schema describes."""

_RAW_EXTENSION = "runtime.RawExtension"

_STRUCT, _MAP, _LIST, _ANY = Shape.STRUCT, Shape.MAP, Shape.LIST, Shape.ANY
_UNTYPED = (Shape.INT_OR_STRING, Shape.SCHEMA_OR_BOOLEAN, Shape.SCHEMA_OR_SCHEMAS, Shape.SCHEMA_OR_STRINGS)
"""What OpenAPI says nothing of."""


class MalformedError(ValueError):
    """Raised when a value cannot have owners, because an item of a list has no usable key."""


class Form(Enum):
    """What a value is taken for at a node."""

    MAP = "map"
    LIST = "list"
    SCALAR = "scalar"


def form(node: Node, value: Any) -> Form:
    """Return what a value is at a node; null is whatever it may be."""
    shape = node.shape
    if shape is _STRUCT or shape is _MAP:
        return Form.MAP
    if shape is _LIST:
        return Form.LIST
    if not flexible(node):
        return Form.SCALAR
    if value is None or isinstance(value, dict):
        return Form.MAP
    return Form.LIST if isinstance(value, list) else Form.SCALAR


def flexible(node: Node) -> bool:
    """Return whether objects, lists and scalars may all stand at a node."""
    return node.shape is _ANY or node.shape in _UNTYPED


def atomic_map(node: Node) -> bool:
    return node.atomic or node.go == _RAW_EXTENSION


def atomic_list(node: Node) -> bool:
    return node.list_type != "map" and node.list_type != "set"


def declared(node: Node, name: str) -> bool:
    """Return whether a field is one that the schema names."""
    return name in node.fields


def field_node(node: Node, name: str) -> Node:
    """Return the node of a field of a struct, or of a value of a map."""
    field = node.fields.get(name)
    if field is not None:
        return field.node
    if node.item is None or (flexible(node) and "additionalProperties" not in node.constraints):
        return ANYTHING
    return node.item


def item_node(node: Node) -> Node:
    """Return the node of an item of a list."""
    return node.item or ANYTHING


def below(node: Node, element: str) -> Node | None:
    """Return the node that an element of a path leads to, None when the schema knows no such step."""
    if element[0] == "f":
        return None if node.shape is _LIST else field_node(node, element[2:])
    return item_node(node) if element[0] == "k" and node.shape is _LIST else None


def item_element(node: Node, item: Any) -> str:
    """Return the path element of an item of a list that is not atomic.

    Raises:
        MalformedError: it has none.
    """
    return _keyed(node, item) if node.list_type == "map" else _valued(item)


def item_elements(node: Node, items: Iterable[Any]) -> list[tuple[str, Any]]:
    """Return the items of a list with their path elements.

    Raises:
        MalformedError: an item has none.
    """
    found = []
    for index, item in enumerate(items):
        try:
            found.append((item_element(node, item), item))
        except MalformedError as error:
            raise MalformedError(f"element {index}: {error}") from None
    return found


def same(one: Any, other: Any) -> bool:
    """Return whether two JSON values are equal; unlike for Python, true is not 1."""
    if one != other:
        return False
    if isinstance(one, str):
        return True
    if isinstance(one, dict):
        return all(same(part, other[name]) for name, part in one.items())
    if isinstance(one, list):
        return all(map(same, one, other))
    return isinstance(one, bool) is isinstance(other, bool)


def _keyed(node: Node, item: Any) -> str:
    if item is None:
        raise MalformedError("associative list with keys may not have a null element")
    if not isinstance(item, dict):
        raise MalformedError("associative list with keys may not have non-map elements")
    fields = item_node(node).fields
    keys = {}
    for name in node.list_keys:
        if name in item:
            keys[name] = item[name]
        elif name in fields and fields[name].default not in (ABSENT, None):
            keys[name] = fields[name].default
    if node.list_keys and not keys:
        names = f"[{' '.join(map(quoted, node.list_keys))}]"
        raise MalformedError(
            f"associative list with keys has an element that omits all key fields {names} "
            "(and doesn't have default values for any key fields)"
        )
    return path_elements.key(keys)


def _valued(item: Any) -> str:
    if isinstance(item, dict):
        raise MalformedError("associative list without keys has an element that's a map type")
    if isinstance(item, list):
        raise MalformedError("not supported: associative list with lists as elements")
    if item is None:
        raise MalformedError("associative list without keys has an element that's an explicit null")
    return path_elements.value(item)
