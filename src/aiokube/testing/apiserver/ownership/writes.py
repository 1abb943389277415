"""Writes: the managed fields of an object that is updated, and what becomes of one that is applied.

Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/util/managedfields/internal/fieldmanager.go
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from aiokube.testing.apiserver import errors

from .blank import blank
from .conflicts import ConflictsError
from .field_set import FieldSet
from .last_applied import KUBECTL, last_applied_fields, with_last_applied
from .managed_fields import Entry, ManagedFields, Owned, capped, decode, encode, stored
from .manager import APPLY, UPDATE, Manager
from .parts import MalformedError
from .problems import problems, summary
from .updater import Kind, Object, apply, update

__all__ = ["applied", "not_converted", "not_of_custom_kind", "updated", "with_old_times"]

_CURRENT = Manager("current-operation", UPDATE, "")
"""Stands for who is updating, until it is known whether anything changed."""

_CONVERTING = (
    (
        re.compile(r"^json: cannot unmarshal number \S*[.eE]\S* into Go struct field \S+ of type (int\d+)"),
        r"cannot convert float64 to \1",
    ),
    (re.compile("^(json: .*) Go struct field .+ of type"), r"\1 Go value of type"),
    (re.compile("^(illegal base64 data)"), r"error decoding from json: \1"),
)
"""How converting words what decoding words otherwise."""

_BEFORE_FIRST_APPLY = "before-first-apply"

_NEVER_OWNED = FieldSet.of_fields(
    "apiVersion",
    "kind",
    "metadata",
    "metadata.name",
    "metadata.namespace",
    "metadata.creationTimestamp",
    "metadata.selfLink",
    "metadata.uid",
    "metadata.clusterName",
    "metadata.generation",
    "metadata.managedFields",
    "metadata.resourceVersion",
)


def updated(
    kind: Kind, live: Object | None, new: Object, *, manager: str, now: str, subresource: str = ""
) -> list[Entry]:
    """Return the managed fields of an object that is created, updated or patched.

    Args:
        live: What is stored, None for a new object; in the version of the request, as is `new`.
        new: What it is to be, decoded and defaulted, with the managed fields that the client sent.
        manager: See `manager_name`.
        now: The time, as metav1.Time.

    Returns:
        The entries; none for an object whose fields are not tracked.
    """
    managed = _managed(live, new, subresource)
    if live is not None and not managed and live["metadata"].get("uid"):
        return []
    try:
        managed = _tracked(kind, live, new, managed, Manager.of(manager, UPDATE, kind.api_version, subresource), now)
    except MalformedError:
        # An object that cannot have owners is written without them, as if nobody had asked.
        return []
    return encode(managed)


def applied(
    kind: Kind,
    live: Object | None,
    config: Object,
    *,
    manager: str,
    now: str,
    force: bool = False,
    subresource: str = "",
) -> tuple[Object, list[Entry]]:
    """Return what an object becomes by an apply, and its managed fields.

    Args:
        live: What is stored, None for nothing; in the version of the request.
        config: What is applied, as it was sent.
        now: The time, as metav1.Time.

    Returns:
        The object, without managed fields, neither decoded nor defaulted, and the entries.

    Raises:
        StatusError: in conflict with others (409), not of this kind (400) or not by its schema (500).
    """
    asked = _said(config, "apiVersion"), _said(config, "kind")
    if asked != (kind.api_version, kind.name):
        raise errors.bad_request(f"invalid object type: {_kind_text(*asked)}")
    before = _bare(live) if live is not None else _blank(kind)
    managed = _stored(live)
    if not managed:
        _check_live(kind, before, _UNTRACKED)
        tracker = Manager.of(_BEFORE_FIRST_APPLY, UPDATE, kind.api_version, subresource)
        managed = _tracked(kind, None, before, {}, tracker, now)
    _check(kind, before, config)
    applier = Manager.of(manager, APPLY, kind.api_version, subresource)
    try:
        after, owners = _apply(kind, before, config, managed, applier, force)
    except ConflictsError as conflicts:
        raise conflicts.status from None
    except MalformedError as error:
        raise errors.StatusError(500, "", f"failed to merge config: {error}") from None
    owners = _stripped(owners, applier)
    if after is None:
        after = before
    elif applier in owners:
        owners[applier] = replace(owners[applier], time=now)
    return with_last_applied(after, config) if manager == KUBECTL else after, encode(owners)


def not_converted(config: Object, why: str) -> errors.StatusError:
    """Return the error for an apply whose outcome is no object of its kind.

    Args:
        config: What is applied.
        why: In the words of a decoder, which is not what kube-apiserver does this with.

    Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/runtime/converter.go
    """
    for pattern, words in _CONVERTING:
        why = pattern.sub(words, why)
    target = _kind_text(config.get("apiVersion", ""), config.get("kind", ""))
    return _unconverted(config, f"unable to convert unstructured object to {target}: {why}")


def not_of_custom_kind(config: Object) -> errors.StatusError:
    """Return the error for an apply to a custom kind that is of none: kube-apiserver converts custom objects only."""
    return _unconverted(config, f"request to convert CR to an invalid group/version: {config.get('apiVersion', '')}")


def _unconverted(config: Object, why: str) -> errors.StatusError:
    message = f"failed to convert new object ({_object_text(config)}) to proper version: {why}"
    return errors.StatusError(500, "", message)


def with_old_times(old: Object, new: Object) -> Object:
    """Return a changed object with its old managed fields if nothing but their times has changed.

    Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/endpoints/handlers/fieldmanager/equality.go
    """
    before, after = old["metadata"].get("managedFields"), new["metadata"].get("managedFields")
    if not before or before == after or _timeless(before) != _timeless(after or []) or _bare(old) != _bare(new):
        return new
    return new | {"metadata": new["metadata"] | {"managedFields": before}}


def _timeless(entries: list[Entry]) -> list[Entry]:
    return [{name: value for name, value in entry.items() if name != "time"} for entry in entries]


def _managed(live: Object | None, new: Object, subresource: str) -> ManagedFields:
    """Return what the client sent as managed fields, or what is stored if it sent none that are valid."""
    sent = new["metadata"].get("managedFields")
    if not subresource and sent is not None and (live is None or sent != live["metadata"].get("managedFields")):
        if sent in ([], [{}]):
            return {}
        try:
            managed = decode(sent)
        except ValueError:
            managed = {}
        if managed:
            return managed
    return _stored(live)


def _stored(live: Object | None) -> ManagedFields:
    return stored(live["metadata"].get("managedFields") or ()) if live else {}


def _tracked(
    kind: Kind, live: Object | None, new: Object, managed: ManagedFields, manager: Manager, now: str
) -> ManagedFields:
    """Return who owns what after an update."""
    before = _bare(live) if live is not None else _blank(kind)
    owners = _stripped(update(kind, before, _bare(new), managed, _CURRENT), _CURRENT)
    taken = owners.pop(_CURRENT, None)
    if taken is not None:
        previous = owners.get(manager)
        fields = taken.fields | previous.fields if previous else taken.fields
        owners[manager] = Owned(fields, kind.api_version, now)
    return capped(owners)


def _apply(
    kind: Kind, live: Object, config: Object, managed: ManagedFields, applier: Manager, force: bool
) -> tuple[Object | None, dict[Manager, Owned]]:
    try:
        return apply(kind, live, config, managed, applier, force=force)
    except ConflictsError as conflicts:
        if applier.name != KUBECTL:
            raise
        rest = conflicts.without(last_applied_fields(kind, live))
        if rest is not None:
            raise rest from None
    return apply(kind, live, config, managed, applier, force=True)


def _check(kind: Kind, live: Object, config: Object) -> None:
    metadata = config.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    if isinstance(metadata.get("managedFields"), list):
        raise errors.bad_request("metadata.managedFields must be nil")
    found = problems(kind.node, config)
    if found:
        raise errors.StatusError(
            500, "", f"failed to create typed patch object ({_object_text(config)}): {summary(found)}"
        )
    _check_live(kind, live, _UNTYPED)


def _check_live(kind: Kind, live: Object, words: str) -> None:
    # What is stored of a built-in kind is by its schema; schemas of custom kinds change, or hold what has no owners.
    found = [] if kind.node.name else problems(kind.node, live, duplicates=True)
    if found:
        raise errors.StatusError(500, "", words.format(object=_object_text(live), problems=summary(found)))


_UNTYPED = "failed to create typed live object ({object}): {problems}"
_UNTRACKED = (
    "failed to create manager for existing fields: failed to convert new object ({object}) to smd typed: {problems}"
)


def _stripped(owners: Mapping[Manager, Owned], manager: Manager) -> dict[Manager, Owned]:
    """Return the owners, a manager without what nobody ever owns."""
    rest = dict(owners)
    owned = rest.pop(manager, None)
    fields = owned.fields - _NEVER_OWNED if owned else None
    return rest | {manager: replace(owned, fields=fields)} if owned and fields else rest


def _bare(value: Object) -> Object:
    """Return an object without its managed fields, which are not compared."""
    metadata = value.get("metadata")
    if not metadata or "managedFields" not in metadata:
        return value
    return value | {"metadata": {name: part for name, part in metadata.items() if name != "managedFields"}}


def _blank(kind: Kind) -> Object:
    return {"kind": kind.name, "apiVersion": kind.api_version} | blank(kind.node)


def _object_text(value: Object) -> str:
    metadata = value.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    kind = _kind_text(value.get("apiVersion", ""), value.get("kind", ""))
    return f"{metadata.get('namespace', '')}/{metadata.get('name', '')}; {kind}"


def _said(config: Object, name: str) -> str:
    """Return a string of a configuration, "" for what is none."""
    text = config.get(name)
    return text if isinstance(text, str) else ""


def _kind_text(api_version: str, kind: str) -> str:
    """Return a kind in a version as Go prints it."""
    group, _, version = api_version.rpartition("/")
    if "/" in group:
        group = version = ""
    return f"{group}/{version}, Kind={kind}"
