"""How the controller beside this file is tested, with the fixtures that aiokube brings: pytest examples

They need pods that run, and so the server inside the process.
"""

import asyncio

import pytest
import pytest_asyncio
from controller import GROUP, Controller, define, shop

from aiokube.testing import Fault

pytestmark = pytest.mark.asyncio


@pytest.fixture
def kube_server_options():
    """Pods run on the server of each test."""
    return {"simulate": True}


@pytest_asyncio.fixture
async def shops(kube):
    """The kind Shop, with a controller that looks after its objects."""
    await define(kube)
    controlling = asyncio.create_task(Controller(kube, retry_seconds=0.1).run())
    yield await kube.resources.get(api_version=f"{GROUP}/v1", kind="Shop")
    controlling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await controlling


async def until_open(shops, counters):
    async for event in shops.watch(namespace="default", timeout=30):
        status = event["object"].status
        if status and status.open == counters:
            return
    raise AssertionError("the counters stay closed")


async def test_every_counter_of_a_shop_opens(shops):
    await shops.create(shop("bakery", counters=3), namespace="default")
    await until_open(shops, 3)


async def test_a_shop_may_grow(shops):
    await shops.create(shop("bakery", counters=1), namespace="default")
    await until_open(shops, 1)
    await shops.patch({"spec": {"counters": 2}}, name="bakery", namespace="default")
    await until_open(shops, 2)


async def test_an_error_on_the_way_is_overcome(shops, kube_server):
    """The server refuses twice, and once the connection is lost."""
    refused = kube_server.faults.add(Fault.status(500), verb="patch", resource="deployments", times=2)
    lost = kube_server.faults.add(Fault.lose_answer(), verb="patch", resource="deployments", times=1)
    await shops.create(shop("bakery", counters=1), namespace="default")
    await until_open(shops, 1)
    assert (refused.fired, lost.fired) == (2, 1)
