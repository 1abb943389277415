"""The kubelet of the simulated node: pods that are bound to it run, and end when they are deleted.

No container is run: each is said to have started, and to be ready, after a time. The pods of jobs succeed.
"""

from __future__ import annotations

import hashlib
import ipaddress
from enum import Enum, auto
from itertools import count
from typing import ClassVar

from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.controllers.controller import Controller, Work
from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.storage import Event, EventType

from .conditions import condition_of, is_true, set_condition
from .node import ADDRESS, NAME, node, node_status
from .pace import Pace
from .pods import controller_of, is_terminal, is_terminating
from .resources import NODES, PODS

__all__ = ["Kubelet"]


_CONDITIONS = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")
_ORDER = {kind: index for index, kind in enumerate(_CONDITIONS)}


class _Step(Enum):
    """What is next for a pod, or for the node."""

    REGISTER = auto()
    LOOK = auto()
    START = auto()
    SUCCEED = auto()
    STOP = auto()


class Kubelet(Controller):
    """Reports what becomes of the pods on one node.

    Args:
        pace: how long it takes.
    """

    watches = (PODS,)
    user: ClassVar[str] = f"system:node:{NAME}"
    manager: ClassVar[str] = "kubelet"

    def __init__(self, cluster: Cluster, work: Work, *, pace: Pace) -> None:
        super().__init__(cluster, work)
        self._pace = pace
        self._addresses = count(int(ipaddress.IPv4Address("10.244.0.2")))

    def begin(self) -> None:
        self.work.add((_Step.REGISTER, NAME))
        for stored in self.client.stored(PODS):
            self.work.add((_Step.LOOK, stored.key))

    def hear(self, resource: GroupResource, event: Event) -> None:
        if event.type is not EventType.DELETED:
            self.work.add((_Step.LOOK, event.object.key))

    def sync(self, key: tuple[_Step, str]) -> None:
        step, name = key
        if step is _Step.REGISTER:
            self._register()
            return
        namespace, _, name = name.partition("/")
        pod = self.client.get(PODS, name, namespace)
        if pod is None or pod["spec"].get("nodeName") != NAME:
            return
        if is_terminating(pod):
            self._stop(pod, due=step is _Step.STOP)
        elif step is _Step.LOOK:
            self._look(pod)
        elif step is _Step.START and not is_terminal(pod):
            self._start(pod)
        elif step is _Step.SUCCEED and not is_terminal(pod):
            self._succeed(pod)

    def _register(self) -> None:
        found = self.client.get(NODES, NAME) or self.client.create(NODES, node())
        found["status"] = node_status(self.cluster.now())
        found = self.client.update(NODES, found, subresource="status")
        if found["spec"].pop("taints", None):  # every new node is tainted as not ready
            self.client.update(NODES, found)

    def _look(self, pod: Object) -> None:
        """Take on a pod that was bound just now; follow the readiness gates of one that runs."""
        status = pod["status"]
        if "startTime" not in status:
            self._take_on(pod)
        elif status.get("phase") == "Running" and pod["spec"].get("readinessGates"):
            self._report(pod, ready=_gates_are_open(pod))

    def _take_on(self, pod: Object) -> None:
        pod["status"] |= {"hostIP": ADDRESS, "hostIPs": [{"ip": ADDRESS}], "startTime": self.cluster.now()}
        waiting = {"waiting": {"reason": "ContainerCreating"}}
        self._set_containers(pod, "containers", "containerStatuses", waiting, ready=False)
        if pod["spec"].get("initContainers"):
            initializing = {"waiting": {"reason": "PodInitializing"}}
            self._set_containers(pod, "initContainers", "initContainerStatuses", initializing, ready=False)
        self._report(pod, ready=False)
        self.work.add_later((_Step.START, _key(pod)), self._pace.start_seconds)

    def _start(self, pod: Object) -> None:
        now, status = self.cluster.now(), pod["status"]
        address = ADDRESS if pod["spec"].get("hostNetwork") else str(ipaddress.IPv4Address(next(self._addresses)))
        status |= {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}]}
        running = {"running": {"startedAt": now}}
        self._set_containers(pod, "containers", "containerStatuses", running, ready=True)
        if pod["spec"].get("initContainers"):
            self._set_containers(pod, "initContainers", "initContainerStatuses", _completed(now), ready=True)
            for container, shown in zip(pod["spec"]["initContainers"], status["initContainerStatuses"], strict=True):
                if container.get("restartPolicy") == "Always":
                    shown |= {"state": running, "started": True}
        self._report(pod, ready=_gates_are_open(pod))
        controller = controller_of(pod)
        if controller is not None and controller["kind"] == "Job":
            self.work.add_later((_Step.SUCCEED, _key(pod)), self._pace.run_seconds)

    def _succeed(self, pod: Object) -> None:
        pod["status"]["phase"] = "Succeeded"
        completed = _completed(self.cluster.now())
        self._set_containers(pod, "containers", "containerStatuses", completed, ready=False)
        self._report(pod, ready=False, reason="PodCompleted")

    def _stop(self, pod: Object, *, due: bool) -> None:
        metadata = pod["metadata"]
        grace = metadata.get("deletionGracePeriodSeconds") or 0
        if not grace:
            return  # it stands for nothing but its finalizers
        seconds = min(grace, self._pace.stop_seconds)
        if due or not seconds:
            self.client.delete(PODS, metadata["name"], metadata["namespace"], uid=metadata["uid"], grace_seconds=0)
        else:
            self.work.add_later((_Step.STOP, _key(pod)), seconds)

    def _set_containers(self, pod: Object, field: str, shown: str, state: Object, *, ready: bool) -> None:
        is_running = "running" in state
        statuses = []
        for container in pod["spec"][field]:
            identity = (
                {"containerID": _digest("containerd://", pod, container["name"])} if "waiting" not in state else {}
            )
            statuses.append(
                {
                    "name": container["name"],
                    "state": dict(state),
                    "lastState": {},
                    "ready": ready,
                    "restartCount": 0,
                    "image": container.get("image", ""),
                    "imageID": container.get("image", "") if identity else "",
                    "started": is_running,
                    **identity,
                }
            )
        pod["status"][shown] = statuses

    def _report(self, pod: Object, *, ready: bool, reason: str = "") -> None:
        """Write the status with the conditions that follow from it."""
        status, now = pod["status"], self.cluster.now()
        runs = status["phase"] == "Running"
        waiting = {"reason": "ContainersNotReady", "message": _unready(pod)} if not runs else {}
        waiting = {"reason": reason} if reason else waiting
        gated = {"reason": "ReadinessGatesNotReady", "message": _closed_gates(pod)} if runs and not ready else waiting
        started = status["phase"] != "Pending"
        conditions = status.setdefault("conditions", [])
        for kind, holds, why in (
            ("PodReadyToStartContainers", started and not reason, {}),
            ("Initialized", started or not pod["spec"].get("initContainers"), {"reason": reason} if reason else {}),
            ("Ready", ready, gated),
            ("ContainersReady", runs, waiting),
        ):
            more = {"lastProbeTime": None, "observedGeneration": pod["metadata"].get("generation", 1), **why}
            set_condition(conditions, now, type=kind, status=str(holds), **more)
        conditions.sort(key=lambda condition: _ORDER.get(condition["type"], len(_ORDER)))
        status["observedGeneration"] = pod["metadata"].get("generation", 1)
        self.client.update(PODS, pod, subresource="status")


def _key(pod: Object) -> str:
    return f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"


def _completed(now: str) -> Object:
    return {"terminated": {"exitCode": 0, "reason": "Completed", "startedAt": now, "finishedAt": now}}


def _gates_are_open(pod: Object) -> bool:
    return all(is_true(pod, gate["conditionType"]) for gate in pod["spec"].get("readinessGates") or ())


def _closed_gates(pod: Object) -> str:
    gates = [gate["conditionType"] for gate in pod["spec"].get("readinessGates") or ()]
    return ", ".join(
        f'corresponding condition of pod readiness gate "{gate}" does not exist.'
        if condition_of(pod, gate) is None
        else f'the status of pod readiness gate "{gate}" is not "True", but {condition_of(pod, gate)["status"]}'  # type: ignore[index]
        for gate in gates
        if not is_true(pod, gate)
    )


def _unready(pod: Object) -> str:
    names = " ".join(container["name"] for container in pod["spec"]["containers"])
    return f"containers with unready status: [{names}]"


def _digest(prefix: str, pod: Object, name: str) -> str:
    return prefix + hashlib.sha256(f"{pod['metadata']['uid']}/{name}".encode()).hexdigest()
