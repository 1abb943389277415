"""Update: an object changed, by PUT, by a patch or by an apply, whole or in its status.

Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/registry/rest/update.go
Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/registry/generic/registry/store.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from aiokube.testing.apiserver import errors, field_errors, ownership
from aiokube.testing.apiserver.cluster import Cluster, Facts
from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.go.numbers import parse_uint
from aiokube.testing.apiserver.kinds import metadata as metadata_rules
from aiokube.testing.apiserver.storage import Stored

from .admission import admit_update, confirm_rights
from .body import named, placed
from .call import Call, Outcome, as_if_stored
from .create import insert
from .limiting import complete, keep_to_limits, keep_to_quotas
from .owners import name_each_once
from .owning import own_written

__all__ = ["STALE", "Transform", "replace", "update"]

Transform = Callable[[Object | None], Object]
"""Makes the new object, its managed fields included, from a copy of the one that is there; from None to create."""

STALE = "the object has been modified; please apply your changes to the latest version and try again"


def replace(cluster: Cluster, call: Call, obj: Object) -> Outcome:
    """Put an object in the place of the one that is there.

    Raises:
        StatusError: see `update()`; 400 when the object says that it is another.
    """
    placed(call, obj)
    named(call, obj)
    name_each_once(obj, call, admitted=False)

    def transform(live: Object | None) -> Object:
        own_written(cluster, call, live, obj)
        return obj

    return update(cluster, call, transform, uid=obj["metadata"].get("uid") or "")


def update(cluster: Cluster, call: Call, transform: Transform, *, may_create: bool = False, uid: str = "") -> Outcome:
    """Store what `transform` makes of an object.

    A change that changes nothing is not written. An object that is being deleted goes with its last finalizer.

    Args:
        may_create: as apply may; some kinds may be created by PUT too.
        uid: that the object must have; "" for any.

    Raises:
        StatusError: it is not there (404), is another or of another version (409), or would not be valid (422).
    """
    resource = call.resource
    stored = cluster.collection(resource.collection).get(call.namespace, call.name)
    if stored is None:
        if not (may_create or (resource.rules.creates_on_update and call.subresource in {"", "status"})):
            raise errors.not_found(resource.group_resource, call.name)
        return _create(cluster, call, transform, uid)
    live = resource.codec.from_storage(stored.object())
    if uid and uid != stored.uid:
        raise _other(call, uid, stored)
    new = transform(resource.codec.from_storage(stored.object()))
    facts = Facts(cluster, user=call.user.json, dry_run=call.dry_run, warn=call.warnings.append)
    admit_update(cluster, call)
    confirm_rights(cluster, call, "update", new, live)
    complete(cluster, call, new, live)
    if not call.subresource:
        resource.rules.admit_update(new, live, facts)
    name_each_once(new, call, admitted=True)
    _match_version(call, new, live)
    _complete(call, new, live, facts)
    new = resource.codec.normal(new)
    _validate(call, new, live, facts)
    if not call.subresource:
        call.warnings.extend(resource.rules.warnings(new, live))
    keep_to_limits(cluster, call, new, live)
    if not call.subresource:
        resource.rules.review_update(new, live, facts)
    keep_to_quotas(cluster, call, new, live)
    return _store(cluster, call, new, live, stored)


def _create(cluster: Cluster, call: Call, transform: Transform, uid: str) -> Outcome:
    obj = transform(None)
    if uid:
        why = f"uid mismatch: the provided object specified uid {uid}, and no existing object was found"
        raise errors.conflict(call.resource.group_resource, call.name, why)
    return insert(cluster, call, obj)


def _match_version(call: Call, new: Object, live: Object) -> None:
    metadata, resource = new["metadata"], call.resource
    asked, there = metadata.get("resourceVersion") or "", live["metadata"]["resourceVersion"]
    if asked in {"", "0"}:
        if not resource.rules.unconditional_update:
            why = field_errors.invalid("metadata.resourceVersion", 0, "must be specified for an update")
            kind = errors.GroupKind(resource.group, resource.plural)
            raise errors.invalid(kind, call.name, [why])
        metadata["resourceVersion"] = there
    elif _version(asked) != _version(there):
        raise errors.conflict(resource.group_resource, call.name, STALE)


def _version(text: str) -> int:
    try:
        return parse_uint(text)
    except ValueError as error:
        raise errors.StatusError(500, "", str(error)) from None


def _complete(call: Call, new: Object, live: Object, facts: Facts) -> None:
    """Put back what this call may not change, and let the kind's rules complete the rest."""
    resource, metadata, before = call.resource, new["metadata"], live["metadata"]
    _copy(metadata, before, "generation")
    if call.subresource == "status":
        _only_status(new, live)
        resource.rules.prepare_status(new, live, facts)
    elif call.subresource in resource.rules.parts:
        resource.rules.parts[call.subresource].prepare(new, live, facts)
        _raise_generation(call, new, live)
    else:
        if "status" in resource.subresources:
            _copy(new, live, "status")
        resource.rules.prepare_update(new, live, facts)
        _raise_generation(call, new, live)
    metadata["uid"] = metadata.get("uid") or before["uid"]
    metadata["creationTimestamp"] = before["creationTimestamp"]
    if "deletionTimestamp" in before:
        metadata["deletionTimestamp"] = before["deletionTimestamp"]
    if metadata.get("deletionGracePeriodSeconds") is None:
        _copy(metadata, before, "deletionGracePeriodSeconds")


def _raise_generation(call: Call, new: Object, live: Object) -> None:
    rules = call.resource.rules
    if rules.has_generation and rules.changes_generation(call.resource.codec.normal(new), live):
        new["metadata"]["generation"] = live["metadata"].get("generation", 0) + 1


def _only_status(new: Object, live: Object) -> None:
    status, metadata = new.get("status"), new["metadata"]
    new.clear()
    new.update(live)
    new["metadata"] = metadata
    if status is not None:
        new["status"] = status
    else:
        new.pop("status", None)


def _copy(new: Object, old: Object, name: str) -> None:
    if name in old:
        new[name] = old[name]
    else:
        new.pop(name, None)


def _validate(call: Call, new: Object, live: Object, facts: Facts) -> None:
    resource = call.resource
    found = list(
        metadata_rules.validate_update(
            new,
            live,
            namespaced=resource.namespaced,
            builtin=resource.rules.standard_finalizers,
            looks=("change",) if call.subresource else resource.rules.metadata_looks,
        )
    )
    found.extend(resource.codec.validate(new, live))
    found.extend(_validator(call)(new, live, facts))
    if found:
        raise errors.invalid(resource.group_kind, call.name, found)


def _validator(call: Call) -> Callable[[Object, Object, Facts], Iterable[FieldError]]:
    rules = call.resource.rules
    if call.subresource == "status":
        return rules.validate_status
    part = rules.parts.get(call.subresource)
    return part.validate if part else rules.validate_update


def _store(cluster: Cluster, call: Call, new: Object, live: Object, stored: Stored) -> Outcome:
    resource, collection = call.resource, cluster.collection(call.resource.collection)
    new = ownership.with_old_times(live, new)
    if new == live:
        return Outcome(new if call.dry_run else stored)
    if is_over(new, live) and resource.rules.may_go(new):
        if not call.dry_run:
            collection.remove(stored.object())
        return Outcome(new)
    if call.dry_run:
        return Outcome(as_if_stored(call, new))
    return Outcome(collection.put(resource.codec.to_storage(new)))


def is_over(new: Object, live: Object) -> bool:
    """Return whether an object goes with this change: its deletion was asked for, and nothing holds it any more."""
    metadata = live["metadata"]
    return (
        not new["metadata"].get("finalizers")
        and "deletionTimestamp" in metadata
        and not metadata.get("deletionGracePeriodSeconds")
    )


def _other(call: Call, uid: str, stored: Stored) -> errors.StatusError:
    resource = call.resource
    key = f"/registry/{resource.rules.storage_prefix or resource.plural}/{stored.key}"
    why = (
        f"StorageError: invalid object, Code: 4, Key: {key}, ResourceVersion: 0, AdditionalErrorMsg: "
        f"Precondition failed: UID in precondition: {uid}, UID in object meta: {stored.uid}"
    )
    return errors.conflict(resource.group_resource, call.name, why)
