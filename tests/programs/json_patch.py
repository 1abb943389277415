"""Change single fields by a JSON patch, only if they are still what they were."""

from kubernetes_asyncio import client, config
from kubernetes_asyncio.dynamic import DynamicClient
from kubernetes_asyncio.dynamic.exceptions import UnprocessibleEntityError


async def main(namespace, name):
    await config.load_kube_config()
    async with client.ApiClient() as api:
        dynamic = await DynamicClient(api)
        config_maps = await dynamic.resources.get(api_version="v1", kind="ConfigMap")
        changes = [
            {"op": "test", "path": "/data/colour", "value": "red"},
            {"op": "replace", "path": "/data/colour", "value": "blue"},
            {"op": "remove", "path": "/data/size"},
            {"op": "add", "path": "/metadata/labels", "value": {"changed": "yes"}},
        ]
        outcomes = []
        for _ in range(2):
            try:
                await config_maps.patch(
                    body=changes, name=name, namespace=namespace, content_type="application/json-patch+json"
                )
                outcomes.append("changed")
            except UnprocessibleEntityError:
                outcomes.append("it is no longer what it was")
        return outcomes
