"""An operator for every kind of an API group: it says of each object that it is ready."""

import asyncio

from kubernetes_asyncio import client, config, watch
from kubernetes_asyncio.dynamic import DynamicClient
from kubernetes_asyncio.dynamic.exceptions import NotFoundError


async def reconcile(resource, obj):
    if obj.status and obj.status.observedGeneration == obj.metadata.generation:
        return
    try:
        await resource.status.patch(
            name=obj.metadata.name,
            namespace=obj.metadata.namespace,
            body={"status": {"phase": "Ready", "observedGeneration": obj.metadata.generation}},
            content_type="application/merge-patch+json",
        )
    except NotFoundError:
        print(f"{resource.kind} {obj.metadata.name} is gone")


async def follow(resource):
    async with watch.Watch() as watcher:
        async for event in resource.watch(watcher=watcher):
            if event["type"] in ("ADDED", "MODIFIED"):
                await reconcile(resource, event["object"])


async def main(group, stop):
    await config.load_kube_config()
    async with client.ApiClient() as api:
        dynamic = await DynamicClient(api)
        kinds = [
            resource
            for resource in await dynamic.resources.search(group=group)
            if not resource.kind.endswith("List") and "watch" in resource.verbs
        ]
        tasks = [asyncio.create_task(follow(resource)) for resource in kinds]
        await stop.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return sorted(resource.kind for resource in kinds)
