"""Fitting: what a set of fields means under the schema that its object has now.

Source: https://github.com/kubernetes-sigs/structured-merge-diff/blob/v6.3.3/typed/reconcile_schema.go
"""

from __future__ import annotations

from functools import partial

from aiokube.testing.apiserver.schema.node import Node, Shape

from .field_set import SELF, FieldSet, Tree
from .parts import atomic_list, atomic_map, below, declared, flexible

__all__ = ["reconciled", "with_structs"]


def reconciled(node: Node, fields: FieldSet) -> FieldSet:
    """Return a set in which whoever had a part of what is atomic now has all of it."""
    return fields.rebuilt(partial(_reconciled, node))


def with_structs(node: Node, fields: FieldSet) -> FieldSet:
    """Return a set with all fields that the schema names on the way to its members."""
    return fields.rebuilt(partial(_with_structs, node))


def _reconciled(node: Node, tree: Tree) -> Tree:
    fitted = tree
    for element, branch in tree.items():
        part = below(node, element) if branch else None
        if part is None or (flexible(part) and not part.fields):
            continue
        new = {} if _atomic(part) else _reconciled(part, branch)
        if new is not branch:
            fitted = dict(tree) if fitted is tree else fitted
            fitted[element] = new
    return fitted


def _atomic(node: Node) -> bool:
    return atomic_list(node) if node.shape is Shape.LIST else atomic_map(node)


def _with_structs(node: Node | None, tree: Tree) -> Tree:
    named: Tree = {}
    for element, branch in tree.items():
        if branch:
            branch = _with_structs(node and below(node, element), branch)
            if node is not None and element[0] == "f" and SELF not in branch and declared(node, element[2:]):
                branch = {SELF: {}} | branch
        named[element] = branch
    return named
