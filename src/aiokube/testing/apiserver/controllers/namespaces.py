"""Namespaces that are deleted: everything in them goes first, pods before the rest.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/controller/namespace/deletion/namespaced_resources_deleter.go
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.errors import GroupResource, StatusError
from aiokube.testing.apiserver.go.numbers import seconds_as_go
from aiokube.testing.apiserver.resources import Resource
from aiokube.testing.apiserver.storage import Event, EventType

from .controller import Controller

__all__ = ["Namespaces"]

NAMESPACES = GroupResource("", "namespaces")
_PODS = GroupResource("", "pods")
_TOKEN = "kubernetes"  # noqa: S105 - the name of a finalizer

# What each condition says when all is well, in the order in which they stand.
_WELL = {
    "NamespaceDeletionDiscoveryFailure": ("ResourcesDiscovered", "All resources successfully discovered"),
    "NamespaceDeletionGroupVersionParsingFailure": (
        "ParsedGroupVersions",
        "All legacy kube types successfully parsed",
    ),
    "NamespaceDeletionContentFailure": (
        "ContentDeleted",
        "All content successfully deleted, may be waiting on finalization",
    ),
    "NamespaceContentRemaining": ("ContentRemoved", "All content successfully removed"),
    "NamespaceFinalizersRemaining": ("ContentHasNoFinalizers", "All content-preserving finalizers finished"),
}


@dataclass(slots=True)
class _Remains:
    """What is still in a namespace after everything was deleted.

    Attributes:
        wait_seconds: how long pods have to end.
        pods_only: it is left at pods, which go before all else.
    """

    counts: dict[GroupResource, int] = field(default_factory=dict)
    finalizers: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    wait_seconds: float = 0
    pods_only: bool = False

    def conditions(self) -> Iterator[tuple[str, str, str]]:
        """Yield the type, reason and message of what is not well."""
        if self.problems:
            listed = ", ".join(sorted(self.problems))
            message = f"Failed to delete all resource types, {len(self.problems)} remaining: {listed}"
            yield "NamespaceDeletionContentFailure", "ContentDeletionFailed", message
        if self.pods_only:
            return
        if self.counts:
            shown = sorted(f"{r.resource}.{r.group} has {count} resource instances" for r, count in self.counts.items())
            message = f"Some resources are remaining: {', '.join(shown)}"
            yield "NamespaceContentRemaining", "SomeResourcesRemain", message
        if self.finalizers:
            shown = sorted(f"{name} in {count} resource instances" for name, count in self.finalizers.items())
            message = f"Some content in the namespace has finalizers remaining: {', '.join(shown)}"
            yield "NamespaceFinalizersRemaining", "SomeFinalizersRemain", message


class Namespaces(Controller):
    """Empties namespaces that are being deleted, and lets them go when they are empty."""

    watches: ClassVar[None] = None

    def begin(self) -> None:
        for stored in self.client.stored(NAMESPACES):
            self.work.add(stored.key)

    def hear(self, resource: GroupResource, event: Event) -> None:
        namespace, has_namespace, _ = event.object.key.partition("/")
        if resource == NAMESPACES and event.type is not EventType.DELETED:
            self.work.add(event.object.key)
        elif has_namespace and event.type is not EventType.ADDED and namespace in self._going:
            self.work.add(namespace)

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._going: set[str] = set()

    def sync(self, key: str) -> Iterator[None]:
        namespace = self._terminating(key)
        if namespace is None:
            return
        remains = _Remains()
        yield from self._empty(namespace, remains)
        namespace = self._terminating(key)  # as others may have left it meanwhile
        if namespace is None:
            return
        namespace = self._report(namespace, remains)
        if not remains.counts and not remains.problems:
            self._finalize(namespace)
        elif remains.wait_seconds:
            self.work.add_later(key, remains.wait_seconds / 2 + 1)

    def _terminating(self, name: str) -> Object | None:
        """Return a namespace that is being deleted and is not finalized yet, None for any other."""
        namespace = self.client.get(NAMESPACES, name)
        if namespace is None or "deletionTimestamp" not in namespace["metadata"]:
            self._going.discard(name)
            return None
        self._going.add(name)
        return namespace if namespace["spec"].get("finalizers") else None

    def _empty(self, namespace: Object, remains: _Remains) -> Iterator[None]:
        """Delete what is in a namespace, and write down what is left."""
        resources = {resource.collection: resource for resource in self._resources()}
        pods = resources.pop(_PODS, None)
        if pods is not None:
            yield from self._delete_all(namespace, pods, remains)
        if remains.counts:
            remains.pods_only = True
            return
        for resource in resources.values():
            yield from self._delete_all(namespace, resource, remains)

    def _resources(self) -> Iterator[Resource]:
        for resource in self.cluster.resources:
            if resource.namespaced and "delete" in resource.verbs:
                yield resource

    def _delete_all(self, namespace: Object, resource: Resource, remains: _Remains) -> Iterator[None]:
        name, collection = namespace["metadata"]["name"], resource.collection
        wait_seconds = self._pods_wait_seconds(namespace) if collection == _PODS else 0
        for stored in self.client.stored(collection, name):
            try:
                self.client.delete(collection, stored.key.partition("/")[2], name, propagation="Background")
            except StatusError as error:
                remains.problems.append(str(error))
            yield
        left = [stored.object() for stored in self.client.stored(collection, name)]
        if not left:
            return
        held = Counter(finalizer for obj in left for finalizer in obj["metadata"].get("finalizers", ()))
        remains.counts[collection] = len(left)
        remains.finalizers += held
        remains.wait_seconds = max(remains.wait_seconds, wait_seconds)
        if not held and not wait_seconds:
            gvr = f"{resource.group}/{resource.version}, Resource={resource.plural}"
            remains.problems.append(f"unexpected items still remain in namespace: {name} for gvr: {gvr}")

    def _pods_wait_seconds(self, namespace: Object) -> float:
        pods = self.client.list(_PODS, namespace["metadata"]["name"])
        running = (pod for pod in pods if pod["status"].get("phase") not in ("Succeeded", "Failed"))
        longest = max((pod["spec"].get("terminationGracePeriodSeconds") or 0 for pod in running), default=0)
        wait_seconds = seconds_as_go(longest).total_seconds()
        since = self.cluster.clock.now() - dt.datetime.fromisoformat(namespace["metadata"]["deletionTimestamp"])
        return 0 if since.total_seconds() >= wait_seconds else wait_seconds

    def _report(self, namespace: Object, remains: _Remains) -> Object:
        wrong = {kind: ("True", why, text) for kind, why, text in remains.conditions()}
        conditions = namespace["status"].get("conditions", [])
        changed = False
        for kind, well in _WELL.items():
            changed |= self._set_condition(conditions, kind, *wrong.get(kind, ("False", *well)))
        if not changed:
            return namespace
        namespace["status"]["conditions"] = conditions
        return self.client.update(NAMESPACES, namespace, subresource="status")

    def _set_condition(self, conditions: list[Object], kind: str, status: str, reason: str, message: str) -> bool:
        new = {"type": kind, "status": status, "reason": reason, "message": message}
        old = next((condition for condition in conditions if condition["type"] == kind), None)
        if old is None:
            conditions.append(new | {"lastTransitionTime": self.cluster.now()})
            return True
        if all(old.get(name) == value for name, value in new.items()):
            return False
        if old["status"] != status:
            old["lastTransitionTime"] = self.cluster.now()
        old.update(new)
        return True

    def _finalize(self, namespace: Object) -> None:
        finalizers = namespace["spec"]["finalizers"]
        namespace["spec"] = {"finalizers": sorted({one for one in finalizers if one != _TOKEN})}
        self.client.update(NAMESPACES, namespace, subresource="finalize")
