"""Answers: an instance, a text, the unread response, or what a serializer makes of it."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from aiokube.dynamic import ResourceInstance
from aiokube.dynamic.exceptions import NotFoundError
from aiokube.testing import KubeServer
from compat.keep_exactly.recorder import CONFIG_MAP, Recorder, configuration_of
from compat.packages import AIOKUBE, connected
from only_on import only_on_control_plane

LIST: dict[str, Any] = {"kind": "ConfigMapList", "apiVersion": "v1", "metadata": {}, "items": None}


async def test_an_object_is_a_resource_instance(both: Recorder) -> None:
    read = await both.answered(both.config_maps.get("one", "web"))
    assert type(read).__name__ == "ResourceInstance"
    assert (read.kind, read.metadata.name, read.to_dict()) == ("ConfigMap", "one", CONFIG_MAP)
    assert read.client is both.client


async def test_items_that_are_null_are_an_empty_list(both: Recorder) -> None:
    read = await both.answered(both.config_maps.get(namespace="web"), LIST)
    assert read.items == []
    assert read.to_dict()["items"] == []


async def test_items_of_a_list_get_the_kind_that_they_lack(both: Recorder) -> None:
    items = [{"metadata": {"name": "one"}}, {"kind": "Other", "apiVersion": "v2"}]
    read = await both.answered(both.config_maps.get(namespace="web"), {**LIST, "items": items})
    assert [(item.apiVersion, item.kind) for item in read.items] == [("v1", "ConfigMap"), ("v2", "Other")]


@pytest.mark.parametrize(
    ("content_type", "text"), [("text/plain", "first\nsecond\n"), ("text/plain; charset=utf-8", "grün"), ("", "x")]
)
async def test_a_text_is_a_text(wire: Recorder, content_type: str, text: str) -> None:
    assert await wire.answered(wire.config_maps.get("one", "web"), text.encode(), content_type=content_type) == text


# --- serialize=False


async def test_an_unread_response_is_aiohttps(both: Recorder) -> None:
    response = await both.answered(both.config_maps.get("one", "web", serialize=False), headers={"X-One": "1"})
    assert isinstance(response, aiohttp.ClientResponse)
    assert (response.status, response.headers["X-One"]) == (200, "1")
    assert json.loads(await response.read()) == CONFIG_MAP
    assert await response.json() == CONFIG_MAP
    assert json.loads(await response.text()) == CONFIG_MAP


async def test_an_unread_response_is_read_by_the_line(both: Recorder) -> None:
    call = both.config_maps.get("one", "web", serialize=False)
    response = await both.answered(call, b"first\nsecond\n", content_type="text/plain")
    lines = [await response.content.readline() for _ in range(3)]
    assert lines == [b"first\n", b"second\n", b""]


async def test_an_unread_response_that_is_an_error_is_raised(wire: Recorder) -> None:
    status = {"kind": "Status", "status": "Failure", "reason": "NotFound", "message": "gone for good", "code": 404}
    with pytest.raises(NotFoundError, match="gone for good"):
        await wire.answered(wire.config_maps.get("one", "web", serialize=False), status, status=404)


# --- serializer


async def test_a_serializer_gets_the_client_and_the_data(both: Recorder) -> None:
    def serializer(client: Any, data: Any) -> Any:
        return client, data

    client, data = await both.answered(both.config_maps.get("one", "web", serializer=serializer))
    assert client is both.client
    assert (type(data), data) == (dict, CONFIG_MAP)


async def test_a_serializer_gets_a_text_where_the_server_sends_one(wire: Recorder) -> None:
    call = wire.config_maps.get("one", "web", serializer=lambda _, text: text.upper())
    assert await wire.answered(call, b"text", content_type="text/plain") == "TEXT"


# --- other forms, on a real cluster


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("PartialObjectMetadata;g=meta.k8s.io;v=v1", "PartialObjectMetadata"),
        ("Table;g=meta.k8s.io;v=v1", "Table"),
    ],
)
async def test_an_accept_header_gives_another_form(kube_server: KubeServer, form: str, kind: str) -> None:
    async with connected(configuration_of(AIOKUBE, kube_server), AIOKUBE) as client:
        namespaces = await client.resources.get(api_version="v1", kind="Namespace")
        accept = {"Accept": f"application/json;as={form}"}
        read = await namespaces.get(name="kube-system", header_params=accept)
        assert isinstance(read, ResourceInstance)
        assert (read.kind, read.apiVersion) == (kind, "meta.k8s.io/v1")
        if kind == "Table":
            assert [column.name for column in read.columnDefinitions][:2] == ["Name", "Status"]
            assert read.rows[0].cells[:2] == ["kube-system", "Active"]
        else:
            assert (read.metadata.name, read.spec) == ("kube-system", None)


async def test_an_accept_header_gives_a_list_of_metadata(kube_server: KubeServer) -> None:
    async with connected(configuration_of(AIOKUBE, kube_server), AIOKUBE) as client:
        namespaces = await client.resources.get(api_version="v1", kind="Namespace")
        accept = {"Accept": "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"}
        read = await namespaces.get(header_params=accept)
        assert read.kind == "PartialObjectMetadataList"
        assert "kube-system" in {item.metadata.name for item in read.items}
        assert {item.kind for item in read.items} == {"PartialObjectMetadata"}


@only_on_control_plane  # the embedded server has no metrics
async def test_a_text_of_a_cluster_is_a_text(kube_server: KubeServer) -> None:
    async with connected(configuration_of(AIOKUBE, kube_server), AIOKUBE) as client:
        assert await client.request("get", "/healthz") == "ok"
        assert (await client.request("get", "/metrics")).startswith("# HELP ")
