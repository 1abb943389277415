"""List, then watch from there: nothing that happens in between is missed, and nothing comes twice."""

from kubernetes_asyncio import client, config, watch
from kubernetes_asyncio.dynamic import DynamicClient


async def main(namespace, meanwhile):
    await config.load_kube_config()
    async with client.ApiClient() as api:
        dynamic = await DynamicClient(api)
        config_maps = await dynamic.resources.get(api_version="v1", kind="ConfigMap")
        listed = await config_maps.get(namespace=namespace)
        names = [item.metadata.name for item in listed.items]
        await meanwhile()

        events = []
        async with watch.Watch() as watcher:
            stream = watcher.stream(
                config_maps.get,
                namespace=namespace,
                resource_version=listed.metadata.resourceVersion,
                timeout_seconds=60,
                serialize=False,
            )
            async for event in stream:
                events.append((event["type"], event["raw_object"]["metadata"]["name"]))
                if event["type"] == "DELETED":
                    watcher.stop()
                    break
        return names, events
