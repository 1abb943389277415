"""An object without some of its fields."""

from typing import Any

import pytest

from aiokube.testing.apiserver.ownership.field_set import FieldSet
from aiokube.testing.apiserver.ownership.removal import remove
from aiokube.testing.apiserver.schema.node import Node

KEY = 'k:{"name":"a","protocol":"TCP"}'
A, B = {"name": "a", "value": 1}, {"name": "b"}


@pytest.mark.parametrize(
    ("value", "fields", "rest"),
    [
        ({"number": 1, "text": "a"}, {"f:number": {}}, {"text": "a"}),
        ({"map": {"a": "1", "b": "2"}}, {"f:map": {"f:a": {}}}, {"map": {"b": "2"}}),
        ({"map": {"a": "1"}}, {"f:map": {"f:a": {}}}, {"map": None}),
        ({"map": {"a": "1"}}, {"f:map": {".": {}, "f:a": {}}}, None),
        ({"number": 1}, {"f:map": {"f:a": {}}}, {"number": 1}),
        ({"map": {}, "number": 1}, {"f:map": {"f:a": {}}}, {"map": None, "number": 1}),
        ({"atomicMap": {"a": "1"}}, {"f:atomicMap": {"f:a": {}}}, {"atomicMap": None}),
        ({"set": ["a", "b"]}, {"f:set": {'v:"a"': {}}}, {"set": ["b"]}),
        ({"set": ["a"]}, {"f:set": {'v:"a"': {}}}, {"set": None}),
        ({"keyed": [A, B]}, {"f:keyed": {KEY: {"f:value": {}}}}, {"keyed": [{"name": "a"}, B]}),
        ({"keyed": [A, B]}, {"f:keyed": {KEY: {".": {}, "f:value": {}}}}, {"keyed": [B]}),
        ({"number": 1}, {"f:number": {"f:a": {}}}, {"number": 1}),
        ({"number": 1}, {}, {"number": 1}),
    ],
)
def test_removal(spec: Node, value: Any, fields: Any, rest: Any) -> None:
    assert remove(spec, value, FieldSet(fields)) == rest
