"""What is in a namespace: all objects of all kinds."""

from kubernetes_asyncio import client, config
from kubernetes_asyncio.client.exceptions import ApiException
from kubernetes_asyncio.dynamic import DynamicClient


async def main(namespace):
    await config.load_kube_config()
    objects = set()
    async with client.ApiClient() as api, DynamicClient(api) as dynamic:
        for resource in await dynamic.resources.search():
            if resource.kind.endswith("List") or not resource.namespaced or "list" not in resource.verbs:
                continue
            try:
                found = await resource.get(namespace=namespace)
            except ApiException as error:
                if error.status not in (403, 404, 405):
                    raise
                continue
            objects.update((item.kind, item.metadata.name) for item in found.items)
    return objects
