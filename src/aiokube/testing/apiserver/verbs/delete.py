"""Delete: one object or many, at once, after a grace period, or when the last finalizer is gone.

Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/registry/rest/delete.go
Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/registry/generic/registry/store.go
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import Any

from aiokube.testing.apiserver import errors
from aiokube.testing.apiserver.clock import time
from aiokube.testing.apiserver.cluster import Cluster, Facts
from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.go.numbers import seconds_as_go
from aiokube.testing.apiserver.resources import Resource
from aiokube.testing.apiserver.storage import Stored

from .admission import admit_deletion
from .call import Call, Outcome
from .options import DeleteOptions

__all__ = ["delete", "delete_each"]

_ORPHAN = "orphan"
_FOREGROUND = "foregroundDeletion"
_FINALIZERS = {"Orphan": _ORPHAN, "Foreground": _FOREGROUND}


class _Grace(Enum):
    """How a deletion begins."""

    NONE = auto()
    """The object goes at once, unless finalizers hold it."""
    GIVEN = auto()
    """The object was marked, and goes after its grace period."""
    RUNNING = auto()
    """The object was marked before, and nothing changes."""


def delete(cluster: Cluster, call: Call, options: DeleteOptions) -> Outcome:
    """Delete an object, or begin to.

    Raises:
        StatusError: it is not there (404), is another than the preconditions say (409), or must stay (403).
    """
    resource = call.resource
    _warn(call, options)
    collection = cluster.collection(resource.collection)
    stored = collection.get(call.namespace, call.name)
    if stored is None:
        raise errors.not_found(resource.group_resource, call.name)
    obj = resource.codec.from_storage(stored.object())
    facts = Facts(cluster, user=call.user.json, dry_run=options.dry_run, warn=call.warnings.append)
    _match(resource, obj, options)
    admit_deletion(call)
    if "deletionTimestamp" not in obj["metadata"]:
        if resource.rules.begin_deletion(obj, _propagation(options), facts):
            return _marked(cluster, call, obj, stored, options)
    elif not resource.rules.may_go(obj):
        return Outcome(stored)
    grace = _begin(cluster, resource, obj, options)
    if grace is _Grace.RUNNING:
        return Outcome(_answer(resource, stored), _code(options))
    _set_finalizers(resource, obj, options)
    held = bool(obj["metadata"].get("finalizers"))
    if grace is _Grace.NONE and held:
        _mark(cluster, obj)
    if held or (grace is _Grace.GIVEN and obj["metadata"]["deletionGracePeriodSeconds"]):
        return _marked(cluster, call, obj, stored, options)
    if options.dry_run:
        return Outcome(_answer(resource, stored))
    if grace is _Grace.GIVEN:
        stored = collection.put(resource.codec.to_storage(resource.codec.normal(obj)))
    return Outcome(_answer(resource, collection.remove(stored.object())))


def delete_each(cluster: Cluster, call: Call, objects: Sequence[Stored], options: DeleteOptions) -> Iterator[None]:
    """Delete one of these with each step; those that are gone meanwhile are none of its business.

    Raises:
        StatusError: one may not be deleted; those after it stay.
    """
    _warn(call, options)
    for stored in objects:
        namespace, _, name = stored.key.rpartition("/")
        one = Call(call.resource, namespace=namespace, name=name, user=call.user, dry_run=options.dry_run)
        try:
            delete(cluster, one, options)
        except errors.StatusError as error:
            if error.code != 404:
                raise
        yield


def _match(resource: Resource, obj: Object, options: DeleteOptions) -> None:
    wanted, metadata = options.preconditions, obj["metadata"]
    if wanted is None:
        return
    kind = errors.GroupResource(resource.group, resource.kind)
    name, uid, version = metadata["name"], metadata["uid"], metadata["resourceVersion"]
    if wanted.uid is not None and wanted.uid != uid:
        why = (
            f"the UID in the precondition ({wanted.uid}) does not match the UID in record ({uid}). "
            "The object might have been deleted and then recreated"
        )
        raise errors.conflict(kind, name, why)
    if wanted.resourceVersion is not None and wanted.resourceVersion != version:
        why = (
            f"the ResourceVersion in the precondition ({wanted.resourceVersion}) does not match the ResourceVersion "
            f"in record ({version}). The object might have been modified"
        )
        raise errors.conflict(kind, name, why)


def _begin(cluster: Cluster, resource: Resource, obj: Object, options: DeleteOptions) -> _Grace:
    """Mark an object whose kind has a grace period; `obj` is changed only if the result is GIVEN."""
    metadata = obj["metadata"]
    asked = options.gracePeriodSeconds
    if asked is not None and asked < 0:
        asked = 1
    if "deletionTimestamp" in metadata:
        return _shorten(cluster, metadata, asked)
    seconds = resource.rules.grace_seconds(obj, asked)
    if seconds is None:
        return _Grace.NONE
    metadata["deletionTimestamp"] = time(cluster.clock.now() + seconds_as_go(seconds))
    metadata["deletionGracePeriodSeconds"] = seconds
    if metadata.get("generation"):
        metadata["generation"] += 1
    return _Grace.GIVEN


def _shorten(cluster: Cluster, metadata: dict[str, Any], asked: int | None) -> _Grace:
    """Shorten the grace period of a deletion that has begun; it never gets longer."""
    running = metadata.get("deletionGracePeriodSeconds")
    if not running:
        return _Grace.NONE
    if asked is None or asked >= running:
        return _Grace.RUNNING
    now = cluster.clock.now().replace(microsecond=0)
    due = dt.datetime.fromisoformat(metadata["deletionTimestamp"]) + seconds_as_go(asked - running)
    if due < now:
        due, asked = now, min(asked, 1)
    metadata["deletionTimestamp"] = time(due)
    metadata["deletionGracePeriodSeconds"] = asked
    return _Grace.GIVEN


def _mark(cluster: Cluster, obj: Object) -> None:
    metadata = obj["metadata"]
    if "deletionTimestamp" not in metadata and metadata.get("generation"):
        metadata["generation"] += 1
    metadata["deletionTimestamp"] = min(metadata.get("deletionTimestamp", cluster.now()), cluster.now())
    metadata["deletionGracePeriodSeconds"] = 0


def _marked(cluster: Cluster, call: Call, obj: Object, stored: Stored, options: DeleteOptions) -> Outcome:
    codec = call.resource.codec
    obj = codec.normal(obj)
    if options.dry_run:
        return Outcome(obj, _code(options))
    if obj != codec.from_storage(stored.object()):
        stored = cluster.collection(call.resource.collection).put(codec.to_storage(obj))
    return Outcome(stored, _code(options))


def _warn(call: Call, options: DeleteOptions) -> None:
    if call.resource.rules.orphaning_warning and _propagation(options) is None:
        call.warnings.append(call.resource.rules.orphaning_warning)


def _propagation(options: DeleteOptions) -> str | None:
    if options.orphanDependents is not None:
        return "Orphan" if options.orphanDependents else "Background"
    return options.propagationPolicy


def _set_finalizers(resource: Resource, obj: Object, options: DeleteOptions) -> None:
    """Let the garbage collector hold the object if its dependents are to be orphaned or to go first."""
    default = resource.rules.default_propagation
    if default is None:
        return
    metadata = obj["metadata"]
    finalizers = metadata.get("finalizers") or []
    policy = _propagation(options) or _policy_of(finalizers) or default
    wanted = [name for name in finalizers if name not in {_ORPHAN, _FOREGROUND}]
    if policy in _FINALIZERS:
        wanted.append(_FINALIZERS[policy])
    if set(wanted) == set(finalizers):
        return
    if wanted:
        metadata["finalizers"] = wanted
    else:
        metadata.pop("finalizers", None)


def _policy_of(finalizers: Sequence[str]) -> str | None:
    by_finalizer = {finalizer: policy for policy, finalizer in _FINALIZERS.items()}
    return next((by_finalizer[name] for name in finalizers if name in by_finalizer), None)


def _code(options: DeleteOptions) -> int:
    return 202 if options.orphanDependents is False else 200


def _answer(resource: Resource, stored: Stored) -> Stored | dict[str, Any]:
    if resource.rules.returns_deleted:
        return stored
    name = stored.key.rpartition("/")[2]
    details = {"name": name, "group": resource.group, "kind": resource.plural, "uid": stored.uid}
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": {key: value for key, value in details.items() if value},
    }
