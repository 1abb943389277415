"""Evict: a pod is deleted if its disruption budget lets it go.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/registry/core/pod/storage/eviction.go
"""

from __future__ import annotations

from aiokube.testing.apiserver import errors
from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.kinds.pods.evictions import mark_evicted, take_from_budgets

from .call import Call, Outcome
from .delete import delete
from .options import delete_options
from .owning import own_written
from .update import update

__all__ = ["evict"]

_BUDGETS = errors.GroupResource("policy", "poddisruptionbudgets")


def evict(cluster: Cluster, call: Call, eviction: Object) -> Outcome:
    """Delete a pod unless that would disrupt too much.

    Args:
        call: of the resource pods, with the name of the pod.

    Raises:
        StatusError: there is no such pod (404), its budget does not allow it now (429), or it has several (500).
    """
    if eviction["metadata"].get("name") != call.name:
        raise errors.bad_request("name in URL does not match name in Eviction object")
    codec, pods = call.resource.codec, cluster.collection(call.resource.collection)
    stored = pods.get(call.namespace, call.name)
    if stored is None:
        raise errors.not_found(call.resource.group_resource, call.name)
    pod = stored.object()
    options = delete_options({}, eviction.get("deleteOptions") or {})
    budget = take_from_budgets(pod, cluster.list(_BUDGETS, call.namespace), cluster.now())
    if not (call.dry_run or options.dry_run):
        if budget is not None:
            _spend(cluster, call, budget)
        mark_evicted(pod, cluster.now())
        pods.put(codec.normal(pod))
        delete(cluster, call, options)
    return Outcome({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}, 201)


def _spend(cluster: Cluster, call: Call, budget: Object) -> None:
    """Write the status of a budget, as the server itself does it."""
    resource = cluster.resources.of_collection(_BUDGETS)
    if resource is None:
        raise LookupError(f"no kind has its objects in {_BUDGETS}")
    name = budget["metadata"]["name"]
    write = Call(resource, call.namespace, name, "status", user=call.user, manager="kube-apiserver")

    def transform(live: Object | None) -> Object:
        new = {**budget}
        own_written(cluster, write, live, new)
        return new

    update(cluster, write, transform)
