"""Definitions of custom kinds: accepted, established, served, and at their end emptied.

Source: https://github.com/kubernetes/apiextensions-apiserver/tree/v0.36.3/pkg/controller
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import ClassVar, NamedTuple

from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.customresources import conditions, served
from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.resources import Resource
from aiokube.testing.apiserver.schema import builtin
from aiokube.testing.apiserver.storage import Event, EventType, Stored

from .controller import Controller, Work

__all__ = ["Definitions"]

_DEFINITIONS = GroupResource("apiextensions.k8s.io", "customresourcedefinitions")
_OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"


class _Known(NamedTuple):
    """A definition that was read, which nobody writes into, and what it serves."""

    resource_version: int
    definition: Object
    resources: tuple[Resource, ...]


class Definitions(Controller):
    """Serves what definitions say, from the moment that they are written.

    Args:
        changed: is called with the definitions whenever one has changed, after their resources are served.
    """

    watches = (_DEFINITIONS,)
    user: ClassVar[str] = "system:apiserver"
    manager: ClassVar[str] = "kube-apiserver"

    def __init__(self, cluster: Cluster, work: Work, *, changed: Callable[[list[Object]], None]) -> None:
        super().__init__(cluster, work)
        self._changed = changed
        self._known: dict[str, _Known] = {}

    def begin(self) -> None:
        for stored in self.client.stored(_DEFINITIONS):
            self.work.add(stored.key)

    def hear(self, resource: GroupResource, event: Event) -> None:
        self._serve()
        if event.type is EventType.DELETED:
            self._look_again()  # names that were taken may be free now
        else:
            self.work.add(event.object.key)

    def sync(self, key: str) -> Iterator[None]:
        definition = self.client.get(_DEFINITIONS, key)
        if definition is None:
            return
        if "deletionTimestamp" in definition["metadata"]:
            yield from self._end(key)
            return
        others = [known.definition for known in self._known.values()]
        changed = conditions.next_state(definition, others, self.cluster.now())
        if changed is not None:
            self.client.update(_DEFINITIONS, changed, subresource="status")

    def _end(self, name: str) -> Iterator[None]:
        """Delete the objects of a definition; it goes when the last of them is gone."""
        definition = self._held(name)
        if definition is None:
            return
        collection = GroupResource(definition["spec"]["group"], definition["spec"]["names"]["plural"])
        objects = self.client.stored(collection)
        if objects:
            started = conditions.deletion_started(definition, self.cluster.now())
            self.client.update(_DEFINITIONS, started, subresource="status")
            yield from self._delete_all(collection, objects)
        if self.client.stored(collection):
            self.work.add_later(name, _PATIENCE_SECONDS)
        elif found := self._held(name):  # as others may have left it meanwhile
            self.client.update(_DEFINITIONS, conditions.deletion_done(found, self.cluster.now()), subresource="status")

    def _held(self, name: str) -> Object | None:
        """Return a definition that is being deleted and waits for its objects to go, None for any other."""
        definition = self.client.get(_DEFINITIONS, name)
        if definition is None or "deletionTimestamp" not in definition["metadata"]:
            return None
        return definition if conditions.FINALIZER in (definition["metadata"].get("finalizers") or ()) else None

    def _delete_all(self, collection: GroupResource, objects: Iterable[Stored]) -> Iterator[None]:
        for stored in objects:
            namespace, _, name = stored.key.rpartition("/")
            self.client.delete(collection, name, namespace)
            yield

    def _look_again(self) -> None:
        for stored in self.client.stored(_DEFINITIONS):
            self.work.add(stored.key)

    def _serve(self) -> None:
        """Serve what there is now; what a definition that has not changed serves stays as it is."""
        stored = self.client.stored(_DEFINITIONS)
        self._known = {each.key: self._read(each) for each in stored}
        known = self._known.values()
        self.cluster.resources.replace_custom(resource for each in known for resource in each.resources)
        self._changed([each.definition for each in known])

    def _read(self, stored: Stored) -> _Known:
        known = self._known.get(stored.key)
        if known is not None and known.resource_version == stored.resource_version:
            return known
        definition = stored.object()
        resources = served.resources(definition, object_meta=builtin.node(_OBJECT_META))
        return _Known(stored.resource_version, definition, tuple(resources))


_PATIENCE_SECONDS = 0.5
