"""HorizontalPodAutoscalers.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/autoscaling/validation/validation.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import checks, names, quantities
from aiokube.testing.apiserver.kinds.pods.resources import validate_container_resource_name
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = ["BEHAVIOUR", "HorizontalPodAutoscalerRules"]

_PERIOD_LIMIT: Final = 1800
_WINDOW_LIMIT: Final = 3600
_SELECT_POLICIES = ("Disabled", "Max", "Min")
_POLICY_TYPES = ("Percent", "Pods")
_METRIC_TYPES = ("ContainerResource", "External", "Object", "Pods", "Resource")
_TARGET_TYPES = ("Utilization", "Value", "AverageValue")
_SOURCES = {
    "Object": "object",
    "External": "external",
    "Pods": "pods",
    "Resource": "resource",
    "ContainerResource": "containerResource",
}


class HorizontalPodAutoscalerRules(Rules):
    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        return _spec(new["spec"], None)

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        return _spec(new["spec"], old["spec"])

    def validate_status(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        status = new.get("status") or {}
        for name in ("currentReplicas", "desiredReplicas"):
            yield from checks.not_negative(status.get(name), f"status.{name}")


def _spec(spec: Object, old: Object | None) -> Iterator[FieldError]:
    fewest, most = spec.get("minReplicas"), spec.get("maxReplicas") or 0
    least = 0 if old is not None and old.get("minReplicas") == 0 else 1
    if fewest is not None and fewest < least:
        yield fields.invalid("spec.minReplicas", fewest, f"must be greater than or equal to {least}")
    if most == 0:
        yield fields.required("spec.maxReplicas", "must be set and greater than 0")
    elif most < 0:
        yield fields.invalid("spec.maxReplicas", most, "must be greater than or equal to 1")
    if fewest is not None and most < fewest:
        yield fields.invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`")
    yield from _scale_target(spec.get("scaleTargetRef") or {}, old)
    yield from _metrics(spec, old)
    for name in ("scaleUp", "scaleDown"):
        if (rules := (spec.get("behavior") or {}).get(name)) is not None:
            yield from _scaling_rules(rules, fields.child("spec.behavior", name))


def _scale_target(target: Object, old: Object | None) -> Iterator[FieldError]:
    before = (old or {}).get("scaleTargetRef") or {}
    kept = old is not None and all(target.get(name) == before.get(name) for name in ("apiVersion", "kind"))
    groupless = target.get("kind") == "ReplicationController"
    return _reference(target, "spec.scaleTargetRef", any_version=kept, groupless=groupless)


def _reference(reference: Object, path: str, *, any_version: bool, groupless: bool) -> Iterator[FieldError]:
    for name in ("kind", "name"):
        yield from checks.present(reference.get(name), fields.child(path, name), names.path_segment)
    api_version = reference.get("apiVersion") or ""
    if not any_version and (words := _version_words(api_version, groupless)):
        yield fields.invalid(fields.child(path, "apiVersion"), api_version, words)


def _version_words(api_version: str, groupless: bool) -> str:
    if api_version.count("/") > 1:
        return f"unexpected GroupVersion string: {api_version}"
    return "" if groupless or api_version.partition("/")[1] else "apiVersion must specify API group"


def _metrics(spec: Object, old: Object | None) -> Iterator[FieldError]:
    metrics = spec.get("metrics") or []
    any_version = any(_is_odd(metric) for metric in (old or {}).get("metrics") or ())
    for index, metric in enumerate(metrics):
        yield from _metric(metric, fields.item("spec.metrics", index), any_version)
    if spec.get("minReplicas") == 0 and not any(metric.get("type") in {"Object", "External"} for metric in metrics):
        words = "must specify at least one Object or External metric to support scaling to zero replicas"
        yield fields.forbidden("spec.metrics", words)


def _is_odd(metric: Object) -> bool:
    described = (metric.get("object") or {}).get("describedObject") or {}
    return bool(_version_words(described.get("apiVersion") or "", groupless=True))


def _metric(metric: Object, path: str, any_version: bool) -> Iterator[FieldError]:
    kind, at = metric.get("type") or "", fields.child(path, "type")
    if not kind:
        yield fields.required(at, "must specify a metric source type")
    if kind not in _METRIC_TYPES:
        yield fields.not_supported(at, kind, _METRIC_TYPES)
    present = [name for name in _SOURCES.values() if metric.get(name) is not None]
    if present:
        yield from _source(present[0], metric[present[0]], fields.child(path, present[0]), any_version)
    expected = _SOURCES.get(kind, "")
    if not expected:
        yield fields.not_supported(at, kind, _METRIC_TYPES)
    elif expected not in present:
        yield fields.required(fields.child(path, expected), "must populate information for the given metric source")
    if len(present) > 1:
        for name in present:
            if name != expected:
                yield fields.forbidden(fields.child(path, name), "must populate the given metric source only")


def _source(name: str, source: Object, path: str, any_version: bool) -> Iterator[FieldError]:
    if name == "object":
        described, at = source.get("describedObject") or {}, fields.child(path, "describedObject")
        yield from _reference(described, at, any_version=any_version, groupless=True)
    yield from _SOURCE_NAMES[name](source, path)
    target, at = source.get("target") or {}, fields.child(path, "target")
    yield from _target(target, at)
    yield from _amounts(name, target, at)


def _metric_name(source: Object, path: str) -> Iterator[FieldError]:
    name, at = (source.get("metric") or {}).get("name"), fields.child(path, "metric", "name")
    if name:
        yield from checks.matching(names.path_segment, name, at)
    else:
        yield fields.required(at, "must specify a metric name")


def _resource_name(source: Object, path: str) -> Iterator[FieldError]:
    if not source.get("name"):
        yield fields.required(fields.child(path, "name"), "must specify a resource name")


def _container_resource_name(source: Object, path: str) -> Iterator[FieldError]:
    yield from _resource_name(source, path)
    if name := source.get("name"):
        yield from validate_container_resource_name(name, fields.child(path, "name"))
    container, at = source.get("container"), fields.child(path, "container")
    if container:
        yield from checks.matching(names.dns_label, container, at)
    else:
        yield fields.required(at, "must specify a container")


_SOURCE_NAMES: Mapping[str, Callable[[Object, str], Iterator[FieldError]]] = {
    "object": _metric_name,
    "external": _metric_name,
    "pods": _metric_name,
    "resource": _resource_name,
    "containerResource": _container_resource_name,
}


def _target(target: Object, path: str) -> Iterator[FieldError]:
    kind, at = target.get("type") or "", fields.child(path, "type")
    if not kind:
        yield fields.required(at, "must specify a metric target type")
    if kind not in _TARGET_TYPES:
        yield fields.invalid(at, kind, "must be either Utilization, Value, or AverageValue")
    for name in ("value", "averageValue"):
        if (value := target.get(name)) is not None and quantities.amount(value) <= 0:
            yield fields.invalid(fields.child(path, name), value, "must be positive")
    if (percent := target.get("averageUtilization")) is not None and percent < 1:
        yield fields.invalid(fields.child(path, "averageUtilization"), percent, "must be greater than 0")


def _amounts(name: str, target: Object, path: str) -> Iterator[FieldError]:
    """Refuse a target without the amount that a source is compared with, or with two of them."""
    has_value, has_average, has_percent = (
        target.get(key) is not None for key in ("value", "averageValue", "averageUtilization")
    )
    average = fields.child(path, "averageValue")
    if name == "object" and not (has_value or has_average):
        yield fields.required(average, "must set either a target value or averageValue")
    if name == "external":
        if not (has_value or has_average):
            yield fields.required(average, "must set either a target value for metric or a per-pod target")
        if has_value and has_average:
            words = "may not set both a target value for metric and a per-pod target"
            yield fields.forbidden(fields.child(path, "value"), words)
    if name == "pods" and not has_average:
        yield fields.required(average, "must specify a positive target averageValue")
    if name in {"resource", "containerResource"}:
        if not (has_percent or has_average):
            words = "must set either a target raw value or a target utilization"
            yield fields.required(fields.child(path, "averageUtilization"), words)
        if has_percent and has_average:
            yield fields.forbidden(average, "may not set both a target raw value and a target utilization")


def _scaling_rules(rules: Object, path: str) -> Iterator[FieldError]:
    window, at = rules.get("stabilizationWindowSeconds"), fields.child(path, "stabilizationWindowSeconds")
    if window is not None and window < 0:
        yield fields.invalid(at, window, "must be greater than or equal to zero")
    if window is not None and window > _WINDOW_LIMIT:
        yield fields.invalid(at, window, f"must be less than or equal to {_WINDOW_LIMIT}")
    yield from checks.one_of(rules.get("selectPolicy"), _SELECT_POLICIES, fields.child(path, "selectPolicy"))
    policies, at = rules.get("policies") or [], fields.child(path, "policies")
    if not policies:
        yield fields.required(at, "must specify at least one Policy")
    for index, policy in enumerate(policies):
        yield from _scaling_policy(policy, fields.item(at, index))
    if (tolerance := rules.get("tolerance")) is not None and quantities.amount(tolerance) < 0:
        yield fields.invalid(fields.child(path, "tolerance"), tolerance, "must be greater than or equal to 0")


def _scaling_policy(policy: Object, path: str) -> Iterator[FieldError]:
    yield from checks.one_of(policy.get("type") or "", _POLICY_TYPES, fields.child(path, "type"))
    yield from checks.positive(policy.get("value") or 0, fields.child(path, "value"))
    period, at = policy.get("periodSeconds") or 0, fields.child(path, "periodSeconds")
    yield from checks.positive(period, at)
    if period > _PERIOD_LIMIT:
        yield fields.invalid(at, period, f"must be less than or equal to {_PERIOD_LIMIT}")


BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {
    ("autoscaling", "HorizontalPodAutoscaler"): HorizontalPodAutoscalerRules
}
