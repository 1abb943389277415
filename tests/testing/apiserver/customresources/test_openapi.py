"""The documents about custom kinds, held against those of kube-apiserver."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from aiokube.testing import ControlPlane
from aiokube.testing.apiserver.customresources import discovery, openapi
from aiokube.testing.apiserver.discovery import CustomDocuments, Documents
from awaited import until_forgotten, until_served
from custom_kinds import answer, definition, version

_DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_STRING = {"type": "string"}
_PARTS: dict[str, Any] = {
    "count": {"type": "integer", "format": "int32", "default": 1, "minimum": 0, "maximum": 10},
    "either": {"x-kubernetes-int-or-string": True},
    "written": {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]},
    "more": {"x-kubernetes-int-or-string": True, "anyOf": [{"minLength": 1}], "pattern": "x"},
    "list": {
        "type": "array",
        "items": {"type": "object", "properties": {"name": {"type": "string", "default": ""}}, "required": ["name"]},
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
    },
    "set": {"type": "array", "minItems": 1, "items": _STRING, "x-kubernetes-list-type": "set"},
    "kept": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    "embedded": {
        "type": "object",
        "x-kubernetes-embedded-resource": True,
        "required": ["spec"],
        "properties": {"spec": {"type": "object"}},
    },
    "map": {
        "type": "object",
        "additionalProperties": {**_STRING, "enum": ["a", "b"]},
        "x-kubernetes-map-type": "atomic",
    },
    "any": {"type": "object", "additionalProperties": True},
    "none": {"type": "object", "additionalProperties": False},
    "told": {
        **_STRING,
        "nullable": True,
        "title": "T",
        "description": "D.",
        "example": {"x": 1},
        "externalDocs": {"url": "http://x"},
    },
    "one": {
        "type": "object",
        "properties": {"a": _STRING, "b": _STRING},
        "oneOf": [{"required": ["a"]}, {"properties": {"b": {"minLength": 1}}}],
        "not": {"required": ["a", "b"]},
    },
    "number": {"type": "number", "multipleOf": 0.5, "minimum": 1, "exclusiveMinimum": True},
    "text": {**_STRING, "format": "nope", "maxLength": 3, "pattern": "^<a>&$"},
}
_SCHEMA = {
    "type": "object",
    "description": "A thing.",
    "required": ["spec"],
    "properties": {"kind": _STRING, "metadata": {"type": "object"}, "spec": {"type": "object", "properties": _PARTS}},
}
_SUBRESOURCES = {"status": {}, "scale": {"specReplicasPath": ".spec.count", "statusReplicasPath": ".status.count"}}


def _large(group: str) -> dict[str, Any]:
    """Return a definition with all that a document may have of it, and an older version."""
    made = definition(
        group,
        _SCHEMA,
        scope="Namespaced",
        versions=[version("v1beta1", {"type": "object"})],
        subresources=_SUBRESOURCES,
        selectableFields=[{"jsonPath": ".spec.text"}],
    )
    made["spec"]["names"] |= {"shortNames": ["th"], "categories": ["all", "x"]}
    return made


def _small(group: str) -> dict[str, Any]:
    """Return a definition of another kind in the same group, with an article of its own."""
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    return definition(group, schema, plural="objects", kind="Object")


async def test_documents_and_discovery_are_those_of_kube_apiserver(control_plane: ControlPlane) -> None:
    group = "openapi.example.com"
    made = [_large(group), _small(group)]
    for each in made:
        await control_plane.request("POST", _DEFINITIONS, each)
    try:
        await until_served(control_plane, *made)
        names = [each["metadata"]["name"] for each in made]
        definitions = [await control_plane.request("GET", f"{_DEFINITIONS}/{name}") for name in names]
        for name, make in openapi.documents(definitions).items():
            theirs = partial(_document, control_plane, f"/openapi/v3/{name}")
            assert make() == await _until_equal(theirs, make())
        await _is_in_the_document_of_everything(control_plane, definitions)
        (own_group,) = discovery.groups(definitions)
        listed = (await control_plane.request("GET", "/apis"))["groups"]
        assert [each for each in listed if each["name"] == group] == [own_group]
        for (_, version), resource_list in discovery.resource_lists(definitions).items():
            theirs = await control_plane.request("GET", f"/apis/{group}/{version}")
            assert _by_name(theirs) == _by_name(resource_list)
    finally:
        for each in made:
            await control_plane.request("DELETE", f"{_DEFINITIONS}/{each['metadata']['name']}")
        await until_forgotten(control_plane, *made)


async def _is_in_the_document_of_everything(control_plane: ControlPlane, definitions: list[Any]) -> None:
    """What OpenAPI v2 can say of the kinds, beside all others; it is the last that kube-apiserver makes anew."""
    documents = Documents()
    documents.replace_custom(CustomDocuments(schemas=openapi.documents(definitions)))
    made = json.loads(documents.swagger().body)
    wanted = {part: made[part] for part in ("paths", "definitions")}

    async def theirs() -> Any:
        everything = await _document(control_plane, "/openapi/v2")
        return {part: {key: everything.get(part, {}).get(key) for key in wanted[part]} for part in wanted}

    assert await _until_equal(theirs, wanted) == wanted


async def _until_equal(read: Callable[[], Awaitable[Any]], wanted: Any) -> Any:
    """Return what was read last: kube-apiserver takes its time to make a document whole."""
    found: Any = None
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(60):
            while found != wanted:
                found = await read()
    return found


async def _document(control_plane: ControlPlane, path: str) -> Any:
    _, found = await answer(control_plane, "GET", path)
    return found


def _by_name(resource_list: dict[str, Any]) -> Any:
    # kube-apiserver lists the kinds of a group in no order.
    return {**resource_list, "resources": sorted(resource_list["resources"], key=lambda each: each["name"])}
