"""Several workers count in one object: whoever comes second reads again and repeats its change."""

import asyncio

from kubernetes_asyncio import client, config
from kubernetes_asyncio.dynamic import DynamicClient
from kubernetes_asyncio.dynamic.exceptions import ConflictError


async def increment(config_maps, namespace, name):
    for attempt in range(100):
        counter = await config_maps.get(name=name, namespace=namespace)
        counter.data.count = str(int(counter.data.count) + 1)
        try:
            await config_maps.replace(body=counter)
            return attempt
        except ConflictError:
            continue
    raise RuntimeError("too many conflicts")


async def main(namespace, workers):
    await config.load_kube_config()
    async with client.ApiClient() as api:
        dynamic = await DynamicClient(api)
        config_maps = await dynamic.resources.get(api_version="v1", kind="ConfigMap")
        body = {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "counter"}, "data": {"count": "0"}}
        await config_maps.create(body=body, namespace=namespace)
        return await asyncio.gather(*(increment(config_maps, namespace, "counter") for _ in range(workers)))
