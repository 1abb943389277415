"""Options: what may stand in the query of each verb, and in the body of a deletion.

Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/apis/meta/v1/validation/validation.go
Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/apis/meta/internalversion/validation/validation.go
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from aiokube.testing.apiserver import errors
from aiokube.testing.apiserver.field_errors import FieldError, forbidden, invalid, not_supported, required, too_long
from aiokube.testing.apiserver.go.numbers import parse_int
from aiokube.testing.apiserver.schema import builtin, decoding

__all__ = ["DeleteOptions", "ListOptions", "Query", "WriteOptions", "flag", "list_options", "write_options"]

Query = Mapping[str, Sequence[str]]

_MANAGER_LIMIT = 128
_DELETE_OPTIONS = "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions"
_DIRECTIVES = ("", "Ignore", "Strict", "Warn")


class WriteOptions(msgspec.Struct, frozen=True):
    """Options of create, update and patch."""

    dry_run: bool = False
    field_manager: str = ""
    field_validation: str = "Warn"
    force: bool | None = None


class ListOptions(msgspec.Struct, frozen=True):
    """Options of list, watch and deletecollection."""

    label_selector: str = ""
    field_selector: str = ""
    watch: bool = False
    allow_watch_bookmarks: bool = False
    resource_version: str = ""
    resource_version_match: str = ""
    timeout_seconds: int | None = None
    limit: int = 0
    continue_: str = ""
    send_initial_events: bool | None = None


class Preconditions(msgspec.Struct, frozen=True):
    """What must hold for a deletion to happen."""

    uid: str | None = None
    resourceVersion: str | None = None


class DeleteOptions(msgspec.Struct, frozen=True):
    """Options of delete and deletecollection, named as in the body that carries them."""

    dryRun: Sequence[str] = ()
    gracePeriodSeconds: int | None = None
    orphanDependents: bool | None = None
    propagationPolicy: str | None = None
    preconditions: Preconditions | None = None

    @property
    def dry_run(self) -> bool:
        return bool(self.dryRun)


def write_options(query: Query, kind: str, *, applies: bool = False) -> WriteOptions:
    """Return the options of a write.

    Args:
        query: all values of each parameter.
        kind: "CreateOptions", "UpdateOptions" or "PatchOptions".
        applies: it is a server-side apply.

    Raises:
        StatusError: 400 for what cannot be read, 422 for what may not be.
    """
    options = WriteOptions(
        dry_run=bool(query.get("dryRun")),
        field_manager=_text(query, "fieldManager"),
        field_validation=_text(query, "fieldValidation") or "Warn",
        force=flag(query, "force") if kind == "PatchOptions" else None,
    )
    found: list[FieldError] = []
    if kind == "PatchOptions":
        if applies and not options.field_manager:
            found.append(required("fieldManager", "is required for apply patch"))
        if not applies and options.force is not None:
            found.append(forbidden("force", "may not be specified for non-apply patch"))
    found += _manager_errors(options.field_manager)
    found += _dry_run_errors(query.get("dryRun", ()))
    if options.field_validation not in _DIRECTIVES:
        found.append(not_supported("fieldValidation", options.field_validation, _DIRECTIVES))
    _refuse(kind, found)
    return options


def list_options(query: Query) -> ListOptions:
    """Return the options of a list, watch or deletecollection.

    Raises:
        StatusError: 400 for what cannot be read, 422 for what may not be.
    """
    options = ListOptions(
        label_selector=_text(query, "labelSelector"),
        field_selector=_text(query, "fieldSelector"),
        watch=bool(flag(query, "watch")),
        allow_watch_bookmarks=bool(flag(query, "allowWatchBookmarks")),
        resource_version=_text(query, "resourceVersion"),
        resource_version_match=_text(query, "resourceVersionMatch"),
        timeout_seconds=_integer(query, "timeoutSeconds"),
        limit=_integer(query, "limit") or 0,
        continue_=_text(query, "continue"),
        send_initial_events=flag(query, "sendInitialEvents"),
    )
    if options.watch and options.resource_version in {"", "0"} and _unset(options):
        options = msgspec.structs.replace(options, send_initial_events=True, resource_version_match="NotOlderThan")
    _refuse("ListOptions", _watch_errors(options) if options.watch else _list_errors(options))
    return options


def delete_options(query: Query, body: Mapping[str, Any] | None) -> DeleteOptions:
    """Return the options of a deletion: those of the body when there is one, else those of the query.

    Raises:
        StatusError: 400 for what cannot be read, 422 for what may not be.
    """
    if body is None:
        options = DeleteOptions(
            dryRun=query.get("dryRun", ()),
            gracePeriodSeconds=_integer(query, "gracePeriodSeconds"),
            orphanDependents=flag(query, "orphanDependents"),
            propagationPolicy=_text(query, "propagationPolicy") or None,
            preconditions=_preconditions(query),
        )
    else:
        _check_kind(body.get("kind") or "", body.get("apiVersion") or "")
        try:
            known = decoding.decode(builtin.node(_DELETE_OPTIONS), body).object
        except decoding.DecodingError as error:
            raise errors.bad_request(str(error)) from None
        options = msgspec.convert(known, DeleteOptions)
    _refuse("DeleteOptions", _delete_errors(options))
    return options


def _preconditions(query: Query) -> Preconditions | None:
    uid, version = _text(query, "uid"), _text(query, "resourceVersion")
    return Preconditions(uid=uid or None, resourceVersion=version or None) if uid or version else None


def _check_kind(kind: str, api_version: str) -> None:
    """Require that a body is DeleteOptions, of whatever group; what says nothing is taken for some."""
    if kind not in {"", "DeleteOptions"}:
        what = (
            f'no kind "{kind}" is registered for version "{api_version or "v1"}" in scheme "pkg/runtime/scheme.go:111"'
        )
        raise errors.bad_request(what)


def flag(query: Query, name: str) -> bool | None:
    """Return a switch as the query has it, None when it is not there; anything but `false` and `0` is on."""
    values = query.get(name)
    if not values:
        return None
    return values[0].lower() not in {"false", "0"}


def _unset(options: ListOptions) -> bool:
    return options.send_initial_events is None and not options.resource_version_match


def _text(query: Query, name: str) -> str:
    values = query.get(name)
    return values[0] if values else ""


def _integer(query: Query, name: str) -> int | None:
    text = _text(query, name)
    if not text:
        return None
    try:
        return parse_int(text)
    except ValueError as error:
        raise errors.bad_request(str(error)) from None


def _manager_errors(manager: str) -> list[FieldError]:
    found = []
    if len(manager.encode()) > _MANAGER_LIMIT:
        found.append(too_long("fieldManager", _MANAGER_LIMIT))
    for position, char in enumerate(manager):
        if unicodedata.category(char)[0] in "CZ" and char != " ":
            detail = f"invalid character U+{ord(char):04X} (at position {len(manager[:position].encode())})"
            found.append(invalid("fieldManager", manager, detail))
    return found


def _dry_run_errors(values: Sequence[str]) -> list[FieldError]:
    return [] if all(value == "All" for value in values) else [not_supported("dryRun", list(values), ["All"])]


def _list_errors(options: ListOptions) -> list[FieldError]:
    field, found = "resourceVersionMatch", []
    if match := options.resource_version_match:
        if not options.resource_version:
            found.append(forbidden(field, "resourceVersionMatch is forbidden unless resourceVersion is provided"))
        if options.continue_:
            found.append(forbidden(field, "resourceVersionMatch is forbidden when continue is provided"))
        if match not in {"Exact", "NotOlderThan"}:
            found.append(not_supported(field, match, ["Exact", "NotOlderThan", ""]))
        if match == "Exact" and options.resource_version == "0":
            found.append(forbidden(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'))
    if options.send_initial_events is not None:
        found.append(forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"))
    return found


def _watch_errors(options: ListOptions) -> list[FieldError]:
    field, match, found = "resourceVersionMatch", options.resource_version_match, []
    if options.send_initial_events is not None and match != "NotOlderThan":
        found.append(forbidden(field, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"))
    if match:
        if options.send_initial_events is None:
            detail = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
            found.append(forbidden(field, detail))
        if match != "NotOlderThan":
            found.append(not_supported(field, match, ["NotOlderThan"]))
        if options.continue_:
            found.append(forbidden(field, "resourceVersionMatch is forbidden when continue is provided"))
    return found


def _delete_errors(options: DeleteOptions) -> list[FieldError]:
    found = []
    policy = options.propagationPolicy
    if policy is not None and options.orphanDependents is not None:
        detail = "orphanDependents and deletionPropagation cannot be both set"
        found.append(invalid("propagationPolicy", policy, detail))
    if policy not in {None, "Foreground", "Background", "Orphan"}:
        found.append(not_supported("propagationPolicy", policy, ["Foreground", "Background", "Orphan", "nil"]))
    return found + _dry_run_errors(options.dryRun)


def _refuse(kind: str, found: Sequence[FieldError]) -> None:
    if found:
        raise errors.invalid(errors.GroupKind("meta.k8s.io", kind), "", found)
