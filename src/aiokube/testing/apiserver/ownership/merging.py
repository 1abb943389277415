"""Merging: an object with another one laid over it, as an apply does it.

Fields of the second win. Items of lists of type "map" and "set" are those of both, in the order of the second
where both have them. Null is a value, which wins over scalars and atomic values, but takes nothing away from
an object or list that falls into parts.

Source: https://github.com/kubernetes-sigs/structured-merge-diff/blob/v6.3.3/typed/merge.go
"""

from __future__ import annotations

from collections import deque
from typing import Any

from aiokube.testing.apiserver.schema.node import Node

from .parts import Form, atomic_list, atomic_map, field_node, form, item_elements, item_node

__all__ = ["merge"]


def merge(node: Node, under: Any, over: Any) -> Any:
    """Return a value with another one laid over it; parts are shared with both.

    Raises:
        MalformedError: an item of a list has no usable key.
    """
    after = form(node, over)
    if after is Form.MAP and not atomic_map(node):
        return _fields(node, under if isinstance(under, dict) else {}, over or {}, over)
    if after is Form.LIST and not atomic_list(node):
        return _items(node, under if isinstance(under, list) else [], over or [], over)
    return over


def _fields(node: Node, under: dict[str, Any], over: dict[str, Any], otherwise: Any) -> Any:
    if not under and not over:
        return otherwise
    merged = dict(under)
    for name, part in over.items():
        merged[name] = merge(field_node(node, name), under[name], part) if name in under else part
    return merged


def _items(node: Node, under: list[Any], over: list[Any], otherwise: Any) -> Any:
    if not under and not over:
        return otherwise
    ours = item_elements(node, over)
    theirs = item_elements(node, under)
    places = dict(ours)
    lower: dict[str, Any] = {}
    for element, item in theirs:
        # An item that is there twice is not merged with: nobody could say which.
        lower[element] = None if element in lower else item
    common = deque(element for element, _ in ours if element in lower)
    done: set[str] = set()
    merged = []
    left, right = deque(theirs), deque(ours)

    def take() -> None:
        element, item = right.popleft()
        done.add(element)
        merged.append(merge(item_node(node), lower[element], item) if lower.get(element) is not None else item)
        if common and common[0] == element:
            common.popleft()

    while left or right:
        element = left[0][0] if left else ""
        if left and right:
            if element == right[0][0]:
                left.popleft()
                take()
                continue
            if element in places and common and common[0] != element:
                # Both have it, and it is not its turn: it comes where the second has it.
                left.popleft()
                continue
        if left:
            if element not in places:
                merged.append(left.popleft()[1])
                continue
            if element in done:
                left.popleft()
        if right:
            take()
    return merged
