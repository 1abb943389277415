"""Limiting: the limit ranges and the quotas of a namespace are asked about what is written into it.

A namespace that has none pays for looking whether it has: three times at most.
"""

from __future__ import annotations

from aiokube.testing.apiserver.admission import (
    LIMIT_RANGES,
    RESOURCE_QUOTAS,
    Change,
    are_limited,
    charge,
    check_limits,
    give_defaults,
    measure_of,
)
from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.codec import Object

from .call import Call
from .owning import own_written

__all__ = ["complete", "keep_to_limits", "keep_to_quotas"]

# By which name the server itself writes.
_MANAGER = "kube-apiserver"


def complete(cluster: Cluster, call: Call, new: Object, old: Object | None) -> None:
    """Give an object what its namespace gives."""
    change = _change(call, new, old)
    if ranges := _limit_ranges(cluster, call, change):
        give_defaults(change, ranges)


def keep_to_limits(cluster: Cluster, call: Call, new: Object, old: Object | None) -> None:
    """Refuse an object, valid though it is, that is out of the bounds of its namespace (403)."""
    change = _change(call, new, old)
    if ranges := _limit_ranges(cluster, call, change):
        check_limits(change, ranges)


def keep_to_quotas(cluster: Cluster, call: Call, new: Object, old: Object | None) -> None:
    """Charge an object to the quotas of its namespace, or refuse it (403).

    As on kube-apiserver, what is charged stays so if the object is not stored after all, until quotas are counted anew.
    """
    quotas = cluster.collection(RESOURCE_QUOTAS).all(call.namespace) if call.namespace else []
    measure = measure_of(call.resource.group_resource) if quotas else None
    change = _change(call, new, old)
    if measure is None or not measure.looks_at(change):
        return
    charged = charge(change, [stored.object() for stored in quotas], measure, cluster.clock.now())
    if not call.dry_run:
        for quota in charged:
            _write(cluster, quota)


def _change(call: Call, new: Object, old: Object | None) -> Change:
    return Change(call.resource.group_resource, call.subresource, new, old)


def _limit_ranges(cluster: Cluster, call: Call, change: Change) -> list[Object]:
    return list(cluster.list(LIMIT_RANGES, call.namespace)) if are_limited(change) else []


def _write(cluster: Cluster, quota: Object) -> None:
    """Write the status of a quota, as the server itself does it."""
    resource = cluster.resources.of_collection(RESOURCE_QUOTAS)
    if resource is None:
        raise LookupError(f"no kind has its objects in {RESOURCE_QUOTAS}")
    metadata = quota["metadata"]
    call = Call(resource, metadata["namespace"], metadata["name"], "status", manager=_MANAGER)
    collection = cluster.collection(RESOURCE_QUOTAS)
    own_written(cluster, call, cluster.get(RESOURCE_QUOTAS, metadata["name"], metadata["namespace"]), quota)
    collection.put(resource.codec.to_storage(resource.codec.normal(quota)))
