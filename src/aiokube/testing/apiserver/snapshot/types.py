"""Types: the structs that kube-apiserver decodes into, with what their schemas say besides.

Structs are named as the components of the OpenAPI documents are. Each is read when it is asked for, so that
the first kind is ready within milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Literal

import msgspec

from .files import unpacked

__all__ = ["FieldType", "StructType", "Type", "constants", "kinds", "struct", "structs"]


class Type(msgspec.Struct, frozen=True):
    """What stands in a field, in a list or in a map.

    Attributes:
        shape: "special" is a type that reads its JSON itself.
        go: Go's name, such as `[]v1.Container`; without the pointer.
        ref: of a struct or special type its name; of an integer the name of its size, such as `int32`.
        item: of a list or map.
        list_type: "atomic", "set" or "map"; "" when the schema does not say.
        list_keys: of a list of type "map".
        atomic: the schema of the place says so, for a map or a struct.
        granular: the schema of the place says so, for a struct that is atomic elsewhere.
    """

    shape: Literal["struct", "list", "map", "string", "boolean", "integer", "number", "bytes", "special"]
    go: str
    ref: str = ""
    item: Type | None = None
    list_type: str = ""
    list_keys: tuple[str, ...] = ()
    atomic: bool = False
    granular: bool = False


class FieldType(msgspec.Struct, frozen=True):
    """A field of a struct; those of an embedded struct are fields of the one that embeds it.

    Attributes:
        omit: when it is not written.
        pointer: Go holds it by a pointer.
        path: how decoding errors name it if not by its name: with the embedded structs before it.
        default: the schema's; UNSET for none.
    """

    name: str
    type: Type
    omit: Literal["never", "empty", "zero"]
    pointer: bool = False
    path: str = ""
    required: bool = False
    patch_strategies: frozenset[str] = frozenset()
    patch_merge_key: str = ""
    default: Any = msgspec.UNSET


class StructType(msgspec.Struct, frozen=True):
    """A struct: its name in Go, such as `v1.PodSpec`, and its fields in the order in which they are written."""

    go: str
    fields: tuple[FieldType, ...] = ()
    atomic: bool = False


class _Types(msgspec.Struct):
    structs: dict[str, msgspec.Raw]
    kinds: dict[str, str]
    constants: dict[str, dict[str, Any]]


def struct(name: str) -> StructType:
    """Return a struct.

    Args:
        name: of the component, such as `io.k8s.api.core.v1.PodSpec`.

    Raises:
        KeyError: there is none of this name.
    """
    return msgspec.json.decode(_types().structs[name], type=StructType)


def structs() -> Iterable[str]:
    """Return the names of all structs."""
    return _types().structs.keys()


def kinds() -> Mapping[str, str]:
    """Return the structs of kinds, by `group/version/Kind`, such as `apps/v1/Deployment` and `/v1/Pod`."""
    return _types().kinds


def constants() -> Mapping[str, Mapping[str, Any]]:
    """Return the values that defaulting gives to fields without one, by component and field.

    Only what was the same wherever it was tried; it may still depend on other fields of the component.
    """
    return _types().constants


@cache
def _types() -> _Types:
    return msgspec.json.decode(unpacked("types.json.gz"), type=_Types)
