"""Lists that say they are sets or maps: none of their items, or of the keys of their items, may stand twice.

Source: https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/apiserver/schema/listtype/validation.go
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from aiokube.testing.apiserver.field_errors import FieldError, child, duplicate, invalid, item, key
from aiokube.testing.apiserver.go.text import json_text, sorted_keys

from .node import Node
from .structural import items, values

__all__ = ["validate"]


def validate(node: Node | None, obj: Any, path: str = "") -> list[FieldError]:
    """Return what stands twice in the lists of an object, by its schema as written."""
    return list(_validate(node, obj, path))


def _validate(node: Node | None, value: Any, path: str) -> Iterator[FieldError]:
    if node is None:
        return
    if isinstance(value, dict):
        if values(node) is not None:
            for name, part in value.items():
                yield from _validate(values(node), part, key(path, name))
        for name, part in value.items():
            if name in node.fields:
                yield from _validate(node.fields[name].node, part, child(path, name))
    elif isinstance(value, list):
        yield from _validate_list(node, value, path)
        for index, part in enumerate(value):
            yield from _validate(items(node), part, item(path, index))


def _validate_list(node: Node, value: list[Any], path: str) -> Iterator[FieldError]:
    if node.list_type == "set":
        yield from (duplicate(item(path, index), sorted_keys(value[index])) for index in _repeated(value))
    elif node.list_type == "map":
        for index, part in enumerate(value):
            if part is not None and not isinstance(part, dict):
                yield invalid(item(path, index), part, "must be an object for an array of list-type map")
                return
        keys = [_key(node.list_keys, part) for part in value]
        yield from (duplicate(item(path, index), sorted_keys(keys[index])) for index in _repeated(keys))


def _key(names: Sequence[str], value: dict[str, Any] | None) -> dict[str, Any]:
    return {name: value[name] for name in names if name in value} if value is not None else {}


def _repeated(found: Sequence[Any]) -> list[int]:
    """Return where each value stands for the second time."""
    if len(found) < 2:
        return []
    seen: dict[tuple[str, str], int] = {}
    repeated = []
    for index, value in enumerate(found):
        # As Go compares: 1 and 1.0 and true are three values.
        same = (type(value).__name__, json_text(sorted_keys(value)))
        seen[same] = seen.get(same, 0) + 1
        if seen[same] == 2:
            repeated.append(index)
    return repeated
