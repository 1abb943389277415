"""Garbage: objects whose owners are gone go too, before or after their owners, unless they are to stay.

Source: https://kubernetes.io/docs/concepts/architecture/garbage-collection/
Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/controller/garbagecollector/garbagecollector.go
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from typing import Any, ClassVar, NamedTuple

import msgspec

from aiokube.testing.apiserver import errors
from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.resources import Resource
from aiokube.testing.apiserver.storage import Event, EventType, Stored

from .controller import Controller

__all__ = ["GarbageCollector"]

_ORPHAN = "orphan"
_FOREGROUND = "foregroundDeletion"
_EVENTS = (GroupResource("", "events"), GroupResource("events.k8s.io", "events"))


class _Reference(msgspec.Struct, frozen=True):
    """An owner reference."""

    apiVersion: str
    kind: str
    name: str
    uid: str
    blockOwnerDeletion: bool | None = None


class _Metadata(msgspec.Struct):
    ownerReferences: tuple[_Reference, ...] | None = None
    finalizers: tuple[str, ...] | None = None
    deletionTimestamp: str | None = None


class _Owned(msgspec.Struct):
    metadata: _Metadata


_decoder = msgspec.json.Decoder(_Owned)


class _Item(NamedTuple):
    """An object, by where it is and which it is."""

    resource: GroupResource
    namespace: str
    name: str
    uid: str


class _Owner(Enum):
    """What there is of an owner."""

    SOLID = auto()
    ABSENT = auto()
    WAITING = auto()
    """It is being deleted, and waits until what it owns is gone."""
    MISPLACED = auto()
    """It is in a namespace, and what it owns is in none: not allowed, and nothing is deleted by mistake."""


class GarbageCollector(Controller):
    """Knows who owns what, and acts when an owner goes or an owner reference changes."""

    watches: ClassVar[None] = None

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._references: dict[str, tuple[_Reference, ...]] = {}
        self._dependents: defaultdict[str, dict[_Item, None]] = defaultdict(dict)

    def begin(self) -> None:
        for collection in self.cluster.storage.collections():
            for stored in collection.all():
                self._seen(collection.resource, stored, None)

    def hear(self, resource: GroupResource, event: Event) -> None:
        if resource in _EVENTS:
            return
        if event.type is EventType.DELETED:
            self._gone(resource, event.object)
        else:
            self._seen(resource, event.object, event.previous)

    def _seen(self, resource: GroupResource, stored: Stored, previous: Stored | None) -> None:
        metadata = _decoder.decode(stored.body).metadata
        item = _item(resource, stored)
        if self._index(item, metadata.ownerReferences or ()):
            self.work.add(item)
        if metadata.deletionTimestamp and {_ORPHAN, _FOREGROUND} & set(metadata.finalizers or ()):
            before = _decoder.decode(previous.body).metadata if previous else _Metadata()
            if (before.deletionTimestamp, before.finalizers) != (metadata.deletionTimestamp, metadata.finalizers):
                self._add(self._dependents.get(item.uid, ()))
                self.work.add(item)

    def _gone(self, resource: GroupResource, stored: Stored) -> None:
        item = _item(resource, stored)
        self._index(item, ())
        self._add(self._dependents.get(item.uid, ()))

    def _add(self, items: Iterable[_Item]) -> None:
        for item in items:
            self.work.add(item)

    def _index(self, item: _Item, references: tuple[_Reference, ...]) -> bool:
        """Keep who owns an object, and look at owners it no longer holds up; return whether it has new references."""
        before = self._references.get(item.uid, ())
        if references == before:
            return False
        for reference in before:
            if reference not in references:
                self._forget(item, reference)
        for reference in references:
            self._dependents[reference.uid][item] = None
        if references:
            self._references[item.uid] = references
        else:
            del self._references[item.uid]
        return not set(references) <= set(before)

    def _forget(self, item: _Item, reference: _Reference) -> None:
        dependents = self._dependents[reference.uid]
        dependents.pop(item, None)
        if not dependents:
            del self._dependents[reference.uid]
        if reference.blockOwnerDeletion and (resource := self._resource(reference)):
            namespace = item.namespace if resource.namespaced else ""
            self.work.add(_Item(resource.collection, namespace, reference.name, reference.uid))

    def sync(self, key: _Item) -> Iterator[None]:
        obj = self._find(key)
        if obj is None:
            return
        finalizers = obj["metadata"].get("finalizers", ())
        if "deletionTimestamp" not in obj["metadata"]:
            self._collect(key, obj)
        elif _ORPHAN in finalizers:
            yield from self._orphan(key)
        elif _FOREGROUND in finalizers:
            self._wait(key, obj)

    def _find(self, item: _Item) -> Object | None:
        """Return an object, None when it is gone or there is another of its name."""
        obj = self.client.get(item.resource, item.name, item.namespace)
        return obj if obj is not None and obj["metadata"]["uid"] == item.uid else None

    def _collect(self, item: _Item, obj: Object) -> None:
        """Delete an object that no owner keeps; one that some owner keeps loses its references to the others."""
        states = {reference: self._state(reference, item) for reference in self._references.get(item.uid, ())}
        if not states or _Owner.MISPLACED in states.values():
            return
        if _Owner.SOLID in states.values():
            others = {reference.uid for reference, state in states.items() if state is not _Owner.SOLID}
            self._disown(item, obj, others)
        elif _Owner.WAITING in states.values() and self._dependents.get(item.uid):
            if any(self._is_waiting(dependent) for dependent in self._dependents[item.uid]):
                self._unblock(item, obj)  # or the two would wait for each other
            self._delete(item, "Foreground")
        else:
            policies = {_ORPHAN: "Orphan", _FOREGROUND: "Foreground"}
            kept = (policies[one] for one in obj["metadata"].get("finalizers", ()) if one in policies)
            self._delete(item, next(kept, "Background"))

    def _orphan(self, item: _Item) -> Iterator[None]:
        """Let go of what an object owns, and then of the object."""
        while dependents := tuple(self._dependents.get(item.uid, ())):  # others may have made more meanwhile
            for dependent in dependents:
                if found := self._find(dependent):
                    self._disown(dependent, found, {item.uid})
                yield
        obj = self._find(item)
        if obj is not None and _ORPHAN in obj["metadata"].get("finalizers", ()):
            self._release(item, obj, _ORPHAN)

    def _wait(self, item: _Item, obj: Object) -> None:
        """Let an object go when nothing is left of what blocks it."""
        blocking = [dependent for dependent in self._dependents.get(item.uid, ()) if self._blocks(dependent, item)]
        if not blocking:
            self._release(item, obj, _FOREGROUND)
        for dependent in blocking:
            if not self._is_waiting(dependent):
                self.work.add(dependent)

    def _blocks(self, dependent: _Item, owner: _Item) -> bool:
        references = self._references.get(dependent.uid, ())
        return any(reference.uid == owner.uid and reference.blockOwnerDeletion for reference in references)

    def _is_waiting(self, item: _Item) -> bool:
        obj = self.client.get(item.resource, item.name, item.namespace)
        return obj is not None and _is_waiting(obj)

    def _state(self, reference: _Reference, item: _Item) -> _Owner:
        """Return what there is of an owner.

        Raises:
            StatusError: its kind is not known, and may be later.
        """
        resource = self._resource(reference)
        if resource is None:
            raise errors.internal_error(f'no matches for kind "{reference.kind}" in version "{reference.apiVersion}"')
        if resource.namespaced and not item.namespace:
            return _Owner.MISPLACED
        namespace = item.namespace if resource.namespaced else ""
        owner = self.client.get(resource.collection, reference.name, namespace)
        if owner is None or owner["metadata"]["uid"] != reference.uid:
            return _Owner.ABSENT
        return _Owner.WAITING if _is_waiting(owner) else _Owner.SOLID

    def _resource(self, reference: _Reference) -> Resource | None:
        for resource in self.cluster.resources:
            if resource.kind == reference.kind and resource.api_version == reference.apiVersion:
                return resource
        return None

    def _disown(self, item: _Item, obj: Object, owners: set[str]) -> None:
        references = obj["metadata"].get("ownerReferences", [])
        kept = [reference for reference in references if reference["uid"] not in owners]
        if len(kept) < len(references):
            obj["metadata"]["ownerReferences"] = kept
            self.client.update(item.resource, obj)

    def _unblock(self, item: _Item, obj: Object) -> None:
        for reference in obj["metadata"]["ownerReferences"]:
            if reference.get("blockOwnerDeletion"):
                reference["blockOwnerDeletion"] = False
        self.client.update(item.resource, obj)

    def _release(self, item: _Item, obj: Object, finalizer: str) -> None:
        metadata = obj["metadata"]
        metadata["finalizers"] = [one for one in metadata["finalizers"] if one != finalizer]
        self.client.update(item.resource, obj)

    def _delete(self, item: _Item, propagation: str) -> None:
        self.client.delete(item.resource, item.name, item.namespace, uid=item.uid, propagation=propagation)


def _item(resource: GroupResource, stored: Stored) -> _Item:
    namespace, _, name = stored.key.rpartition("/")
    return _Item(resource, namespace, name, stored.uid)


def _is_waiting(obj: Object) -> bool:
    metadata = obj["metadata"]
    return "deletionTimestamp" in metadata and _FOREGROUND in metadata.get("finalizers", ())
