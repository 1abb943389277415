"""kubernetes_asyncio's dynamic client, as its users write."""

import tempfile
import time
import warnings
from typing import Any

from kubernetes_asyncio import config
from kubernetes_asyncio.client import ApiClient, rest
from kubernetes_asyncio.dynamic import DynamicClient
from kubernetes_asyncio.watch import Watch

from clients.measure import EVENTS, NAMESPACE, many, seconds

warnings.simplefilter("ignore")


async def _client(kubeconfig: str) -> ApiClient:
    tempfile.tempdir = tempfile.mkdtemp()  # its discovery cache lies in the shared one
    await config.load_kube_config(kubeconfig)
    return ApiClient()


async def list_ready(kubeconfig: str) -> dict[str, float]:
    """List all pods, ready to iterate."""
    async with await _client(kubeconfig) as api, DynamicClient(api) as client:
        pods = await client.resources.get(api_version="v1", kind="Pod")

        async def read() -> int:
            return len((await pods.get(namespace=NAMESPACE)).items)

        count, taken = await seconds(read)
        return {**taken, "pods": count}


async def list_read(kubeconfig: str) -> dict[str, float]:
    """List all pods and read three fields of each."""
    async with await _client(kubeconfig) as api, DynamicClient(api) as client:
        pods = await client.resources.get(api_version="v1", kind="Pod")

        async def read() -> list[Any]:
            found = await pods.get(namespace=NAMESPACE)
            return [(pod.metadata.name, pod.metadata.labels.app, pod.status.phase) for pod in found.items]

        _, taken = await seconds(read)
        return taken


async def get_one(kubeconfig: str) -> dict[str, float]:
    """Get one pod many times."""
    async with await _client(kubeconfig) as api, DynamicClient(api) as client:
        pods = await client.resources.get(api_version="v1", kind="Pod")
        return await many(lambda: pods.get(name="pod-0", namespace=NAMESPACE))


async def watch(kubeconfig: str) -> dict[str, float]:
    """Watch all pods until each has come."""
    async with await _client(kubeconfig) as api, DynamicClient(api) as client:
        pods = await client.resources.get(api_version="v1", kind="Pod")

        async def read() -> int:
            count = 0
            watcher = Watch()
            async for _ in pods.watch(namespace=NAMESPACE, watcher=watcher):
                count += 1
                if count >= EVENTS:
                    break
            await watcher.close()
            return count

        count, taken = await seconds(read)
        return {"cpu_us": taken["cpu_seconds"] / count * 1e6, **taken}


async def cold_start(kubeconfig: str) -> dict[str, float]:
    """Count the requests from nothing to the first object; each waits for the one before."""
    sent: list[float] = []
    send = rest.RESTClientObject.request

    async def counting(*args: Any, **kwargs: Any) -> Any:
        sent.append(time.perf_counter())
        return await send(*args, **kwargs)

    rest.RESTClientObject.request = counting
    async with await _client(kubeconfig) as api:
        began = time.perf_counter()
        async with DynamicClient(api) as client:
            pods = await client.resources.get(api_version="v1", kind="Pod")
            await pods.get(name="pod-0", namespace=NAMESPACE)
        return {"requests": len(sent), "waves": len(sent), "seconds": time.perf_counter() - began}
