"""ResourceQuotas and LimitRanges as objects; `admission` counts and enforces.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
    and https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/helper/helpers.go
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import checks, internal, names, quantities, resource_names
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules
from aiokube.testing.apiserver.schema.quantities import MOST_IN_THOUSANDTHS, Quantity, parse

__all__ = ["BEHAVIOUR", "LimitRangeRules", "ResourceQuotaRules"]

_COMPUTE = {"cpu", "memory", *(f"{side}.{name}" for side in ("requests", "limits") for name in ("cpu", "memory"))}

_OF_PODS = frozenset({"pods", *_COMPUTE})
_SCOPES: Mapping[str, frozenset[str]] = {
    "BestEffort": frozenset({"pods"}),
    "CrossNamespacePodAffinity": _OF_PODS,
    "NotBestEffort": _OF_PODS,
    "NotTerminating": _OF_PODS,
    "PriorityClass": _OF_PODS,
    "Terminating": _OF_PODS,
    "VolumeAttributesClass": frozenset({"persistentvolumeclaims", "requests.storage"}),
}
"""Which resources each scope can be applied to."""
_EXISTING = {"BestEffort", "CrossNamespacePodAffinity", "NotBestEffort", "NotTerminating", "Terminating"}
_EXCLUSIVE = ({"BestEffort", "NotBestEffort"}, {"Terminating", "NotTerminating"})
_ONLY_EXISTS = (
    "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, "
    "ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"
)
_LIMIT_TYPES = {"Container", "PersistentVolumeClaim", "Pod"}


class ResourceQuotaRules(Rules):
    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        yield from _quota_spec(new.get("spec") or {})

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        yield from _quota_spec(new.get("spec") or {})
        after, before = ((one.get("spec") or {}).get("scopes") or [] for one in (new, old))
        if {*after} != {*before}:
            yield fields.invalid("spec.scopes", after or None, "field is immutable")

    def validate_status(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        for part in ("hard", "used"):
            yield from _amounts((new.get("status") or {}).get(part) or {}, f"status.{part}")

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        hard = (new.get("spec") or {}).get("hard") or {}
        for name in ("cpu", "memory", "storage", "ephemeral-storage") if old is None else ():
            limits, requests = f"limits.{name}", f"requests.{name}"
            if requests not in hard and name in {"cpu", "memory"}:
                requests = name
            if requests in hard and limits in hard and _above(hard[requests], hard[limits]):
                lower, upper = (f"{one} ({hard[one]})" for one in (requests, limits))
                yield f"ResourceQuota {lower} should be less than {upper}"


class LimitRangeRules(Rules):
    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        seen: set[str] = set()
        for index, limit in enumerate((new.get("spec") or {}).get("limits") or ()):
            path, kind = fields.item("spec.limits", index), limit.get("type") or ""
            yield from _limit_type(kind, fields.child(path, "type"))
            if kind in seen:
                yield fields.duplicate(fields.child(path, "type"), kind)
            seen.add(kind)
            yield from _limit(limit, kind, path)


def _quota_spec(spec: Object) -> Iterator[FieldError]:
    hard, scopes = spec.get("hard") or {}, spec.get("scopes") or []
    yield from _amounts(hard, "spec.hard")
    for scope in scopes:
        if scope not in _SCOPES:
            yield fields.invalid("spec.scopes", scopes, "unsupported scope")
        for _ in _unfit(scope, hard):
            yield fields.invalid("spec.scopes", scopes, "unsupported scope applied to resource")
    yield from _conflicts(scopes, "spec.scopes", scopes)
    if (selector := spec.get("scopeSelector")) is not None:
        yield from _scope_selector(selector, hard, scopes)


def _scope_selector(selector: Object, hard: Mapping[str, str], scopes: list[str]) -> Iterator[FieldError]:
    path, expressions = "spec.scopeSelector.matchExpressions", selector.get("matchExpressions") or []
    for expression in expressions:
        scope, operator = expression.get("scopeName") or "", expression.get("operator") or ""
        if scope not in _SCOPES:
            yield fields.invalid(fields.child(path, "scopeName"), scope, "unsupported scope")
        for _ in _unfit(scope, hard):
            shown = internal.shown("ScopeSelector", selector)
            yield fields.invalid(path, shown, "unsupported scope applied to resource")
        if scope in _EXISTING and operator != "Exists":
            yield fields.invalid(fields.child(path, "operator"), operator, _ONLY_EXISTS)
        yield from _scope_values(operator, expression.get("values") or [], path)
    yield from _conflicts([expression.get("scopeName") or "" for expression in expressions], path, scopes)


def _scope_values(operator: str, values: list[str], path: str) -> Iterator[FieldError]:
    at = fields.child(path, "values")
    if operator in {"In", "NotIn"}:
        if not values:
            words = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
            yield fields.required(at, words)
    elif operator in {"Exists", "DoesNotExist"}:
        if values:
            words = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
            yield fields.invalid(at, values, words)
    else:
        yield fields.invalid(fields.child(path, "operator"), operator, "not a valid selector operator")


def _unfit(scope: str, hard: Mapping[str, str]) -> list[str]:
    if scope not in _SCOPES:
        return []
    return [name for name in sorted(hard) if resource_names.is_quota(name) and name not in _SCOPES[scope]]


def _conflicts(given: list[str], path: str, shown: list[str]) -> Iterator[FieldError]:
    for pair in _EXCLUSIVE:
        if pair <= {*given}:
            yield fields.invalid(path, shown or None, "conflicting scopes")


def _amounts(amounts: Mapping[str, str], path: str) -> Iterator[FieldError]:
    for name, amount in amounts.items():
        at = fields.key(path, name)
        yield from resource_names.validate(name, at)
        if "/" not in name and not resource_names.is_quota(name):
            yield fields.invalid(at, name, "must be a standard resource for quota")
        yield from resource_names.validate_amount(name, amount, at)


def _limit_type(kind: str, path: str) -> Iterator[FieldError]:
    if wrong := list(checks.matching(names.qualified_name, kind, path)):
        yield from wrong
    elif "/" not in kind and kind not in _LIMIT_TYPES:
        yield fields.invalid(path, kind, "must be a standard limit type or fully qualified")


def _limit(limit: Object, kind: str, path: str) -> Iterator[FieldError]:
    parts = ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"]
    if kind == "Pod":
        for part in ("default", "defaultRequest"):
            parts.remove(part)
            if limit.get(part):
                yield fields.forbidden(fields.child(path, part), "may not be specified when `type` is 'Pod'")
    for part in parts:
        if part == "maxLimitRequestRatio" and kind == "PersistentVolumeClaim":
            yield from _claim_limits(limit, path)
        for name in limit.get(part) or {}:
            yield from _limited_resource(kind, name, fields.key(fields.child(path, part), name))
    given = {part: limit.get(part) or {} for part in parts}
    for name in dict.fromkeys(name for amounts in given.values() for name in amounts):
        yield from _compared({part: amounts[name] for part, amounts in given.items() if name in amounts}, name, path)


def _claim_limits(limit: Object, path: str) -> Iterator[FieldError]:
    if not any("storage" in (limit.get(part) or {}) for part in ("min", "max")):
        words = "either minimum or maximum storage value is required, but neither was provided"
        yield fields.required(fields.child(path, "limits"), words)


def _limited_resource(kind: str, name: str, path: str) -> Iterator[FieldError]:
    yield from resource_names.validate(name, path)
    measured = name in resource_names.MEASURED or name.startswith(resource_names.HUGE_PAGES)
    if kind in {"Pod", "Container"} and "/" not in name and not measured:
        yield fields.invalid(path, name, "must be a standard resource for containers")


# Which of two amounts may not be above the other, where the message stands, which one it shows, and their names.
_ORDER = (
    ("min", "max", "min", "min", "min value {} is greater than max value {}"),
    (
        "min",
        "defaultRequest",
        "defaultRequest",
        "defaultRequest",
        "min value {} is greater than default request value {}",
    ),
    (
        "defaultRequest",
        "max",
        "defaultRequest",
        "defaultRequest",
        "default request value {} is greater than max value {}",
    ),
    (
        "defaultRequest",
        "default",
        "defaultRequest",
        "defaultRequest",
        "default request value {} is greater than default limit value {}",
    ),
    ("min", "default", "default", "min", "min value {} is greater than default value {}"),
    ("default", "max", "default", "max", "default value {} is greater than max value {}"),
)


def _compared(amounts: Mapping[str, str], name: str, path: str) -> Iterator[FieldError]:
    for lower, upper, where, shown, words in _ORDER:
        if lower in amounts and upper in amounts and _above(amounts[lower], amounts[upper]):
            at = fields.key(fields.child(path, where), name)
            yield fields.invalid(at, amounts[shown], words.format(amounts[lower], amounts[upper]))
    yield from _ratio(amounts, fields.key(fields.child(path, "maxLimitRequestRatio"), name))
    default, request = amounts.get("default"), amounts.get("defaultRequest")
    overcommits = resource_names.is_native(name) and not name.startswith(resource_names.HUGE_PAGES)
    if not overcommits and default and request and quantities.amount(default) != quantities.amount(request):
        words = f"default value {default} must equal to defaultRequest value {request} in {name}"
        yield fields.invalid(fields.key(fields.child(path, "defaultRequest"), name), request, words)


def _ratio(amounts: Mapping[str, str], path: str) -> Iterator[FieldError]:
    ratio = amounts.get("maxLimitRequestRatio")
    if ratio is None:
        return
    if quantities.amount(ratio) < 1:
        yield fields.invalid(path, ratio, f"ratio {ratio} is less than 1")
    if "min" in amounts and "max" in amounts:
        limit = _spread(parse(amounts["min"]), parse(amounts["max"]))
        given = parse(ratio)
        in_whole = given.as_int64()
        if (given.as_int64(1000) / 1000 if in_whole < MOST_IN_THOUSANDTHS else float(in_whole)) > limit:
            yield fields.invalid(
                path, ratio, f"ratio {ratio} is greater than max/min = {f'{limit:f}'.replace('inf', 'Inf')}"
            )


def _spread(lowest: Quantity, highest: Quantity) -> float:
    """Return how often one amount is in another: in thousandths if both fit into 64 bits so, else in whole ones."""
    least, most = lowest.as_int64(), highest.as_int64()
    if least < MOST_IN_THOUSANDTHS and most < MOST_IN_THOUSANDTHS:
        least, most = lowest.as_int64(1000), highest.as_int64(1000)
    if least:
        return float(most) / float(least)
    return math.copysign(math.inf, most) if most else math.nan


def _above(one: str, other: str) -> bool:
    return quantities.amount(one) > quantities.amount(other)


BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {
    ("", "LimitRange"): LimitRangeRules,
    ("", "ResourceQuota"): ResourceQuotaRules,
}
