"""Paths to single fields of an object, such as `.spec.replicas`: in definitions, of scales and of selectors.

Source: https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/apiserver/schema/cel/validation.go
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aiokube.testing.apiserver.field_errors import FieldError, child, duplicate, invalid, item, key, required, too_many

from .schema_walk import Schema

__all__ = ["PathError", "resolve", "steps", "validate_selectable", "validate_simple"]

_MOST_SELECTABLE = 8
_SELECTABLE_TYPES = ("string", "boolean", "integer")
_TOKENS = re.compile(r"[.\[\]]|'(?:[^'\\]|\\.)*'|[^.\[\]]+")


class PathError(ValueError):
    """Raised when a path leads nowhere; the text is kube-apiserver's."""


def steps(path: str) -> list[str]:
    """Return the names of the fields that a simple path goes through."""
    return path.removeprefix(".").split(".")


def resolve(path: str, schema: Schema) -> tuple[list[str], str, Schema]:
    """Return where a path without brackets leads: its first name, the whole as messages have it, and the schema there.

    Raises:
        PathError: it is none, or there is no such field.
    """
    tokens = iter(_TOKENS.findall(path))
    names: list[str] = []
    where = ""
    for sign in tokens:
        if sign == "[":
            raise PathError("array notation is not allowed")
        if sign != ".":
            raise PathError(f"expected [ or . but got: {sign}")
        name = next(tokens, None)
        if name is None:
            raise PathError("unexpected end of JSON path")
        if schema.get("properties"):
            if name not in schema["properties"]:
                raise PathError("does not refer to a valid field")
            where, schema = child(where, name), schema["properties"][name]
        elif isinstance(schema.get("additionalProperties"), Mapping):
            where, schema = key(where, name), schema["additionalProperties"]
        else:
            raise PathError("does not refer to a valid field")
        names.append(name)
    return names, where, schema


def validate_selectable(fields: Sequence[Mapping[str, Any]], schema: Schema, path: str) -> Iterator[FieldError]:
    """Yield what is wrong with the `selectableFields` of a version."""
    seen: set[str] = set()
    for index, field in enumerate(fields):
        where, json_path = child(item(path, index), "jsonPath"), field.get("jsonPath", "")
        if not json_path:
            yield required(where)
            continue
        try:
            names, found, target = resolve(json_path, schema)
        except PathError as error:
            yield invalid(where, json_path, f"is an invalid path: {error}")
            continue
        if names[:1] == ["metadata"]:
            yield invalid(where, json_path, "must not point to fields in metadata")
        if target.get("type") not in _SELECTABLE_TYPES:
            words = "must point to a field of type string, boolean or integer. "
            yield invalid(where, json_path, f"{words}Enum string fields and strings with formats are allowed.")
        if found in seen:
            yield duplicate(where, json_path)
        seen.add(found)
    if len(seen) > _MOST_SELECTABLE:
        yield too_many(path, len(seen), _MOST_SELECTABLE)


def validate_simple(json_path: str, path: str) -> Iterator[FieldError]:
    """Yield what is wrong with a path that is there."""
    if not json_path.startswith("."):
        yield invalid(path, json_path, "must be a simple json path starting with .")
