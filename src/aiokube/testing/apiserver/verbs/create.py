"""Create: a new object, by POST, or by a PUT or an apply of what is not there.

Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/registry/rest/create.go
Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/registry/generic/registry/store.go
"""

from __future__ import annotations

import random

from aiokube.testing.apiserver import errors
from aiokube.testing.apiserver.cluster import Cluster, Facts
from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.kinds import metadata as metadata_rules

from .admission import admit_creation, confirm_rights
from .body import placed
from .call import Call, Outcome, as_if_stored
from .limiting import complete, keep_to_limits, keep_to_quotas
from .owners import name_each_once
from .owning import own_written

__all__ = ["create", "insert"]

_SYSTEM_FIELDS = ("creationTimestamp", "uid", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink")
# Without vowels and what looks like them, so that no words come out.
_SUFFIX_CHARACTERS = "bcdfghjklmnpqrstvwxz2456789"
_SUFFIX_LENGTH = 5
_NAME_LIMIT = 63
_ATTEMPTS = 8


def create(cluster: Cluster, call: Call, obj: Object) -> Outcome:
    """Store an object that a request brought.

    Raises:
        StatusError: it may not be (403), its namespace is not there (404), it is there already (409) or it is
            not valid (422).
    """
    for name in _SYSTEM_FIELDS:
        obj["metadata"].pop(name, None)
    call.name = call.name or obj["metadata"].get("name") or ""
    placed(call, obj)
    name_each_once(obj, call, admitted=False)
    own_written(cluster, call, None, obj)
    return insert(cluster, call, obj)


def insert(cluster: Cluster, call: Call, obj: Object) -> Outcome:
    """Store a new object whose managed fields are known; everything after is the same for POST, PUT and apply."""
    resource = call.resource
    facts = Facts(cluster, user=call.user.json, dry_run=call.dry_run, warn=call.warnings.append)
    admit_creation(cluster, call)
    confirm_rights(cluster, call, "create", obj, None)
    complete(cluster, call, obj, None)
    resource.rules.admit_create(obj, facts)
    name_each_once(obj, call, admitted=True)
    metadata = obj["metadata"]
    metadata["creationTimestamp"] = cluster.now()
    metadata["uid"] = cluster.new_uid()
    if "status" in resource.subresources and not resource.rules.keeps_status:
        obj.pop("status", None)
    if resource.rules.has_generation:
        metadata["generation"] = 1
    _generate_name(cluster, call, obj)
    by_status = call.subresource == "status"
    (resource.rules.prepare_status_create if by_status else resource.rules.prepare_create)(obj, facts)
    obj = resource.codec.normal(obj)
    _validate(call, obj, facts)
    call.warnings.extend(resource.rules.warnings(obj, None))
    keep_to_limits(cluster, call, obj, None)
    keep_to_quotas(cluster, call, obj, None)
    if obj["metadata"].get("resourceVersion") and not call.dry_run:  # it is the storage that refuses it
        raise errors.StatusError(500, "", "resourceVersion should not be set on objects to be created")
    collection = cluster.collection(resource.collection)
    name = obj["metadata"]["name"]
    if collection.get(call.namespace, name) is not None:
        raise _exists(call, obj)
    if call.dry_run:
        return Outcome(as_if_stored(call, obj), 201)
    return Outcome(collection.put(resource.codec.to_storage(obj)), 201)


def _generate_name(cluster: Cluster, call: Call, obj: Object) -> None:
    metadata = obj["metadata"]
    prefix = metadata.get("generateName")
    if not prefix or metadata.get("name"):
        return
    collection = cluster.collection(call.resource.collection)
    for _ in range(_ATTEMPTS):
        suffix = "".join(random.choices(_SUFFIX_CHARACTERS, k=_SUFFIX_LENGTH))
        metadata["name"] = f"{prefix[: _NAME_LIMIT - _SUFFIX_LENGTH]}{suffix}"
        if collection.get(call.namespace, metadata["name"]) is None:
            return


def _validate(call: Call, obj: Object, facts: Facts) -> None:
    resource = call.resource
    found = metadata_rules.validate_create(
        obj,
        namespaced=resource.namespaced,
        builtin=resource.rules.standard_finalizers,
        name_rule=lambda name, prefix: resource.rules.validate_name(name, prefix),
    )
    found.extend(resource.codec.validate(obj, None))
    found.extend(resource.rules.validate_create(obj, facts))
    if found:
        raise errors.invalid(resource.group_kind, obj["metadata"].get("name") or "", found)


def _exists(call: Call, obj: Object) -> errors.StatusError:
    metadata = obj["metadata"]
    error = errors.already_exists(call.resource.group_resource, metadata["name"])
    if not metadata.get("generateName"):
        return error
    message = f"{error.message}, the server was not able to generate a unique name for the object"
    return errors.StatusError(409, "AlreadyExists", message, {**(error.details or {}), "retryAfterSeconds": 1})
