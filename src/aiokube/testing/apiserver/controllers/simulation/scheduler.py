"""The scheduler: finds a node for every new pod.

It goes by what forbids a node: that it takes no pods, taints, and the pod's node selector and required node
affinity. It knows of no room, no other affinity and no priorities.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import ClassVar

from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.controllers.controller import Controller, Work
from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.storage import Event, EventType

from .affinity import is_selected, is_tolerated
from .conditions import set_condition
from .pace import Pace
from .pods import is_active
from .resources import NODES, PODS

__all__ = ["Scheduler"]

_NAME = "default-scheduler"


class Scheduler(Controller):
    """Binds pods to nodes, and says of those it cannot bind why.

    Args:
        pace: how long it takes.
    """

    watches = (NODES, PODS)
    user: ClassVar[str] = "system:kube-scheduler"
    manager: ClassVar[str] = "kube-scheduler"

    def __init__(self, cluster: Cluster, work: Work, *, pace: Pace) -> None:
        super().__init__(cluster, work)
        self._pace = pace
        self._waiting: dict[str, None] = {}

    def begin(self) -> None:
        for stored in self.client.stored(PODS):
            self.work.add_later(stored.key, self._pace.schedule_seconds)

    def hear(self, resource: GroupResource, event: Event) -> None:
        if resource == NODES:
            for key in self._waiting:
                self.work.add(key)
        elif event.type is EventType.ADDED:
            self.work.add_later(event.object.key, self._pace.schedule_seconds)
        elif event.object.key in self._waiting or _loses_its_gates(event):
            self.work.add(event.object.key)

    def sync(self, key: str) -> None:
        namespace, _, name = key.partition("/")
        pod = self.client.get(PODS, name, namespace)
        self._waiting.pop(key, None)
        if pod is None or not _wants_a_node(pod):
            return
        obstacles: Counter[str] = Counter()
        nodes = list(self.client.list(NODES))
        for node in nodes:
            obstacle = next(_obstacles(pod, node), None)
            if obstacle is None:
                self.client.bind(pod, node["metadata"]["name"])
                return
            obstacles[obstacle] += 1
        self._waiting[key] = None
        self._report(pod, nodes, obstacles)

    def _report(self, pod: Object, nodes: list[Object], obstacles: Counter[str]) -> None:
        why = ", ".join(f"{count} {obstacle}" for obstacle, count in sorted(obstacles.items()))
        message = f"0/{len(nodes)} nodes are available: {why}." if nodes else "no nodes available to schedule pods"
        conditions = pod["status"].setdefault("conditions", [])
        fields = {"reason": "Unschedulable", "message": message, "lastProbeTime": None}
        if set_condition(conditions, self.cluster.now(), type="PodScheduled", status="False", **fields):
            self.client.update(PODS, pod, subresource="status")


def _wants_a_node(pod: Object) -> bool:
    spec = pod["spec"]
    mine = spec.get("schedulerName", _NAME) == _NAME
    return mine and is_active(pod) and not spec.get("nodeName") and not spec.get("schedulingGates")


def _loses_its_gates(event: Event) -> bool:
    """Return whether a pod may be scheduled from now on; looks at pods with gates alone, which are rare."""
    previous = event.previous
    return previous is not None and b'"schedulingGates"' in previous.body and _wants_a_node(event.object.object())


def _obstacles(pod: Object, node: Object) -> Iterator[str]:
    if node["spec"].get("unschedulable"):
        yield "node(s) were unschedulable"
    if not is_selected(pod["spec"], node):
        yield "node(s) didn't match Pod's node affinity/selector"
    for taint in node["spec"].get("taints") or ():
        if taint["effect"] != "PreferNoSchedule" and not is_tolerated(pod["spec"], taint):
            yield f"node(s) had untolerated taint(s) {{{taint['key']}: {taint.get('value', '')}}}"
