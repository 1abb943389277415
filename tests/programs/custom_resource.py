"""Create a custom resource, change its spec, and report in its status."""

from kubernetes_asyncio import client, config
from kubernetes_asyncio.dynamic import DynamicClient


async def main(group, kind, namespace):
    await config.load_kube_config()
    async with client.ApiClient() as api:
        dynamic = await DynamicClient(api)
        custom = await dynamic.resources.get(api_version=f"{group}/v1", kind=kind)
        await custom.create(
            body={
                "apiVersion": f"{group}/v1",
                "kind": kind,
                "metadata": {"name": "one"},
                "spec": {"size": 1},
                "status": {"phase": "this is not kept: status has a resource of its own"},
            },
            namespace=namespace,
        )
        patched = await custom.patch(
            body={"spec": {"size": 2}},
            name="one",
            namespace=namespace,
            content_type="application/merge-patch+json",
        )
        before = patched.status
        patched.status = {"phase": "Growing", "observedGeneration": patched.metadata.generation}
        replaced = await custom.status.replace(body=patched)
        replaced.status.phase = "Ready"
        await custom.status.replace(body=replaced)
        return before
