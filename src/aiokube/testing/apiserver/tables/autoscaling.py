"""Rows of HorizontalPodAutoscaler in version 2; version 1 does not say all that its rows show.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/printers/internalversion/printers.go
(formatHPAMetrics)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from .ages import UNKNOWN
from .cells import NONE, UNSET, Object, age, at, name

__all__ = ["horizontal_pod_autoscaler"]

# Where the amounts of a metric stand, by its type.
_SOURCES = {
    "External": "external",
    "Pods": "pods",
    "Object": "object",
    "Resource": "resource",
    "ContainerResource": "containerResource",
}
_OF_CONTAINERS = ("resource", "containerResource")


def horizontal_pod_autoscaler(obj: Object, now: datetime) -> list[Any]:
    target = at(obj, "spec", "scaleTargetRef", default={})
    return [
        name(obj),
        f"{target.get('kind', '')}/{target.get('name', '')}",
        _targets(at(obj, "spec", "metrics", default=()), at(obj, "status", "currentMetrics", default=())),
        str(at(obj, "spec", "minReplicas", default=UNSET)),
        at(obj, "spec", "maxReplicas", default=0),
        at(obj, "status", "currentReplicas", default=0),
        age(obj, now),
    ]


def _targets(specs: Sequence[Object], statuses: Sequence[Object]) -> str:
    shown = [_target(spec, statuses[index] if index < len(statuses) else {}) for index, spec in enumerate(specs)]
    more = f" + {len(shown) - 2} more..." if len(shown) > 2 else ""
    return (", ".join(shown[:2]) or NONE) + more


def _target(spec: Object, status: Object) -> str:
    field = _SOURCES.get(spec.get("type", ""))
    if field is None:
        return "<unknown type>"
    wanted, current = at(spec, field, "target", default={}), at(status, field, "current", default={})
    if field in _OF_CONTAINERS:
        return f"{spec[field]['name']}: {_of_container(wanted, current)}"
    average = wanted.get("averageValue")
    if average is None:
        return f"{current.get('value', UNKNOWN)}/{wanted.get('value')}"
    return f"{current.get('averageValue', UNKNOWN)}/{average}{'' if field == 'pods' else ' (avg)'}"


def _of_container(wanted: Object, current: Object) -> str:
    if (average := wanted.get("averageValue")) is not None:
        return f"{current.get('averageValue', UNKNOWN)}/{average}"
    return f"{_percent(current, UNKNOWN)}/{_percent(wanted, '<auto>')}"


def _percent(amounts: Object, none: str) -> str:
    percent = amounts.get("averageUtilization")
    return none if percent is None else f"{percent}%"
