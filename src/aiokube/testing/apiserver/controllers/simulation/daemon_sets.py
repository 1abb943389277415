"""DaemonSets: one pod on every node that takes it.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/controller/daemon/daemon_controller.go
"""

from __future__ import annotations

import copy
from collections.abc import Iterable

from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.controllers.controller import Controller
from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.storage import Event

from .affinity import is_selected, is_tolerated
from .pods import available_in, controller_of, is_ready, is_terminal, is_terminating, manager_of, pod_of_template
from .resources import DAEMON_SETS, NODES, PODS
from .revisions import REVISION_LABEL, TEMPLATE_GENERATION, keep_revision
from .template_hashes import template_hash

__all__ = ["DaemonSets"]

_GENERATION_LABEL = "pod-template-generation"
_TOLERATED = (
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    ("node.kubernetes.io/unschedulable", "NoSchedule"),
)


class DaemonSets(Controller):
    """Makes a pod for each node, and replaces those of an older template one at a time."""

    watches = (DAEMON_SETS, NODES, PODS)

    def begin(self) -> None:
        self._all()

    def _all(self) -> None:
        for stored in self.client.stored(DAEMON_SETS):
            self.work.add(stored.key)

    def hear(self, resource: GroupResource, event: Event) -> None:
        if resource == DAEMON_SETS:
            self.work.add(event.object.key)
        elif resource == NODES:
            self._all()
        else:
            manager = manager_of(event.object)
            if manager is not None and manager.kind == "DaemonSet":
                self.work.add(f"{event.object.key.partition('/')[0]}/{manager.name}")

    def sync(self, key: str) -> None:
        namespace, _, name = key.partition("/")
        daemon_set = self.client.get(DAEMON_SETS, name, namespace)
        if daemon_set is None or is_terminating(daemon_set):
            return
        revision = template_hash(daemon_set["spec"]["template"])
        keep_revision(self.client, daemon_set, revision, hash_label=REVISION_LABEL)
        nodes = [node["metadata"]["name"] for node in self.client.list(NODES) if _takes(node, daemon_set)]
        pods = self._pods(daemon_set)
        for node in nodes:
            if node not in pods:
                pods[node] = self.client.create(PODS, _pod(daemon_set, node, revision), namespace)
        for node in [node for node in pods if node not in nodes]:
            self._delete(pods.pop(node))
        self._renew(daemon_set, pods, revision)
        self._report(daemon_set, len(nodes), pods.values(), revision)

    def _pods(self, daemon_set: Object) -> dict[str, Object]:
        """Return the pods that are to stay, by their nodes; what has run to its end goes, and comes again."""
        uid, found = daemon_set["metadata"]["uid"], {}
        for stored in self.client.stored(PODS, daemon_set["metadata"]["namespace"]):
            pod = stored.object() if uid.encode() in stored.body else None
            controller = controller_of(pod) if pod else None
            if pod is None or controller is None or controller["uid"] != uid:
                continue
            if is_terminal(pod) and not is_terminating(pod):
                self._delete(pod)
            else:
                found[_node_of(pod)] = pod
        return found

    def _delete(self, pod: Object) -> None:
        metadata = pod["metadata"]
        self.client.delete(PODS, metadata["name"], metadata["namespace"], uid=metadata["uid"])

    def _renew(self, daemon_set: Object, pods: dict[str, Object], revision: str) -> None:
        if daemon_set["spec"].get("updateStrategy", {}).get("type") == "OnDelete":
            return
        if any(is_terminating(pod) or not is_ready(pod) for pod in pods.values()):
            return
        old = next((pod for pod in pods.values() if pod["metadata"]["labels"].get(REVISION_LABEL) != revision), None)
        if old is not None:
            self._delete(old)

    def _report(self, daemon_set: Object, wanted: int, pods: Iterable[Object], revision: str) -> None:
        spec, before = daemon_set["spec"], daemon_set["status"]
        alive = [pod for pod in pods if not is_terminating(pod)]
        ready = [pod for pod in alive if is_ready(pod)]
        waits = [available_in(pod, spec.get("minReadySeconds", 0), self.cluster.clock.now()) for pod in ready]
        status = {
            "currentNumberScheduled": len(alive),
            "numberMisscheduled": 0,
            "desiredNumberScheduled": wanted,
            "numberReady": len(ready),
            "observedGeneration": daemon_set["metadata"].get("generation", 0),
            "updatedNumberScheduled": sum(pod["metadata"]["labels"].get(REVISION_LABEL) == revision for pod in alive),
            "numberAvailable": waits.count(0.0),
            "numberUnavailable": wanted - waits.count(0.0),
        }
        daemon_set["status"] = {name: count for name, count in status.items() if count or name in _ALWAYS}
        if daemon_set["status"] != before:
            self.client.update(DAEMON_SETS, daemon_set, subresource="status")
        if soonest := [wait for wait in waits if wait]:
            metadata = daemon_set["metadata"]
            self.work.add_later(f"{metadata['namespace']}/{metadata['name']}", min(soonest))


_ALWAYS = ("currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady")


def _takes(node: Object, daemon_set: Object) -> bool:
    spec = copy.deepcopy(daemon_set["spec"]["template"]["spec"])
    spec["tolerations"] = _tolerations(spec)
    taints = (taint for taint in node["spec"].get("taints") or () if taint["effect"] != "PreferNoSchedule")
    return is_selected(spec, node) and all(is_tolerated(spec, taint) for taint in taints)


def _pod(daemon_set: Object, node: str, revision: str) -> Object:
    pod = pod_of_template(daemon_set, daemon_set["spec"]["template"])
    generation = daemon_set["metadata"]["annotations"][TEMPLATE_GENERATION]
    labels = {REVISION_LABEL: revision, _GENERATION_LABEL: generation}
    pod["metadata"]["labels"] = {**pod["metadata"].get("labels", {}), **labels}
    spec = pod["spec"]
    only = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [node]}]}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [only]}}
    spec["affinity"] = {**(spec.get("affinity") or {}), "nodeAffinity": required}
    spec["tolerations"] = _tolerations(spec)
    return pod


def _tolerations(spec: Object) -> list[Object]:
    added = [{"key": key, "operator": "Exists", "effect": effect} for key, effect in _TOLERATED]
    return [*(spec.get("tolerations") or ()), *added]


def _node_of(pod: Object) -> str:
    if node := pod["spec"].get("nodeName"):
        return str(node)
    required = pod["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    return str(required["nodeSelectorTerms"][0]["matchFields"][0]["values"][0])
