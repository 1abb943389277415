"""What changed between two objects."""

from typing import Any

import pytest

from aiokube.testing.apiserver.ownership.comparison import compare
from aiokube.testing.apiserver.schema.node import Node

KEY = 'k:{"name":"a","protocol":"TCP"}'


@pytest.mark.parametrize(
    ("old", "new", "added", "modified", "removed"),
    [
        ({"number": 1}, {"number": 1.0}, {}, {}, {}),
        ({"any": 1}, {"any": True}, {}, {"f:any": {}}, {}),
        ({"any": {"a": [1]}}, {"any": {"a": [True]}}, {}, {"f:any": {"f:a": {}}}, {}),
        ({"number": 1}, {"text": "a"}, {"f:text": {}}, {}, {"f:number": {}}),
        ({"map": {"a": "1"}}, {"map": {"a": "2", "b": "1"}}, {"f:map": {"f:b": {}}}, {"f:map": {"f:a": {}}}, {}),
        ({}, {"map": {"a": "1"}}, {"f:map": {".": {}, "f:a": {}}}, {}, {}),
        ({"map": {"a": "1"}}, {"map": {}}, {}, {}, {"f:map": {"f:a": {}}}),
        ({"map": None}, {"map": {}}, {}, {"f:map": {}}, {}),
        ({"map": None}, {"map": {"a": "1"}}, {"f:map": {"f:a": {}}}, {}, {}),
        ({"atomicMap": {"a": "1"}}, {"atomicMap": {"a": "1", "b": "1"}}, {}, {"f:atomicMap": {}}, {}),
        ({"plainList": ["a"]}, {"plainList": ["a", "b"]}, {}, {"f:plainList": {}}, {}),
        ({"set": ["a", "b"]}, {"set": ["c", "b"]}, {"f:set": {'v:"c"': {}}}, {}, {"f:set": {'v:"a"': {}}}),
        ({"set": ["a", "b"]}, {"set": ["b", "a"]}, {}, {}, {}),
        (
            {"keyed": [{"name": "a", "value": 1}]},
            {"keyed": [{"name": "a", "protocol": "TCP", "value": 2}]},
            {"f:keyed": {KEY: {"f:protocol": {}}}},
            {"f:keyed": {KEY: {"f:value": {}}}},
            {},
        ),
        ({"any": 1}, {"any": {"a": 1}}, {"f:any": {"f:a": {}}}, {"f:any": {}}, {}),
        ({"any": {"a": 1}}, {"any": "x"}, {}, {"f:any": {}}, {"f:any": {"f:a": {}}}),
        ({"any": {"a": 1}}, {"any": None}, {}, {}, {"f:any": {"f:a": {}}}),
        ({"any": None}, {"any": [1]}, {}, {"f:any": {}}, {}),
    ],
)
def test_changes(spec: Node, old: Any, new: Any, added: Any, modified: Any, removed: Any) -> None:
    comparison = compare(spec, old, new)
    assert [fields.tree for fields in comparison] == [added, modified, removed]


@pytest.mark.parametrize(
    ("old", "new", "added", "modified", "removed"),
    [
        ([1, 1], [1, 1], {}, {}, {}),
        ([1, 1], [1, 2], {}, {KEY: {}}, {}),
        ([1], [1, 2], {KEY: {}}, {}, {KEY: {".": {}, "f:name": {}, "f:value": {}}}),
        ([1, 2], [1], {KEY: {".": {}, "f:name": {}, "f:value": {}}}, {}, {KEY: {}}),
        ([1, 2], [], {}, {}, {KEY: {}}),
        ([], [1, 2], {KEY: {}}, {}, {}),
    ],
)
def test_items_with_one_key_are_compared_together(
    spec: Node, old: list[int], new: list[int], added: Any, modified: Any, removed: Any
) -> None:
    def items(values: list[int]) -> list[dict[str, Any]]:
        return [{"name": "a", "value": value} for value in values] + [{"name": "z"}]

    comparison = compare(spec, {"keyed": items(old)}, {"keyed": items(new)})
    trees = [{"f:keyed": tree} if tree else {} for tree in (added, modified, removed)]
    assert [fields.tree for fields in comparison] == trees
