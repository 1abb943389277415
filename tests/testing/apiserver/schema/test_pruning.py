"""What becomes of unknown fields, nulls and missing ones in objects of custom kinds, here and on kube-apiserver."""

from copy import deepcopy
from typing import Any

from aiokube.testing import ControlPlane
from aiokube.testing.apiserver.schema import pruning, structural, structural_defaults
from custom_kinds import CustomKind

_STRING = {"type": "string"}
_KEEP = {"x-kubernetes-preserve-unknown-fields": True}
_INNER = {"type": "object", "properties": {"a": _STRING}}
_FULL = {
    "type": "object",
    "properties": {
        "a": {"type": "string", "default": "A"},
        "n": {"type": "string", "nullable": True, "default": "N"},
        "o": {"type": "string"},
    },
}

_CASES: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "object": (_INNER, [{"a": "1", "b": 1}, {"b": {"c": 1}}, "x"]),
    "list": ({"type": "array", "items": _INNER}, [[{"a": "1"}, {"b": 1}]]),
    "map": ({"type": "object", "additionalProperties": _INNER}, [{"k": {"b": 1}}]),
    "map_of_anything": (
        {"type": "object", "additionalProperties": True},
        [{"k": 1, "m": {"x": 1}, "l": [{"y": 1}], "z": [[1]]}],
    ),
    "properties_and_more": (
        {"type": "object", "properties": {"a": _INNER}, "additionalProperties": True},
        [{"a": {"b": 1}, "c": {"d": 1}, "e": 1}],
    ),
    "nothing": ({"type": "object"}, [{"a": 1}]),
    "kept": ({"type": "object", **_KEEP}, [{"a": {"b": [{"c": None}]}}]),
    "kept_any": (_KEEP, [{"a": 1}, [{"b": 1}], 5]),
    "kept_inside": (
        {"type": "object", "properties": {"a": _INNER, "l": {"type": "array", "items": _INNER}}, **_KEEP},
        [{"x": {"y": 1}, "a": {"b": 1}, "l": [{"b": 1, "a": "x"}]}],
    ),
    "kept_list": ({"type": "array", "items": _INNER, **_KEEP}, [[{"b": {"c": 1}, "a": "x"}]]),
    "embedded": (
        {"type": "object", "x-kubernetes-embedded-resource": True, "properties": {"spec": _INNER}},
        [{"apiVersion": "v1", "kind": "X", "metadata": {"name": "a"}, "spec": {"b": 1}, "more": 1}],
    ),
    "embedded_kept": (
        {"type": "object", "x-kubernetes-embedded-resource": True, **_KEEP},
        [{"apiVersion": "v1", "kind": "X", "metadata": {"name": "a"}, "spec": {"b": 1}, "more": 1}],
    ),
    "defaults": (_FULL, [{}, {"a": None, "n": None, "o": None}, {"a": "x", "n": "y", "o": "z"}]),
    "defaults_in_list": ({"type": "array", "items": _FULL}, [[{}, {"n": None}]]),
    "defaults_in_map": ({"type": "object", "additionalProperties": _FULL}, [{"k": {}, "l": {"o": None}}]),
    "default_object": ({**_FULL, "default": {"o": "O"}}, []),
    "default_null": ({"type": "string", "nullable": True, "default": None}, [None]),
    "null_items": ({"type": "array", "items": {"type": "string", "nullable": True, "default": "I"}}, [[None, "a"]]),
    "default_items": ({"type": "array", "items": {"type": "string", "default": "I"}}, [[None, "a"]]),
    "null_values": ({"type": "object", "additionalProperties": {"type": "string", "nullable": True}}, [{"k": None}]),
    "dropped_values": ({"type": "object", "additionalProperties": _STRING}, [{"k": None, "l": "x"}]),
    "kept_null": ({"type": "object", **_KEEP, "properties": {"a": _STRING}}, [{"x": None, "a": None}]),
}
_SCHEMA = {
    "type": "object",
    "properties": {"spec": {"type": "object", "properties": {name: schema for name, (schema, _) in _CASES.items()}}},
}
_TRIALS = [(name, value) for name, (_, values) in _CASES.items() for value in values]


def _completed(body: dict[str, Any]) -> dict[str, Any]:
    node, body = structural.node(_SCHEMA), deepcopy(body)
    pruning.prune(node, body)
    structural_defaults.drop_nulls(node, body)
    structural_defaults.apply(node, body)
    return body


async def test_completes_objects_as_kube_apiserver_does(control_plane: ControlPlane) -> None:
    differences = []
    async with CustomKind.of(control_plane, _SCHEMA) as kind:
        for name, value in _TRIALS:
            status, theirs = await kind.answer("POST", kind.body(spec={name: value}))
            ours = _completed(kind.body(spec={name: value}))
            if status == 200 and ours["spec"] != theirs["spec"]:
                differences.append((name, value, ours["spec"], theirs["spec"]))
    assert differences == []


async def test_names_unknown_fields_as_kube_apiserver_does(control_plane: ControlPlane) -> None:
    differences = []
    async with CustomKind.of(control_plane, _SCHEMA) as kind:
        for name, value in [*_TRIALS, ("nope", {"a": [{}]})]:
            body = kind.body(spec={name: value}, more=1)
            _, answer = await kind.answer("POST", body, query="dryRun=All&fieldValidation=Strict")
            unknown = ", ".join(f'unknown field "{path}"' for path in pruning.prune(structural.node(_SCHEMA), body))
            if unknown not in answer["message"] or answer["message"].count("unknown field") != unknown.count("unknown"):
                differences.append((name, value, unknown, answer["message"]))
    assert differences == []


def test_without_a_schema_everything_goes() -> None:
    obj = {"apiVersion": "a/v1", "kind": "Thing", "metadata": {"x": 1}, "spec": {"a": 1}}
    assert pruning.prune(None, obj) == ["spec"]
    assert obj == {"apiVersion": "a/v1", "kind": "Thing", "metadata": {"x": 1}}


def test_defaults_are_copied_for_each_object() -> None:
    node = structural.node({"type": "object", "properties": {"a": {"type": "object", "default": {"b": []}}}})
    first: dict[str, Any] = {}
    second: dict[str, Any] = {}
    structural_defaults.apply(node, first)
    structural_defaults.apply(node, second)
    first["a"]["b"].append(1)
    assert second == {"a": {"b": []}}
