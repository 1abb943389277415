"""Nodes of built-in kinds: Go's types and the schemas' words, together."""

from __future__ import annotations

import pytest

from aiokube.testing.apiserver import snapshot
from aiokube.testing.apiserver.schema.builtin import kind_node, node
from aiokube.testing.apiserver.schema.node import Node, Omit, Shape

POD_SPEC = node("io.k8s.api.core.v1.PodSpec")


def test_a_struct_has_the_fields_of_go_in_their_order() -> None:
    assert POD_SPEC.go == "v1.PodSpec"
    assert list(POD_SPEC.fields)[:3] == ["volumes", "initContainers", "containers"]
    assert POD_SPEC.fields["containers"].omit is Omit.NEVER
    assert POD_SPEC.fields["containers"].node.go == "[]v1.Container"


def test_a_list_has_what_the_schema_says_of_its_items() -> None:
    containers = POD_SPEC.fields["containers"]
    assert (containers.node.list_type, containers.node.list_keys) == ("map", ("name",))
    assert (containers.patch_strategies, containers.patch_merge_key) == ({"merge"}, "name")
    assert POD_SPEC.fields["volumes"].patch_strategies == {"merge", "retainKeys"}
    assert POD_SPEC.fields["tolerations"].node.list_type == "atomic"


def test_a_struct_is_atomic_by_its_own_schema_or_by_that_of_its_place() -> None:
    assert node("io.k8s.api.core.v1.ObjectReference").atomic
    assert POD_SPEC.fields["nodeSelector"].node.atomic
    assert not POD_SPEC.atomic


def test_a_field_of_an_embedded_struct_is_named_with_it_in_errors() -> None:
    volume = node("io.k8s.api.core.v1.Volume")
    assert volume.fields["emptyDir"].go == "VolumeSource.emptyDir"
    assert volume.fields["name"].go == "name"


def test_types_that_read_their_json_themselves_have_shapes_of_their_own() -> None:
    limits = node("io.k8s.api.core.v1.ResourceRequirements").fields["limits"].node
    assert limits.shape is Shape.MAP
    assert _shape(limits) is Shape.QUANTITY
    event = kind_node("", "v1", "Event").fields
    assert (event["firstTimestamp"].node.shape, event["eventTime"].node.shape) == (Shape.TIME, Shape.MICRO_TIME)
    assert node("io.k8s.api.core.v1.HTTPGetAction").fields["port"].node.shape is Shape.INT_OR_STRING
    assert _shape(kind_node("", "v1", "Secret").fields["data"].node) is Shape.BYTES
    schema = node("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps").fields
    assert schema["items"].node.shape is Shape.SCHEMA_OR_SCHEMAS
    assert schema["default"].node.shape is Shape.ANY


def test_a_struct_may_contain_itself() -> None:
    schema = node("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps")
    assert schema.fields["not"].node is schema


def test_a_node_is_made_once() -> None:
    assert kind_node("", "v1", "Pod").fields["spec"].node is POD_SPEC


def test_every_kind_that_is_served_has_a_node() -> None:
    """But for options, which come in a query: those of connections have no schema."""
    for version, answer in snapshot.group_lists().items():
        for resource in answer["resources"]:
            if resource["kind"].endswith("Options"):
                continue
            group = resource.get("group", version.rpartition("/")[0])
            kind_node(group, resource.get("version", version.rpartition("/")[2]), resource["kind"])


def test_what_is_no_kind_has_none() -> None:
    with pytest.raises(KeyError):
        kind_node("apps", "v1", "Pod")


def _shape(of: Node) -> Shape | None:
    return of.item.shape if of.item else None
