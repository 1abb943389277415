"""All objects of a server, in one collection for each resource.

One counter rises with every write, to whatever collection, and is the resourceVersion of what was written; a
deletion is a write. Each collection remembers its latest events, so that watches can begin in the past and
lists can go on as of an earlier version, until what they need is forgotten: by age, or by `compact()`.

Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from aiokube.testing.apiserver.errors import GroupResource

from .events import Event, EventType
from .stored import Stored, key_of

__all__ = ["Collection", "Forgotten", "Storage"]

Listener = Callable[[Event], None]


class Forgotten(Exception):
    """Raised when history is asked for that is no longer there.

    Attributes:
        asked: The version from which it was wanted.
        oldest: The oldest from which there is some.
    """

    def __init__(self, asked: int, oldest: int) -> None:
        super().__init__(asked, oldest)
        self.asked = asked
        self.oldest = oldest

    def __str__(self) -> str:
        return f"too old resource version: {self.asked} ({self.oldest})"


class Storage:
    """The collections of one server, and the counter over them.

    Args:
        history: how many events each collection remembers.
    """

    def __init__(self, *, history: int = 10_000) -> None:
        self.revision = 1
        self.compacted = 0
        self._history = history
        self._collections: dict[GroupResource, Collection] = {}
        self._listeners: list[Callable[[GroupResource, Event], None]] = []

    def collection(self, resource: GroupResource) -> Collection:
        """Return the collection of a resource, an empty one when nothing was ever stored in it."""
        found = self._collections.get(resource)
        if found is None:
            found = self._collections[resource] = Collection(self, resource, self._history)
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
            collection.forget(self.compacted)

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

    def __init__(self, storage: Storage, resource: GroupResource, history: int) -> None:
        self.resource = resource
        self._storage = storage
        self._objects: dict[str, Stored] = {}
        self._keys: list[str] = []
        self._events: deque[Event] = deque()
        self._history = history
        self._forgotten = storage.compacted
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
        self._require(revision)
        objects = dict(self._objects)
        for event in reversed(self._events):
            if event.resource_version <= revision:
                break
            if event.previous is None:
                del objects[event.object.key]
            else:
                objects[event.object.key] = event.previous
        prefix = f"{namespace}/" if namespace else ""
        return [objects[key] for key in sorted(objects) if key.startswith(prefix)]

    def since(self, revision: int) -> Iterator[Event]:
        """Return the events after a version.

        Raises:
            Forgotten: some of them are forgotten.
        """
        self._require(revision)
        start = bisect_right(self._events, revision, key=lambda event: event.resource_version)
        return iter([self._events[index] for index in range(start, len(self._events))])

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

    # History.

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every change from now on, and return what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def forget(self, revision: int) -> None:
        """Forget the events up to a version."""
        while self._events and self._events[0].resource_version <= revision:
            self._events.popleft()
        self._forgotten = max(self._forgotten, revision)

    def _stored(self, obj: dict[str, Any]) -> Stored:
        revision = self._storage.advance()
        metadata: Mapping[str, Any] = obj["metadata"]
        obj["metadata"] = {**metadata, "resourceVersion": str(revision)}
        return Stored(obj, revision)

    def _happened(self, event: Event) -> None:
        self._events.append(event)
        if len(self._events) > self._history:
            self._forgotten = self._events.popleft().resource_version
        for listener in tuple(self._listeners):
            listener(event)
        self._storage.announce(self.resource, event)

    def _require(self, revision: int) -> None:
        if revision < self._forgotten:
            raise Forgotten(revision, self._forgotten)
