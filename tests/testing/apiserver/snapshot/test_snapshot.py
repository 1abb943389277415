"""The snapshot: what is packaged is what a real server of the same version answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aiokube.testing.apiserver import snapshot
from aiokube.testing.apiserver.snapshot.files import FOLDER
from aiokube.testing.controlplane import ControlPlane

_LIMIT_BYTES = 1 << 20


async def test_openapi_is_what_a_real_server_answers(control_plane: ControlPlane) -> None:
    """Documents of groups that other tests define are left out; the hashes are of what this server was started with."""
    real = await control_plane.request("GET", "/openapi/v3")
    index = snapshot.openapi_index()["paths"]
    assert index.keys() <= real["paths"].keys()
    for name, place in index.items():
        served = await control_plane.request("GET", place["serverRelativeURL"].partition("?")[0])
        assert json.loads(snapshot.openapi(name)) == served, name


async def test_lists_of_resources_are_what_a_real_server_answers(control_plane: ControlPlane) -> None:
    for version, answer in snapshot.group_lists().items():
        path = f"/apis/{version}" if "/" in version else f"/api/{version}"
        assert await control_plane.request("GET", path) == answer
        assert snapshot.legacy(path) == answer


async def test_groups_are_what_a_real_server_answers(control_plane: ControlPlane) -> None:
    served = (await control_plane.request("GET", "/apis"))["groups"]
    for group in snapshot.legacy("/apis")["groups"]:
        assert group in served
        assert await control_plane.request("GET", f"/apis/{group['name']}") == snapshot.legacy(f"/apis/{group['name']}")


async def test_version_is_what_a_real_server_answers(control_plane: ControlPlane) -> None:
    served = await control_plane.request("GET", "/version")
    of_the_build = {"goVersion", "platform", "compiler"}
    assert _without(snapshot.version(), of_the_build) == _without(served, of_the_build)


def _without(values: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def test_aggregated_discovery_has_every_resource_of_the_lists() -> None:
    aggregated = {
        (f"{group['metadata']['name']}/" if path == "/apis" else "") + version["version"]: {
            resource["resource"] for resource in version["resources"]
        }
        for path in ("/api", "/apis")
        for group in snapshot.aggregated(path)["items"]
        for version in group["versions"]
    }
    lists = {
        version: {resource["name"] for resource in answer["resources"] if "/" not in resource["name"]}
        for version, answer in snapshot.group_lists().items()
    }
    missing = {version: names - aggregated[version] for version, names in lists.items() if names - aggregated[version]}
    assert not missing


def test_no_address_of_a_machine_is_told() -> None:
    [address] = snapshot.legacy("/api")["serverAddressByClientCIDRs"]
    assert address["serverAddress"] == "127.0.0.1:6443"


def test_what_is_not_there_is_a_key_error() -> None:
    for ask in (snapshot.openapi, snapshot.legacy, snapshot.struct, snapshot.aggregated):
        with pytest.raises(KeyError):
            ask("apis/nothing")


def test_schemas_have_descriptions() -> None:
    assert snapshot.schemas()["io.k8s.api.core.v1.Pod"]["description"].startswith("Pod is a collection of containers")


def test_every_schema_of_a_struct_has_the_fields_of_the_struct() -> None:
    schemas = snapshot.schemas()
    for name in snapshot.structs():
        fields = {field.name for field in snapshot.struct(name).fields}
        assert fields == schemas[name].get("properties", {}).keys(), name


def test_constants_are_of_fields_that_there_are() -> None:
    for name, values in snapshot.constants().items():
        assert values.keys() <= {field.name for field in snapshot.struct(name).fields}


def test_it_is_small_enough_to_be_in_a_wheel() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < _LIMIT_BYTES
