"""Sets of fields under another schema than they were made with."""

from aiokube.testing.apiserver.ownership.field_set import FieldSet
from aiokube.testing.apiserver.ownership.fitting import reconciled, with_structs
from aiokube.testing.apiserver.schema.node import Node

KEY = 'k:{"name":"a","protocol":"TCP"}'


def test_who_had_a_part_of_what_is_atomic_now_has_all_of_it(spec: Node) -> None:
    fields = FieldSet.from_json(
        {
            "f:atomicMap": {"f:a": {}},
            "f:plainList": {".": {}, "i:0": {}},
            "f:keyed": {KEY: {"f:value": {}}},
            "f:any": {"f:a": {"f:b": {}}},
            "f:unknown": {"f:a": {}},
        }
    )
    assert reconciled(spec, fields).tree == {
        "f:atomicMap": {},
        "f:plainList": {},
        "f:keyed": {KEY: {"f:value": {}}},
        "f:any": {"f:a": {"f:b": {}}},
        "f:unknown": {"f:a": {}},
    }


def test_a_set_that_fits_stays_as_it_is(spec: Node) -> None:
    fields = FieldSet.from_json({"f:atomicMap": {}, "f:keyed": {KEY: {".": {}, "f:value": {}}}})
    assert reconciled(spec, fields) is fields


def test_structs_are_all_that_the_schema_names_on_the_way(spec: Node) -> None:
    fields = FieldSet.from_json({"f:structs": {"f:a": {"f:x": {}}}, "f:keyed": {KEY: {"f:inner": {"f:x": {}}}}})
    assert with_structs(spec, fields).tree == {
        "f:structs": {".": {}, "f:a": {"f:x": {}}},
        "f:keyed": {".": {}, KEY: {"f:inner": {".": {}, "f:x": {}}}},
    }
