"""The nodes of built-in kinds, made from the snapshot when they are first asked for, and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import msgspec

from aiokube.testing.apiserver import snapshot

from .node import ABSENT, Field, Node, Omit, Shape

__all__ = ["kind_node", "node"]

_SHAPES: Final[Mapping[str, Shape]] = {
    "list": Shape.LIST,
    "map": Shape.MAP,
    "string": Shape.STRING,
    "boolean": Shape.BOOLEAN,
    "integer": Shape.INTEGER,
    "number": Shape.NUMBER,
    "bytes": Shape.BYTES,
}
_SPECIAL: Final[Mapping[str, Shape]] = {
    "v1.Time": Shape.TIME,
    "v1.MicroTime": Shape.MICRO_TIME,
    "v1.Duration": Shape.DURATION,
    "intstr.IntOrString": Shape.INT_OR_STRING,
    "resource.Quantity": Shape.QUANTITY,
    "runtime.RawExtension": Shape.ANY,
    "v1.FieldsV1": Shape.ANY,
    "v1.JSON": Shape.ANY,
    "v1.JSONSchemaPropsOrBool": Shape.SCHEMA_OR_BOOLEAN,
    "v1.JSONSchemaPropsOrArray": Shape.SCHEMA_OR_SCHEMAS,
    "v1.JSONSchemaPropsOrStringArray": Shape.SCHEMA_OR_STRINGS,
}
_SCHEMA: Final = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps"
_RANGES: Final[Mapping[str, Mapping[str, Any]]] = {
    **{f"int{bits}": {"minimum": -(1 << bits - 1), "maximum": (1 << bits - 1) - 1} for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": {"minimum": 0, "maximum": (1 << bits) - 1} for bits in (8, 16, 32, 64)},
}

# These are stored as JSON, which knows empty lists; all others as protobuf, which does not.
_STORED_AS_JSON: Final = ("io.k8s.apiextensions-apiserver.", "io.k8s.kube-aggregator.")

_nodes: dict[str, Node] = {}


def kind_node(group: str, version: str, kind: str) -> Node:
    """Return the node of a kind's objects.

    Raises:
        KeyError: it is no built-in kind, or not served in this version.
    """
    return node(snapshot.kinds()[f"{group}/{version}/{kind}"])


def node(component: str) -> Node:
    """Return the node of an OpenAPI component that is a struct, such as `io.k8s.api.core.v1.PodSpec`.

    Raises:
        KeyError: there is none.
    """
    if component not in _nodes:
        struct = snapshot.struct(component)
        made = _nodes[component] = Node(Shape.STRUCT, component, struct.go, atomic=struct.atomic)
        # Only now, because a struct may contain itself.
        keeps_empty = component.startswith(_STORED_AS_JSON)
        for field in struct.fields:
            made.fields[field.name] = _field(field, keeps_empty)
    return _nodes[component]


def _field(field: snapshot.FieldType, keeps_empty: bool) -> Field:
    return Field(
        node=_node(field.type, keeps_empty),
        omit=Omit(field.omit),
        pointer=field.pointer,
        go=field.path or field.name,
        required=field.required,
        default=ABSENT if field.default is msgspec.UNSET else field.default,
        patch_strategies=field.patch_strategies,
        patch_merge_key=field.patch_merge_key,
    )


def _node(of: snapshot.Type, keeps_empty: bool) -> Node:
    if of.shape == "struct":
        found = node(of.ref)
        atomic = of.atomic or (found.atomic and not of.granular)
        return found if atomic == found.atomic else replace(found, atomic=atomic)
    if of.shape == "special":
        shape = _SPECIAL[of.go]
        return Node(shape, go=of.go, item=node(_SCHEMA) if shape.value.startswith("schema-or-") else None)
    return Node(
        _SHAPES[of.shape],
        go=of.go,
        item=_node(of.item, keeps_empty) if of.item else None,
        keeps_empty=keeps_empty,
        list_type=of.list_type,
        list_keys=of.list_keys,
        atomic=of.atomic,
        constraints=_RANGES.get(of.ref, {}),
    )
