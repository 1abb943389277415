"""The end of namespaces, on both servers."""

import contextlib
from typing import Any

import pytest

from aiokube.testing.apiserver.errors import GroupResource

_NAMESPACES = GroupResource("", "namespaces")
_PODS = GroupResource("", "pods")
_NAMESPACE = "/api/v1/namespaces/NAMESPACE"


async def test_namespace_goes_with_what_is_in_it(cluster: Any) -> None:
    await cluster.config_map("some")
    await cluster.request("DELETE", _NAMESPACE)
    await cluster.until_gone(_NAMESPACE)
    assert await cluster.find(f"{_NAMESPACE}/configmaps/some") is None


async def test_finalizers_hold_a_namespace_up_and_its_conditions_say_so(cluster: Any) -> None:
    for name in ("one", "other"):
        await cluster.config_map(name, finalizers=["example.com/held"])
    await cluster.request("DELETE", _NAMESPACE)

    shown: list[Any] = []

    async def is_well() -> bool:
        # The kind of another test that just goes may keep a real server from looking into everything at once.
        shown[:] = (await cluster.find(_NAMESPACE))["status"].get("conditions") or []
        return {c["status"] for c in shown[:3]} == {"False"}

    with contextlib.suppress(TimeoutError):
        await cluster.until(is_well)
    assert [(c["type"], c["status"], c["reason"], c["message"]) for c in shown] == [
        (
            "NamespaceDeletionDiscoveryFailure",
            "False",
            "ResourcesDiscovered",
            "All resources successfully discovered",
        ),
        (
            "NamespaceDeletionGroupVersionParsingFailure",
            "False",
            "ParsedGroupVersions",
            "All legacy kube types successfully parsed",
        ),
        (
            "NamespaceDeletionContentFailure",
            "False",
            "ContentDeleted",
            "All content successfully deleted, may be waiting on finalization",
        ),
        (
            "NamespaceContentRemaining",
            "True",
            "SomeResourcesRemain",
            "Some resources are remaining: configmaps. has 2 resource instances",
        ),
        (
            "NamespaceFinalizersRemaining",
            "True",
            "SomeFinalizersRemain",
            "Some content in the namespace has finalizers remaining: example.com/held in 2 resource instances",
        ),
    ]
    namespace = await cluster.find(_NAMESPACE)
    assert namespace["status"]["phase"] == "Terminating"
    assert namespace["spec"]["finalizers"] == ["kubernetes"]
    for name in ("one", "other"):
        path = f"{_NAMESPACE}/configmaps/{name}"
        await cluster.request("PATCH", path, {"metadata": {"finalizers": None}}, merge=True)
    await cluster.until_gone(_NAMESPACE)


async def test_pods_go_before_the_rest(cluster: Any) -> None:
    await cluster.until(lambda: cluster.find(f"{_NAMESPACE}/serviceaccounts/default"))
    pod = {
        "metadata": {"name": "held", "finalizers": ["example.com/held"]},
        "spec": {"containers": [{"name": "a", "image": "one"}]},
    }
    await cluster.request("POST", f"{_NAMESPACE}/pods", pod)
    await cluster.config_map("some")
    await cluster.request("DELETE", _NAMESPACE)

    async def is_going() -> Any:
        return (await cluster.find(f"{_NAMESPACE}/pods/held"))["metadata"].get("deletionTimestamp")

    await cluster.until(is_going)
    assert await cluster.find(f"{_NAMESPACE}/configmaps/some")
    await cluster.request("PATCH", f"{_NAMESPACE}/pods/held", {"metadata": {"finalizers": None}}, merge=True)
    await cluster.until_gone(_NAMESPACE)


@pytest.mark.parametrize("grace_seconds", [2**33, 2**63 - 1, 2**62 + 2**33])
def test_pods_may_have_more_time_to_end_than_there_is(world: Any, grace_seconds: int) -> None:
    world.client.create(_NAMESPACES, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "other"}})
    world.settle()
    spec = {"terminationGracePeriodSeconds": grace_seconds, "containers": [{"name": "a", "image": "one"}]}
    metadata = {"name": "a", "finalizers": ["example.com/held"]}
    world.client.create(_PODS, {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}, "other")
    world.settle()
    world.advance(5)
    assert world.client.get(_PODS, "a", "other")["status"]["phase"] == "Running"
    world.client.delete(_NAMESPACES, "other")
    world.settle()
    world.advance(60)
    pod = world.client.get(_PODS, "a", "other")
    del pod["metadata"]["finalizers"]
    world.client.update(_PODS, pod)
    world.settle()
    assert world.client.get(_NAMESPACES, "other") is None
