"""Put a label on everything that a selector matches."""

from kubernetes_asyncio import client, config
from kubernetes_asyncio.dynamic import DynamicClient

KINDS = [("v1", "ConfigMap"), ("v1", "Secret"), ("apps/v1", "Deployment")]


async def main(namespace, selector, labels):
    await config.load_kube_config()
    labelled = []
    async with client.ApiClient() as api:
        dynamic = await DynamicClient(api)
        for api_version, kind in KINDS:
            resource = await dynamic.resources.get(api_version=api_version, kind=kind)
            found = await resource.get(namespace=namespace, label_selector=selector)
            for item in found.items:
                await resource.patch(
                    body={"metadata": {"labels": labels}},
                    name=item.metadata.name,
                    namespace=item.metadata.namespace,
                )
                labelled.append(f"{item.kind}/{item.metadata.name}")
    return labelled
