"""Owning: who wrote which fields, kept in metadata.managedFields by every write."""

from __future__ import annotations

from aiokube.testing.apiserver import ownership
from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.codec import Object

from .call import Call

__all__ = ["kind_of", "own_written"]


def own_written(cluster: Cluster, call: Call, live: Object | None, new: Object) -> None:
    """Let the call's manager own what it changes from `live` to `new`; the entries are put into `new`."""
    written = call.resource.rules.as_owned(new)
    entries = ownership.updated(
        kind_of(call), live, written, manager=call.manager, now=cluster.now(), subresource=call.subresource
    )
    if entries:
        new["metadata"]["managedFields"] = entries
    else:
        new["metadata"].pop("managedFields", None)


def kind_of(call: Call) -> ownership.Kind:
    """Return what ownership has to know of the kind that a call writes."""
    resource = call.resource
    reset = resource.rules.reset_fields.get(call.subresource, ()) if "status" in resource.subresources else ()
    return ownership.Kind(
        resource.kind,
        resource.api_version,
        resource.codec.node,
        resource.codec.other_version,
        {resource.api_version: ownership.excluding(*reset)} if reset else {},
    )
