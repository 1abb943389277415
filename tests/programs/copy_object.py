"""Copy a secret into another namespace."""

from kubernetes_asyncio import client, config
from kubernetes_asyncio.client.rest import ApiException
from kubernetes_asyncio.dynamic import DynamicClient

OF_THE_SERVER = ("uid", "resourceVersion", "creationTimestamp", "managedFields", "ownerReferences", "generation")


async def main(name, source, target):
    await config.load_kube_config()
    async with client.ApiClient() as api:
        dynamic = await DynamicClient(api)
        secrets = await dynamic.resources.get(api_version="v1", kind="Secret")
        body = (await secrets.get(name=name, namespace=source)).to_dict()
        for field in OF_THE_SERVER:
            body["metadata"].pop(field, None)
        body["metadata"]["namespace"] = target
        body["metadata"].setdefault("annotations", {})["example.com/copied-from"] = f"{source}/{name}"
        try:
            await secrets.create(body=body)
        except ApiException as error:
            if error.status != 409:
                raise
            await secrets.replace(body=body)
            return "replaced"
        return "created"
