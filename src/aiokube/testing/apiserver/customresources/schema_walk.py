"""Walks over the `openAPIV3Schema` of a version, as a CustomResourceDefinition has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aiokube.testing.apiserver.field_errors import child, item, key

__all__ = ["Schema", "parts", "walk"]

Schema = Mapping[str, Any]


def parts(schema: Schema, path: str = "") -> Iterator[tuple[str, Schema]]:
    """Yield the schemas right inside a schema, each with its path, in kube-apiserver's order."""
    items = schema.get("items")
    if isinstance(items, Mapping):
        yield child(path, "items"), items
    elif items is not None:
        yield from ((item(child(path, "items"), index), part) for index, part in enumerate(items))
    for name in ("allOf", "anyOf", "oneOf"):
        yield from ((item(child(path, name), index), part) for index, part in enumerate(schema.get(name) or ()))
    if schema.get("not") is not None:
        yield child(path, "not"), schema["not"]
    yield from ((key(child(path, "properties"), name), part) for name, part in (schema.get("properties") or {}).items())
    if isinstance(schema.get("additionalProperties"), Mapping):
        yield child(path, "additionalProperties"), schema["additionalProperties"]


def walk(schema: Schema, path: str = "") -> Iterator[tuple[str, Schema]]:
    """Yield a schema and all schemas in it, each with its path."""
    yield path, schema
    for below, part in parts(schema, path):
        yield from walk(part, below)
