"""Whether the defaults of a schema are valid by it, and have nothing that it does not know.

Source: https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/apiserver/schema/defaulting/validation.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

from aiokube.testing.apiserver.field_errors import FieldError, aggregate, child, invalid, key
from aiokube.testing.apiserver.go.text import sorted_keys
from aiokube.testing.apiserver.schema import pruning, structural, validation
from aiokube.testing.apiserver.schema.node import Node, Shape

from . import embedded, object_meta
from .schema_walk import Schema

__all__ = ["validate"]

_Wrap = Callable[[Any], dict[str, Any]]
"""Puts a default of an object's metadata into an object, so that it can be looked at as a whole."""


def validate(schema: Schema, path: str) -> list[FieldError]:
    """Return what is wrong with the defaults of a structural schema."""
    root = {**schema, "x-kubernetes-embedded-resource": True}
    return list(_validate(root, path, root, lambda value: dict(value), in_metadata=False))


def _validate(schema: Schema, path: str, root: Schema, wrap: _Wrap, *, in_metadata: bool) -> Iterator[FieldError]:
    if schema.get("x-kubernetes-embedded-resource"):
        root, wrap, in_metadata = schema, lambda value: dict(value), False
    if schema.get("default") is not None:
        where = child(path, "default")
        yield from _in_metadata(schema, where, root, wrap) if in_metadata else _default(schema, where)
    if isinstance(schema.get("items"), dict):
        inner: _Wrap = lambda value: wrap([value])  # noqa: E731  # one of two functions, each of one expression
        yield from _validate(schema["items"], child(path, "items"), root, inner, in_metadata=in_metadata)
    for name, part in (schema.get("properties") or {}).items():
        below = key(child(path, "properties"), name)
        whole = bool(schema.get("x-kubernetes-embedded-resource"))
        is_meta = in_metadata or (whole and name in structural.META_FIELDS)
        yield from _validate(part, below, root, _field(wrap, name), in_metadata=is_meta)


def _field(wrap: _Wrap, name: str) -> _Wrap:
    return lambda value: wrap({name: value})


def _default(schema: Schema, path: str) -> Iterator[FieldError]:
    node, value = structural.node(schema), deepcopy(schema["default"])
    is_object = bool(schema.get("x-kubernetes-embedded-resource"))
    pruning.prune(node, value, is_object=is_object and isinstance(value, dict))
    if value != schema["default"]:
        yield invalid(path, sorted_keys(schema["default"]), "must not have unknown fields")
    value = deepcopy(schema["default"])
    malformed, _ = embedded.coerce(node, value, object_meta.read, is_object=is_object, path=path)
    if malformed is not None:
        yield malformed
        return
    yield from embedded.validate(node, value, object_meta.read, is_object=is_object, path=path) or validation.validate(
        _loose(node), value, path=path
    )


def _in_metadata(schema: Schema, path: str, root: Schema, wrap: _Wrap) -> Iterator[FieldError]:
    obj = {"kind": "Validation", "apiVersion": "validation/v1"} | deepcopy(wrap(schema["default"]))
    node = structural.node(root)
    malformed, _ = embedded.coerce(node, obj, object_meta.read, is_object=True)
    wrong = [malformed] if malformed else embedded.validate(node, obj, object_meta.read, is_object=True)
    if wrong:
        yield invalid(path, sorted_keys(schema["default"]), f"must result in valid metadata: {aggregate(wrong)}")
    else:
        yield from validation.validate(_loose(structural.node(schema)), schema["default"], path=path)


def _loose(node: Node) -> Node:
    """Return a node that does not ask for an integer or string: kube-apiserver does not ask that of a default."""
    return replace(node, shape=Shape.ANY) if node.shape is Shape.INT_OR_STRING else node
