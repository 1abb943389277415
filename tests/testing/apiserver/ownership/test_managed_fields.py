"""The entries of metadata.managedFields."""

from typing import Any

import pytest

from aiokube.testing.apiserver.ownership.field_set import FieldSet
from aiokube.testing.apiserver.ownership.managed_fields import Owned, capped, decode, encode, stored
from aiokube.testing.apiserver.ownership.manager import APPLY, UPDATE, Manager


def entry(**fields: Any) -> dict[str, Any]:
    complete = {
        "manager": "a",
        "operation": "Update",
        "apiVersion": "v1",
        "time": "2026-01-01T00:00:00Z",
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:data": {}},
    }
    return {name: value for name, value in (complete | fields).items() if value is not None}


def test_entries_are_read_as_they_were_written() -> None:
    entries = [entry(operation="Apply"), entry(subresource="status"), entry(apiVersion="v2", time=None)]
    written = encode(decode(entries))
    assert sorted(written, key=str) == sorted(entries, key=str)
    assert encode(stored(written)) == written


def test_appliers_come_first_then_the_oldest_then_by_name_version_and_subresource() -> None:
    ordered = [
        entry(manager="z", operation="Apply"),
        entry(manager="y", time=None),
        entry(manager="x", time="2025-01-01T00:00:00Z"),
        entry(manager="a"),
        entry(manager="a", subresource="status"),
        entry(manager="a", apiVersion="v2"),
        entry(manager="b"),
    ]
    assert encode(decode(ordered[::-1])) == ordered


def test_an_entry_may_own_nothing() -> None:
    assert encode(decode([entry(fieldsV1=None)])) == [entry(fieldsV1={})]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"operation": "Nope"}, "operation must be `Apply` or `Update`"),
        ({"operation": None}, "operation must be `Apply` or `Update`"),
        ({"apiVersion": ""}, "apiVersion must not be empty"),
        ({"fieldsType": None}, "missing fieldsType in managed fields entry 1"),
        ({"fieldsType": "FieldsV2"}, 'invalid fieldsType "FieldsV2" in managed fields entry 1'),
        ({"fieldsV1": {"data": {}}}, "missing colon: data"),
    ],
)
def test_entries_that_are_not_valid_are_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        decode([entry(), entry(**wrong)])


def updaters(*names: str, api_version: str = "v1") -> dict[Manager, Owned]:
    return {
        Manager.of(name, UPDATE, api_version): Owned(FieldSet.of_fields(f"data.{name}"), api_version, name)
        for name in names
    }


def test_ten_updaters_stay_as_they_are() -> None:
    managed = updaters(*"abcdefghij") | {Manager.of("z", APPLY, "v1"): Owned(FieldSet(), "v1")}
    assert capped(managed) is managed


def test_beyond_ten_the_oldest_become_one() -> None:
    left = capped(updaters(*"abcdefghijkl"))
    ancient = Manager.of("ancient-changes", UPDATE, "v1")
    assert {manager.name for manager in left} == {*"defghijkl", "ancient-changes"}
    assert left[ancient] == Owned(FieldSet.of_fields("data.a", "data.b", "data.c"), "v1", "c")


def test_versions_are_not_thrown_together() -> None:
    left = capped(updaters("a", "c", *"efghijkl") | updaters("b", "d", api_version="v2"))
    names = {(manager.name, manager.api_version) for manager in left}
    assert names == {("ancient-changes", "v1"), ("ancient-changes", "v2"), *((name, "v1") for name in "efghijkl")}


def test_ancient_changes_take_in_later_ones() -> None:
    ancient = {Manager.of("ancient-changes", UPDATE, "v1"): Owned(FieldSet.of_fields("data.old"), "v1", "0")}
    left = capped(ancient | updaters(*"abcdefghij"))
    assert left[Manager.of("ancient-changes", UPDATE, "v1")].fields == FieldSet.of_fields("data.old", "data.a")
