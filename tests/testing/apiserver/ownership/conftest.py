"""A custom kind that has every sort of list and map, as the tests of ownership write it."""

from dataclasses import replace
from typing import Any

import pytest

from aiokube.testing.apiserver.ownership import Kind, excluding
from aiokube.testing.apiserver.schema import structural
from aiokube.testing.apiserver.schema.node import Node

STRING = {"type": "string"}
ITEM = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": STRING,
        "protocol": {"type": "string", "default": "TCP"},
        "value": {"type": "integer"},
        "inner": {"type": "object", "properties": {"x": STRING, "y": STRING}},
    },
}
SPEC = {
    "number": {"type": "integer"},
    "text": STRING,
    "flag": {"type": "boolean"},
    "either": {"x-kubernetes-int-or-string": True},
    "date": {"type": "string", "format": "date"},
    "defaulted": {"type": "string", "default": "set"},
    "plainList": {"type": "array", "items": STRING},
    "atomicList": {"type": "array", "x-kubernetes-list-type": "atomic", "items": ITEM},
    "set": {"type": "array", "x-kubernetes-list-type": "set", "items": STRING},
    "numbers": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "integer"}},
    "keyed": {
        "type": "array",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name", "protocol"],
        "items": ITEM,
    },
    "atomicMap": {"type": "object", "x-kubernetes-map-type": "atomic", "properties": {"a": STRING, "b": STRING}},
    "map": {"type": "object", "additionalProperties": STRING},
    "structs": {"type": "object", "additionalProperties": ITEM["properties"]["inner"]},  # type: ignore[index]
    "nullable": {"type": "string", "nullable": True},
    "free": {
        "type": "object",
        "x-kubernetes-preserve-unknown-fields": True,
        "properties": {"known": {"type": "object", "properties": {"k": STRING}}},
    },
    "any": {"x-kubernetes-preserve-unknown-fields": True},
    "embedded": {
        "type": "object",
        "x-kubernetes-embedded-resource": True,
        "x-kubernetes-preserve-unknown-fields": True,
    },
    "empty": {"type": "object"},
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "spec": {"type": "object", "properties": SPEC},
        "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    },
}
OBJECT_META = {
    "type": "object",
    "properties": {
        "name": STRING,
        "namespace": STRING,
        "uid": STRING,
        "resourceVersion": STRING,
        "generation": {"type": "integer"},
        "creationTimestamp": {"type": "string", "format": "date-time"},
        "labels": {"type": "object", "additionalProperties": STRING},
        "annotations": {"type": "object", "additionalProperties": STRING},
        "finalizers": {"type": "array", "x-kubernetes-list-type": "set", "items": STRING},
        "ownerReferences": {
            "type": "array",
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["uid"],
            "items": {
                "type": "object",
                "x-kubernetes-map-type": "atomic",
                "properties": {"apiVersion": STRING, "kind": STRING, "name": STRING, "uid": STRING},
            },
        },
    },
}
VERSIONS = ("example.com/v1", "example.com/v2")


@pytest.fixture(scope="session")
def node() -> Node:
    """The node of the kind."""
    object_meta = replace(structural.node(OBJECT_META), name="io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")
    return structural.complete(structural.node(SCHEMA), object_meta=object_meta)


@pytest.fixture(scope="session")
def spec(node: Node) -> Node:
    """The node of its spec."""
    return node.fields["spec"].node


@pytest.fixture(scope="session")
def thing(node: Node) -> Kind:
    """The kind in its first version; it has a second one of the same schema."""
    return of_version(node, VERSIONS[0])


@pytest.fixture(scope="session")
def thing_v2(node: Node) -> Kind:
    """The kind in its second version."""
    return of_version(node, VERSIONS[1])


def of_version(node: Node, api_version: str) -> Kind:
    def convert(value: dict[str, Any], to: str) -> tuple[Node, dict[str, Any]] | None:
        return (node, value | {"apiVersion": to}) if to in VERSIONS else None

    return Kind("Thing", api_version, node, convert, {api_version: excluding("status")})
