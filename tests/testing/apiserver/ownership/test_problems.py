"""What is wrong with what is applied, in kube-apiserver's words."""

from typing import Any

import pytest

from aiokube.testing.apiserver.ownership.problems import problems, summary
from aiokube.testing.apiserver.schema import structural
from aiokube.testing.apiserver.schema.node import Node

_GO = "&value.valueUnstructured{Value:"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"other": 1}, ".other: field not declared in schema"),
        ({"number": "x"}, ".number: expected numeric (int or float), got string"),
        ({"number": True}, ".number: expected numeric (int or float), got bool"),
        ({"number": {}}, ".number: expected numeric (int or float), got map[string]interface {}"),
        ({"number": []}, ".number: expected numeric (int or float), got []interface {}"),
        ({"flag": 5}, ".flag: expected boolean, got &{5}"),
        ({"flag": "x"}, ".flag: expected boolean, got &{x}"),
        ({"flag": [1]}, ".flag: expected boolean, got &{[1]}"),
        ({"text": 5}, f".text: expected string, got {_GO}5}}"),
        ({"text": True}, f".text: expected string, got {_GO}true}}"),
        ({"text": ["a"]}, f'.text: expected string, got {_GO}[]interface {{}}{{"a"}}}}'),
        (
            {"text": {"x": 1.5, "a": None}},
            f'.text: expected string, got {_GO}map[string]interface {{}}{{"a":interface {{}}(nil), "x":1.5}}}}',
        ),
        ({"date": {"a": 1}}, ".date: expected any scalar, got &{map[a:1]}"),
        ({"map": 5}, ".map: expected map, got &{5}"),
        ({"map": [5, "x", {"a": [1]}]}, ".map: expected map, got &{[5 x map[a:[1]]]}"),
        ({"map": {"a": 1}}, f".map.a: expected string, got {_GO}1}}"),
        ({"set": {"b": None, "a": 1}}, ".set: expected list, got &{map[a:1 b:<nil>]}"),
        ({"plainList": ["a", 1]}, f".plainList[1]: expected string, got {_GO}1}}"),
        ({"set": ["a", "a"]}, '.set: duplicate entries for key [="a"]'),
        ({"set": [{}]}, ".set: element 0: associative list without keys has an element that's a map type"),
        ({"set": [[]]}, ".set: element 0: not supported: associative list with lists as elements"),
        ({"set": [None]}, ".set: element 0: associative list without keys has an element that's an explicit null"),
        ({"keyed": [None]}, ".keyed: element 0: associative list with keys may not have a null element"),
        ({"keyed": [1]}, ".keyed: element 0: associative list with keys may not have non-map elements"),
        (
            {"keyed": [{"name": "a"}, {"name": "a", "protocol": "TCP"}]},
            '.keyed: duplicate entries for key [name="a",protocol="TCP"]',
        ),
        ({"keyed": [{"name": "a", "z": 1}]}, '.keyed[name="a",protocol="TCP"].z: field not declared in schema'),
        ({"embedded": {"metadata": {"z": 1}}}, ".embedded.metadata.z: field not declared in schema"),
        (
            {"set": ["a", "a"], "flag": 1},
            'errors:\n  .set: duplicate entries for key [="a"]\n  .flag: expected boolean, got &{1}',
        ),
    ],
)
def test_problem(spec: Node, value: Any, message: str) -> None:
    assert summary(problems(spec, value)) == message


@pytest.mark.parametrize(
    "value",
    [
        {"number": 1.5, "text": "a", "flag": False, "date": 5},
        {"number": None, "text": None, "flag": None, "map": None, "set": None, "keyed": None, "plainList": [None]},
        {"either": 1, "any": {"a": [{}]}, "empty": {"a": 1}, "free": {"a": 1, "known": {"z": 1}}},
        {"embedded": {"apiVersion": "v1", "kind": "A", "metadata": {"name": "a"}, "more": 1}},
    ],
)
def test_what_the_schema_allows_is_no_problem(spec: Node, value: Any) -> None:
    assert problems(spec, value) == []


def test_what_is_stored_may_have_an_item_twice(spec: Node) -> None:
    assert problems(spec, {"set": ["a", "a"]}, duplicates=True) == []


def test_an_item_needs_a_key_or_a_default_for_one() -> None:
    keyed = structural.node(
        {
            "type": "array",
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["a", "b"],
            "items": {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}},
        }
    )
    assert problems(keyed, [{"a": "x"}]) == []
    (problem,) = problems(keyed, [{}])
    assert str(problem) == (
        'element 0: associative list with keys has an element that omits all key fields ["a" "b"] '
        "(and doesn't have default values for any key fields)"
    )
