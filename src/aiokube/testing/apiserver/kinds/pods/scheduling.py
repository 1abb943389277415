"""Where pods may run: affinities, tolerations, spreading.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
(validateAffinity, ValidateTolerations, validateTopologySpreadConstraints)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aiokube.testing.apiserver.field_errors import (
    FieldError,
    child,
    duplicate,
    forbidden,
    invalid,
    item,
    not_supported,
    required,
)
from aiokube.testing.apiserver.kinds import label_selectors, names
from aiokube.testing.apiserver.kinds.checks import matching, one_of, positive

__all__ = [
    "validate_affinity",
    "validate_gates",
    "validate_node_selector",
    "validate_spread",
    "validate_tolerations",
]

Object = Mapping[str, Any]

_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_HIGHEST_WEIGHT = 100


def validate_affinity(affinity: Object, path: str) -> Iterator[FieldError]:
    if affinity.get("nodeAffinity") is not None:
        yield from _node_affinity(affinity["nodeAffinity"], child(path, "nodeAffinity"))
    for name in ("podAffinity", "podAntiAffinity"):
        if affinity.get(name) is not None:
            yield from _pod_affinity(affinity[name], child(path, name))


def validate_node_selector(selector: Object, path: str) -> Iterator[FieldError]:
    """Return what is wrong with the terms of which one must hold for a node."""
    terms, at = selector.get("nodeSelectorTerms") or [], child(path, "nodeSelectorTerms")
    if not terms:
        yield required(at, "must have at least one node selector term")
    for index, term in enumerate(terms):
        yield from _node_term(term, item(at, index), check_values=True)


def validate_tolerations(tolerations: Sequence[Object], path: str) -> Iterator[FieldError]:
    for index, toleration in enumerate(tolerations):
        at, key, effect = item(path, index), toleration.get("key") or "", toleration.get("effect") or ""
        operator, value = toleration.get("operator") or "", toleration.get("value") or ""
        if key:
            yield from matching(names.label_key, key, child(at, "key"))
        elif operator != "Exists":
            what = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
            yield invalid(child(at, "operator"), operator, what)
        if toleration.get("tolerationSeconds") is not None and effect != "NoExecute":
            what = "effect must be 'NoExecute' when `tolerationSeconds` is set"
            yield invalid(child(at, "effect"), effect, what)
        yield from _toleration(operator, value, child(at, "operator"))
        if effect:
            yield from one_of(effect, _EFFECTS, child(at, "effect"))


def validate_gates(gates: Sequence[Object], path: str) -> Iterator[FieldError]:
    """Return what is wrong with the gates that keep a pod from being scheduled."""
    seen: set[str] = set()
    for index, gate in enumerate(gates):
        name = gate.get("name") or ""
        yield from matching(names.qualified_name, name, item(path, index))
        if name in seen:
            yield duplicate(item(path, index), name)
        seen.add(name)


def validate_spread(constraints: Sequence[Object], path: str) -> Iterator[FieldError]:
    for index, constraint in enumerate(constraints):
        at, topology = item(path, index), constraint.get("topologyKey") or ""
        action, selector = constraint.get("whenUnsatisfiable") or "", constraint.get("labelSelector")
        yield from positive(constraint.get("maxSkew") or 0, child(at, "maxSkew"))
        if not topology:
            yield required(child(at, "topologyKey"), "can not be empty")
        yield from one_of(action, ("DoNotSchedule", "ScheduleAnyway"), child(at, "whenUnsatisfiable"))
        if any(_pair(other) == (topology, action) for other in constraints[index + 1 :]):
            yield duplicate(child(at, "{topologyKey, whenUnsatisfiable}"), f"{{{topology}, {action}}}")
        domains = constraint.get("minDomains")
        yield from positive(domains, child(at, "minDomains"))
        if domains is not None and action != "DoNotSchedule":
            what = f"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {action}"
            yield invalid(child(at, "minDomains"), domains, what)
        for name in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
            yield from one_of(constraint.get(name), ("Honor", "Ignore"), child(at, name))
        yield from _label_keys(at, constraint.get("matchLabelKeys") or [], [], selector)
        yield from label_selectors.validate(selector, child(at, "labelSelector"))


def _toleration(operator: str, value: str, path: str) -> Iterator[FieldError]:
    match operator:
        case "" | "Equal":
            if wrong := names.label_value(value):
                yield invalid(path, value, ";".join(wrong))
        case "Exists":
            if value:
                yield invalid(path, value, "value must be empty when `operator` is 'Exists'")
        case "Lt" | "Gt":
            yield not_supported(path, operator, ("Equal", "Exists", "Lt", "Gt"))
        case _:
            yield not_supported(path, operator, ("Equal", "Exists"))


def _node_affinity(affinity: Object, path: str) -> Iterator[FieldError]:
    if affinity.get(_REQUIRED) is not None:
        yield from validate_node_selector(affinity[_REQUIRED], child(path, _REQUIRED))
    for index, term in enumerate(affinity.get(_PREFERRED) or []):
        at = item(child(path, _PREFERRED), index)
        yield from _weight(term, at)
        yield from _node_term(term.get("preference") or {}, child(at, "preference"), check_values=False)


def _node_term(term: Object, path: str, *, check_values: bool) -> Iterator[FieldError]:
    for index, expression in enumerate(term.get("matchExpressions") or []):
        yield from _node_expression(expression, item(child(path, "matchExpressions"), index), check_values)
    for index, expression in enumerate(term.get("matchFields") or []):
        yield from _node_field(expression, item(child(path, "matchFields"), index))


def _node_expression(expression: Object, path: str, check_values: bool) -> Iterator[FieldError]:
    operator, values, at = expression.get("operator") or "", expression.get("values") or [], child(path, "values")
    match operator:
        case "In" | "NotIn":
            if not values:
                yield required(at, "must be specified when `operator` is 'In' or 'NotIn'")
        case "Exists" | "DoesNotExist":
            if values:
                yield forbidden(at, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
        case "Gt" | "Lt":
            if len(values) != 1:
                yield required(at, "must be specified single value when `operator` is 'Lt' or 'Gt'")
        case _:
            yield invalid(child(path, "operator"), operator, "not a valid selector operator")
    yield from matching(names.label_key, expression.get("key") or "", child(path, "key"))
    if check_values:
        for index, value in enumerate(values):
            yield from matching(names.label_value, value, item(at, index))


def _node_field(expression: Object, path: str) -> Iterator[FieldError]:
    operator, key, values = (
        expression.get("operator") or "",
        expression.get("key") or "",
        expression.get("values") or [],
    )
    if operator not in {"In", "NotIn"}:
        yield invalid(child(path, "operator"), operator, "not a valid selector operator")
    elif len(values) != 1:
        what = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
        yield required(child(path, "values"), what)
    if key != "metadata.name":
        yield invalid(child(path, "key"), key, "not a valid field selector key")
        return
    for index, value in enumerate(values):
        yield from matching(names.dns_subdomain, value, item(child(path, "values"), index))


def _pod_affinity(affinity: Object, path: str) -> Iterator[FieldError]:
    for index, term in enumerate(affinity.get(_REQUIRED) or []):
        yield from _pod_term(term, item(child(path, _REQUIRED), index))
    for index, term in enumerate(affinity.get(_PREFERRED) or []):
        at = item(child(path, _PREFERRED), index)
        yield from _weight(term, at)
        yield from _pod_term(term.get("podAffinityTerm") or {}, child(at, "podAffinityTerm"))


def _pod_term(term: Object, path: str) -> Iterator[FieldError]:
    selector, topology = term.get("labelSelector"), term.get("topologyKey") or ""
    yield from label_selectors.validate(selector, child(path, "labelSelector"))
    yield from label_selectors.validate(term.get("namespaceSelector"), child(path, "namespaceSelector"))
    for namespace in term.get("namespaces") or []:
        yield from matching(names.dns_label, namespace, child(path, "namespace"))
    keys, others = term.get("matchLabelKeys") or [], term.get("mismatchLabelKeys") or []
    yield from _label_keys(path, keys, others, selector)
    if not topology:
        yield required(child(path, "topologyKey"), "can not be empty")
    yield from matching(names.label_key, topology, child(path, "topologyKey"))


def _weight(term: Object, path: str) -> Iterator[FieldError]:
    weight = term.get("weight") or 0
    if not 0 < weight <= _HIGHEST_WEIGHT:
        yield invalid(child(path, "weight"), weight, "must be in the range 1-100")


def _label_keys(path: str, keys: Sequence[str], others: Sequence[str], selector: Object | None) -> Iterator[FieldError]:
    for name, listed in (("matchLabelKeys", keys), ("mismatchLabelKeys", others)):
        if listed and selector is None:
            yield forbidden(child(path, name), "must not be specified when labelSelector is not set")
        elif listed:
            for index, key in enumerate(listed):
                yield from matching(names.label_key, key, item(child(path, name), index))
    seen = set((selector or {}).get("matchLabels") or {})
    for expression in (selector or {}).get("matchExpressions") or []:
        key = expression.get("key") or ""
        if key in keys and key in seen:
            where = item(path, len(keys) - 1 - list(reversed(keys)).index(key))
            yield invalid(where, key, "exists in both matchLabelKeys and labelSelector")
        seen.add(key)
    for index, key in enumerate(keys):
        if key in others:
            where = item(child(path, "matchLabelKeys"), index)
            yield invalid(where, key, "exists in both matchLabelKeys and mismatchLabelKeys")


def _pair(constraint: Object) -> tuple[str, str]:
    return constraint.get("topologyKey") or "", constraint.get("whenUnsatisfiable") or ""
