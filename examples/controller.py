"""A controller in one file: every Shop gets a Deployment, and says how many of its counters are open.

Runs on an API server inside the process, with one Shop to look after; with a context's name as argument, on that
cluster, where the kind Shop has to be defined (see DEFINITION), until Ctrl-C: python examples/controller.py my-context
"""

import asyncio
import sys

import aiohttp

import aiokube
from aiokube.dynamic import exceptions
from aiokube.testing import APIServer

GROUP = "shops.example.com"
MANAGER = "shop-controller"

DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": f"shops.{GROUP}"},
    "spec": {
        "group": GROUP,
        "scope": "Namespaced",
        "names": {"plural": "shops", "singular": "shop", "kind": "Shop"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "subresources": {"status": {}},
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": {
                                "type": "object",
                                "properties": {"counters": {"type": "integer", "minimum": 0, "default": 1}},
                            },
                            "status": {"type": "object", "properties": {"open": {"type": "integer"}}},
                        },
                    }
                },
            }
        ],
    },
}


class Controller:
    """Brings the cluster to what the Shops say, and the Shops to what the cluster says.

    Whatever happens to a Shop or its Deployment only says which Shop to look at. What is to be done follows from what
    there is when it is looked at, so it does not matter what was missed, or seen twice.

    Args:
        kube: the client, which stays open.
        retry_seconds: how long a Shop waits after an error.
    """

    def __init__(self, kube: aiokube.Kube, *, retry_seconds: float = 1) -> None:
        self._kube = kube
        self._retry_seconds = retry_seconds
        self._due: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def run(self) -> None:
        """Look after all Shops until cancelled."""
        self._shops = await self._kube.resources.get(api_version=f"{GROUP}/v1", kind="Shop")
        self._deployments = await self._kube.resources.get(api_version="apps/v1", kind="Deployment")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow(self._shops))
            tasks.create_task(self._follow(self._deployments, label_selector="shop"))
            tasks.create_task(self._work(tasks))

    async def _follow(self, resource, label_selector=None) -> None:
        while True:
            try:
                async for event in resource.watch(label_selector=label_selector):
                    metadata = event["object"].metadata
                    self._due.put_nowait((metadata.namespace, metadata.name))
            except exceptions.GoneError:
                continue  # what was missed is told anew: a watch begins with all that there is

    async def _work(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            namespace, name = await self._due.get()
            try:
                await self._reconcile(namespace, name)
            except (exceptions.DynamicApiError, aiohttp.ClientError, OSError) as error:
                print(f"{namespace}/{name}: {error}; again in {self._retry_seconds} s", file=sys.stderr)
                tasks.create_task(self._again(namespace, name))

    async def _again(self, namespace: str, name: str) -> None:
        await asyncio.sleep(self._retry_seconds)
        self._due.put_nowait((namespace, name))

    async def _reconcile(self, namespace: str, name: str) -> None:
        try:
            found = await self._shops.get(name=name, namespace=namespace)
        except exceptions.NotFoundError:
            return  # and its Deployment goes with it, for it is the owner
        wanted = deployment_of(found)
        deployment = await self._deployments.server_side_apply(wanted, field_manager=MANAGER, force_conflicts=True)
        is_open = deployment.status.readyReplicas or 0
        if not found.status or found.status.open != is_open:
            status = {"status": {"open": is_open}}
            await self._shops.status.patch(
                status, name=name, namespace=namespace, content_type="application/merge-patch+json"
            )


def deployment_of(owner):
    """Return what there is to be for a Shop."""
    metadata = owner.metadata
    labels = {"shop": metadata.name}
    reference = {
        "apiVersion": owner.apiVersion,
        "kind": owner.kind,
        "name": metadata.name,
        "uid": metadata.uid,
        "controller": True,
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": metadata.name,
            "namespace": metadata.namespace,
            "labels": labels,
            "ownerReferences": [reference],
        },
        "spec": {
            "replicas": owner.spec.counters,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "counter", "image": "nginx:1.29"}]},
            },
        },
    }


def shop(name, *, counters):
    """Return a Shop."""
    return {"apiVersion": f"{GROUP}/v1", "kind": "Shop", "metadata": {"name": name}, "spec": {"counters": counters}}


async def define(kube: aiokube.Kube) -> None:
    """Define the kind Shop, and wait until it is served."""
    definitions = await kube.resources.get(api_version="apiextensions.k8s.io/v1", kind="CustomResourceDefinition")
    await definitions.create(DEFINITION)
    async for event in definitions.watch(name=DEFINITION["metadata"]["name"], timeout=30):
        conditions = event["object"].status.conditions or []
        if any(condition.type == "Established" and condition.status == "True" for condition in conditions):
            return
    raise TimeoutError("the kind Shop is not served")


async def look_after_one_shop(kube: aiokube.Kube) -> None:
    """Open a shop, and end when all its counters are open."""
    await define(kube)
    shops = await kube.resources.get(api_version=f"{GROUP}/v1", kind="Shop")
    await shops.create(shop("bakery", counters=3), namespace="default")
    async with asyncio.TaskGroup() as tasks:
        controlling = tasks.create_task(Controller(kube).run())
        async for event in shops.watch(namespace="default", timeout=30):
            found = event["object"]
            if found.status and found.status.open is not None:
                print(f"{found.metadata.name}: {found.status.open} of {found.spec.counters} counters are open")
                if found.status.open == found.spec.counters:
                    break
        else:
            raise TimeoutError("the counters stay closed")
        controlling.cancel()


async def main() -> None:
    """Control a cluster, or the one in the process."""
    if len(sys.argv) > 1:
        async with aiokube.connect(context=sys.argv[1]) as kube:
            await Controller(kube).run()
        return
    async with APIServer(simulate=True) as server, aiokube.connect(server.configuration) as kube:
        await look_after_one_shop(kube)


if __name__ == "__main__":
    asyncio.run(main())
