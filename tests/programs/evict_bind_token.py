"""Post to subresources: bind a pod to a node, evict another one, ask for a token of a service account."""

from kubernetes_asyncio import client, config
from kubernetes_asyncio.dynamic import DynamicClient


def pod(name):
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {"containers": [{"name": "main", "image": "registry.example/main:1"}]},
    }


async def main(namespace):
    await config.load_kube_config()
    async with client.ApiClient() as api:
        dynamic = await DynamicClient(api)
        pods = await dynamic.resources.get(api_version="v1", kind="Pod")
        accounts = await dynamic.resources.get(api_version="v1", kind="ServiceAccount")
        await accounts.create(body={"metadata": {"name": "robot"}}, namespace=namespace)
        for name in ("bound", "evicted"):
            await pods.create(body=pod(name), namespace=namespace)

        binding = {
            "apiVersion": "v1",
            "kind": "Binding",
            "metadata": {"name": "bound", "namespace": namespace},
            "target": {"apiVersion": "v1", "kind": "Node", "name": "node-1"},
        }
        await pods.binding.create(body=binding, name="bound", namespace=namespace)
        eviction = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": "evicted", "namespace": namespace},
            "deleteOptions": {"gracePeriodSeconds": 0},
        }
        await pods.eviction.create(body=eviction)
        request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 600}}
        granted = await accounts.token.create(body=request, name="robot", namespace=namespace)
        return granted.status.token
