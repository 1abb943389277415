"""Rows of what makes pods: Deployment, ReplicaSet, StatefulSet, DaemonSet, ReplicationController, Job, CronJob.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/printers/internalversion/printers.go
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from .ages import human_duration, parse_time, since
from .cells import NONE, UNSET, Object, age, at, containers, label_selector, labels, name

__all__ = [
    "controller_revision",
    "cron_job",
    "daemon_set",
    "deployment",
    "job",
    "pod_template",
    "replica_set",
    "replication_controller",
    "scale",
    "stateful_set",
]


def deployment(obj: Object, now: datetime) -> list[Any]:
    return [
        name(obj),
        _ready(obj),
        _number(obj, "status", "updatedReplicas"),
        _number(obj, "status", "availableReplicas"),
        age(obj, now),
        *_template_containers(obj),
        label_selector(at(obj, "spec", "selector"), none=""),
    ]


def replica_set(obj: Object, now: datetime) -> list[Any]:
    return [*_replicas(obj, now), *_template_containers(obj), label_selector(at(obj, "spec", "selector"))]


def replication_controller(obj: Object, now: datetime) -> list[Any]:
    return [*_replicas(obj, now), *_template_containers(obj), labels(at(obj, "spec", "selector"))]


def stateful_set(obj: Object, now: datetime) -> list[Any]:
    return [name(obj), _ready(obj), age(obj, now), *_template_containers(obj)]


def daemon_set(obj: Object, now: datetime) -> list[Any]:
    return [
        name(obj),
        _number(obj, "status", "desiredNumberScheduled"),
        _number(obj, "status", "currentNumberScheduled"),
        _number(obj, "status", "numberReady"),
        _number(obj, "status", "updatedNumberScheduled"),
        _number(obj, "status", "numberAvailable"),
        labels(at(obj, "spec", "template", "spec", "nodeSelector")),
        age(obj, now),
        *_template_containers(obj),
        label_selector(at(obj, "spec", "selector")),
    ]


def job(obj: Object, now: datetime) -> list[Any]:
    return [
        name(obj),
        _job_status(obj),
        f"{_number(obj, 'status', 'succeeded')}/{_wanted_completions(obj)}",
        _job_duration(obj, now),
        age(obj, now),
        *_template_containers(obj),
        label_selector(at(obj, "spec", "selector")),
    ]


def cron_job(obj: Object, now: datetime) -> list[Any]:
    last = at(obj, "status", "lastScheduleTime")
    template = at(obj, "spec", "jobTemplate")
    return [
        name(obj),
        at(obj, "spec", "schedule", default=""),
        at(obj, "spec", "timeZone", default=NONE),
        str(at(obj, "spec", "suspend", default=UNSET)),
        len(at(obj, "status", "active", default=())),
        since(last, now) if last else NONE,
        age(obj, now),
        *_template_containers(template),
        label_selector(at(template, "spec", "selector")),
    ]


def pod_template(obj: Object, now: datetime) -> list[Any]:
    template = obj.get("template")
    return [name(obj), *containers(at(template, "spec")), labels(at(template, "metadata", "labels"))]


def controller_revision(obj: Object, now: datetime) -> list[Any]:
    owners: Iterable[Object] = at(obj, "metadata", "ownerReferences", default=())
    controller = next((_owner(owner) for owner in owners if owner.get("controller")), NONE)
    return [name(obj), controller, obj.get("revision", 0), age(obj, now)]


def scale(obj: Object, now: datetime) -> list[Any]:
    return [name(obj), _number(obj, "spec", "replicas"), _number(obj, "status", "replicas"), age(obj, now)]


def _number(obj: Object, *path: str) -> Any:
    return at(obj, *path, default=0)


def _ready(obj: Object) -> str:
    return f"{_number(obj, 'status', 'readyReplicas')}/{_number(obj, 'spec', 'replicas')}"


def _replicas(obj: Object, now: datetime) -> list[Any]:
    desired = _number(obj, "spec", "replicas")
    return [
        name(obj),
        desired,
        _number(obj, "status", "replicas"),
        _number(obj, "status", "readyReplicas"),
        age(obj, now),
    ]


def _template_containers(obj: Any) -> list[str]:
    return containers(at(obj, "spec", "template", "spec"))


def _owner(reference: Object) -> str:
    group = reference["apiVersion"].rpartition("/")[0]
    kind = f"{reference['kind']}.{group}" if group else reference["kind"]
    return f"{kind.lower()}/{reference['name']}"


# Of several that hold, the first here is shown; all but Terminating are conditions.
_JOB_STATES = ("Complete", "Failed", "Terminating", "Suspended", "FailureTarget", "SuccessCriteriaMet")


def _job_status(obj: Object) -> str:
    states: dict[str, bool] = {}
    for condition in at(obj, "status", "conditions", default=()):
        states.setdefault(condition["type"], condition.get("status") == "True")
    states["Terminating"] = at(obj, "metadata", "deletionTimestamp") is not None
    return next((state for state in _JOB_STATES if states.get(state)), "Running")


def _wanted_completions(obj: Object) -> str:
    completions = at(obj, "spec", "completions")
    if completions is not None:
        return str(completions)
    parallelism = _number(obj, "spec", "parallelism")
    return f"1 of {parallelism}" if parallelism > 1 else "1"


def _job_duration(obj: Object, now: datetime) -> str:
    start, end = at(obj, "status", "startTime"), at(obj, "status", "completionTime")
    if start is None:
        return ""
    return human_duration((parse_time(end) if end else now) - parse_time(start))
