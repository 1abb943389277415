"""Scale: who owns the replicas of an object, as its subresource scale says it.

Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/util/managedfields/scalehandler.go
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from .field_set import FieldSet
from .managed_fields import Entry, Owned, encode, stored
from .manager import Manager

__all__ = ["ReplicasPaths", "owners_of_object", "owners_of_scale"]

ReplicasPaths: TypeAlias = Mapping[str, str | None]
"""By apiVersion of the object, where its replicas are, such as "spec.replicas"; None for a version without scale."""

_SCALE_VERSION = "autoscaling/v1"
_REPLICAS = FieldSet.of_fields("spec.replicas")


def owners_of_scale(entries: Sequence[Entry], paths: ReplicasPaths) -> list[Entry]:
    """Return the managed fields of the Scale of an object with these."""
    return encode(
        {
            manager: Owned(_REPLICAS, _SCALE_VERSION, owned.time)
            for manager, owned in stored(entries).items()
            if _owns(owned, paths.get(owned.api_version))
        }
    )


def owners_of_object(
    entries: Sequence[Entry], scale: Sequence[Entry], paths: ReplicasPaths, *, api_version: str
) -> list[Entry]:
    """Return the managed fields of an object whose Scale was written.

    Args:
        entries: The object's until now.
        scale: The Scale's from now on.
        api_version: Of the object, in the request.
    """
    before, after = stored(entries), stored(scale)
    owners: dict[Manager, Owned] = {}
    for manager, owned in before.items():
        if owned.api_version not in paths:
            continue
        path = paths[owned.api_version]
        if not path or not _owns(owned, path):
            owners[manager] = owned
        elif manager in after:
            owners[manager] = owned
            del after[manager]
        else:
            fields = owned.fields - FieldSet.of_fields(path)
            owners |= {manager: replace(owned, fields=fields)} if fields else {}
    path = paths[api_version]
    for manager, owned in after.items():
        if path and owned.fields & _REPLICAS:
            # kube-apiserver takes the time from the object's own entries, where a new manager has none.
            time = before[manager].time if manager in before else None
            owners[manager] = Owned(FieldSet.of_fields(path), api_version, time)
    return encode(owners)


def _owns(owned: Owned, path: str | None) -> bool:
    return bool(path and owned.fields & FieldSet.of_fields(path))
