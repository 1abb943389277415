"""What a definition may say in the schema of a version, beside being structural.

This server has no CEL: a schema with `x-kubernetes-validations` is refused, for objects would be taken that
kube-apiserver refuses.

Source: https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/apis/apiextensions/validation/validation.go
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from aiokube.testing.apiserver.field_errors import FieldError, child, forbidden, invalid, key, not_supported, required
from aiokube.testing.apiserver.schema.structural import META_FIELDS

from . import schema_defaults, schema_structure
from .go_schema import FIELDS, go_schema
from .schema_walk import Schema, parts

__all__ = ["NO_CEL", "validate"]

NO_CEL = (
    "the embedded API server of aiokube.testing has no CEL and cannot check these rules: "
    "leave them out for it, or use aiokube.testing.ControlPlane"
)

_TYPES = ("array", "boolean", "integer", "number", "object", "string")
_AT_ROOT_WITH_STATUS = (
    "Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern "
    "MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields "
    "XValidations"
)
_NOT_SUPPORTED = ("id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref")


def validate(schema: Schema, path: str, *, has_status: bool) -> list[FieldError]:
    """Return what is wrong with a schema.

    Args:
        path: of what holds `openAPIV3Schema`.
        has_status: the version has the subresource status.
    """
    where = child(path, "openAPIV3Schema")
    found = list(_at_root_with_status(schema, where)) if has_status else []
    if schema.get("nullable"):
        found.append(forbidden(child(where, "nullable"), "nullable cannot be true at the root"))
    why_not = schema_structure.not_structural(schema)
    if why_not is None:
        found += schema_structure.validate(schema, where) or schema_defaults.validate(schema, where)
    found += _validate(schema, where, _Place())
    if not found and why_not is not None:
        found.append(invalid(where, "", why_not))
    return found


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a schema stands.

    Attributes:
        is_root: it is of whole objects.
        in_metadata: inside of an object's apiVersion, kind or metadata.
        no_defaults: why it must not have a default, "" if it may.
    """

    is_root: bool = True
    in_metadata: bool = False
    no_defaults: str = ""


def _at_root_with_status(schema: Schema, path: str) -> Iterator[FieldError]:
    # The schema of status is taken out of properties; what else stands at the root would be lost for it.
    for name, (field, zero) in FIELDS.items():
        value = schema.get(field, zero)
        if value == zero:
            continue
        if name == "Type" and value != "object":
            words = (
                'only "object" is allowed as the type at the root of the schema if the status subresource is enabled'
            )
            yield invalid(child(path, "type"), value, words)
            return
        if name not in _AT_ROOT_WITH_STATUS.split():
            fields = f"only [{_AT_ROOT_WITH_STATUS}] fields are allowed"
            words = f"{fields} at the root of the schema if the status subresource is enabled"
            yield invalid(path, go_schema(schema), words)
            return


def _validate(schema: Schema, path: str, place: _Place) -> Iterator[FieldError]:
    yield from _vocabulary(schema, path, place)
    if schema.get("uniqueItems"):
        words = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"
        yield forbidden(child(path, "uniqueItems"), words)
    if schema.get("additionalProperties") not in (None, True) and schema.get("properties"):
        words = "additionalProperties and properties are mutual exclusive"
        yield forbidden(child(path, "additionalProperties"), words)
    for below, part in parts(schema, path):
        yield from _validate(part, below, _inner(schema, path, below, place))
    if schema.get("x-kubernetes-preserve-unknown-fields") is False:
        yield invalid(child(path, "x-kubernetes-preserve-unknown-fields"), False, "must be true or undefined")
    yield from _map_type(schema, path)
    yield from _list_type(schema, path)
    if schema.get("x-kubernetes-validations"):
        yield forbidden(child(path, "x-kubernetes-validations"), NO_CEL)


def _inner(schema: Schema, path: str, below: str, place: _Place) -> _Place:
    inner = replace(place, is_root=False)
    if below == child(path, "additionalProperties") and place.in_metadata:
        return replace(inner, no_defaults="inside additionalProperties applying to object metadata")
    for name in META_FIELDS & set(schema.get("properties") or ()):
        if below == key(child(path, "properties"), name) and (
            place.is_root or schema.get("x-kubernetes-embedded-resource")
        ):
            no_defaults = f"in top-level {name}" if place.is_root else inner.no_defaults
            return replace(inner, in_metadata=True, no_defaults=no_defaults)
    return inner


def _vocabulary(schema: Schema, path: str, place: _Place) -> Iterator[FieldError]:
    kind = schema.get("type", "")
    if kind and kind not in _TYPES:
        yield not_supported(child(path, "type"), kind, _TYPES)
    if schema.get("default") is not None and place.no_defaults:
        yield forbidden(child(path, "default"), f"must not be set {place.no_defaults}")
    for name in _NOT_SUPPORTED:
        if schema.get(name):
            yield forbidden(child(path, name), f"{name} is not supported")
    if kind == "null":
        yield forbidden(child(path, "type"), "type cannot be set to null, use nullable as an alternative")
    if isinstance(schema.get("items"), list):
        yield forbidden(child(path, "items"), "items must be a schema object and not an array")
    if place.in_metadata and schema.get("x-kubernetes-embedded-resource"):
        yield forbidden(child(path, "x-kubernetes-embedded-resource"), "must not be used inside of resource meta")


def _of_type(schema: Schema, path: str, wanted: str, because: str) -> Iterator[FieldError]:
    kind = schema.get("type", "")
    words = f"must be {wanted} if {because} is specified"
    if not kind:
        yield required(child(path, "type"), words)
    elif kind != wanted:
        yield invalid(child(path, "type"), kind, words)


def _map_type(schema: Schema, path: str) -> Iterator[FieldError]:
    found = schema.get("x-kubernetes-map-type")
    if found is None:
        return
    yield from _of_type(schema, path, "object", "x-kubernetes-map-type")
    if found not in ("atomic", "granular"):
        yield not_supported(child(path, "x-kubernetes-map-type"), found, ["atomic", "granular"])


def _list_type(schema: Schema, path: str) -> Iterator[FieldError]:
    found, keys = schema.get("x-kubernetes-list-type"), schema.get("x-kubernetes-list-map-keys") or []
    where = child(path, "x-kubernetes-list-type")
    items = schema.get("items")
    item = items if isinstance(items, Mapping) else None
    if found is not None and schema.get("type", "") != "array":
        yield from _of_type(schema, path, "array", "x-kubernetes-list-type")
    elif found == "set" and item is not None:
        yield from _atomic_item(item, child(path, "items"))
    if found not in (None, "atomic", "set", "map"):
        yield not_supported(where, found, ["atomic", "set", "map"])
    if keys and found != "map":
        words = "must be map if x-kubernetes-list-map-keys is non-empty"
        yield required(where, words) if found is None else invalid(where, found, words)
    if found == "map":
        yield from _keyed(schema, items, keys, path)
    if found in ("set", "map") and item is not None:
        yield from _not_null(item, found, keys, child(path, "items"))


def _atomic_item(item: Schema, path: str) -> Iterator[FieldError]:
    list_type = item.get("x-kubernetes-list-type")
    words = "must be atomic as item of a list with x-kubernetes-list-type=set"
    if item.get("type") == "array" and list_type not in (None, "atomic"):
        yield invalid(child(path, "x-kubernetes-list-type"), list_type, words)
    elif item.get("type") == "object" and item.get("x-kubernetes-map-type") != "atomic":
        yield invalid(child(path, "x-kubernetes-map-type"), list_type, words)  # the list type's value, as it is there


def _keyed(schema: Schema, items: Any, keys: list[str], path: str) -> Iterator[FieldError]:
    where = child(path, "x-kubernetes-list-map-keys")
    if not keys:
        yield required(where, "must not be empty if x-kubernetes-list-type is map")
    if items is None:
        yield required(child(path, "items"), "must have a schema if x-kubernetes-list-type is map")
        return
    if not isinstance(items, Mapping):
        words = "must only have a single schema if x-kubernetes-list-type is map"
        yield invalid(child(path, "items"), go_schema(schema)["Items"], words)
        return
    if items.get("type", "") != "object":
        words = "must be object if parent array's x-kubernetes-list-type is map"
        yield invalid(child(path, "items", "type"), items.get("type", ""), words)
        return
    properties = items.get("properties") or {}
    for index, name in enumerate(keys):
        if name not in properties:
            yield invalid(where, keys, "entries must all be names of item properties")
        elif properties[name].get("type") in ("array", "object"):
            words = "must be a scalar type if parent array's x-kubernetes-list-type is map"
            yield invalid(child(key(child(path, "items", "properties"), name), "type"), items["type"], words)
        if name in keys[:index]:
            yield invalid(where, keys, "must not contain duplicate entries")


def _not_null(item: Schema, list_type: str, keys: list[str], path: str) -> Iterator[FieldError]:
    if item.get("nullable"):
        yield forbidden(child(path, "nullable"), f"cannot be nullable when x-kubernetes-list-type is {list_type}")
    for name in keys if list_type == "map" else ():
        found = (item.get("properties") or {}).get(name)
        if found is None:
            continue
        where = key(child(path, "properties"), name)
        because = "this property is in x-kubernetes-list-map-keys"
        if name not in (item.get("required") or ()) and found.get("default") is None:
            yield required(child(where, "default"), f"{because}, so it must have a default or be a required property")
        if found.get("nullable"):
            yield forbidden(child(where, "nullable"), f"{because}, so it cannot be nullable")
