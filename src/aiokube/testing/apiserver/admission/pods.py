"""What pods use: themselves, and what their containers ask for while they live.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/quota/v1/evaluator/core/pods.go
    and https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/quota/v1/install/update_filter.go
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.go.numbers import seconds_as_go
from aiokube.testing.apiserver.kinds.pods.quality import quality_of_service
from aiokube.testing.apiserver.kinds.pods.totals import held, is_pod_level
from aiokube.testing.apiserver.kinds.resource_names import is_extended
from aiokube.testing.apiserver.kinds.rules import Object

from .amounts import Amounts, added, amounts, number
from .change import Change
from .measure import Measure, Requirement, count_name, labels_match

__all__ = ["PodMeasure"]

_PODS = GroupResource("", "pods")
_MEASURED = ("cpu", "memory", "ephemeral-storage")
_NAMES = {"pods", *_MEASURED, *(f"{side}.{name}" for side in ("requests", "limits") for name in _MEASURED)}
_REQUIRED = {"cpu", "memory", *(f"{side}.{name}" for side in ("requests", "limits") for name in ("cpu", "memory"))}
_HUGE_PAGES = "hugepages-"
_DEVICE_CLASS = "deviceclass.resource.kubernetes.io/"
_FINISHED = ("Failed", "Succeeded")


class PodMeasure(Measure):
    def __init__(self) -> None:
        super().__init__(_PODS)

    def covers(self, name: str) -> bool:
        if name in self.names or name in _NAMES or name.startswith((_HUGE_PAGES, f"requests.{_HUGE_PAGES}")):
            return True
        foreign = "/" in name and "kubernetes.io/" not in name
        return name.startswith("requests.") and (foreign or name.startswith(f"requests.{_DEVICE_CLASS}"))

    def looks_at(self, change: Change) -> bool:
        if change.old is None:
            return not change.subresource
        if change.subresource:
            return change.subresource == "resize"
        return _is_terminating(change.new) != _is_terminating(change.old)

    def is_freed(self, new: Object, old: Object) -> bool:
        return (
            _is_terminating(new) != _is_terminating(old)
            or (not _is_finished(old) and _is_finished(new))
            or _actual(new) != _actual(old)
        )

    def usage(self, obj: Object, now: dt.datetime) -> Amounts:
        itself = {count_name(_PODS): number(1)}
        if _is_finished(obj) or _is_overdue(obj, now):
            return itself
        return added(itself, _compute(held(obj, "requests"), held(obj, "limits")))

    def is_in_scope(self, obj: Object, requirement: Requirement) -> bool:
        scope = _SCOPES.get(requirement.get("scopeName") or "")
        return scope is not None and scope(obj, requirement)

    def unspecified(self, obj: Object, names: Iterable[str]) -> str:
        spec = obj["spec"]
        if _says_itself(spec.get("resources") or {}):
            return ""
        lacking: dict[str, set[str]] = {name: set() for name in sorted(_REQUIRED.intersection(names))}
        for container in [*(spec.get("containers") or []), *(spec.get("initContainers") or [])]:
            resources = container.get("resources") or {}
            used = _compute(amounts(resources.get("requests")), amounts(resources.get("limits")))
            for name in lacking.keys() - used.keys():
                lacking[name].add(container.get("name") or "")
        said = "; ".join(f"{name} for: {','.join(sorted(which))}" for name, which in lacking.items() if which)
        return f"must specify {said}" if said else ""


def _compute(requests: Amounts, limits: Amounts) -> Amounts:
    """Return what is used by the names that quotas have for it."""
    used = {"pods": number(1)}
    for name in _MEASURED:
        if name in requests:
            used[name] = used[f"requests.{name}"] = requests[name]
        if name in limits:
            used[f"limits.{name}"] = limits[name]
    for name, quantity in requests.items():
        if name.startswith(_HUGE_PAGES):
            used[name] = used[f"requests.{name}"] = quantity
        elif is_extended(name) or name.startswith(_DEVICE_CLASS):
            used[f"requests.{name}"] = quantity
    return used


def _says_itself(resources: Mapping[str, Any]) -> bool:
    names = [name for side in ("requests", "limits") for name in resources.get(side) or ()]
    return any(map(is_pod_level, names))


def _is_finished(pod: Mapping[str, Any]) -> bool:
    return (pod.get("status") or {}).get("phase") in _FINISHED


def _is_overdue(pod: Mapping[str, Any], now: dt.datetime) -> bool:
    """Whether a pod should have gone by now: a node that is lost does not count against those who used it."""
    metadata = pod["metadata"]
    since, grace = metadata.get("deletionTimestamp"), metadata.get("deletionGracePeriodSeconds")
    if since is None or grace is None:
        return False
    return now > dt.datetime.fromisoformat(since) + seconds_as_go(grace)


def _actual(pod: Mapping[str, Any]) -> dict[str, Any]:
    status = pod.get("status") or {}
    each = [*(status.get("containerStatuses") or []), *(status.get("initContainerStatuses") or [])]
    return {container["name"]: container.get("resources") for container in each}


def _is_terminating(pod: Mapping[str, Any]) -> bool:
    return pod["spec"].get("activeDeadlineSeconds") is not None


def _is_best_effort(pod: Mapping[str, Any]) -> bool:
    quality = (pod.get("status") or {}).get("qosClass") or quality_of_service(pod["spec"])
    return bool(quality == "BestEffort")


def _crosses_namespaces(pod: Mapping[str, Any]) -> bool:
    affinity = pod["spec"].get("affinity") or {}
    for name in ("podAffinity", "podAntiAffinity"):
        rules = affinity.get(name) or {}
        terms = list(rules.get("requiredDuringSchedulingIgnoredDuringExecution") or [])
        preferred = rules.get("preferredDuringSchedulingIgnoredDuringExecution") or []
        terms += [one.get("podAffinityTerm") or {} for one in preferred]
        if any(term.get("namespaces") or term.get("namespaceSelector") is not None for term in terms):
            return True
    return False


_SCOPES: Mapping[str, Callable[[Object, Requirement], bool]] = {
    "Terminating": lambda pod, _: _is_terminating(pod),
    "NotTerminating": lambda pod, _: not _is_terminating(pod),
    "BestEffort": lambda pod, _: _is_best_effort(pod),
    "NotBestEffort": lambda pod, _: not _is_best_effort(pod),
    "CrossNamespacePodAffinity": lambda pod, _: _crosses_namespaces(pod),
    "PriorityClass": lambda pod, wanted: labels_match(wanted, pod["spec"].get("priorityClassName") or ""),
}
