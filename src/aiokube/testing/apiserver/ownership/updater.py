"""The updater: who owns what after an object was written.

Entries of other versions are looked at in their own version, for which `Kind` converts objects.

Source: https://github.com/kubernetes-sigs/structured-merge-diff/blob/v6.3.3/merge/update.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeAlias

from aiokube.testing.apiserver.schema.node import Node

from .comparison import Comparison, compare
from .conflicts import ConflictsError
from .field_set import FieldSet
from .fitting import reconciled, with_structs
from .managed_fields import ManagedFields, Owned
from .manager import Manager
from .members import applied
from .merging import merge
from .parts import same
from .removal import remove
from .reset import Filter

__all__ = ["Convert", "Kind", "Object", "apply", "update"]

Object: TypeAlias = dict[str, Any]
Convert: TypeAlias = Callable[[Object, str], tuple[Node, Object] | None]
"""Returns the node of a kind in another version and the object in it, None when the kind is not in it."""


def _one_version(value: Object, api_version: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind as it is written to.

    Attributes:
        name: Such as "Pod".
        api_version: Of the request, and of all objects in it.
        convert: To other versions.
        reset: By apiVersion, what a request may change.
    """

    name: str
    api_version: str
    node: Node
    convert: Convert = _one_version
    reset: Mapping[str, Filter] = field(default_factory=dict)

    def changes(self, old: _Typed, new: _Typed) -> Comparison:
        """Compare two objects of one version."""
        change = self.reset.get(old.api_version)
        comparison = compare(old.node, old.value, new.value)
        return comparison.filtered(change) if change else comparison

    def typed(self, value: Object) -> _Typed:
        return _Typed(self.node, value, self.api_version)

    def at(self, typed: _Typed, api_version: str) -> _Typed | None:
        """Return an object in another version."""
        if typed.api_version == api_version:
            return typed
        if api_version == self.api_version:
            converted = self.convert(typed.value, api_version)
            return converted and _Typed(self.node, converted[1], api_version)
        converted = self.convert(typed.value, api_version)
        return converted and _Typed(*converted, api_version)


@dataclass(frozen=True)
class _Typed:
    """An object in one version."""

    node: Node
    value: Any
    api_version: str

    @cached_property
    def fields(self) -> FieldSet:
        return FieldSet(applied(self.node, self.value))

    @cached_property
    def structs(self) -> FieldSet:
        return with_structs(self.node, self.fields)

    def without(self, fields: FieldSet) -> _Typed:
        return replace(self, value=remove(self.node, self.value, fields))


def update(kind: Kind, live: Object, new: Object, managed: ManagedFields, manager: Manager) -> dict[Manager, Owned]:
    """Return who owns what after an update.

    Args:
        manager: Owns all that the update added or changed.
    """
    before, after = kind.typed(live), kind.typed(new)
    kept, changes = _settled(kind, before, after, _reconciled(kind, before, managed), manager, force=True)
    owned = kept.pop(manager, None) or Owned(FieldSet(), kind.api_version)
    fields = owned.fields - changes.removed | changes.modified | changes.added
    filter_ = kind.reset.get(kind.api_version)
    fields = filter_(fields) if filter_ else fields
    return kept | {manager: replace(owned, fields=fields, api_version=kind.api_version)} if fields else kept


def apply(
    kind: Kind, live: Object, config: Object, managed: ManagedFields, manager: Manager, *, force: bool
) -> tuple[Object | None, dict[Manager, Owned]]:
    """Return an object with a configuration applied to it, and who owns what then.

    Returns:
        None for an object that does not change.

    Raises:
        ConflictsError: others own what would change, and it is not forced.
        MalformedError: an item of a list has no usable key.
    """
    before = kind.typed(live)
    owners = _reconciled(kind, before, managed)
    last = owners.get(manager)
    fields = kind.typed(config).fields
    filter_ = kind.reset.get(kind.api_version)
    owners[manager] = Owned(
        filter_(fields) if filter_ else fields, kind.api_version, managed[manager].time if manager in managed else None
    )
    merged = kind.typed(merge(kind.node, live, config))
    after = _pruned(kind, merged, owners, last) if last and _gone(last, owners[manager]) else merged
    owners, _ = _settled(kind, before, after, owners, manager, force=force)
    return None if same(live, after.value) else after.value, owners


def _reconciled(kind: Kind, live: _Typed, managed: ManagedFields) -> dict[Manager, Owned]:
    """Return the owners of fields in the versions that there still are, by the schema as it is now."""
    owners = {}
    for manager, owned in managed.items():
        typed = kind.at(live, owned.api_version)
        if typed is None:
            continue
        # What is stored of a built-in kind was reconciled when it was written, and the schema has not changed since.
        settled = owned.fields.written and typed.node.name
        owners[manager] = owned if settled else replace(owned, fields=reconciled(typed.node, owned.fields))
    return owners


def _settled(
    kind: Kind, before: _Typed, after: _Typed, owners: ManagedFields, manager: Manager, *, force: bool
) -> tuple[dict[Manager, Owned], Comparison]:
    """Return what is left to others after a manager's change, and the change."""
    changes = kind.changes(before, after)
    by_version: dict[str, Comparison | None] = {kind.api_version: changes}
    kept: dict[Manager, Owned] = {}
    conflicts = {}
    for owner, owned in owners.items():
        if owner == manager:
            kept[owner] = owned
            continue
        if owned.api_version not in by_version:
            by_version[owned.api_version] = _changes_at(kind, before, after, owned.api_version)
        theirs = by_version[owned.api_version]
        if theirs is None:
            continue
        conflict = owned.fields & (theirs.modified | theirs.added)
        if conflict:
            conflicts[owner] = conflict
        fields = owned.fields - conflict - theirs.removed
        if fields:
            kept[owner] = replace(owned, fields=fields)
    if conflicts and not force:
        raise ConflictsError(conflicts)
    return {owner: owned for owner, owned in kept.items() if owned.fields}, changes


def _changes_at(kind: Kind, before: _Typed, after: _Typed, api_version: str) -> Comparison | None:
    old, new = kind.at(before, api_version), kind.at(after, api_version)
    return kind.changes(old, new) if old and new else None


def _gone(last: Owned, now: Owned) -> bool:
    """Return whether a manager may have applied something the last time that it does not apply now."""
    return last.api_version != now.api_version or bool(last.fields - now.fields)


def _pruned(kind: Kind, merged: _Typed, owners: ManagedFields, last: Owned) -> _Typed:
    """Return a merged object without what its manager applied the last time and nobody owns any more."""
    now = merged.api_version
    whole = kind.at(merged, last.api_version)
    if whole is None:
        return merged
    pruned = whole.without(with_structs(whole.node, last.fields))
    pruned = _with_owned(kind, whole, pruned, owners.values())
    pruned = _with_dangling(kind, whole, pruned, last)
    return kind.at(pruned, now) or merged


def _with_owned(kind: Kind, whole: _Typed, pruned: _Typed, owners: Iterable[Owned]) -> _Typed:
    """Return a pruned object with all that anybody owns."""
    by_version: dict[str, FieldSet] = {}
    for owned in owners:
        by_version[owned.api_version] = by_version.get(owned.api_version, FieldSet()) | owned.fields
    # First in its own version, because other versions may need what was pruned.
    for api_version in sorted(by_version, key=lambda version: (version != pruned.api_version, version)):
        there, here = kind.at(whole, api_version), kind.at(pruned, api_version)
        if there is not None and here is not None:
            kept = here.structs | with_structs(there.node, by_version[api_version])
            whole, pruned = there, there.without(there.structs - kept)
    return pruned


def _with_dangling(kind: Kind, whole: _Typed, pruned: _Typed, last: Owned) -> _Typed:
    """Return a pruned object with what went only because something around it went."""
    there = kind.at(pruned, last.api_version)
    if there is None:
        return whole
    gone = whole.structs - there.structs
    return whole.without(gone & with_structs(whole.node, last.fields))
