"""Quotas: what is used of them is counted when they are made or changed, when something goes, and now and then.

What comes is not looked at here: it is charged when it is let in. Where there is much to count, whatever goes within
half a second is counted together.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/controller/resourcequota/resource_quota_controller.go
"""

from __future__ import annotations

from typing import ClassVar

from aiokube.testing.apiserver.admission import RESOURCE_QUOTAS, Measure, counted, measure_of
from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.customresources.served import is_served
from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.storage import Event, EventType

from .controller import Controller, Work

__all__ = ["ResourceQuotas"]

_DEFINITIONS = GroupResource("apiextensions.k8s.io", "customresourcedefinitions")
_AGAIN = ""
_AGAIN_AFTER_SECONDS = 300

_MANY = 100
_MANY_AFTER_SECONDS = 0.5


class ResourceQuotas(Controller):
    """Keeps status.hard and status.used of quotas."""

    watches: ClassVar[None] = None

    def __init__(self, cluster: Cluster, work: Work) -> None:
        super().__init__(cluster, work)
        self._counts_again = False
        self._waiting: set[str] = set()

    def begin(self) -> None:
        self._count_all()

    def hear(self, resource: GroupResource, event: Event) -> None:
        if not len(self.cluster.collection(RESOURCE_QUOTAS)):
            return
        if resource == RESOURCE_QUOTAS and _is_new(event):
            self._count(event.object.key)
        if resource == _DEFINITIONS:
            self._hear_definition(event)
        elif event.type is not EventType.ADDED:
            self._hear_change(resource, event)

    def sync(self, key: str) -> None:
        if key == _AGAIN:
            self._counts_again = False
            self._count_all()
            return
        self._waiting.discard(key)
        namespace, _, name = key.partition("/")
        quota = self.client.get(RESOURCE_QUOTAS, name, namespace)
        if quota is None:
            return
        new = counted(quota, self._measures(), lambda each: self.client.list(each, namespace), self.cluster.clock.now())
        if new is not None:
            self.client.update(RESOURCE_QUOTAS, new, subresource="status")

    def _count(self, key: str) -> None:
        self.work.add(key)
        if not self._counts_again:
            self._counts_again = True
            self.work.add_later(_AGAIN, _AGAIN_AFTER_SECONDS)

    def _count_later(self, key: str) -> None:
        if key not in self._waiting:
            self._waiting.add(key)
            self.work.add_later(key, _MANY_AFTER_SECONDS)

    def _count_all(self) -> None:
        for stored in self.client.stored(RESOURCE_QUOTAS):
            self._count(stored.key)

    def _hear_definition(self, event: Event) -> None:
        """Count again when there is something new to count."""
        if _has_objects(event.object.object()) and not (event.previous and _has_objects(event.previous.object())):
            self._count_all()

    def _hear_change(self, resource: GroupResource, event: Event) -> None:
        namespace = event.object.key.rpartition("/")[0]
        quotas = self.client.stored(RESOURCE_QUOTAS, namespace) if namespace else []
        measure = measure_of(resource) if quotas else None
        if measure is None or not _is_less_used(measure, event):
            return
        count = self._count_later if len(self.cluster.collection(resource)) > _MANY else self._count
        for stored in quotas:
            if any(map(measure.covers, _hard(stored.object()))):
                count(stored.key)

    def _measures(self) -> list[Measure]:
        """Return what measures all that there can be in a namespace."""
        resources = dict.fromkeys(each.group_resource for each in self.cluster.resources if each.namespaced)
        return [measure for measure in map(measure_of, resources) if measure is not None]


def _has_objects(definition: Object) -> bool:
    """Return whether there may be objects of a custom kind."""
    return is_served(definition) and any(version.get("served") for version in definition["spec"]["versions"])


def _is_new(event: Event) -> bool:
    """Return whether a quota limits something else than before."""
    if event.type is EventType.DELETED:
        return False
    return event.previous is None or _hard(event.object.object()) != _hard(event.previous.object())


def _is_less_used(measure: Measure, event: Event) -> bool:
    if event.type is EventType.DELETED or event.previous is None:
        return True
    return measure.is_freed(event.object.object(), event.previous.object())


def _hard(quota: Object) -> Object:
    hard: Object = (quota.get("spec") or {}).get("hard") or {}
    return hard
