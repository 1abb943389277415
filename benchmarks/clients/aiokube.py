"""aiokube, as its users write."""

import itertools
import time
from typing import Any

import aiokube
from aiokube.client import ApiClient
from aiokube.dynamic import DynamicClient
from clients.measure import EVENTS, NAMESPACE, many, seconds


async def list_ready(kubeconfig: str) -> dict[str, float]:
    """List all pods, ready to iterate."""
    async with aiokube.connect(kubeconfig) as kube:
        pods = await kube.resources.get(api_version="v1", kind="Pod")

        async def read() -> int:
            return len((await pods.get(namespace=NAMESPACE)).items)

        count, taken = await seconds(read)
        return {**taken, "pods": count}


async def list_read(kubeconfig: str) -> dict[str, float]:
    """List all pods and read three fields of each."""
    async with aiokube.connect(kubeconfig) as kube:
        pods = await kube.resources.get(api_version="v1", kind="Pod")

        async def read() -> list[Any]:
            found = await pods.get(namespace=NAMESPACE)
            return [(pod.metadata.name, pod.metadata.labels.app, pod.status.phase) for pod in found.items]

        _, taken = await seconds(read)
        return taken


async def get_one(kubeconfig: str) -> dict[str, float]:
    """Get one pod many times."""
    async with aiokube.connect(kubeconfig) as kube:
        pods = await kube.resources.get(api_version="v1", kind="Pod")
        return await many(lambda: pods.get(name="pod-0", namespace=NAMESPACE))


async def watch(kubeconfig: str) -> dict[str, float]:
    """Watch all pods until each has come."""
    async with aiokube.connect(kubeconfig) as kube:
        pods = await kube.resources.get(api_version="v1", kind="Pod")

        async def read() -> int:
            count = 0
            async for _ in pods.watch(namespace=NAMESPACE):
                count += 1
                if count >= EVENTS:
                    break
            return count

        count, taken = await seconds(read)
        return {"cpu_us": taken["cpu_seconds"] / count * 1e6, **taken}


async def cold_start(kubeconfig: str) -> dict[str, float]:
    """Count the requests from nothing to the first object, and what a second client costs."""
    sent: list[float] = []

    class Counting(ApiClient):
        async def send(self, request: Any) -> Any:
            sent.append(time.perf_counter())
            return await super().send(request)

    configuration = await aiokube.config.configuration_from(kubeconfig)
    async with Counting(configuration) as api:
        began = time.perf_counter()
        async with DynamicClient(api) as client:
            pods = await client.resources.get(api_version="v1", kind="Pod")
            await pods.get(name="pod-0", namespace=NAMESPACE)
        taken = time.perf_counter() - began
    first = len(sent)
    waves = 1 + sum(after - before > 0.001 for before, after in itertools.pairwise(sent))
    sent.clear()
    async with Counting(configuration) as api:
        began = time.perf_counter()
        async with DynamicClient(api) as client:
            await client.resources.get(api_version="v1", kind="Pod")
            second = time.perf_counter() - began
    return {
        "requests": first,
        "waves": waves,
        "seconds": taken,
        "second_requests": len(sent),
        "second_us": second * 1e6,
    }
