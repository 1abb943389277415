"""Which fields an object has."""

from typing import Any

import pytest

from aiokube.testing.apiserver.ownership.field_set import FieldSet
from aiokube.testing.apiserver.ownership.members import applied, everything
from aiokube.testing.apiserver.ownership.parts import MalformedError
from aiokube.testing.apiserver.schema.node import Node, Shape


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        ({"number": 1, "text": None}, {"f:number": {}, "f:text": {}}),
        ({"map": {"a": "1"}}, {"f:map": {"f:a": {}}}),
        ({"map": {}}, {"f:map": {}}),
        ({"map": None}, {"f:map": {}}),
        ({"structs": {"a": {"x": "1"}, "b": {}}}, {"f:structs": {"f:a": {".": {}, "f:x": {}}, "f:b": {}}}),
        ({"atomicMap": {"a": "1"}}, {"f:atomicMap": {}}),
        ({"plainList": []}, {"f:plainList": {}}),
        ({"set": []}, {}),
        ({"set": None}, {"f:set": {}}),
        ({"set": ["a"]}, {"f:set": {'v:"a"': {}}}),
        ({"numbers": [2, 10]}, {"f:numbers": {"v:2": {}, "v:10": {}}}),
        (
            {"keyed": [{"name": "a", "value": 1}]},
            {"f:keyed": {'k:{"name":"a","protocol":"TCP"}': {".": {}, "f:name": {}, "f:value": {}}}},
        ),
        ({"any": {"a": {"b": 1}, "c": [1]}}, {"f:any": {"f:a": {".": {}, "f:b": {}}, "f:c": {}}}),
        ({"any": [{"a": 1}]}, {"f:any": {}}),
        ({"free": {"known": {"k": "1"}}}, {"f:free": {"f:known": {"f:k": {}}}}),
        ({"either": "1"}, {"f:either": {}}),
        ({"keyed": [{"name": "a"}, {"name": "a"}]}, {"f:keyed": {'k:{"name":"a","protocol":"TCP"}': {}}}),
    ],
)
def test_what_is_applied_is_owned(spec: Node, value: dict[str, Any], fields: Any) -> None:
    assert applied(spec, value) == fields


def test_what_came_into_being_is_owned_with_all_around_it(spec: Node) -> None:
    value = {"map": {"a": "1"}, "set": ["x"], "keyed": [{"name": "a"}], "atomicMap": {"a": "1"}, "structs": {}}
    assert everything(spec, value) == {
        ".": {},
        "f:map": {".": {}, "f:a": {}},
        "f:set": {".": {}, 'v:"x"': {}},
        "f:keyed": {".": {}, 'k:{"name":"a","protocol":"TCP"}': {".": {}, "f:name": {}}},
        "f:atomicMap": {},
        "f:structs": {},
    }


def test_items_that_are_there_twice_are_owned_as_one(spec: Node) -> None:
    assert everything(spec.fields["set"].node, ["a", "b", "a"]) == {".": {}, 'v:"a"': {}, 'v:"b"': {}}
    assert everything(spec.fields["keyed"].node, [{"name": "a", "value": n} for n in (1, 2, 3)]) == {
        ".": {},
        'k:{"name":"a","protocol":"TCP"}': {},
    }


def test_an_item_without_a_key_has_no_owner(spec: Node) -> None:
    with pytest.raises(MalformedError, match="element 1: associative list with keys may not have a null element"):
        everything(spec, {"keyed": [{"name": "a"}, None]})


def test_a_raw_extension_has_one_owner() -> None:
    raw = Node(Shape.ANY, go="runtime.RawExtension")
    assert FieldSet(everything(raw, {"a": {"b": 1}})) == FieldSet()
