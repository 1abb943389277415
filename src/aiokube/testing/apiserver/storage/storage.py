"""All objects of a server, in one collection for each resource.

One counter rises with every write, to whatever collection, and is the resourceVersion of what was written; a
deletion is a write. Each collection remembers its latest events, so that watches can begin in the past and
lists can go on as of an earlier version, until what they need is forgotten: for want of room, or by `compact()`.

Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aiokube.testing.apiserver.errors import GroupResource

from .events import Event, EventType
from .history import History
from .stored import Stored, key_of

__all__ = ["Collection", "Storage"]

_HISTORY_BYTES = 64 * 1024 * 1024

Listener = Callable[[Event], None]


class Storage:
    """The collections of one server, and the counter over them.

    Args:
        history: how many events each collection remembers.
        history_bytes: how many bytes their objects may have in all.
    """

    def __init__(self, *, history: int = 10_000, history_bytes: int = _HISTORY_BYTES) -> None:
        self.revision = 1
        self.compacted = 0
        self._history = history
        self._history_bytes = history_bytes
        self._collections: dict[GroupResource, Collection] = {}
        self._listeners: list[Callable[[GroupResource, Event], None]] = []

    def collection(self, resource: GroupResource) -> Collection:
        """Return the collection of a resource, an empty one when nothing was ever stored in it."""
        found = self._collections.get(resource)
        if found is None:
            history = History(events=self._history, size=self._history_bytes, since=self.compacted)
            found = self._collections[resource] = Collection(self, resource, history)
        return found

    def collections(self) -> Iterable[Collection]:
        """Return all collections that were ever used."""
        return tuple(self._collections.values())

    def listen(self, listener: Callable[[GroupResource, Event], None]) -> Callable[[], None]:
        """Call `listener` with every change of anything, and return what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def compact(self, revision: int) -> None:
        """Forget what happened up to a version: watches and lists from before it are answered with 410."""
        self.compacted = max(self.compacted, min(revision, self.revision))
        for collection in self._collections.values():
            collection.history.forget(self.compacted)

    def advance(self) -> int:
        """Raise the counter and return it."""
        self.revision += 1
        return self.revision

    def announce(self, resource: GroupResource, event: Event) -> None:
        """Tell those who listen to everything."""
        for listener in tuple(self._listeners):
            listener(resource, event)


class Collection:
    """The objects of one resource, and what lately happened to them."""

    def __init__(self, storage: Storage, resource: GroupResource, history: History) -> None:
        self.resource = resource
        self.history = history
        self._storage = storage
        self._objects: dict[str, Stored] = {}
        self._keys: list[str] = []
        self._listeners: list[Listener] = []

    def __len__(self) -> int:
        return len(self._objects)

    # Reading.

    def get(self, namespace: str, name: str) -> Stored | None:
        return self._objects.get(key_of(namespace, name))

    def all(self, namespace: str = "") -> list[Stored]:
        """Return the objects of a namespace, of all for "", in the order of their keys."""
        keys = self._keys
        if namespace:
            # "0" comes right after "/".
            keys = keys[bisect_left(keys, f"{namespace}/") : bisect_left(keys, f"{namespace}0")]
        return [self._objects[key] for key in keys]

    def all_at(self, revision: int, namespace: str = "") -> list[Stored]:
        """Return what `all()` returned when the counter stood at `revision`.

        Raises:
            Forgotten: that cannot be known any more.
        """
        prefix = f"{namespace}/" if namespace else ""
        objects = {stored.key: stored for stored in self.all(namespace)}
        for event in self.history.back_to(revision):
            key = event.object.key
            if not key.startswith(prefix):
                continue
            if event.previous is None:
                del objects[key]
            else:
                objects[key] = event.previous
        return [objects[key] for key in sorted(objects)]

    # Writing.

    def put(self, obj: dict[str, Any]) -> Stored:
        """Store an object as the next version, which is written into its metadata."""
        previous = self._objects.get(key_of(obj["metadata"].get("namespace", ""), obj["metadata"]["name"]))
        stored = self._stored(obj)
        if previous is None:
            insort(self._keys, stored.key)
        self._objects[stored.key] = stored
        self._happened(Event(EventType.MODIFIED if previous else EventType.ADDED, stored, previous))
        return stored

    def remove(self, obj: dict[str, Any]) -> Stored:
        """Remove an object; `obj` is what watches see of it last, with the version of the removal."""
        metadata = obj["metadata"]
        previous = self._objects.pop(key_of(metadata.get("namespace", ""), metadata["name"]))
        del self._keys[bisect_left(self._keys, previous.key)]
        stored = self._stored(obj)
        self._happened(Event(EventType.DELETED, stored, previous))
        return stored

    # Listening.

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every change from now on, and return what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _stored(self, obj: dict[str, Any]) -> Stored:
        revision = self._storage.advance()
        metadata: Mapping[str, Any] = obj["metadata"]
        obj["metadata"] = {**metadata, "resourceVersion": str(revision)}
        return Stored(obj, revision)

    def _happened(self, event: Event) -> None:
        self.history.add(event)
        for listener in tuple(self._listeners):
            listener(event)
        self._storage.announce(self.resource, event)
        event.settle()
