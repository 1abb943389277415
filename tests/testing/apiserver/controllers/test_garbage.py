"""Owner references, on both servers."""

from collections.abc import Callable
from typing import Any

import pytest

from aiokube.testing.apiserver import bootstrap
from aiokube.testing.apiserver.clock import DrivenClock
from aiokube.testing.apiserver.controllers import GarbageCollector, Runner
from aiokube.testing.apiserver.controllers.client import Client
from aiokube.testing.apiserver.errors import GroupResource

_COLLECTION = GroupResource("", "configmaps")
_CONFIG_MAPS = "/api/v1/namespaces/NAMESPACE/configmaps"


def _owner(obj: Any, **fields: Any) -> dict[str, Any]:
    metadata = obj["metadata"]
    return {"apiVersion": "v1", "kind": "ConfigMap", "name": metadata["name"], "uid": metadata["uid"], **fields}


def _delete_options(policy: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": policy}


async def test_dependents_go_when_their_owner_is_gone(cluster: Any) -> None:
    owner = await cluster.config_map("owner")
    middle = await cluster.config_map("middle", _owner(owner))
    await cluster.config_map("last", _owner(middle))
    await cluster.request("DELETE", f"{_CONFIG_MAPS}/owner")
    await cluster.until_gone(f"{_CONFIG_MAPS}/middle")
    await cluster.until_gone(f"{_CONFIG_MAPS}/last")


async def test_dependent_of_two_loses_its_reference_to_the_one_that_is_gone(cluster: Any) -> None:
    owners = [_owner(await cluster.config_map(name)) for name in ("one", "other")]
    await cluster.config_map("dependent", *owners)
    await cluster.request("DELETE", f"{_CONFIG_MAPS}/one")

    async def references() -> Any:
        found = (await cluster.find(f"{_CONFIG_MAPS}/dependent"))["metadata"]["ownerReferences"]
        return found if len(found) == 1 else None

    assert await cluster.until(references) == owners[1:]


@pytest.mark.parametrize("wrong", ["uid", "name"])
async def test_dependent_of_nobody_goes(cluster: Any, wrong: str) -> None:
    owner = _owner(await cluster.config_map("owner"))
    false = {"uid": "00000000-0000-4000-8000-000000000000", "name": "another"}
    await cluster.config_map("dependent", owner | {wrong: false[wrong]})
    await cluster.until_gone(f"{_CONFIG_MAPS}/dependent")
    assert await cluster.find(f"{_CONFIG_MAPS}/owner")


async def test_owner_waits_for_dependents_that_block_it(cluster: Any) -> None:
    owner = await cluster.config_map("owner")
    held = {"finalizers": ["example.com/held"]}
    await cluster.config_map("blocking", _owner(owner, blockOwnerDeletion=True), **held)
    await cluster.config_map("other", _owner(owner), **held)
    await cluster.request("DELETE", f"{_CONFIG_MAPS}/owner", _delete_options("Foreground"))

    async def is_going() -> Any:
        found = [await cluster.find(f"{_CONFIG_MAPS}/{name}") for name in ("blocking", "other")]
        return all(obj["metadata"].get("deletionTimestamp") for obj in found)

    await cluster.until(is_going)
    waiting = await cluster.find(f"{_CONFIG_MAPS}/owner")
    assert waiting["metadata"]["finalizers"] == ["foregroundDeletion"]
    await cluster.request("PATCH", f"{_CONFIG_MAPS}/blocking", {"metadata": {"finalizers": None}}, merge=True)
    await cluster.until_gone(f"{_CONFIG_MAPS}/owner")
    await cluster.request("PATCH", f"{_CONFIG_MAPS}/other", {"metadata": {"finalizers": None}}, merge=True)
    await cluster.until_gone(f"{_CONFIG_MAPS}/other")


async def test_dependents_of_dependents_go_first_in_the_foreground(cluster: Any) -> None:
    owner = await cluster.config_map("owner")
    middle = await cluster.config_map("middle", _owner(owner, blockOwnerDeletion=True))
    await cluster.config_map("last", _owner(middle, blockOwnerDeletion=True), finalizers=["example.com/held"])
    await cluster.request("DELETE", f"{_CONFIG_MAPS}/owner", _delete_options("Foreground"))

    async def is_going() -> Any:
        return (await cluster.find(f"{_CONFIG_MAPS}/last"))["metadata"].get("deletionTimestamp")

    await cluster.until(is_going)
    assert (await cluster.find(f"{_CONFIG_MAPS}/middle"))["metadata"]["finalizers"] == ["foregroundDeletion"]
    await cluster.request("PATCH", f"{_CONFIG_MAPS}/last", {"metadata": {"finalizers": None}}, merge=True)
    for name in ("last", "middle", "owner"):
        await cluster.until_gone(f"{_CONFIG_MAPS}/{name}")


async def test_orphans_stay_and_know_no_owner(cluster: Any) -> None:
    owner = await cluster.config_map("owner")
    await cluster.config_map("dependent", _owner(owner))
    await cluster.request("DELETE", f"{_CONFIG_MAPS}/owner", _delete_options("Orphan"))
    await cluster.until_gone(f"{_CONFIG_MAPS}/owner")
    dependent = await cluster.find(f"{_CONFIG_MAPS}/dependent")
    assert "ownerReferences" not in dependent["metadata"]
    assert "managedFields" not in dependent["metadata"]  # nobody owns a field that is not there


def test_whoever_is_owned_while_others_are_orphaned_is_orphaned_too() -> None:
    """Whether it is new, or has its reference back."""
    cluster = bootstrap.cluster(clock=DrivenClock(), history=100)
    client = Client(cluster, user="tester", manager="tester")
    turns: list[Callable[[], None]] = []
    runner = Runner(cluster, [GarbageCollector], soon=turns.append)
    runner.start()

    def make(name: str, *owners: Any) -> Any:
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "ownerReferences": list(owners)}}
        return client.create(_COLLECTION, body, "default")

    owner = _owner(make("owner"))
    names = [f"dependent-{number:02}" for number in range(30)]
    for name in names:
        make(name, owner)
    runner.drain()
    client.delete(_COLLECTION, "owner", "default", propagation="Orphan")
    while "ownerReferences" in (returned := client.get(_COLLECTION, names[0], "default") or {})["metadata"]:
        turns.pop()()
    assert "ownerReferences" in (client.get(_COLLECTION, names[-1], "default") or {})["metadata"]
    make("late", owner)
    returned["metadata"]["ownerReferences"] = [owner]
    client.update(_COLLECTION, returned)
    runner.drain()
    left = {each["metadata"]["name"]: each["metadata"] for each in client.list(_COLLECTION, "default")}
    assert sorted(left) == sorted(["late", *names])
    assert not any(metadata.get("ownerReferences") for metadata in left.values())


async def test_circle_goes_in_the_foreground(cluster: Any) -> None:
    first = await cluster.config_map("first")
    second = await cluster.config_map("second", _owner(first, blockOwnerDeletion=True))
    circle = {"metadata": {"ownerReferences": [_owner(second, blockOwnerDeletion=True)]}}
    await cluster.request("PATCH", f"{_CONFIG_MAPS}/first", circle, merge=True)
    await cluster.request("DELETE", f"{_CONFIG_MAPS}/first", _delete_options("Foreground"))
    for name in ("first", "second"):
        await cluster.until_gone(f"{_CONFIG_MAPS}/{name}")


async def test_what_is_in_no_namespace_has_no_owner_in_one(cluster: Any) -> None:
    """Nothing may be deleted because of such a mistake, whatever becomes of the owner."""
    owner = await cluster.config_map("owner")
    roles = "/apis/rbac.authorization.k8s.io/v1/clusterroles"
    path = f"{roles}/{cluster.namespace}"
    metadata = {"name": cluster.namespace, "ownerReferences": [_owner(owner)]}
    await cluster.request("POST", roles, {"metadata": metadata, "rules": []})
    witness = await cluster.config_map("witness", _owner(owner))
    await cluster.request("DELETE", f"{_CONFIG_MAPS}/owner")
    await cluster.until_gone(f"{_CONFIG_MAPS}/{witness['metadata']['name']}")
    assert await cluster.find(path)
    await cluster.request("DELETE", path)
