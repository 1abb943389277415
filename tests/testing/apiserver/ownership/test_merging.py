"""An object with another one laid over it."""

from typing import Any

import pytest

from aiokube.testing.apiserver.ownership.merging import merge
from aiokube.testing.apiserver.schema.node import Node


@pytest.mark.parametrize(
    ("under", "over", "merged"),
    [
        ({"number": 1, "text": "a"}, {"number": 2}, {"number": 2, "text": "a"}),
        ({"number": 1}, {"number": None}, {"number": None}),
        ({"map": {"a": "1"}}, {"map": {"b": "2"}}, {"map": {"a": "1", "b": "2"}}),
        ({"map": {"a": "1"}}, {"map": None}, {"map": {"a": "1"}}),
        ({"map": {"a": "1"}}, {"map": {}}, {"map": {"a": "1"}}),
        ({"map": {}}, {"map": None}, {"map": None}),
        ({}, {"map": {}}, {"map": {}}),
        ({"atomicMap": {"a": "1"}}, {"atomicMap": {"b": "2"}}, {"atomicMap": {"b": "2"}}),
        ({"atomicMap": {"a": "1"}}, {"atomicMap": None}, {"atomicMap": None}),
        ({"plainList": ["a"]}, {"plainList": []}, {"plainList": []}),
        ({"set": ["a"]}, {"set": []}, {"set": ["a"]}),
        ({"set": []}, {"set": None}, {"set": None}),
        ({"any": {"a": 1}}, {"any": {"b": 1}}, {"any": {"a": 1, "b": 1}}),
        ({"any": {"a": 1}}, {"any": 1}, {"any": 1}),
        ({"any": 1}, {"any": {"a": 1}}, {"any": {"a": 1}}),
        ({"any": {"a": 1}}, {"any": None}, {"any": {"a": 1}}),
        ({"any": [1]}, {"any": None}, {"any": None}),
    ],
)
def test_fields_of_the_second_win(spec: Node, under: Any, over: Any, merged: Any) -> None:
    assert merge(spec, under, over) == merged


@pytest.mark.parametrize(
    ("under", "over", "merged"),
    [
        ("abc", "", "abc"),
        ("", "abc", "abc"),
        ("abc", "abc", "abc"),
        ("abc", "cba", "cba"),
        ("abc", "d", "abcd"),
        ("abc", "bd", "abcd"),
        ("abc", "db", "adbc"),
        ("abcd", "db", "acdb"),
        ("ab", "xbya", "xbya"),
        ("axbycz", "cba", "xyczba"),
    ],
)
def test_items_come_in_the_order_of_the_second(spec: Node, under: str, over: str, merged: str) -> None:
    """Those of the first alone keep their place among them."""
    assert "".join(merge(spec, {"set": list(under)}, {"set": list(over)})["set"]) == merged


def test_items_with_the_same_keys_are_merged(spec: Node) -> None:
    under = [{"name": "a", "protocol": "TCP", "value": 1}, {"name": "b", "value": 1}]
    over = [{"name": "a", "inner": {"x": "1"}}]
    assert merge(spec, {"keyed": under}, {"keyed": over}) == {
        "keyed": [{"name": "a", "protocol": "TCP", "value": 1, "inner": {"x": "1"}}, {"name": "b", "value": 1}]
    }


def test_an_item_that_is_there_twice_is_replaced(spec: Node) -> None:
    """Nobody could say with which of the two to merge."""
    under = [{"name": "a", "value": 1}, {"name": "b"}, {"name": "a", "value": 2}]
    merged = merge(spec, {"keyed": under}, {"keyed": [{"name": "a", "inner": {}}]})
    assert merged == {"keyed": [{"name": "a", "inner": {}}, {"name": "b"}]}
