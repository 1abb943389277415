"""Read what is no object: texts, by the line where they are long, and the log of a pod that is not running yet."""

from kubernetes_asyncio import client, config
from kubernetes_asyncio.dynamic import DynamicClient
from kubernetes_asyncio.dynamic.exceptions import BadRequestError

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "waiting"},
    "spec": {"containers": [{"name": "main", "image": "registry.example/main:1"}]},
}


async def count_lines(dynamic, path, beginning):
    response = await dynamic.request("get", path, serialize=False)
    async with response:
        count = 0
        while line := await response.content.readline():
            count += line.startswith(beginning)
    return count


async def main(namespace):
    await config.load_kube_config()
    async with client.ApiClient() as api:
        dynamic = await DynamicClient(api)
        health = await dynamic.request("get", "/livez", serialize=False)
        text = await health.text()
        metrics = await count_lines(dynamic, "/metrics", b"apiserver_request_total")

        pods = await dynamic.resources.get(api_version="v1", kind="Pod")
        await pods.create(body=POD, namespace=namespace)
        log = await pods.log.get(name="waiting", namespace=namespace, query_params=[("tailLines", 10)])
        try:
            await pods.log.get(name="waiting", namespace=namespace, query_params=[("container", "sidecar")])
        except BadRequestError as error:
            refusal = error.summary()
        return text, metrics, log, refusal
