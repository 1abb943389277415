"""Delete what a selector matches, and wait until the last one is gone."""

from kubernetes_asyncio import client, config
from kubernetes_asyncio.dynamic import DynamicClient


async def main(namespace, selector):
    await config.load_kube_config()
    async with client.ApiClient() as api:
        dynamic = await DynamicClient(api)
        pods = await dynamic.resources.get(api_version="v1", kind="Pod")
        listed = await pods.get(namespace=namespace, label_selector=selector)
        left = {pod.metadata.name for pod in listed.items}
        await pods.delete(namespace=namespace, label_selector=selector, grace_period_seconds=0)
        gone = []
        async for event in pods.watch(
            namespace=namespace,
            label_selector=selector,
            resource_version=listed.metadata.resourceVersion,
            timeout=60,
        ):
            if event["type"] == "DELETED":
                gone.append(event["object"].metadata.name)
                left.discard(event["object"].metadata.name)
            if not left:
                break
        return sorted(gone)
