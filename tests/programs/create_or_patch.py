"""Create an object, or patch the one that is there already."""

from kubernetes_asyncio import config
from kubernetes_asyncio.client.api_client import ApiClient
from kubernetes_asyncio.dynamic import DynamicClient
from kubernetes_asyncio.dynamic.exceptions import NotFoundError


async def ensure(config_maps, namespace, name, data):
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}
    try:
        found = await config_maps.get(name=name, namespace=namespace)
    except NotFoundError:
        await config_maps.create(body=body, namespace=namespace)
        return "created"
    if found.data.to_dict() == data:
        return "unchanged"
    await config_maps.patch(name=name, namespace=namespace, body=body)
    return "patched"


async def main(namespace):
    await config.load_kube_config()
    async with ApiClient() as api:
        client = await DynamicClient(api)
        config_maps = await client.resources.get(api_version="v1", kind="ConfigMap")
        return [
            await ensure(config_maps, namespace, "settings", data)
            for data in ({"colour": "red"}, {"colour": "red"}, {"colour": "blue"})
        ]
