"""A field set: which fields of an object somebody owns, and the algebra of such sets.

A set is kept as FieldsV1 writes it: a tree of path elements. An element is a member of the set if nothing is
below it or if `.` is; what is below it are members as well. Every write reads the sets of all managers and
changes few of them, so no other form would pay. Trees are never changed, and may be shared between sets.

Source: https://github.com/kubernetes-sigs/structured-merge-diff/blob/v6.3.3/fieldpath/set.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

from . import path_elements

__all__ = ["SELF", "FieldSet", "Path", "Tree"]

Tree: TypeAlias = dict[str, "Tree"]
Path: TypeAlias = tuple[str, ...]

SELF = "."
"""What stands below an element that is a member of the set and has members below it."""


class FieldSet:
    """A set of paths into an object.

    Args:
        tree: As in FieldsV1, with normal path elements only.
        written: It is what `json` returned once, and so in order.
    """

    __slots__ = ("tree", "written")

    def __init__(self, tree: Tree | None = None, *, written: bool = False) -> None:
        self.tree: Tree = tree or {}
        self.written = written

    @classmethod
    def of(cls, *paths: Iterable[str]) -> FieldSet:
        """Return the set of these paths."""
        tree: Tree = {}
        for path in paths:
            branch: Tree = {}
            for element in reversed(list(path)):
                branch = {element: branch}
            tree = _union(tree, branch)
        return cls(tree)

    @classmethod
    def of_fields(cls, *paths: str) -> FieldSet:
        """Return the set of these fields, each written such as "metadata.labels"."""
        return cls.of(*([path_elements.field(name) for name in path.split(".")] for path in paths))

    @classmethod
    def from_json(cls, content: Any) -> FieldSet:
        """Read FieldsV1; elements of unknown kinds are dropped.

        Raises:
            ValueError: it is not FieldsV1.
        """
        tree = _read(content)
        tree.pop(SELF, None)
        return cls(tree)

    def json(self) -> Tree:
        """Return it as FieldsV1, in Go's order."""
        return self.tree if self.written else _sorted(self.tree)

    def __bool__(self) -> bool:
        return bool(self.tree)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FieldSet) and self.tree == other.tree

    __hash__ = None  # type: ignore[assignment]  # trees are dicts

    def __repr__(self) -> str:
        return f"FieldSet({self.tree!r})"

    def __iter__(self) -> Iterator[Path]:
        """Iterate over the paths: at each level its members first, then what is below them."""
        return _paths(self.tree, ())

    def __contains__(self, path: Path) -> bool:
        tree = self.tree
        for element in path[:-1]:
            tree = tree.get(element, {})
        return bool(path) and path[-1] in tree and _is_member(tree[path[-1]])

    def __or__(self, other: FieldSet) -> FieldSet:
        return FieldSet(_union(self.tree, other.tree))

    def __and__(self, other: FieldSet) -> FieldSet:
        return FieldSet(_intersection(self.tree, other.tree))

    def __sub__(self, other: FieldSet) -> FieldSet:
        """Return this set without the other's members; what is below them stays."""
        return FieldSet(_difference(self.tree, other.tree))

    def without(self, other: FieldSet) -> FieldSet:
        """Return this set without the other's members and all that is below them."""
        return FieldSet(_recursive_difference(self.tree, other.tree))

    def rebuilt(self, change: Callable[[Tree], Tree]) -> FieldSet:
        """Return the set of a changed tree, this very set if there was no change."""
        tree = change(self.tree)
        return self if tree is self.tree else FieldSet(tree)


def _is_member(branch: Tree) -> bool:
    return not branch or SELF in branch


def _read(content: Any) -> Tree:
    tree: Tree = {}
    for written, below in _items(content):
        element = SELF if written == SELF else path_elements.normal(written)
        if element is not None:
            tree[element] = {} if element == SELF else _folded(_read(below))
    return tree


def _items(content: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(content, dict):
        return content.items()
    if content is None:
        return ()
    raise ValueError("fields must be an object")


def _folded(branch: Tree) -> Tree:
    """Return a branch with a lone member written as what it is: nothing below."""
    return {} if len(branch) == 1 and SELF in branch else branch


def _sorted(tree: Tree) -> Tree:
    elements = sorted(tree)
    # Fields come first among strings too, and the order of strings is theirs.
    if elements and elements[-1][0] != "f":
        elements.sort(key=path_elements.order)
    return {element: _sorted(tree[element]) if tree[element] else {} for element in elements}


def _paths(tree: Tree, prefix: Path) -> Iterator[Path]:
    elements = [element for element in _sorted(tree) if element != SELF]
    yield from ((*prefix, element) for element in elements if _is_member(tree[element]))
    for element in elements:
        yield from _paths(tree[element], (*prefix, element))


def _union(one: Tree, other: Tree) -> Tree:
    if not one or not other:
        return one or other
    united = dict(one)
    for element, branch in other.items():
        mine = united.get(element)
        united[element] = branch if mine is None else _united(mine, branch)
    return united


def _united(one: Tree, other: Tree) -> Tree:
    if one and other:
        return _union(one, other)
    below = one or other
    return below if not below or SELF in below else {SELF: {}, **below}


def _intersection(one: Tree, other: Tree) -> Tree:
    common: Tree = {}
    for element, mine in one.items():
        theirs = other.get(element)
        if theirs is None:
            continue
        if mine and theirs:
            below = _intersection(mine, theirs)
            if below:
                common[element] = _folded(below)
        elif _is_member(mine) and _is_member(theirs):
            common[element] = {}
    return common


def _difference(one: Tree, other: Tree) -> Tree:
    rest: Tree = {}
    for element, mine in one.items():
        theirs = other.get(element)
        if theirs is None:
            rest[element] = mine
        elif not mine:
            if not _is_member(theirs):
                rest[element] = mine
        else:
            below = _difference(mine, theirs or {SELF: {}})
            if below:
                rest[element] = _folded(below)
    return rest


def _recursive_difference(one: Tree, other: Tree) -> Tree:
    rest: Tree = {}
    for element, mine in one.items():
        theirs = other.get(element)
        if theirs is None:
            rest[element] = mine
        elif _is_member(theirs):
            continue
        elif not mine:
            rest[element] = mine
        else:
            below = _recursive_difference(mine, theirs)
            if below:
                rest[element] = _folded(below)
    return rest
