"""Typed classes and the dynamic client side by side, over one ApiClient."""

from kubernetes_asyncio import client, config, watch
from kubernetes_asyncio.dynamic import DynamicClient


async def main(namespace):
    await config.load_kube_config()
    async with client.ApiClient() as api:
        typed = client.CoreV1Api(api)
        dynamic = await DynamicClient(api)
        pods = await dynamic.resources.get(api_version="v1", kind="Pod")

        container = client.V1Container(name="main", image="registry.example/main:1")
        pod = client.V1Pod(
            metadata=client.V1ObjectMeta(name="one", labels={"app": "shop"}),
            spec=client.V1PodSpec(containers=[container]),
        )
        await pods.create(body=pod, namespace=namespace)
        read = await typed.read_namespaced_pod("one", namespace)

        read.metadata.labels["app"] = "bank"
        replaced = await pods.replace(body=read)
        await pods.get(namespace=namespace, resource_version=replaced.metadata.resourceVersion)  # it has come around

        seen = []
        async with watch.Watch() as watcher:
            async for event in watcher.stream(typed.list_namespaced_pod, namespace, timeout_seconds=60):
                seen.append((event["type"], event["object"].metadata.labels["app"]))
                break

        failures = []
        for attempt in (typed.read_namespaced_pod("none", namespace), pods.get(name="none", namespace=namespace)):
            try:
                await attempt
            except client.ApiException as error:
                failures.append(error.status)
        await pods.delete(name="one", namespace=namespace, body=client.V1DeleteOptions(grace_period_seconds=0))
        return seen, failures
