"""A node: what may stand at one place of an object, as Go's type and the OpenAPI schema say it together.

The nodes of a kind make a graph, not a tree, because some types contain themselves; a node is therefore made
empty and filled, and never changed once its graph is complete. Built-in kinds and custom ones have the same
nodes, so that decoding, patching and ownership need not know which it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

__all__ = ["ABSENT", "Field", "Node", "Omit", "Shape"]


class Shape(Enum):
    """What JSON stands at a node, and how it is read."""

    STRUCT = "struct"
    """An object with known fields; unknown ones are dropped, unless `preserves_unknown`."""
    MAP = "map"
    LIST = "list"
    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    INT_OR_STRING = "int-or-string"
    QUANTITY = "quantity"
    TIME = "time"
    """RFC 3339, in seconds."""
    MICRO_TIME = "micro-time"
    DURATION = "duration"
    BYTES = "bytes"
    """A string in base64."""
    ANY = "any"
    """Any JSON; kept as it is."""
    SCHEMA_OR_BOOLEAN = "schema-or-boolean"
    """An object of the STRUCT in `item`, or a boolean; ownership and patches take it for ANY, as the next two."""
    SCHEMA_OR_SCHEMAS = "schema-or-schemas"
    SCHEMA_OR_STRINGS = "schema-or-strings"


class Omit(Enum):
    """When a field of a built-in kind is left out of what the server writes (Go's omitempty and omitzero)."""

    NEVER = "never"
    EMPTY = "empty"
    ZERO = "zero"


class Absent(Enum):
    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT
"""Stands for a default that there is not; None is a default of null."""


@dataclass(slots=True, eq=False)
class Field:
    """A field of a struct.

    Attributes:
        node: what stands in it.
        omit: when it is not written; custom kinds write what they have, so it is EMPTY only for built-in kinds.
        pointer: Go holds it by a pointer, so that a zero value is a value.
        go: how Go's decoding errors name the field: its name, after those of the embedded structs that it is in,
            such as `VolumeSource.emptyDir`; "" for custom kinds.
        required: the OpenAPI schema says so.
        default: of the OpenAPI schema, ABSENT for none.
        patch_strategies: of a strategic merge patch: of "merge", "replace", "retainKeys".
        patch_merge_key: of the items of a list whose strategy is merge; "" for items without a key.
    """

    node: Node
    omit: Omit = Omit.EMPTY
    pointer: bool = False
    go: str = ""
    required: bool = False
    default: Any = ABSENT
    patch_strategies: frozenset[str] = frozenset()
    patch_merge_key: str = ""


@dataclass(slots=True, eq=False)
class Node:
    """What may stand at one place.

    Attributes:
        shape: the kind of JSON.
        name: of a struct of a built-in kind, the name of its OpenAPI component, such as
            `io.k8s.api.core.v1.PodSpec`; "" for anything else.
        go: Go's name of the type, such as `int32`, `v1.PodSpec` or `[]v1.Container`; "" for custom kinds.
        fields: of a STRUCT, in the order in which they are written.
        item: of a LIST or MAP, and the schema of SCHEMA_OR_...
        keeps_empty: a LIST or MAP of a built-in kind that may be empty; others become null then, because what
            kube-apiserver stores does not tell the one from the other.
        list_type: "atomic", "set" or "map"; "" when the schema does not say, which means atomic.
        list_keys: of a list of type "map".
        atomic: a STRUCT or MAP that has one owner as a whole.
        preserves_unknown: a STRUCT that keeps fields it does not know.
        embedded: a STRUCT that is an object of its own, with apiVersion, kind and metadata.
        nullable: null is a value here (custom kinds).
        constraints: JSON Schema's keywords for validation, such as `pattern`; for built-in kinds only the
            `minimum` and `maximum` of integers.
    """

    shape: Shape
    name: str = ""
    go: str = ""
    fields: dict[str, Field] = field(default_factory=dict)
    item: Node | None = None
    keeps_empty: bool = False
    list_type: str = ""
    list_keys: tuple[str, ...] = ()
    atomic: bool = False
    preserves_unknown: bool = False
    embedded: bool = False
    nullable: bool = False
    constraints: Mapping[str, Any] = field(default_factory=dict)
