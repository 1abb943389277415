"""ReplicaSets and ReplicationControllers: as many pods of a template as are wanted.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/controller/replicaset/replica_set.go
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.controllers.controller import Controller, is_futile
from aiokube.testing.apiserver.errors import GroupResource, StatusError
from aiokube.testing.apiserver.kinds import label_selectors
from aiokube.testing.apiserver.storage import Event, EventType, Stored

from .conditions import set_condition, without
from .pods import (
    available_in,
    controller_reference,
    deletion_order,
    is_active,
    is_ready,
    is_terminating,
    manager_of,
    pod_of_template,
)
from .resources import PODS, REPLICA_SETS, REPLICATION_CONTROLLERS

__all__ = ["ReplicaSets", "ReplicationControllers"]

# So many pods are made or deleted before others have their turn.
_BURST = 500


class ReplicaSets(Controller):
    """Makes and deletes pods, and counts them."""

    watches = (REPLICA_SETS, PODS)
    resource: ClassVar[GroupResource] = REPLICA_SETS
    kind: ClassVar[str] = "ReplicaSet"

    def selector(self, obj: Object) -> Mapping[str, Any] | None:
        """Return the LabelSelector of an object."""
        selector: Mapping[str, Any] | None = obj["spec"].get("selector")
        return selector

    def begin(self) -> None:
        for stored in self.client.stored(self.resource):
            self.work.add(stored.key)

    def hear(self, resource: GroupResource, event: Event) -> None:
        if resource == self.resource:
            self.work.add(event.object.key)
        else:
            for stored in {event.object, event.previous} - {None}:
                self._pod_changed(stored, is_new=event.type is EventType.ADDED)  # type: ignore[arg-type]

    def _pod_changed(self, pod: Stored, *, is_new: bool) -> None:
        """Look at the one that manages a pod; nobody's pod may be wanted by any whose selector finds it."""
        namespace = pod.key.partition("/")[0]
        manager = manager_of(pod)
        if manager is not None:
            if manager.kind == self.kind:
                self.work.add(f"{namespace}/{manager.name}")
            return
        for stored in self.client.stored(self.resource, namespace):
            if label_selectors.matches(self.selector(stored.object()), pod.labels):
                self.work.add(stored.key)

    def sync(self, key: str) -> None:
        namespace, _, name = key.partition("/")
        obj = self.client.get(self.resource, name, namespace)
        if obj is None:
            return
        pods = self._pods(obj)
        active = [pod for pod in pods if is_active(pod)]
        failure: StatusError | None = None
        if not is_terminating(obj):
            try:
                active = self._scale(obj, active)
            except StatusError as error:
                if is_futile(error):
                    return
                failure = error
        self._report(obj, active, sum(map(is_terminating, pods)), failure)
        if failure is not None:
            raise failure

    def _pods(self, obj: Object) -> list[Object]:
        """Return the pods of an object; takes on those that are nobody's, and lets go of those it does not select."""
        metadata, selector = obj["metadata"], self.selector(obj)
        mine = []
        for stored in self.client.stored(PODS, metadata["namespace"]):
            selected = label_selectors.matches(selector, stored.labels)
            is_mine = metadata["uid"].encode() in stored.body
            if is_mine and selected:
                mine.append(stored.object())
            elif is_mine and not is_terminating(obj):
                self._release(obj, stored.object())
            elif selected and not is_terminating(obj) and manager_of(stored) is None:
                pod = stored.object()
                if is_active(pod):
                    references = pod["metadata"].get("ownerReferences") or []
                    pod["metadata"]["ownerReferences"] = [*references, controller_reference(obj)]
                    mine.append(self.client.update(PODS, pod))
        return mine

    def _release(self, obj: Object, pod: Object) -> None:
        references = pod["metadata"]["ownerReferences"]
        kept = [reference for reference in references if reference["uid"] != obj["metadata"]["uid"]]
        pod["metadata"]["ownerReferences"] = kept
        self.client.update(PODS, pod)

    def _scale(self, obj: Object, active: list[Object]) -> list[Object]:
        missing = obj["spec"].get("replicas", 1) - len(active)
        namespace = obj["metadata"]["namespace"]
        for _ in range(min(missing, _BURST)):
            pod = pod_of_template(obj, obj["spec"]["template"])
            active.append(self.client.create(PODS, pod, namespace))
        if missing < 0:
            active.sort(key=deletion_order)
            surplus, active = active[: min(-missing, _BURST)], active[min(-missing, _BURST) :]
            for pod in surplus:
                self.client.delete(PODS, pod["metadata"]["name"], namespace, uid=pod["metadata"]["uid"])
        if abs(missing) > _BURST:
            self.work.add(f"{namespace}/{obj['metadata']['name']}")
        return active

    def _report(self, obj: Object, active: list[Object], terminating: int, failure: StatusError | None) -> None:
        spec, before = obj["spec"], obj["status"]
        template_labels = (spec["template"].get("metadata") or {}).get("labels") or {}
        waits = [available_in(pod, spec.get("minReadySeconds", 0), self.cluster.clock.now()) for pod in active]
        status = {
            "replicas": len(active),
            "fullyLabeledReplicas": sum(template_labels.items() <= _labels(pod).items() for pod in active),
            "readyReplicas": sum(map(is_ready, active)),
            "availableReplicas": waits.count(0.0),
            "observedGeneration": obj["metadata"].get("generation", 0),
            "conditions": self._conditions(
                before.get("conditions") or [], failure, len(active) < spec.get("replicas", 1)
            ),
            **self._more(terminating),
        }
        obj["status"] = {name: value for name, value in status.items() if value or name in ("replicas", *_ZEROS)}
        if obj["status"] != before:
            self.client.update(self.resource, obj, subresource="status")
        if soonest := [wait for wait in waits if wait]:
            self.work.add_later(f"{obj['metadata']['namespace']}/{obj['metadata']['name']}", min(soonest))

    def _more(self, terminating: int) -> dict[str, int]:
        return {"terminatingReplicas": terminating}

    def _conditions(self, conditions: list[Object], failure: StatusError | None, missing: bool) -> list[Object]:
        if failure is None:
            return without(conditions, "ReplicaFailure")
        reason = "FailedCreate" if missing else "FailedDelete"
        fields = {"reason": reason, "message": str(failure)}
        set_condition(conditions, self.cluster.now(), type="ReplicaFailure", status="True", **fields)
        return conditions


class ReplicationControllers(ReplicaSets):
    """The same for the older kind, whose selector knows equality alone."""

    watches = (REPLICATION_CONTROLLERS, PODS)
    resource: ClassVar[GroupResource] = REPLICATION_CONTROLLERS
    kind: ClassVar[str] = "ReplicationController"

    def selector(self, obj: Object) -> Mapping[str, Any] | None:
        return {"matchLabels": obj["spec"].get("selector") or {}}

    def _more(self, terminating: int) -> dict[str, int]:
        return {}


_ZEROS = ("terminatingReplicas",)


def _labels(pod: Object) -> dict[str, str]:
    labels: dict[str, str] = pod["metadata"].get("labels") or {}
    return labels
