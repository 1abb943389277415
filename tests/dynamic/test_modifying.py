"""Read, change, replace; again on a conflict, and only then."""

import asyncio

import pytest

import aiokube
from aiokube.client.exceptions import (
    AlreadyExistsError,
    ApiException,
    ConflictError,
    UnprocessibleEntityError,
)
from aiokube.dynamic.instance import ResourceInstance
from aiokube.dynamic.modifying import modify
from aiokube.testing import KubeServer


async def test_writers_at_once_lose_no_change(kube_server: KubeServer, namespace: str) -> None:
    """Each of eight adds its own key, all from the same version."""
    async with aiokube.connect(kube_server.configuration) as kube:
        config_maps = await kube.resources.get(api_version="v1", kind="ConfigMap")
        await config_maps.create({"metadata": {"name": "shared"}, "data": {}}, namespace=namespace)

        async def write(number: int) -> None:
            def add(shared: ResourceInstance) -> None:
                shared.data = {**(shared.data.to_dict() if shared.data else {}), f"writer-{number}": "was here"}

            await config_maps.modify(add, "shared", namespace, attempts=50)

        await asyncio.gather(*(write(number) for number in range(8)))
        shared = await config_maps.get(name="shared", namespace=namespace)
        assert len(shared.data) == 8


async def test_gives_up_after_as_many_attempts_as_it_was_given() -> None:
    server = _Server(ConflictError(ApiException(409)))
    with pytest.raises(ConflictError):
        await modify(server.read, lambda instance: None, server.replace, attempts=3)
    assert server.reads == 3


@pytest.mark.parametrize(
    "error", [UnprocessibleEntityError(ApiException(422)), AlreadyExistsError(ApiException(409)), OSError("lost")]
)
async def test_anything_but_a_conflict_is_raised_at_once(error: Exception) -> None:
    server = _Server(error)
    with pytest.raises(type(error)):
        await modify(server.read, lambda instance: None, server.replace)
    assert server.reads == 1


async def test_change_may_be_a_coroutine_function() -> None:
    server = _Server(None)

    async def change(instance: ResourceInstance) -> None:
        instance.changed = True

    assert (await modify(server.read, change, server.replace)).changed is True


async def test_no_attempts_are_refused() -> None:
    server = _Server(None)
    with pytest.raises(ValueError, match="attempts is a positive number, not 0"):
        await modify(server.read, lambda instance: None, server.replace, attempts=0)


class _Server:
    """Holds one object and refuses each replacement with the same error, None for none."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error
        self.reads = 0

    async def read(self) -> ResourceInstance:
        self.reads += 1
        return ResourceInstance(None, {"kind": "Thing"})

    async def replace(self, instance: ResourceInstance) -> ResourceInstance:
        if self.error is not None:
            raise self.error
        return instance
