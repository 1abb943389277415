"""Pruning: fields that the schema of a custom kind does not know are removed.

Source: https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/apiserver/schema/pruning/algorithm.go
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .node import Node, Shape
from .structural import META_FIELDS, additional, items, values

__all__ = ["prune"]


def prune(node: Node | None, value: Any, *, is_object: bool = True) -> list[str]:
    """Remove in place what a schema does not know.

    Args:
        node: of the schema as written, None for a version without one.
        is_object: the value is a whole object: its apiVersion, kind and metadata stay.

    Returns:
        The paths of what was removed, such as `spec.replicass`, sorted.
    """
    if is_object:
        node = replace(node or Node(Shape.STRUCT), embedded=True)
    unknown: list[str] = []
    _prune(node, value, "", unknown)
    return sorted(unknown)


def _prune(node: Node | None, value: Any, path: str, unknown: list[str], keep: bool = False) -> None:
    keep = keep or (node is not None and node.preserves_unknown)
    if isinstance(value, dict):
        _prune_fields(node, value, path, unknown, keep)
    elif isinstance(value, list):
        part = items(node) if node is not None else None
        if not keep or part is not None:  # what is kept whole is looked into only where there are properties
            for index, item in enumerate(value):
                _prune(part, item, f"{path}[{index}]", unknown, keep)


def _prune_fields(node: Node | None, value: dict[str, Any], path: str, unknown: list[str], keep: bool) -> None:
    for name in list(value):
        if node is not None and node.embedded and name in META_FIELDS:
            continue
        below = f"{path}.{name}" if path else name
        if node is not None and name in node.fields:
            _prune(node.fields[name].node, value[name], below, unknown)
        elif node is not None and additional(node):
            _prune(values(node), value[name], below, unknown)
        elif not keep:
            if path or name not in META_FIELDS:
                unknown.append(below)
            del value[name]
