"""Scale: the number of replicas of an object, as a small object of its own.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/registry/apps/deployment/storage/storage.go
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from aiokube.testing.apiserver import errors, field_errors, ownership
from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.documents import Document
from aiokube.testing.apiserver.forms import decoded
from aiokube.testing.apiserver.scale_paths import Path, ScalePaths
from aiokube.testing.apiserver.schema import builtin, decoding
from aiokube.testing.apiserver.schema.node import Node

from .body import named, placed, report
from .call import Call, Outcome
from .patch import report_applied
from .read import get
from .update import STALE, update

__all__ = ["apply_scale", "change_scale", "get_scale", "read_scale", "scale_node"]

_KIND = errors.GroupKind("autoscaling", "Scale")
_VERSION = "autoscaling/v1"
_KEPT = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")

_UNSET = -(2**31)
"""Stands for a number that an object does not have, to be known again if nobody sets it."""

_Written = tuple[Object, list[Object]]
"""The scale that is wanted, and its managed fields."""


def get_scale(cluster: Cluster, call: Call, paths: ScalePaths) -> Outcome:
    """Return the scale of an object.

    Raises:
        StatusError: the object is not there (404), or does not have what its scale needs (500).
    """
    obj = decoded(call.resource, get(cluster, call).object)
    if paths.needed and _at(obj, paths.replicas) is None:
        raise errors.internal_error(f'the spec replicas field "{paths.needed}" does not exist')
    return Outcome(_scale(obj, paths))


def change_scale(cluster: Cluster, call: Call, paths: ScalePaths, change: Callable[[Object], Object]) -> Outcome:
    """Change the scale of an object.

    Args:
        change: returns the scale that is wanted, given the one that there is.

    Raises:
        StatusError: see `update()`.
    """

    def write(kind: ownership.Kind, scale: Object) -> _Written:
        wanted: Object = {"kind": _KIND.kind, "apiVersion": _VERSION} | change(scale)
        wanted["metadata"] = wanted.get("metadata") or {}
        entries = ownership.updated(
            kind, scale, wanted, manager=call.manager, now=cluster.now(), subresource=call.subresource
        )
        return wanted, entries

    return _write(cluster, call, paths, write)


def apply_scale(cluster: Cluster, call: Call, paths: ScalePaths, document: Document, *, force: bool) -> Outcome:
    """Apply a scale to an object.

    Raises:
        StatusError: it is in conflict with others (409), is no scale, or is that of a custom object, to which
            kube-apiserver cannot apply one (500), or see `update()`.
    """

    def write(kind: ownership.Kind, scale: Object) -> _Written:
        merged, entries = ownership.applied(
            kind,
            scale,
            document.value,
            manager=call.manager,
            now=cluster.now(),
            force=force,
            subresource=call.subresource,
        )
        if call.resource.custom:
            raise ownership.not_of_custom_kind(document.value)
        report_applied(call, document)
        try:
            wanted = decoding.decode(kind.node, merged, is_converted=True).object
        except decoding.DecodingError as error:
            raise ownership.not_converted(document.value, str(error)) from None
        return wanted, entries

    return _write(cluster, call, paths, write)


def read_scale(call: Call, document: Document) -> Object:
    """Return the scale in a body.

    Raises:
        StatusError: it is none (400), or is not as strict as was asked for (400).
    """
    value: Object = document.value or {}
    _check_type(value.get("kind") or _KIND.kind, value.get("apiVersion") or _VERSION)
    try:
        read = decoding.decode(scale_node(), value)
    except decoding.DecodingError as error:
        what = f'{_KIND.kind} in version "v1" cannot be handled as a {_KIND.kind}'
        raise errors.bad_request(f"{what}: {error}") from None
    report(call, [*document.duplicates, *read.unknown], kind=_KIND.kind, version="v1")
    return value


def _check_type(kind: str, api_version: str) -> None:
    """Require that a body is a scale, if it says of which kind it is.

    Raises:
        StatusError: it is of another kind or version (400).
    """
    if (kind, api_version) == (_KIND.kind, _VERSION):
        return
    version = api_version.rpartition("/")[2]
    if kind == _KIND.kind:
        why = f'no kind "{kind}" is registered for version "{api_version}" in scheme "pkg/runtime/scheme.go:111"'
    else:
        why = f"converting ({version}.{kind}) to (autoscaling.Scale): unknown conversion"
    raise errors.bad_request(f'{kind} in version "{version}" cannot be handled as a Scale: {why}')


def scale_node() -> Node:
    """Return what a scale looks like."""
    return builtin.kind_node(_KIND.group, "v1", _KIND.kind)


def _write(
    cluster: Cluster, call: Call, paths: ScalePaths, write: Callable[[ownership.Kind, Object], _Written]
) -> Outcome:
    kind = ownership.Kind(_KIND.kind, _VERSION, scale_node())
    replicas = _replicas_by_version(cluster, call)

    def transform(live: Object | None) -> Object:
        if live is None:
            raise errors.not_found(call.resource.group_resource, call.name)
        before = live["metadata"].get("managedFields", [])
        scale = _scale(live, paths)
        if paths.needed and _at(live, paths.replicas) is None:
            scale["spec"] = {"replicas": _UNSET}
        scale["metadata"]["managedFields"] = ownership.owners_of_scale(before, replicas)
        wanted, entries = write(kind, scale)
        _check(call, wanted, live, paths)
        new = copy.deepcopy(live)
        _put(new, paths.replicas, (wanted.get("spec") or {}).get("replicas") or 0)
        new["metadata"]["managedFields"] = ownership.owners_of_object(
            before, entries, replicas, api_version=call.resource.api_version
        )
        return new

    outcome = update(cluster, call, transform)
    return Outcome(_scale(decoded(call.resource, outcome.object), paths), outcome.code)


def _replicas_by_version(cluster: Cluster, call: Call) -> dict[str, str | None]:
    return {
        resource.api_version: ".".join(resource.scale.replicas) if resource.scale else None
        for resource in cluster.resources
        if resource.collection == call.resource.collection
    }


def _scale(obj: Object, paths: ScalePaths) -> Object:
    status: Object = {"replicas": _at(obj, paths.status_replicas) or 0}
    if selector := paths.selector(obj):
        status["selector"] = selector
    replicas = _at(obj, paths.replicas)
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {name: obj["metadata"][name] for name in _KEPT if name in obj["metadata"]},
        "spec": {"replicas": replicas} if replicas else {},
        "status": status,
    }


def _check(call: Call, wanted: Object, live: Object, paths: ScalePaths) -> None:
    metadata, resource = wanted.get("metadata") or {}, call.resource
    replicas = (wanted.get("spec") or {}).get("replicas") or 0
    named(call, wanted)
    placed(call, wanted)
    if paths.needed and replicas == _UNSET:
        raise errors.bad_request(f'the spec replicas field "{paths.needed}" cannot be empty')
    if replicas < 0 and not paths.needed:  # custom kinds say so of the object
        why = field_errors.invalid("spec.replicas", replicas, "must be greater than or equal to 0")
        raise errors.invalid(_KIND, call.name, [why])
    version = metadata.get("resourceVersion")
    if version and version != live["metadata"]["resourceVersion"]:
        raise errors.conflict(resource.group_resource, call.name, STALE)
    uid = metadata.get("uid")
    if uid and uid != live["metadata"]["uid"]:
        why_not = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {live['metadata']['uid']}"
        raise errors.conflict(resource.group_resource, call.name, why_not)


def _at(obj: Any, path: Path) -> Any:
    for name in path:
        if not isinstance(obj, dict):
            return None
        obj = obj.get(name)
    return obj


def _put(obj: Object, path: Path, value: int) -> None:
    for name in path[:-1]:
        obj = obj.setdefault(name, {})
    obj[path[-1]] = value
