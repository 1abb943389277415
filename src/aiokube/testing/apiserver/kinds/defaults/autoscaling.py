"""Defaults of HorizontalPodAutoscalers.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/autoscaling/v2/defaults.go
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiokube.testing.apiserver.kinds.defaults import Default
from aiokube.testing.apiserver.kinds.rules import Object

__all__ = ["DEFAULTS", "default_metric", "drop_round_trip_annotations"]

_CPU_PERCENT = 80
_ANNOTATIONS = tuple(
    f"autoscaling.alpha.kubernetes.io/{name}"
    for name in (
        "metrics",
        "behavior",
        "scale-down-tolerance",
        "scale-up-tolerance",
        "current-metrics",
        "conditions",
    )
)


def default_metric() -> Object:
    """Return what is scaled by when nothing is said: 80 % of the CPU that was requested."""
    target = {"type": "Utilization", "averageUtilization": _CPU_PERCENT}
    return {"type": "Resource", "resource": {"name": "cpu", "target": target}}


def drop_round_trip_annotations(metadata: Object) -> None:
    """Drop the annotations in which v1 has what only v2 has fields for."""
    annotations = metadata.get("annotations") or {}
    for name in _ANNOTATIONS:
        annotations.pop(name, None)


def autoscaler(obj: Object) -> None:
    drop_round_trip_annotations(obj.get("metadata") or {})
    spec = obj["spec"] = obj.get("spec") or {}
    if spec.get("minReplicas") is None:
        spec["minReplicas"] = 1
    if not spec.get("metrics"):
        spec["metrics"] = [default_metric()]
    if (behavior := spec.get("behavior")) is not None:
        behavior["scaleUp"] = _rules(behavior.get("scaleUp"), _scale_up())
        behavior["scaleDown"] = _rules(behavior.get("scaleDown"), _scale_down())


def autoscaler_v1(obj: Object) -> None:
    spec = obj["spec"] = obj.get("spec") or {}
    if spec.get("minReplicas") is None:
        spec["minReplicas"] = 1
    annotations = (obj.get("metadata") or {}).get("annotations") or {}
    if spec.get("targetCPUUtilizationPercentage") is None and _ANNOTATIONS[0] not in annotations:
        spec["targetCPUUtilizationPercentage"] = _CPU_PERCENT


def _rules(given: Object | None, defaults: Object) -> Object:
    return defaults | {name: value for name, value in (given or {}).items() if value is not None}


def _scale_up() -> Object:
    policies = [_policy("Pods", 4), _policy("Percent", 100)]
    return {"stabilizationWindowSeconds": 0, "selectPolicy": "Max", "policies": policies}


def _scale_down() -> Object:
    return {"selectPolicy": "Max", "policies": [_policy("Percent", 100)]}


def _policy(kind: str, value: int) -> dict[str, Any]:
    return {"type": kind, "value": value, "periodSeconds": 15}


DEFAULTS: Mapping[str, Default] = {
    "io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler": autoscaler_v1,
    "io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler": autoscaler,
}
