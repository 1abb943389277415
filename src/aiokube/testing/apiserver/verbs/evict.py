"""Evict: a pod is deleted if its disruption budget lets it go.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/registry/core/pod/storage/eviction.go
"""

from __future__ import annotations

from typing import Any

from aiokube.testing.apiserver import errors, selectors
from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.storage import Collection

from .call import Call, Outcome
from .delete import delete
from .options import delete_options

__all__ = ["evict"]

_BUDGETS = errors.GroupResource("policy", "poddisruptionbudgets")
_BUDGET = errors.GroupResource("policy", "poddisruptionbudget")
_UNPROTECTED = {"Succeeded", "Failed", "Pending"}
_REFUSAL = "Cannot evict pod as it would violate the pod's disruption budget."
_MOST_DISRUPTED = 2000


def evict(cluster: Cluster, call: Call, eviction: Object) -> Outcome:
    """Delete a pod unless that would disrupt too much.

    Args:
        call: of the resource pods, with the name of the pod.

    Raises:
        StatusError: there is no such pod (404), its budget does not allow it now (429), or it has several (500).
    """
    if eviction["metadata"].get("name") != call.name:
        raise errors.bad_request("name in URL does not match name in Eviction object")
    resource, pods = call.resource, cluster.collection(call.resource.collection)
    stored = pods.get(call.namespace, call.name)
    if stored is None:
        raise errors.not_found(resource.group_resource, call.name)
    pod = stored.object()
    options = delete_options({}, eviction.get("deleteOptions") or {})
    dry_run = call.dry_run or options.dry_run
    if not _is_unprotected(pod):
        _ask_budget(cluster, pod, dry_run=dry_run)
    if not dry_run:
        _say_why(cluster, pods, pod)
        delete(cluster, call, options)
    return Outcome({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}, 201)


def _is_unprotected(pod: Object) -> bool:
    return pod["status"].get("phase") in _UNPROTECTED or "deletionTimestamp" in pod["metadata"]


def _ask_budget(cluster: Cluster, pod: Object, *, dry_run: bool) -> None:
    budgets = [budget for budget in cluster.list(_BUDGETS, pod["metadata"]["namespace"]) if _covers(budget, pod)]
    if len(budgets) > 1:
        message = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
        raise errors.StatusError(500, "", message)
    if budgets and not _may_go_unready(budgets[0], pod):
        _spend(cluster, budgets[0], pod, dry_run=dry_run)


def _covers(budget: Object, pod: Object) -> bool:
    selector = selectors.selector_of(budget["spec"].get("selector"))
    return selector is not None and selector.matches(pod["metadata"].get("labels"))


def _may_go_unready(budget: Object, pod: Object) -> bool:
    """Return whether a pod that is not ready may go without counting."""
    conditions = pod["status"].get("conditions") or ()
    if any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions):
        return False
    if budget["spec"].get("unhealthyPodEvictionPolicy") == "AlwaysAllow":
        return True
    wanted = _number(budget, "desiredHealthy")
    return _number(budget, "currentHealthy") >= wanted > 0


def _spend(cluster: Cluster, budget: Object, pod: Object, *, dry_run: bool) -> None:
    """Count an eviction against a budget, which must have some left."""
    metadata, status = budget["metadata"], budget["status"]
    name = metadata["name"]
    if _number(budget, "observedGeneration") < metadata.get("generation", 0):
        raise _refused(f"The disruption budget {name} is still being processed by the server.", 10)
    allowed = _number(budget, "disruptionsAllowed")
    if allowed < 0:
        raise errors.forbidden(_BUDGET, name, "pdb disruptions allowed is negative")
    if len(status.get("disruptedPods") or {}) > _MOST_DISRUPTED:
        why = "DisruptedPods map too big - too many evictions not confirmed by PDB controller"
        raise errors.forbidden(_BUDGET, name, why)
    if not allowed:
        raise _refused(_why_none(budget), 0)
    if dry_run:
        return
    status["disruptionsAllowed"] = allowed - 1
    status["disruptedPods"] = {**(status.get("disruptedPods") or {}), pod["metadata"]["name"]: cluster.now()}
    resource = cluster.resources.of_collection(_BUDGETS)
    if resource is not None:
        cluster.collection(_BUDGETS).put(resource.codec.normal(budget))


def _why_none(budget: Object) -> str:
    name = f"The disruption budget {budget['metadata']['name']}"
    wanted, there = _number(budget, "desiredHealthy"), _number(budget, "currentHealthy")
    conditions = budget["status"].get("conditions") or ()
    found: Object = next((each for each in conditions if each["type"] == "DisruptionAllowed"), {})
    said = found.get("message", "") if found.get("status") == "False" else ""
    if said and found.get("reason") == "SyncFailed":
        return f"{name} does not allow evicting pods currently because it failed sync: {said}"
    if there <= wanted:
        return f"{name} needs {wanted} healthy pods and has {there} currently"
    if said:
        return f"{name} does not allow evicting pods currently ({found.get('reason', '')}): {said}"
    return f"{name} does not allow evicting pods currently"


def _refused(why: str, seconds: int) -> errors.StatusError:
    details = {"causes": [{"reason": "DisruptionBudget", "message": why}], "retryAfterSeconds": seconds}
    return errors.StatusError(429, "TooManyRequests", _REFUSAL, details)


def _say_why(cluster: Cluster, pods: Collection, pod: Object) -> None:
    """Write into a pod's status why it goes."""
    target = {
        "type": "DisruptionTarget",
        "status": "True",
        "lastProbeTime": None,
        "lastTransitionTime": cluster.now(),
        "reason": "EvictionByEvictionAPI",
        "message": "Eviction API: evicting",
    }
    conditions = [each for each in pod["status"].get("conditions") or () if each["type"] != target["type"]]
    pod["status"]["conditions"] = [*conditions, target]
    pods.put(pod)


def _number(budget: Object, name: str) -> int:
    value: Any = budget["status"].get(name)
    return int(value or 0)
