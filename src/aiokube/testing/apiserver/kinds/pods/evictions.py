"""Evictions: whether a pod may be taken away, as the budgets for disruptions say.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/registry/core/pod/storage/eviction.go
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from aiokube.testing.apiserver import errors
from aiokube.testing.apiserver.errors import GroupResource, StatusError
from aiokube.testing.apiserver.kinds import label_selectors
from aiokube.testing.apiserver.kinds.rules import Object

__all__ = ["mark_evicted", "take_from_budgets"]

_BUDGETS = GroupResource("policy", "poddisruptionbudget")
_UNCOUNTED_PHASES = ("Succeeded", "Failed", "Pending")
_DISRUPTED_LIMIT = 2000
_PATIENCE_SECONDS = 10
_REFUSED = "Cannot evict pod as it would violate the pod's disruption budget."


def take_from_budgets(pod: Object, budgets: Iterable[Object], now: str) -> Object | None:
    """Return the budget of a pod as it is when the pod is evicted, None when no budget changes by that.

    Args:
        budgets: all PodDisruptionBudgets of the pod's namespace.
        now: as metav1.Time.

    Raises:
        StatusError: the pod may not go now (429), has more than one budget (500), or its budget is broken (403).
    """
    if _goes_anyway(pod):
        return None
    found = [budget for budget in budgets if _is_for(budget, pod)]
    if len(found) > 1:
        what = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
        raise StatusError(500, "", what)
    if not found or (not _is_ready(pod) and _lets_unready_go(found[0])):
        return None
    return _taken(found[0], pod["metadata"]["name"], now)


def mark_evicted(pod: Object, now: str) -> None:
    """Say in the status of a pod why it is deleted."""
    status = pod.setdefault("status", {})
    others = [each for each in status.get("conditions") or [] if each.get("type") != "DisruptionTarget"]
    target = {
        "type": "DisruptionTarget",
        "status": "True",
        "lastProbeTime": None,
        "lastTransitionTime": now,
        "reason": "EvictionByEvictionAPI",
        "message": "Eviction API: evicting",
    }
    status["conditions"] = [*others, target]


def _goes_anyway(pod: Mapping[str, Any]) -> bool:
    return (pod.get("status") or {}).get("phase") in _UNCOUNTED_PHASES or "deletionTimestamp" in pod["metadata"]


def _is_for(budget: Mapping[str, Any], pod: Mapping[str, Any]) -> bool:
    selector = (budget.get("spec") or {}).get("selector")
    return label_selectors.readable(selector) and label_selectors.matches(selector, pod["metadata"].get("labels"))


def _is_ready(pod: Mapping[str, Any]) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or []
    return any(each.get("type") == "Ready" and each.get("status") == "True" for each in conditions)


def _lets_unready_go(budget: Mapping[str, Any]) -> bool:
    status = budget.get("status") or {}
    healthy, wanted = status.get("currentHealthy") or 0, status.get("desiredHealthy") or 0
    return (budget.get("spec") or {}).get("unhealthyPodEvictionPolicy") == "AlwaysAllow" or healthy >= wanted > 0


def _taken(budget: Object, pod: str, now: str) -> Object:
    metadata, status = budget["metadata"], budget.get("status") or {}
    name, allowed = metadata["name"], status.get("disruptionsAllowed") or 0
    if (status.get("observedGeneration") or 0) < (metadata.get("generation") or 0):
        why = f"The disruption budget {name} is still being processed by the server."
        raise _refusal(why, retry_after_seconds=_PATIENCE_SECONDS)
    if allowed < 0:
        raise errors.forbidden(_BUDGETS, name, "pdb disruptions allowed is negative")
    if len(status.get("disruptedPods") or {}) > _DISRUPTED_LIMIT:
        why = "DisruptedPods map too big - too many evictions not confirmed by PDB controller"
        raise errors.forbidden(_BUDGETS, name, why)
    if allowed == 0:
        raise _refusal(_why_not(name, status), retry_after_seconds=0)
    taken = copy.deepcopy(budget)
    taken["status"] = status = taken.get("status") or {}
    status["disruptionsAllowed"] = allowed - 1
    status["disruptedPods"] = {**(status.get("disruptedPods") or {}), pod: now}
    if allowed == 1:
        status["conditions"] = _without_room(status.get("conditions") or [], metadata.get("generation") or 0, now)
    return taken


def _why_not(name: str, status: Mapping[str, Any]) -> str:
    conditions = status.get("conditions") or []
    refusing = [
        each
        for each in conditions
        if each.get("type") == "DisruptionAllowed" and each.get("status") == "False" and each.get("message")
    ]
    healthy, wanted = status.get("currentHealthy") or 0, status.get("desiredHealthy") or 0
    now = f"The disruption budget {name} does not allow evicting pods currently"
    if refusing and refusing[0].get("reason") == "SyncFailed":
        return f"{now} because it failed sync: {refusing[0]['message']}"
    if healthy <= wanted:
        return f"The disruption budget {name} needs {wanted} healthy pods and has {healthy} currently"
    if refusing:
        return f"{now} ({refusing[0].get('reason') or ''}): {refusing[0]['message']}"
    return now


def _refusal(why: str, *, retry_after_seconds: int) -> StatusError:
    causes = [{"reason": "DisruptionBudget", "message": why}]
    details = {"causes": causes, "retryAfterSeconds": retry_after_seconds}
    return StatusError(429, "TooManyRequests", _REFUSED, details)


def _without_room(conditions: list[Any], generation: int, now: str) -> list[Any]:
    others = [each for each in conditions if each.get("type") != "DisruptionAllowed"]
    before = [each for each in conditions if each.get("type") == "DisruptionAllowed"]
    turned = before[0].get("lastTransitionTime") if before and before[0].get("status") == "False" else now
    condition = {
        "type": "DisruptionAllowed",
        "status": "False",
        "observedGeneration": generation,
        "lastTransitionTime": turned,
        "reason": "InsufficientPods",
        "message": "",
    }
    return [*others, condition]
