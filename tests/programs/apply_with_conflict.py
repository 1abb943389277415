"""Two managers apply the same object: the second one is told whose fields it wants, and takes them by force."""

from kubernetes_asyncio import client, config
from kubernetes_asyncio.dynamic import DynamicClient
from kubernetes_asyncio.dynamic.exceptions import ConflictError


def settings(**data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": data}


async def main(namespace):
    await config.load_kube_config()
    async with client.ApiClient() as api:
        dynamic = await DynamicClient(api)
        config_maps = await dynamic.resources.get(api_version="v1", kind="ConfigMap")
        await config_maps.server_side_apply(
            body=settings(colour="red", size="1"), namespace=namespace, field_manager="first"
        )
        try:
            await config_maps.server_side_apply(
                body=settings(colour="blue"), namespace=namespace, field_manager="second"
            )
        except ConflictError as error:
            refusal = error.summary()
        applied = await config_maps.server_side_apply(
            body=settings(colour="blue"), namespace=namespace, field_manager="second", force_conflicts=True
        )
        return refusal, applied.data.to_dict()
