"""Define a kind, wait by a watch until the server has established it, and create an object of it."""

from kubernetes_asyncio import client, config
from kubernetes_asyncio.dynamic import DynamicClient
from kubernetes_asyncio.dynamic.exceptions import ResourceNotFoundError


async def wait_for(resource, name, condition, timeout):
    async for event in resource.watch(name=name, timeout=timeout):
        status = event["object"].status
        for found in (status and status.conditions) or []:
            if found.type == condition and found.status == "True":
                return event["object"]
    raise TimeoutError(f"{resource.kind} {name} did not become {condition} in {timeout} s")


async def discovered(dynamic, **terms):
    while True:
        try:
            return await dynamic.resources.get(**terms)
        except ResourceNotFoundError:  # a server lists a kind a moment after it is established
            await dynamic.resources.invalidate_cache()


async def main(definition, namespace):
    await config.load_kube_config()
    async with client.ApiClient() as api:
        dynamic = await DynamicClient(api)
        definitions = await dynamic.resources.get(
            api_version="apiextensions.k8s.io/v1", kind="CustomResourceDefinition"
        )
        await definitions.create(body=definition)
        established = await wait_for(definitions, definition["metadata"]["name"], "Established", timeout=60)
        kind = await discovered(dynamic, group=established.spec.group, kind=established.spec.names.kind)
        body = {"apiVersion": kind.group_version, "kind": kind.kind, "metadata": {"name": "first"}, "spec": {"size": 1}}
        created = await kind.create(body=body, namespace=namespace)
        return created.to_dict()
