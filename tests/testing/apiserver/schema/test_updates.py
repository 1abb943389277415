"""What kube-apiserver forgives an update of an object that was wrong before, and what stands twice in a list."""

from typing import Any

from aiokube.testing import ControlPlane
from aiokube.testing.apiserver.schema import list_types, structural, validation
from custom_kinds import CustomKind

_ITEM = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string"}, "size": {"type": "integer"}},
}
_TYPES: dict[str, Any] = {
    "set": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
    "ints": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "number"}},
    "lists": {
        "type": "array",
        "x-kubernetes-list-type": "set",
        "items": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "atomic"},
    },
    "map": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"], "items": _ITEM},
    "two": {
        "type": "array",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name", "size"],
        "items": {**_ITEM, "required": ["name", "size"]},
    },
    "deep": {
        "type": "object",
        "additionalProperties": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
    },
}
_OLD: dict[str, Any] = {
    "word": "UPPER",
    "number": 5,
    "map": [{"name": "a", "size": 5}, {"name": "b", "size": 6}],
    "list": ["UPPER", "OTHER"],
    "object": {"word": "UPPER", "kept": {"x": 1}},
    "values": {"k": "UPPER"},
    "free": {"word": "UPPER", "more": 1},
}


def _limited(*, limited: bool) -> dict[str, Any]:
    word = {"type": "string", **({"pattern": "^[a-z]*$"} if limited else {})}
    size = {"type": "integer", **({"maximum": 3} if limited else {})}
    kept = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    properties = {
        "word": word,
        "number": size,
        "map": {**_TYPES["map"], "items": {**_ITEM, "properties": {"name": {"type": "string"}, "size": size}}},
        "list": {"type": "array", "items": word},
        "object": {"type": "object", "properties": {"word": word, "kept": kept}},
        "values": {"type": "object", "additionalProperties": word},
        "free": {**kept, "properties": {"word": word}},
        "new": word,
    }
    return {"type": "object", "properties": {"spec": {"type": "object", "properties": properties}}}


_CHANGES: list[dict[str, Any]] = [
    {},
    {"word": "LOWER"},
    {"new": "UPPER"},
    {"new": "x"},
    {"map": [{"name": "b", "size": 6}, {"name": "a", "size": 5}]},
    {"map": [{"name": "a", "size": 5}, {"name": "b", "size": 7}]},
    {"map": [{"name": "a", "size": 5}, {"name": "c", "size": 1}]},
    {"map": [{"name": "c", "size": 5}]},
    {"list": ["UPPER", "OTHER", "x"]},
    {"list": ["OTHER", "UPPER"]},
    {"object": {"word": "UPPER", "kept": {"x": 2}}},
    {"values": {"k": "UPPER", "l": "x"}},
    {"values": {"l": "UPPER"}},
    {"free": {"word": "UPPER", "more": 2}},
    {"number": 5.0},
]


async def test_forgives_what_kube_apiserver_forgives(control_plane: ControlPlane) -> None:
    node = structural.node(_limited(limited=True))
    differences = []
    async with CustomKind.of(control_plane, _limited(limited=False)) as kind:
        _, old = await kind.answer("POST", kind.body(spec=_OLD), query="")
        await kind.tighten(_limited(limited=True))
        for change in _CHANGES:
            new = {**old, "spec": {**_OLD, **change}}
            theirs = await kind.causes("PUT", new, "/a")
            ours = [error.cause for error in validation.validate(node, new, old)]
            if sorted(map(str, ours)) != sorted(map(str, theirs)):
                differences.append((change, ours, theirs))
    assert differences == []


_LISTS: list[dict[str, Any]] = [
    {"set": ["a", "b", "a", "b", "a"]},
    {"set": ["a"]},
    {"ints": [1, 2, 1]},
    {"lists": [["a"], ["b"], ["a"]]},
    {"map": [{"name": "a"}, {"name": "b"}, {"name": "a", "size": 1}]},
    {"two": [{"name": "a", "size": 1}, {"name": "a", "size": 2}, {"size": 1, "name": "a"}]},
    {"deep": {"k": ["x", "x"]}},
]


async def test_finds_what_stands_twice_as_kube_apiserver_does(control_plane: ControlPlane) -> None:
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": _TYPES}}}
    differences = []
    async with CustomKind.of(control_plane, schema) as kind:
        for spec in _LISTS:
            theirs = await kind.causes("POST", kind.body(spec=spec))
            ours = [error.cause for error in list_types.validate(structural.node(schema), kind.body(spec=spec))]
            if ours != theirs:
                differences.append((spec, ours, theirs))
    assert differences == []
