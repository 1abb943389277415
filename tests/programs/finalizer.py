"""Clean up behind objects that are being deleted, then let them go."""

from kubernetes_asyncio import client, config
from kubernetes_asyncio.dynamic import DynamicClient

FINALIZER = "example.com/clean-up"


async def main(namespace, ready):
    await config.load_kube_config()
    seen = []
    async with client.ApiClient() as api:
        dynamic = await DynamicClient(api)
        config_maps = await dynamic.resources.get(api_version="v1", kind="ConfigMap")
        async for event in config_maps.watch(namespace=namespace, label_selector="guarded=yes", timeout=60):
            obj = event["object"]
            if event["type"] == "DELETED":
                seen.append("gone")
                return seen
            if obj.metadata.deletionTimestamp:
                seen.append(f"cleaned up behind {obj.data.disk}")
                obj.metadata.finalizers = [name for name in obj.metadata.finalizers if name != FINALIZER]
                await config_maps.replace(body=obj)
            elif FINALIZER not in (obj.metadata.finalizers or []):
                obj.metadata.finalizers = [*(obj.metadata.finalizers or []), FINALIZER]
                await config_maps.replace(body=obj)
                seen.append("guarded")
            else:
                ready.set()
    return seen
