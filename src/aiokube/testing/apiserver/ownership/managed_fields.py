"""Managed fields: what each manager owns of an object, and how `metadata.managedFields` says it.

Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/util/managedfields/internal/managedfields.go
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from aiokube.testing.apiserver.go.text import quoted

from .field_set import FieldSet
from .manager import APPLY, UPDATE, Manager

__all__ = ["Entry", "ManagedFields", "Owned", "capped", "decode", "encode", "stored"]

Entry: TypeAlias = dict[str, Any]

_UPDATERS_LIMIT = 10
_ANCIENT = "ancient-changes"


@dataclass(frozen=True, slots=True)
class Owned:
    """What a manager owns.

    Attributes:
        api_version: That the fields are of.
        time: Of the last write; None for who never wrote a change.
    """

    fields: FieldSet
    api_version: str
    time: str | None = None


ManagedFields: TypeAlias = Mapping[Manager, Owned]


def stored(entries: Sequence[Mapping[str, Any]]) -> dict[Manager, Owned]:
    """Read the entries of an object as `encode` wrote them."""
    return {
        _manager(entry): Owned(FieldSet(entry["fieldsV1"], written=True), entry["apiVersion"], entry.get("time"))
        for entry in entries
    }


def decode(entries: Sequence[Mapping[str, Any]]) -> dict[Manager, Owned]:
    """Read the entries of an object as a client sent them.

    Raises:
        ValueError: an entry is not valid.
    """
    managed = {}
    for index, entry in enumerate(entries):
        operation, api_version = entry.get("operation", ""), entry.get("apiVersion", "")
        if operation not in (APPLY, UPDATE):
            raise ValueError("operation must be `Apply` or `Update`")
        if not api_version:
            raise ValueError("apiVersion must not be empty")
        if entry.get("fieldsType", "") != "FieldsV1":
            raise ValueError(_wrong_type(entry.get("fieldsType", ""), index))
        managed[_manager(entry)] = Owned(FieldSet.from_json(entry.get("fieldsV1")), api_version, entry.get("time"))
    return managed


def encode(managed: ManagedFields) -> list[Entry]:
    """Return the entries of an object: appliers first, then by time, name, version and subresource."""
    return [_entry(manager, managed[manager]) for manager in sorted(managed, key=lambda one: _order(one, managed[one]))]


def capped(managed: ManagedFields) -> ManagedFields:
    """Return at most ten managers that update: beyond that, the oldest of each version become one.

    Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/util/managedfields/internal/capmanagers.go
    """
    updaters = [manager for manager in managed if manager.operation != APPLY]
    surplus = len(updaters) - _UPDATERS_LIMIT
    if surplus <= 0:
        return managed
    merged = dict(managed)
    firsts: dict[str, Manager] = {}
    for manager in sorted(updaters, key=lambda one: (managed[one].time or "", one.identifier)):
        if surplus <= 0:
            break
        owned = merged[manager]
        first = firsts.setdefault(owned.api_version, manager)
        if first is manager:
            continue
        bucket = Manager(_ANCIENT, UPDATE, owned.api_version)
        if bucket not in merged:
            merged[bucket] = merged.pop(first)
        fields = owned.fields | merged[bucket].fields
        del merged[manager]
        merged[bucket] = replace(owned, fields=fields)
        surplus -= 1
    return merged


def _manager(entry: Mapping[str, Any]) -> Manager:
    api_version = "" if entry["operation"] == APPLY else entry["apiVersion"]
    return Manager(entry.get("manager", ""), entry["operation"], api_version, entry.get("subresource", ""))


def _order(manager: Manager, owned: Owned) -> tuple[str, ...]:
    return manager.operation, owned.time or "", manager.name, owned.api_version, manager.subresource


def _entry(manager: Manager, owned: Owned) -> Entry:
    entry = {
        "manager": manager.name,
        "operation": manager.operation,
        "apiVersion": owned.api_version,
        "time": owned.time,
        "fieldsType": "FieldsV1",
        "fieldsV1": owned.fields.json(),
        "subresource": manager.subresource,
    }
    return {name: value for name, value in entry.items() if value or name == "fieldsV1"}


def _wrong_type(fields_type: str, index: int) -> str:
    if not fields_type:
        return f"missing fieldsType in managed fields entry {index}"
    return f"invalid fieldsType {quoted(fields_type)} in managed fields entry {index}"
