"""Decoding of built-in kinds: Go's errors, unknown fields and zero values, held against a real server."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest

from aiokube.testing.apiserver.schema.builtin import kind_node
from aiokube.testing.apiserver.schema.decoding import DecodingError, decode, normal, zero
from aiokube.testing.controlplane import ControlPlane, RequestError


class Resource(NamedTuple):
    path: str
    group: str
    version: str
    kind: str

    def body(self, parts: dict[str, Any]) -> dict[str, Any]:
        version = f"{self.group}/{self.version}" if self.group else self.version
        return {"apiVersion": version, "kind": self.kind, **parts}


DEPLOYMENT = Resource("/apis/apps/v1/namespaces/default/deployments", "apps", "v1", "Deployment")
SECRET = Resource("/api/v1/namespaces/default/secrets", "", "v1", "Secret")
EVENT = Resource("/api/v1/namespaces/default/events", "", "v1", "Event")
DEFINITION = Resource(
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", "apiextensions.k8s.io", "v1", "CustomResourceDefinition"
)


def _pod(**spec: Any) -> dict[str, Any]:
    return {"spec": {"template": {"spec": spec}}}


def _container(**container: Any) -> dict[str, Any]:
    return _pod(containers=[container])


def _schema(**schema: Any) -> dict[str, Any]:
    return {"spec": {"versions": [{"schema": {"openAPIV3Schema": schema}}]}}


WRONG = [
    (DEPLOYMENT, {"spec": {"replicas": "3"}}),
    (DEPLOYMENT, {"spec": {"replicas": 1.5}}),
    (DEPLOYMENT, {"spec": {"replicas": 2147483648}}),
    (DEPLOYMENT, {"spec": {"replicas": True}}),
    (DEPLOYMENT, {"spec": 5}),
    (DEPLOYMENT, {"metadata": "x"}),
    (DEPLOYMENT, {"metadata": {"name": 5}}),
    (DEPLOYMENT, {"metadata": {"labels": []}}),
    (DEPLOYMENT, {"metadata": {"labels": {"a": 5}}}),
    (DEPLOYMENT, {"metadata": {"creationTimestamp": 5}}),
    (DEPLOYMENT, {"metadata": {"creationTimestamp": "abc"}}),
    (DEPLOYMENT, {"metadata": {"managedFields": [{"time": "2020-01-01"}]}}),
    (DEPLOYMENT, _pod(containers=["x"])),
    (DEPLOYMENT, _pod(containers={"a": 1})),
    (DEPLOYMENT, _container(args="x")),
    (DEPLOYMENT, _container(args=["", 1])),
    (DEPLOYMENT, _container(ports=[{"containerPort": "80"}])),
    (DEPLOYMENT, _container(resources={"limits": 5})),
    (DEPLOYMENT, _container(resources={"limits": {"cpu": "abc"}})),
    (DEPLOYMENT, _container(resources={"limits": {"cpu": [1]}})),
    (DEPLOYMENT, _pod(volumes=[{"emptyDir": 5}])),
    (DEPLOYMENT, _pod(volumes=[{"emptyDir": {"medium": 5}}])),
    (DEPLOYMENT, _pod(volumes=[{"emptyDir": {"sizeLimit": True}}])),
    (DEPLOYMENT, {"spec": {"strategy": {"rollingUpdate": {"maxSurge": 1.5}}}}),
    (DEPLOYMENT, {"spec": {"strategy": {"rollingUpdate": {"maxSurge": []}}}}),
    # The first wrong type counts, and what a type of its own refuses counts more.
    (DEPLOYMENT, {"spec": {"paused": "true", "replicas": "x"}}),
    (DEPLOYMENT, {"spec": {"paused": "true", "template": {"spec": {"overhead": {"cpu": "x"}}}}}),
    (SECRET, {"data": {"a": "%%%%"}}),
    (SECRET, {"data": {"a": "YQ==x"}}),
    (SECRET, {"data": {"a": 5}}),
    (SECRET, {"data": {"a": {}}}),
    (SECRET, {"data": {"a": [1, 256]}}),
    (EVENT, {"eventTime": "2020-01-01T00:00:00Z"}),
    (EVENT, {"eventTime": 5}),
    (DEFINITION, _schema(additionalProperties=5)),
    (DEFINITION, _schema(additionalProperties={"type": 5})),
    (DEFINITION, _schema(maximum="5")),
    (DEFINITION, _schema(properties={"a": {"items": {"minLength": "x"}}})),
    (DEFINITION, _schema(properties={"a": {"items": [{"minLength": "x"}]}})),
    (DEFINITION, _schema(properties={"a": {"items": {"properties": {"b": {"items": {"maximum": "5"}}}}}})),
    (DEFINITION, _schema(dependencies={"x": [5]})),
]


async def test_refuses_what_a_real_server_refuses_in_its_words(control_plane: ControlPlane) -> None:
    for resource, parts in WRONG:
        body = resource.body(parts)
        with pytest.raises(RequestError) as refused:
            await control_plane.request("POST", f"{resource.path}?dryRun=All", body)
        with pytest.raises(DecodingError) as caught:
            decode(kind_node(resource.group, resource.version, resource.kind), body)
        subject = f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}'
        assert json.loads(refused.value.body)["message"] == f"{subject}: {caught.value}"


UNKNOWN = [
    (DEPLOYMENT, {"a": 1, "spec": {"foo": {"b": 1}, "Replicas": 1, "replicas": None}, "metadata": {"Name": "x"}}),
    (DEPLOYMENT, _pod(containers=[{"name": "a"}, {"b": 1, "ports": [{"c": 1}], "env": [{}, {"d": [{"e": 1}]}]}])),
    (DEPLOYMENT, _pod(volumes=[{"emptyDir": {"x.y": 1}, 'quo"ted': 1}])),
    (DEPLOYMENT, _pod(**{f"field{number}": 1 for number in range(120)})),
    (DEFINITION, _schema(properties={"a": {"unknown": 1, "items": {"unknown": 1}, "default": {"unknown": 1}}})),
]


async def test_tells_the_unknown_fields_that_a_real_server_tells(control_plane: ControlPlane) -> None:
    for resource, parts in UNKNOWN:
        body = resource.body(parts)
        with pytest.raises(RequestError) as refused:
            await control_plane.request("POST", f"{resource.path}?dryRun=All&fieldValidation=Strict", body)
        decoded = decode(kind_node(resource.group, resource.version, resource.kind), body)
        subject = f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}'
        problems = ", ".join(decoded.unknown)
        assert json.loads(refused.value.body)["message"] == f"{subject}: strict decoding error: {problems}"


def test_drops_what_no_field_knows() -> None:
    decoded = decode(kind_node("", "v1", "ConfigMap"), {"data": {"a": "b"}, "more": 1})
    assert decoded.object == {"metadata": {}, "data": {"a": "b"}}
    assert decoded.unknown == ('unknown field "more"',)


def test_writes_fields_in_the_order_of_the_struct_and_maps_by_key() -> None:
    value = {"data": {"b": "1", "a": "2"}, "metadata": {"namespace": "n", "name": "m"}, "apiVersion": "v1", "kind": "K"}
    written = json.dumps(decode(kind_node("", "v1", "ConfigMap"), value).object)
    assert written == json.dumps(
        {"kind": "K", "apiVersion": "v1", "metadata": {"name": "m", "namespace": "n"}, "data": {"a": "2", "b": "1"}}
    )


def test_a_zero_behind_a_pointer_is_a_value_and_another_is_none() -> None:
    node = kind_node("apps", "v1", "Deployment")
    spec = decode(node, {"spec": {"replicas": 0, "paused": False, "minReadySeconds": 0}}).object["spec"]
    assert spec["replicas"] == 0
    assert "paused" not in spec
    assert "minReadySeconds" not in spec


def test_null_is_the_zero_value() -> None:
    node = kind_node("", "v1", "PodTemplate")
    spec = {"containers": [None, {"ports": None, "name": None}], "nodeSelector": {"a": None}, "restartPolicy": None}
    decoded = decode(node, {"metadata": None, "template": {"spec": spec}}).object
    assert decoded["metadata"] == {}
    assert decoded["template"]["spec"] == {
        "containers": [{"name": "", "resources": {}}, {"name": "", "resources": {}}],
        "nodeSelector": {"a": ""},
    }


def test_what_is_never_left_out_is_null_or_zero() -> None:
    assert zero(kind_node("", "v1", "PodTemplate"))["template"] == {"metadata": {}, "spec": {"containers": None}}
    assert zero(kind_node("apps", "v1", "Deployment"))["spec"]["selector"] is None
    assert zero(kind_node("", "v1", "Event"))["eventTime"] is None


def test_empty_lists_are_null_where_storage_forgets_them_and_kept_where_not() -> None:
    role = decode(kind_node("rbac.authorization.k8s.io", "v1", "Role"), {"rules": []}).object
    assert role["rules"] is None
    definition = decode(kind_node("apiextensions.k8s.io", "v1", "CustomResourceDefinition"), {"spec": {"versions": []}})
    assert definition.object["spec"]["versions"] == []


def test_what_holds_any_json_is_kept_as_it_is() -> None:
    value: dict[str, Any] = {"z": [1, None, {}], "a": {}}
    revision = decode(kind_node("apps", "v1", "ControllerRevision"), {"data": value}).object
    assert json.dumps(revision["data"]) == json.dumps(value)


def test_normal_restores_order_and_completes_parts_that_were_made() -> None:
    node = kind_node("apps", "v1", "Deployment")
    obj = decode(node, {"spec": {"replicas": 1}}).object
    obj["spec"]["strategy"] = {"rollingUpdate": {}, "type": "RollingUpdate"}
    obj["spec"]["template"] = {}
    spec = normal(node, obj)["spec"]
    assert json.dumps(spec["strategy"]) == '{"type": "RollingUpdate", "rollingUpdate": {}}'
    assert spec["template"] == {"metadata": {}, "spec": {"containers": None}}


def test_refuses_what_is_too_deep_for_python() -> None:
    schema: dict[str, Any] = {}
    for _ in range(5000):
        schema = {"properties": {"a": schema}}
    with pytest.raises(DecodingError, match=r"^exceeded max depth$"):
        decode(kind_node("apiextensions.k8s.io", "v1", "CustomResourceDefinition"), _schema(**schema))
