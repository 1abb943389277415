"""Whether a schema is structural: it says what every field is, apart from what is valid.

Source: https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/apiserver/schema/validation.go
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from aiokube.testing.apiserver.field_errors import FieldError, child, forbidden, invalid, item, key, required
from aiokube.testing.apiserver.schema.patterns import PatternError, compiled

from .go_schema import FIELDS
from .schema_walk import Schema

__all__ = ["not_structural", "validate"]

_INT_OR_STRING = [{"type": "integer"}, {"type": "string"}]
_JUNCTORS = ("anyOf", "allOf", "oneOf")
_ONLY_OUTSIDE = {
    "type": "must be empty to be structural",
    "additionalProperties": "must be undefined to be structural",
    "default": "must be undefined to be structural",
    "title": "must be empty to be structural",
    "description": "must be empty to be structural",
    "nullable": "must be false to be structural",
    "x-kubernetes-preserve-unknown-fields": "must be false to be structural",
    "x-kubernetes-embedded-resource": "must be false to be structural",
    "x-kubernetes-int-or-string": "must be false to be structural",
    "x-kubernetes-list-map-keys": "must be empty to be structural",
    "x-kubernetes-list-type": "must be undefined to be structural",
    "x-kubernetes-map-type": "must be undefined to be structural",
    "x-kubernetes-validations": "must be empty to be structural",
}
_SET_IF_FALSE: Mapping[str, tuple[Any, ...]] = {"default": (None,), "additionalProperties": (None, False)}
"""Fields that are there with a value that is false, and the values that are as none."""

_NOT_SUPPORTED = {
    "id": "id",
    "$schema": "schema",
    "$ref": "$ref",
    "patternProperties": "patternProperties",
    "dependencies": "dependencies",
    "additionalItems": "additionalItems",
    "definitions": "definitions",
}


class _Level(Enum):
    """Where a schema stands; the value is what is said of one without a type."""

    ROOT = "must not be empty at the root"
    ITEM = "must not be empty for specified array items"
    FIELD = "must not be empty for specified object fields"


def validate(schema: Schema, path: str) -> list[FieldError]:
    """Return what keeps a schema from being structural, sorted by the words."""
    found = [*_invariants(schema, _Level.ROOT, path), *_incomplete(schema, schema, path, path)]
    return sorted(found, key=str)


def not_structural(schema: Schema) -> str | None:
    """Return why a schema cannot even be asked whether it is structural, None if it can."""
    for name, words in _NOT_SUPPORTED.items():
        if schema.get(name):
            return f"OpenAPIV3Schema '{words}' is not supported"
    if schema.get("x-kubernetes-preserve-unknown-fields") is False:
        return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined"
    if isinstance(schema.get("items"), list):
        return "OpenAPIV3Schema 'items' must be a schema, but is an array"
    inner = [*(schema.get("properties") or {}).values(), schema.get("items"), schema.get("additionalProperties")]
    inner += [part for name in _JUNCTORS for part in schema.get(name) or ()] + [schema.get("not")]
    return next((why for part in inner if isinstance(part, Mapping) and (why := not_structural(part))), None)


def _invariants(schema: Schema, level: _Level, path: str) -> Iterator[FieldError]:
    kind = schema.get("type", "")
    properties = schema.get("properties") or {}
    additional = schema.get("additionalProperties")
    items = schema.get("items")
    if kind == "array" and items is None:
        yield required(child(path, "items"), "must be specified")
    if items is not None:
        yield from _invariants(items, _Level.ITEM, child(path, "items"))
    for name, part in properties.items():
        yield from _invariants(part, _Level.FIELD, key(child(path, "properties"), name))
    if additional is not None and level is _Level.ROOT:
        yield forbidden(child(path, "additionalProperties"), "must not be used at the root")
    if isinstance(additional, Mapping):
        yield from _invariants(additional, _Level.FIELD, child(path, "additionalProperties"))
    yield from _extensions(schema, path)
    skip_any_of = schema.get("anyOf") == _INT_OR_STRING
    first = (schema.get("allOf") or [{}])[0]
    yield from _values(schema, path, skip_any_of=skip_any_of, skip_first=first.get("anyOf") == _INT_OR_STRING)
    yield from _typed(schema, level, path)
    if schema.get("x-kubernetes-embedded-resource") and additional is not None:
        words = "must not be used if x-kubernetes-embedded-resource is set"
        yield forbidden(child(path, "additionalProperties"), words)
    if level is _Level.ROOT and kind and kind != "object":
        yield invalid(child(path, "type"), kind, "must be object at the root")
    yield from _metadata(schema, level, child(path, "properties"))
    if (
        schema.get("x-kubernetes-embedded-resource")
        and not schema.get("x-kubernetes-preserve-unknown-fields")
        and not properties
    ):
        words = (
            "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields"
        )
        yield required(child(path, "properties"), words)


def _extensions(schema: Schema, path: str) -> Iterator[FieldError]:
    for name in ("x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"):
        if schema.get("x-kubernetes-int-or-string") and schema.get(name):
            yield invalid(child(path, name), True, "must be false if x-kubernetes-int-or-string is true")


def _typed(schema: Schema, level: _Level, path: str) -> Iterator[FieldError]:
    kind = schema.get("type", "")
    if schema.get("x-kubernetes-embedded-resource") and kind != "object":
        words = "must be object if x-kubernetes-embedded-resource is true"
        yield invalid(child(path, "type"), kind, words) if kind else required(child(path, "type"), words)
    elif not (kind or schema.get("x-kubernetes-int-or-string") or schema.get("x-kubernetes-preserve-unknown-fields")):
        yield required(child(path, "type"), level.value)


def _metadata(schema: Schema, level: _Level, path: str) -> Iterator[FieldError]:
    properties = schema.get("properties") or {}
    whole = level is _Level.ROOT or bool(schema.get("x-kubernetes-embedded-resource"))
    for name in ("kind", "apiVersion"):
        if whole and name in properties and properties[name].get("type", "") != "string":
            yield invalid(child(key(path, name), "type"), properties[name].get("type", ""), "must be string")
    metadata = properties.get("metadata")
    if metadata is None:
        return
    where = key(path, "metadata")
    if whole and metadata.get("type", "") != "object":
        yield invalid(child(where, "type"), metadata.get("type", ""), "must be object")
    if level is _Level.ROOT:
        more = {name for name, zero in FIELDS.values() if metadata.get(name, zero) != zero} - {"type", "default"}
        if set(metadata.get("properties") or ()) <= {"name", "generateName"}:
            more.discard("properties")
        if more:
            words = "must not specify anything other than name and generateName, but metadata is implicitly specified"
            yield forbidden(where, words)


def _values(schema: Schema, path: str, *, skip_any_of: bool = False, skip_first: bool = False) -> Iterator[FieldError]:
    for name in _JUNCTORS:
        if name == "anyOf" and skip_any_of:
            continue
        for index, part in enumerate(schema.get(name) or ()):
            skip = name == "allOf" and index == 0 and skip_first
            yield from _nested(part, item(child(path, name), index), skip_any_of=skip)
    if schema.get("not") is not None:
        yield from _nested(schema["not"], child(path, "not"))
    if pattern := schema.get("pattern"):
        try:
            compiled(pattern)
        except PatternError as error:
            words = f"must be a valid regular expression, but isn't: {error}"
            yield invalid(child(path, "pattern"), pattern, words)


def _nested(schema: Schema, path: str, *, skip_any_of: bool = False) -> Iterator[FieldError]:
    yield from _values(schema, path, skip_any_of=skip_any_of)
    if schema.get("items") is not None:
        yield from _nested(schema["items"], child(path, "items"))
    for name, part in (schema.get("properties") or {}).items():
        yield from _nested(part, key(child(path, "properties"), name))
    for name, words in _ONLY_OUTSIDE.items():
        if schema.get(name) or (name in _SET_IF_FALSE and schema.get(name) not in _SET_IF_FALSE[name]):
            yield forbidden(child(path, name), words)
    if "metadata" in (schema.get("properties") or {}):
        words = "must not be specified in a nested context"
        yield forbidden(key(child(path, "properties"), "metadata"), words)


def _incomplete(values: Schema, structure: Schema, path: str, values_path: str) -> Iterator[FieldError]:
    """Yield what a value's validation speaks of that the structure around it does not say."""
    for name in ("allOf", "anyOf", "oneOf"):
        for index, part in enumerate(values.get(name) or ()):
            yield from _incomplete_part(part, structure, path, item(child(values_path, name), index))
    if values.get("not") is not None:
        yield from _incomplete_part(values["not"], structure, path, child(values_path, "not"))


def _incomplete_part(values: Schema, structure: Schema | None, path: str, values_path: str) -> Iterator[FieldError]:
    if structure is None:
        yield required(path, f"because it is defined in {values_path}")
        return
    yield from _incomplete(values, structure, path, values_path)
    if values.get("items") is not None:
        below = child(path, "items"), child(values_path, "items")
        yield from _incomplete_part(values["items"], structure.get("items"), *below)
    known = structure.get("properties") or {}
    for name, part in (values.get("properties") or {}).items():
        below = key(child(path, "properties"), name), key(child(values_path, "properties"), name)
        yield from _incomplete_part(part, known.get(name), *below)
