"""Apply a deployment, scale it, and watch until all replicas are available."""

from kubernetes_asyncio import client, config
from kubernetes_asyncio.dynamic import DynamicClient

DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "labels": {"app": "web"}},
    "spec": {
        "replicas": 1,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "web", "image": "registry.example/web:1"}]},
        },
    },
}


async def main(namespace, replicas):
    await config.load_kube_config()
    async with client.ApiClient() as api:
        dynamic = await DynamicClient(api)
        deployments = await dynamic.resources.get(api_version="apps/v1", kind="Deployment")
        await deployments.server_side_apply(body=DEPLOYMENT, namespace=namespace, field_manager="rollout")
        scale = await deployments.scale.get(name="web", namespace=namespace)
        scale.spec.replicas = replicas
        await deployments.scale.replace(body=scale, name="web", namespace=namespace)

        progress = []
        async for event in deployments.watch(namespace=namespace, name="web", timeout=60):
            web = event["object"]
            available = web.status.availableReplicas or 0
            if available not in progress:
                progress.append(available)
            if available == web.spec.replicas:
                break
        return progress
