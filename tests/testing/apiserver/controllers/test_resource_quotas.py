"""Quotas in a simulated cluster, by a clock that the test moves; what one is refused is in tests/conformance."""

from typing import Any

import pytest

from aiokube.testing.apiserver.errors import GroupResource, StatusError
from aiokube.testing.apiserver.server import APIServer
from custom_kinds import definition

_QUOTAS = GroupResource("", "resourcequotas")
_CONFIG_MAPS = GroupResource("", "configmaps")
_REPLICA_SETS = GroupResource("apps", "replicasets")
_PODS = GroupResource("", "pods")


def _quota(**hard: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "quota"}, "spec": {"hard": hard}}


def _config_map(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}


def _used(world: Any) -> Any:
    return world.get(_QUOTAS, "quota")["status"]["used"]


def test_what_there_is_already_counts(world: Any) -> None:
    world.create(_CONFIG_MAPS, _config_map("a"))
    there = str(len(world.all(_CONFIG_MAPS)))
    world.create(_QUOTAS, _quota(configmaps="9"))
    assert _used(world) == {"configmaps": there}


def test_replica_set_makes_as_many_pods_as_its_namespace_lets_in(world: Any) -> None:
    world.create(_QUOTAS, _quota(pods="2"))
    template = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "a", "image": "one"}]}}
    spec = {"replicas": 3, "selector": {"matchLabels": {"app": "a"}}, "template": template}
    world.create(
        _REPLICA_SETS, {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "a"}, "spec": spec}
    )
    (condition,) = world.get(_REPLICA_SETS, "a")["status"]["conditions"]
    assert (condition["type"], condition["reason"]) == ("ReplicaFailure", "FailedCreate")
    assert condition["message"].endswith(
        "is forbidden: exceeded quota: quota, requested: pods=1, used: pods=2, limited: pods=2"
    )
    assert len(world.pods()) == 2
    world.change(_QUOTAS, "quota", lambda quota: quota["spec"].update(hard={"pods": "3"}))
    world.advance(120)
    assert len(world.pods()) == 3
    assert _used(world) == {"pods": "3"}


def test_pod_that_has_ended_uses_nothing(world: Any) -> None:
    world.create(_QUOTAS, _quota(**{"pods": "2", "count/pods": "2", "requests.memory": "1Gi"}))
    resources = {"requests": {"memory": "1Gi"}}
    spec = {"restartPolicy": "Never", "containers": [{"name": "a", "image": "one", "resources": resources}]}
    world.create(_PODS, {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pod"}, "spec": spec})
    assert _used(world) == {"count/pods": "1", "pods": "1", "requests.memory": "1Gi"}
    world.change(_PODS, "pod", lambda pod: pod["status"].update(phase="Succeeded"), "status")
    assert _used(world) == {"count/pods": "1", "pods": "0", "requests.memory": "0"}
    world.delete(_PODS, "pod")
    assert _used(world) == {"count/pods": "0", "pods": "0", "requests.memory": "0"}


def test_what_was_charged_and_never_stored_is_found_out(world: Any) -> None:
    world.create(_QUOTAS, _quota(**{"count/configmaps": "9"}))
    there = len(world.all(_CONFIG_MAPS))
    world.create(_CONFIG_MAPS, _config_map("a"))
    with pytest.raises(StatusError, match="already exists"):
        world.create(_CONFIG_MAPS, _config_map("a"))
    assert _used(world) == {"count/configmaps": str(there + 2)}
    world.advance(300)
    assert _used(world) == {"count/configmaps": str(there + 1)}


def test_what_goes_at_about_the_same_time_is_counted_together_where_there_is_much(world: Any) -> None:
    world.create(_QUOTAS, _quota(**{"count/configmaps": "999"}))
    names = [f"a-{number}" for number in range(110)]
    for name in names:
        world.create(_CONFIG_MAPS, _config_map(name))
    before = int(_used(world)["count/configmaps"])
    versions = set()
    for name in names[:5]:
        world.delete(_CONFIG_MAPS, name)
        versions.add(world.get(_QUOTAS, "quota")["metadata"]["resourceVersion"])
    assert len(versions) == 1
    world.advance(0.6)
    assert _used(world) == {"count/configmaps": str(before - 5)}
    world.delete(_CONFIG_MAPS, names[5])
    world.advance(0.6)
    assert _used(world) == {"count/configmaps": str(before - 6)}


async def test_custom_kind_is_counted_as_soon_as_it_is_defined() -> None:
    defined = definition("example.com", {"type": "object"}, plural="toys", kind="Toy", scope="Namespaced")
    quotas = "/api/v1/namespaces/default/resourcequotas"
    toys = "/apis/example.com/v1/namespaces/default/toys"
    async with APIServer() as server:
        await server.request("POST", quotas, _quota(**{"count/toys.example.com": "1"}))
        assert "used" not in (await server.request("GET", f"{quotas}/quota"))["status"]
        await server.request("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", defined)
        await server.request("POST", toys, {"apiVersion": "example.com/v1", "kind": "Toy", "metadata": {"name": "a"}})
        used = (await server.request("GET", f"{quotas}/quota"))["status"]["used"]
    assert used == {"count/toys.example.com": "1"}
