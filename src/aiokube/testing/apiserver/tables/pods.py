"""Rows of pods.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/printers/internalversion/printers.go (printPod)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .ages import since
from .cells import NONE, Object, age, at, name

__all__ = ["pod", "pod_conditions"]

_COMPLETED = {"Succeeded": "The pod has completed successfully.", "Failed": "The pod failed."}


def pod_conditions(obj: Object) -> list[Object]:
    """Return the conditions of a pod's row, which say whether it has run to its end."""
    phase = at(obj, "status", "phase", default="")
    if phase not in _COMPLETED:
        return []
    return [{"type": "Completed", "status": "True", "reason": phase, "message": _COMPLETED[phase]}]


def pod(obj: Object, now: datetime) -> list[Any]:
    """Return the cells of a pod."""
    state = _state(obj)
    return [
        name(obj),
        f"{state.ready}/{state.total}",
        _deleted(obj) or state.reason,
        state.restarts.shown(now),
        age(obj, now),
        next((ip.get("ip") for ip in at(obj, "status", "podIPs", default=()) if ip.get("ip")), NONE),
        at(obj, "spec", "nodeName", default="") or NONE,
        at(obj, "status", "nominatedNodeName", default="") or NONE,
        _readiness_gates(obj),
    ]


@dataclass(slots=True)
class _Restarts:
    """How often containers began anew, and when one did last (RFC 3339, which sorts as time does)."""

    count: int = 0
    last: str = ""

    def add(self, status: Object) -> None:
        self.count += at(status, "restartCount", default=0)
        self.last = max(self.last, at(status, "lastState", "terminated", "finishedAt", default=""))

    def shown(self, now: datetime) -> str:
        return f"{self.count} ({since(self.last, now)} ago)" if self.count and self.last else str(self.count)


@dataclass(slots=True)
class _State:
    """What a pod's containers come to."""

    reason: str
    total: int
    ready: int
    restarts: _Restarts


def _state(obj: Object) -> _State:
    sidecars = {c["name"] for c in at(obj, "spec", "initContainers", default=()) if c.get("restartPolicy") == "Always"}
    total = len(at(obj, "spec", "containers", default=())) + len(sidecars)
    state = _State(_reason(obj), total, 0, _Restarts())
    sidecar_restarts = _Restarts()
    initializing = _follow_init_containers(obj, state, sidecars, sidecar_restarts)
    if not initializing or _condition(obj, "Initialized") == "True":
        state.restarts = sidecar_restarts  # those of init containers that are done are of no interest any more
        _follow_containers(obj, state)
    return state


def _reason(obj: Object) -> str:
    conditions = at(obj, "status", "conditions", default=())
    if any(c["type"] == "PodScheduled" and c.get("reason") == "SchedulingGated" for c in conditions):
        return "SchedulingGated"
    return str(at(obj, "status", "reason", default="") or at(obj, "status", "phase", default=""))


def _follow_init_containers(obj: Object, state: _State, sidecars: set[str], sidecar_restarts: _Restarts) -> bool:
    """Return whether the pod is at one of its init containers still; the reason says at which."""
    total = len(at(obj, "spec", "initContainers", default=()))
    for index, status in enumerate(at(obj, "status", "initContainerStatuses", default=())):
        is_sidecar = status.get("name") in sidecars
        state.restarts.add(status)
        if is_sidecar:
            sidecar_restarts.add(status)
        terminated = at(status, "state", "terminated")
        if terminated is not None and not terminated.get("exitCode"):
            continue
        if is_sidecar and status.get("started"):
            state.ready += bool(status.get("ready"))
            continue
        state.reason = f"Init:{_init_problem(status) or f'{index}/{total}'}"
        return True
    return False


def _init_problem(status: Object) -> str:
    terminated = at(status, "state", "terminated")
    if terminated is not None:
        return _end(terminated)
    waiting = str(at(status, "state", "waiting", "reason", default=""))
    return "" if waiting == "PodInitializing" else waiting


def _end(terminated: Object) -> str:
    """Return why a container ended."""
    if terminated.get("reason"):
        return str(terminated["reason"])
    if terminated.get("signal"):
        return f"Signal:{terminated['signal']}"
    return f"ExitCode:{terminated.get('exitCode', 0)}"


def _follow_containers(obj: Object, state: _State) -> None:
    running = 0
    failure = ""
    for status in reversed(at(obj, "status", "containerStatuses", default=())):
        state.restarts.add(status)
        terminated = at(status, "state", "terminated")
        if waiting := at(status, "state", "waiting", "reason", default=""):
            state.reason = waiting
        elif terminated is not None:
            state.reason = _end(terminated)
            failure = state.reason if terminated.get("exitCode") else failure
        elif status.get("ready") and at(status, "state", "running") is not None:
            running += 1
    state.ready += running
    if state.reason == "Completed":  # of one container; others may go on
        state.reason = _reason_of_some(running > 0, _condition(obj, "Ready") == "True", failure)


def _reason_of_some(running: bool, ready: bool, failure: str) -> str:
    if running and ready:
        return "Running"
    return failure or ("NotReady" if running else "Completed")


def _deleted(obj: Object) -> str:
    if at(obj, "metadata", "deletionTimestamp") is None:
        return ""
    if at(obj, "status", "reason") == "NodeLost":
        return "Unknown"
    return "" if at(obj, "status", "phase") in _COMPLETED else "Terminating"


def _readiness_gates(obj: Object) -> str:
    gates: Iterable[Object] = at(obj, "spec", "readinessGates", default=())
    states = [_condition(obj, gate["conditionType"]) for gate in gates]
    return f"{states.count('True')}/{len(states)}" if states else NONE


def _condition(obj: Object, wanted: str) -> str:
    """Return the status of a condition, "" when there is none of the type."""
    conditions: Iterable[Object] = at(obj, "status", "conditions", default=())
    return next((str(c.get("status")) for c in conditions if c["type"] == wanted), "")
