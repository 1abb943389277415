"""Rows of the core group's plain kinds: namespaces, configuration, nodes, quotas, events.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/printers/internalversion/printers.go
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from .ages import UNKNOWN, since
from .cells import NONE, Object, age, at, joined, name

__all__ = [
    "component_status",
    "config_map",
    "event",
    "name_and_age",
    "namespace",
    "node",
    "resource_quota",
    "secret",
]


def name_and_age(obj: Object, now: datetime) -> list[Any]:
    return [name(obj), age(obj, now)]


def namespace(obj: Object, now: datetime) -> list[Any]:
    return [name(obj), at(obj, "status", "phase", default=""), age(obj, now)]


def config_map(obj: Object, now: datetime) -> list[Any]:
    return [name(obj), len(at(obj, "data", default=())) + len(at(obj, "binaryData", default=())), age(obj, now)]


def secret(obj: Object, now: datetime) -> list[Any]:
    return [name(obj), obj.get("type", ""), len(at(obj, "data", default=())), age(obj, now)]


def resource_quota(obj: Object, now: datetime) -> list[Any]:
    requests: list[str] = []
    limits: list[str] = []
    used = at(obj, "status", "used", default={})
    for resource, hard in sorted(at(obj, "status", "hard", default={}).items()):
        (limits if resource.startswith("limits.") else requests).append(f"{resource}: {used.get(resource, 0)}/{hard}")
    return [name(obj), ", ".join(requests), ", ".join(limits), age(obj, now)]


def component_status(obj: Object, now: datetime) -> list[Any]:
    healthy = next((c for c in at(obj, "conditions", default=()) if c["type"] == "Healthy"), None)
    if healthy is None:
        return [name(obj), "Unknown", "", ""]
    status = "Healthy" if healthy["status"] == "True" else "Unhealthy"
    return [name(obj), status, healthy.get("message", ""), healthy.get("error", "")]


def node(obj: Object, now: datetime) -> list[Any]:
    info = at(obj, "status", "nodeInfo", default={})
    architecture = f" ({info['architecture']})" if info.get("architecture") else ""
    return [
        name(obj),
        ",".join(_node_status(obj)),
        joined(sorted(set(_roles(obj)))),
        age(obj, now),
        info.get("kubeletVersion", ""),
        _address(obj, "InternalIP"),
        _address(obj, "ExternalIP"),
        info.get("osImage") or UNKNOWN,
        (info.get("kernelVersion") or UNKNOWN) + architecture,
        info.get("containerRuntimeVersion") or UNKNOWN,
    ]


def _node_status(obj: Object) -> Iterator[str]:
    ready = [c["status"] for c in at(obj, "status", "conditions", default=()) if c["type"] == "Ready"]
    yield ("Ready" if ready[-1] == "True" else "NotReady") if ready else "Unknown"
    if at(obj, "spec", "unschedulable"):
        yield "SchedulingDisabled"


def _roles(obj: Object) -> Iterator[str]:
    for label, value in at(obj, "metadata", "labels", default={}).items():
        role = label.removeprefix("node-role.kubernetes.io/")
        if role not in ("", label):
            yield role
        elif label == "kubernetes.io/role" and value:
            yield value


def _address(obj: Object, wanted: str) -> str:
    addresses = at(obj, "status", "addresses", default=())
    return next((str(address["address"]) for address in addresses if address["type"] == wanted), NONE)


def event(obj: Object, now: datetime) -> list[Any]:
    """Return the cells of an Event of either group; events.k8s.io has other names for half of the fields."""
    about = at(obj, "involvedObject", default=at(obj, "regarding", default={}))
    first = since(_either(obj, "firstTimestamp", "deprecatedFirstTimestamp") or obj.get("eventTime"), now)
    last = _either(obj, "lastTimestamp", "deprecatedLastTimestamp")
    last_seen = since(last, now) if last else first
    count = _either(obj, "count", "deprecatedCount") or 1
    if (series := obj.get("series")) is not None:
        last_seen, count = since(series.get("lastObservedTime"), now), series.get("count", 0)
    return [
        last_seen,
        obj.get("type", ""),
        obj.get("reason", ""),
        "/".join(filter(None, (about.get("kind", "").lower(), about.get("name", "")))),
        about.get("fieldPath", ""),
        _event_source(obj),
        (_either(obj, "message", "note") or "").strip(),
        first,
        count,
        name(obj),
    ]


def _either(obj: Object, core: str, events: str) -> Any:
    return at(obj, core, default=obj.get(events))


def _event_source(obj: Object) -> str:
    source = _either(obj, "source", "deprecatedSource") or {}
    component = source.get("component") or _either(obj, "reportingComponent", "reportingController") or ""
    instance = source.get("host") or obj.get("reportingInstance")
    return f"{component}, {instance}" if instance else component
