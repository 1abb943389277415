"""Reset fields: those that a request cannot change, so that nobody comes to own them by it.

An update of an object cannot change its status, and one of the status nothing else.

Source: https://github.com/kubernetes-sigs/structured-merge-diff/blob/v6.3.3/fieldpath/set.go
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from .field_set import SELF, FieldSet, Tree

__all__ = ["ANY", "Filter", "excluding", "only"]

Filter: TypeAlias = Callable[[FieldSet], FieldSet]
"""Returns of a set the fields that a request may change."""

ANY = "*"
"""Stands in a path for any element."""


def excluding(*paths: str) -> Filter:
    """Return the filter that leaves out fields and all below them, such as "status" or "metadata.name"."""
    excluded = FieldSet.of_fields(*paths)
    return lambda fields: fields.without(excluded)


def only(*paths: str) -> Filter:
    """Return the filter that leaves fields, such as "spec.containers.*.resources", and what is above and below."""
    wanted = FieldSet.of(*([_element(name) for name in path.split(".")] for path in paths)).tree
    return lambda fields: FieldSet(_matching(fields.tree, wanted))


def _element(name: str) -> str:
    return name if name == ANY else f"f:{name}"


def _matching(tree: Tree, wanted: Tree) -> Tree:
    if not wanted:
        return tree
    found: Tree = {}
    for element, branch in tree.items():
        below = wanted.get(ANY, wanted.get(element))
        if element == SELF:
            found[element] = branch
        elif below is not None:
            parts = _matching(branch, below)
            if parts or not branch:
                found[element] = {} if parts.keys() == {SELF} else parts
    return found
