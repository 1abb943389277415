"""HorizontalPodAutoscalers in autoscaling/v1, which has annotations for what only v2 has fields for.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/autoscaling/v1/conversion.go
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from aiokube.testing.apiserver.kinds import internal
from aiokube.testing.apiserver.kinds.defaults.autoscaling import default_metric, drop_round_trip_annotations
from aiokube.testing.apiserver.kinds.rules import Object

__all__ = ["from_v1", "to_v1"]

_PREFIX: Final = "autoscaling.alpha.kubernetes.io/"
_Field = tuple[tuple[str, ...], Any]
"""Where v2 has it, and what v1 writes when it is not there."""

_SOURCES = ("object", "pods", "resource", "containerResource", "external")


def to_v1(new: Object) -> Object:
    """Return a v2 object in v1."""
    spec, status = new.get("spec") or {}, new.get("status") or {}
    metrics, current = spec.get("metrics") or [], status.get("currentMetrics") or []
    metadata = _without_annotations(new["metadata"])
    _annotate(metadata, "metrics", [_metric_v1(metric, "target") for metric in metrics if not _is_cpu(metric)])
    _annotate(metadata, "current-metrics", [_metric_v1(metric, "current") for metric in current])
    if spec.get("behavior") is not None:
        # This annotation alone has the names of the server's own type, which has no others.
        _annotate(metadata, "behavior", internal.shown("HorizontalPodAutoscalerBehavior", spec["behavior"]))
    _annotate(metadata, "conditions", status.get("conditions"))
    v1_spec = {name: spec[name] for name in ("scaleTargetRef", "minReplicas", "maxReplicas") if name in spec}
    for metric in filter(_is_cpu, metrics):
        v1_spec["targetCPUUtilizationPercentage"] = metric["resource"]["target"]["averageUtilization"]
        break
    return _head("autoscaling/v1", metadata) | {"spec": v1_spec, "status": _status_v1(status, current)}


def from_v1(old: Object) -> Object:
    """Return a v1 object in v2. An annotation that cannot be read is as good as none."""
    annotations = old["metadata"].get("annotations") or {}
    v1_spec, v1_status = old.get("spec") or {}, old.get("status") or {}
    spec = {name: v1_spec[name] for name in ("scaleTargetRef", "minReplicas", "maxReplicas") if name in v1_spec}
    metrics = [_metric_v2(metric, "target") for metric in _read(annotations, "metrics", list) or ()]
    if (percent := v1_spec.get("targetCPUUtilizationPercentage")) is not None:
        target = {"type": "Utilization", "averageUtilization": percent}
        metrics.append({"type": "Resource", "resource": {"name": "cpu", "target": target}})
    spec["metrics"] = metrics or [default_metric()]
    if behavior := _read(annotations, "behavior", dict):
        spec["behavior"] = _external_behavior(behavior)
    status = {name: value for name, value in v1_status.items() if name != "currentCPUUtilizationPercentage"}
    status["currentMetrics"] = _current_metrics(annotations, v1_status)
    if conditions := _read(annotations, "conditions", list):
        status["conditions"] = conditions
    return _head("autoscaling/v2", _without_annotations(old["metadata"])) | {"spec": spec, "status": status}


def _head(api_version: str, metadata: Object) -> Object:
    return {"kind": "HorizontalPodAutoscaler", "apiVersion": api_version, "metadata": metadata}


def _without_annotations(metadata: Object) -> Object:
    copied = dict(metadata)
    if "annotations" in copied:
        copied["annotations"] = dict(copied["annotations"] or {})
        drop_round_trip_annotations(copied)
    return copied


def _annotate(metadata: Object, name: str, value: Any) -> None:
    if value:
        metadata.setdefault("annotations", {})[_PREFIX + name] = msgspec.json.encode(value).decode()


def _read(annotations: Mapping[str, str], name: str, kind: type[Any]) -> Any:
    try:
        value = msgspec.json.decode(annotations.get(_PREFIX + name, ""))
    except msgspec.DecodeError:
        return None
    return value if isinstance(value, kind) else None


def _is_cpu(metric: Object) -> bool:
    resource = metric.get("resource") or {}
    percent = (resource.get("target") or {}).get("averageUtilization")
    return metric.get("type") == "Resource" and resource.get("name") == "cpu" and percent is not None


def _status_v1(status: Object, current: Sequence[Object]) -> Object:
    v1_status = {name: value for name, value in status.items() if name not in {"currentMetrics", "conditions"}}
    for metric in current:
        resource = metric.get("resource") or {}
        percent = (resource.get("current") or {}).get("averageUtilization")
        if metric.get("type") == "Resource" and resource.get("name") == "cpu" and percent is not None:
            v1_status["currentCPUUtilizationPercentage"] = percent
    return v1_status


def _current_metrics(annotations: Mapping[str, str], status: Object) -> list[Object] | None:
    metrics = _read(annotations, "current-metrics", list)
    if metrics is not None:
        return [_metric_v2(metric, "current") for metric in metrics]
    if (percent := status.get("currentCPUUtilizationPercentage")) is None:
        return None
    return [{"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": percent}}}]


def _fields(source: str, amounts: str) -> Mapping[str, _Field]:
    """Return where v2 has what v1 has in a field of a metric, and what v1 writes when there is nothing.

    Args:
        amounts: "target" of a spec or "current" of a status.
    """
    always, utilization = "0" if amounts == "current" else None, f"{amounts}AverageUtilization"
    value, average = f"{amounts}Value", f"{amounts}AverageValue"
    resource: Mapping[str, _Field] = {
        "name": (("name",), ""),
        utilization: ((amounts, "averageUtilization"), None),
        average: ((amounts, "averageValue"), always),
    }
    metric = ("metric", "name"), ("metric", "selector")
    shapes: Mapping[str, Mapping[str, _Field]] = {
        "resource": resource,
        "containerResource": {**resource, "container": (("container",), "")},
        "pods": {
            "metricName": (metric[0], ""),
            average: ((amounts, "averageValue"), "0"),
            "selector": (metric[1], None),
        },
        "object": {
            "target": (("describedObject",), {}),
            "metricName": (metric[0], ""),
            value: ((amounts, "value"), "0"),
            "selector": (metric[1], None),
            "averageValue": ((amounts, "averageValue"), None),
        },
        "external": {
            "metricName": (metric[0], ""),
            "metricSelector": (metric[1], None),
            value: ((amounts, "value"), always),
            average: ((amounts, "averageValue"), None),
        },
    }
    return shapes[source]


def _metric_v1(metric: Object, amounts: str) -> Object:
    return _metric(metric, lambda name, source: _source_v1(source, _fields(name, amounts)))


def _metric_v2(metric: Object, amounts: str) -> Object:
    return _metric(metric, lambda name, source: _source_v2(name, source, amounts))


def _metric(metric: Object, convert: Callable[[str, Object], Object]) -> Object:
    converted = {name: convert(name, metric[name]) for name in _SOURCES if metric.get(name) is not None}
    return {"type": metric.get("type") or ""} | converted


def _source_v1(source: Object, table: Mapping[str, _Field]) -> Object:
    v1_source: Object = {}
    for name, (path, empty) in table.items():
        value: Any = source
        for key in path:
            value = (value or {}).get(key)
        if value is None:
            value = empty
        if value is not None:
            v1_source[name] = value
    return v1_source


def _source_v2(name: str, v1_source: Object, amounts: str) -> Object:
    source: Object = {}
    for v1_name, (path, empty) in _fields(name, amounts).items():
        value = v1_source.get(v1_name, empty)
        if value is None:
            continue
        *parents, key = path
        part = source
        for parent in parents:
            part = part.setdefault(parent, {})
        part[key] = value
    if amounts == "target":
        _set_type(name, source.setdefault("target", {}))
    return source


def _set_type(name: str, target: Object) -> None:
    """Say what a target is compared with, which v1 shows by which of its fields there are."""
    if "averageUtilization" in target:
        kind = "Utilization"
    elif name == "object" and "averageValue" in target:
        kind = "AverageValue"
        if target.get("value") == "0":
            del target["value"]  # v1 cannot leave it out
    else:
        kind = "Value" if "value" in target else "AverageValue"
    target["type"] = kind


def _external_behavior(value: Any) -> Any:
    """Return a value of the server's own type with the names of v2."""
    if isinstance(value, list):
        return [_external_behavior(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {key[:1].lower() + key[1:]: _external_behavior(one) for key, one in value.items() if one is not None}
