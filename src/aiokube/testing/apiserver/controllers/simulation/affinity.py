"""Which nodes a pod may be on.

Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.go.numbers import parse_int

__all__ = ["is_selected", "is_tolerated"]


def is_selected(pod_spec: Object, node: Object) -> bool:
    """Return whether a pod's node selector and required node affinity let it be on a node."""
    labels: Mapping[str, str] = node["metadata"].get("labels") or {}
    if any(labels.get(key) != value for key, value in (pod_spec.get("nodeSelector") or {}).items()):
        return False
    affinity = (pod_spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    return required is None or any(_matches(term, node) for term in required.get("nodeSelectorTerms") or ())


def _matches(term: Object, node: Object) -> bool:
    labels: Mapping[str, str] = node["metadata"].get("labels") or {}
    fields = {"metadata.name": node["metadata"]["name"]}
    by_labels = [_holds(expression, labels) for expression in term.get("matchExpressions") or ()]
    by_fields = [_holds(expression, fields) for expression in term.get("matchFields") or ()]
    return bool(by_labels or by_fields) and all(by_labels) and all(by_fields)


def _holds(expression: Object, values: Mapping[str, str]) -> bool:
    return _OPERATORS[expression["operator"]](values.get(expression["key"]), expression.get("values") or ())


_OPERATORS: Mapping[str, Callable[[str | None, Sequence[str]], bool]] = {
    "In": lambda value, values: value in values,
    "NotIn": lambda value, values: value not in values,
    "Exists": lambda value, values: value is not None,
    "DoesNotExist": lambda value, values: value is None,
    "Gt": lambda value, values: _is_greater(value, values[0]),
    "Lt": lambda value, values: _is_greater(values[0], value),
}


def _is_greater(one: str | None, other: str | None) -> bool:
    """Return whether a number is greater than another; what is none fits nothing."""
    try:
        return parse_int(one or "") > parse_int(other or "")
    except ValueError:
        return False


def is_tolerated(pod_spec: Object, taint: Object) -> bool:
    """Return whether a pod may be on a node in spite of a taint."""
    return any(_tolerates(toleration, taint) for toleration in pod_spec.get("tolerations") or ())


def _tolerates(toleration: Object, taint: Object) -> bool:
    if toleration.get("effect") not in (None, "", taint["effect"]):
        return False
    if toleration.get("key") not in (None, "", taint["key"]):
        return False
    return toleration.get("operator") == "Exists" or toleration.get("value", "") == taint.get("value", "")
