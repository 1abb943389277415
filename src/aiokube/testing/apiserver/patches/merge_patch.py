"""JSON Merge Patch, RFC 7386, as kube-apiserver applies it.

It differs from the RFC in that nulls are dropped also from the objects of a list, unless that list replaces an
object.

Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/endpoints/handlers/patch.go
Source: https://github.com/evanphx/json-patch/blob/v4.13.0/merge.go
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from aiokube.testing.apiserver.documents import InvalidDocument, read_json
from aiokube.testing.apiserver.errors import bad_request
from aiokube.testing.apiserver.go.json_syntax import go_kind

from .opened import Members, Opened, Slot, open_members, write

__all__ = ["MergePatch", "apply", "read"]


class MergePatch(NamedTuple):
    """A patch that was read.

    Attributes:
        text: the JSON, compact.
        strict_errors: fields that stand twice.
    """

    text: bytes
    strict_errors: Sequence[str]


def read(body: bytes, *, strict: bool) -> MergePatch:
    """Read the body of a request.

    Args:
        body: UTF-8.
        strict: look for what stands twice (field validation Warn and Strict).

    Raises:
        StatusError: 400 for what is no merge patch.
    """
    try:
        document = read_json(body)
    except InvalidDocument as error:
        raise bad_request(f"error decoding patch: {error}" if strict else "Invalid JSON Patch") from error
    if strict and not isinstance(document.value, dict | None):
        kind = go_kind(document.value)
        raise bad_request(
            f"error decoding patch: json: cannot unmarshal {kind} into Go value of type map[string]interface {{}}"
        )
    if not isinstance(document.value, dict | list):
        raise bad_request("Invalid JSON Patch")
    errors = document.duplicates if strict else ()
    return MergePatch(msgspec.json.format(document.text, indent=-1), errors)


def apply(document: bytes, patch: MergePatch) -> bytes:
    """Return the text of an object with a patch applied.

    Args:
        document: the object as JSON, as the server writes it.
    """
    change = Opened(patch.text)
    members = change.as_members()
    if members is None:
        _drop_nulls(change)
        return write(change)
    merged = open_members(document)
    _merge_members(merged, members)
    return write(Opened(members=merged))


def _merge_members(current: Members, patch: Members) -> None:
    for key, change in patch.items():
        if change is None:
            current.pop(key, None)
        else:
            current[key] = _merged(current.get(key), change)


def _merged(current: Slot, patch: Opened) -> Opened:
    members = current.as_members() if current is not None else None
    if current is None or members is None:
        _drop_nulls(patch)
        return patch
    changes = patch.as_members()
    if changes is None:
        return patch
    _merge_members(members, changes)
    return current


def _drop_nulls(value: Opened) -> None:
    members = value.as_members()
    if members is not None:
        for key in [key for key, member in members.items() if member is None]:
            del members[key]
    for slot in members.values() if members is not None else value.as_items() or ():
        if slot is not None:
            _drop_nulls(slot)
