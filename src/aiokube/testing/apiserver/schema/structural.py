"""The nodes of a custom kind, from the `openAPIV3Schema` of a version of its CustomResourceDefinition.

`node` keeps the schema as it was written: its nodes say what is pruned, what is defaulted and what is valid.
A node for `additionalProperties` has them as its item, and a part of `allOf`, `anyOf`, `oneOf` or `not` is a
node too, whose shape says nothing: it only has constraints. `complete` adds what every object has without the
schema's saying so, for whoever asks what belongs to an object: patches and the owners of fields.

Sources:
    https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
    https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/apiserver/schema/structural.go
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .node import ABSENT, Field, Node, Omit, Shape

__all__ = ["META_FIELDS", "additional", "complete", "default", "items", "node", "values"]

META_FIELDS = frozenset({"apiVersion", "kind", "metadata"})
"""What an object has whether or not its schema says so."""

_SHAPES = {
    "array": Shape.LIST,
    "string": Shape.STRING,
    "integer": Shape.INTEGER,
    "number": Shape.NUMBER,
    "boolean": Shape.BOOLEAN,
}
_KEYWORDS = (
    "type",
    "format",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "multipleOf",
    "enum",
    "maxProperties",
    "minProperties",
    "required",
)
_JUNCTORS = ("allOf", "anyOf", "oneOf")


def node(schema: Mapping[str, Any]) -> Node:
    """Return the node of a schema.

    Args:
        schema: as the normal form of a CustomResourceDefinition has it.

    Returns:
        A node whose `constraints` are the keywords of JSON Schema that the schema has, and
        `additionalProperties`, as a bool, if it has those; parts of junctors are nodes.
    """
    required = set(schema.get("required") or ())
    return Node(
        _shape(schema),
        fields={
            name: Field(node(part), Omit.NEVER, required=name in required, default=_default(part))
            for name, part in (schema.get("properties") or {}).items()
        },
        item=_item(schema),
        list_type=schema.get("x-kubernetes-list-type", ""),
        list_keys=tuple(schema.get("x-kubernetes-list-map-keys") or ()),
        atomic=schema.get("x-kubernetes-map-type") == "atomic",
        preserves_unknown=bool(schema.get("x-kubernetes-preserve-unknown-fields")),
        embedded=bool(schema.get("x-kubernetes-embedded-resource")),
        nullable=bool(schema.get("nullable")),
        constraints=_constraints(schema),
    )


def complete(written: Node, *, object_meta: Node) -> Node:
    """Return the nodes of a custom kind with apiVersion, kind and metadata, in embedded objects too.

    Args:
        written: the root, from `node`.
        object_meta: of a built-in kind.
    """
    return _complete(replace(written, embedded=True), object_meta)


def additional(written: Node) -> bool:
    """Return whether a schema has `additionalProperties`, be it a schema, true or false."""
    return "additionalProperties" in written.constraints


def items(written: Node) -> Node | None:
    """Return what the items of a list are, None when the schema does not say."""
    return None if additional(written) else written.item


def values(written: Node) -> Node | None:
    """Return what the values of a map are, None when the schema does not say."""
    return written.item if additional(written) else None


def default(written: Node) -> Any:
    """Return the default of an item of a list or map, ABSENT for none; those of fields are in their Field."""
    return written.constraints.get("default", ABSENT)


def _shape(schema: Mapping[str, Any]) -> Shape:
    if schema.get("x-kubernetes-int-or-string"):
        return Shape.INT_OR_STRING
    kind = schema.get("type", "")
    if kind == "object":
        return Shape.MAP if _is_map(schema) and not schema.get("properties") else Shape.STRUCT
    return _SHAPES.get(kind, Shape.ANY)


def _item(schema: Mapping[str, Any]) -> Node | None:
    part = schema["additionalProperties"] if _is_map(schema) else schema.get("items")
    return node(part) if isinstance(part, dict) else None


def _is_map(schema: Mapping[str, Any]) -> bool:
    # One node has one item: of what says that it has both, its type decides.
    if schema.get("additionalProperties") is None:
        return False
    return schema.get("items") is None or schema.get("type") == "object"


def _default(schema: Mapping[str, Any]) -> Any:
    # A default of null is as none: apiextensions cannot tell them apart.
    value = schema.get("default")
    return ABSENT if value is None else value


def _constraints(schema: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: schema[name] for name in _KEYWORDS if schema.get(name) is not None}
    found |= {name: [node(part) for part in schema[name]] for name in _JUNCTORS if schema.get(name)}
    if schema.get("not") is not None:
        found["not"] = node(schema["not"])
    if _is_map(schema):
        found["additionalProperties"] = schema["additionalProperties"] is not False
    if schema.get("default") is not None:
        found["default"] = schema["default"]
    return found


def _complete(written: Node, object_meta: Node) -> Node:
    fields = {name: replace(field, node=_complete(field.node, object_meta)) for name, field in written.fields.items()}
    if written.embedded:
        meta = {"apiVersion": Node(Shape.STRING), "kind": Node(Shape.STRING), "metadata": object_meta}
        fields = {name: Field(part, Omit.NEVER) for name, part in meta.items()} | {
            name: field for name, field in fields.items() if name not in meta
        }
    return replace(written, fields=fields, item=written.item and _complete(written.item, object_meta))
