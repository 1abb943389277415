"""List in pages, passing the continue token on."""

from kubernetes_asyncio import client, config
from kubernetes_asyncio.dynamic import DynamicClient


async def main(namespace, page_size):
    await config.load_kube_config()
    async with client.ApiClient() as api:
        dynamic = await DynamicClient(api)
        config_maps = await dynamic.resources.get(api_version="v1", kind="ConfigMap")
        pages, token = [], None
        while True:
            page = await config_maps.get(
                namespace=namespace, label_selector="paged=yes", limit=page_size, _continue=token
            )
            pages.append([item.metadata.name for item in page.items])
            token = page.metadata["continue"]
            if not token:
                return pages
