"""Owning: who wrote which fields, kept in metadata.managedFields by every write."""

from __future__ import annotations

from aiokube.testing.apiserver import ownership
from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.codec import Object

from .call import Call

__all__ = ["own_written"]


def own_written(cluster: Cluster, call: Call, live: Object | None, new: Object) -> None:
    """Let the call's manager own what it changes from `live` to `new`; the entries are put into `new`."""
    entries = ownership.updated(
        live,
        new,
        node=call.resource.codec.node,
        manager=call.manager,
        api_version=call.resource.api_version,
        subresource=call.subresource,
        now=cluster.now(),
    )
    if entries:
        new["metadata"]["managedFields"] = entries
    else:
        new["metadata"].pop("managedFields", None)
