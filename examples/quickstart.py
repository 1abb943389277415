"""The main job in one file: discover, create, apply, patch, scale, watch, list, validate, delete.

Runs on an API server inside the process, so that no cluster is needed; with a context's name as argument, on that
cluster: python examples/quickstart.py my-context
"""

import asyncio
import sys
import time
from contextlib import AsyncExitStack

import aiokube
from aiokube.dynamic import exceptions
from aiokube.testing import APIServer

NAMESPACE = "aiokube-quickstart"

DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": NAMESPACE},
    "spec": {
        "replicas": 2,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "web", "image": "nginx:1.29"}]},
        },
    },
}


async def main() -> None:
    """Do it all, and say what happens."""
    async with AsyncExitStack() as stack:
        if len(sys.argv) > 1:
            kube = await stack.enter_async_context(aiokube.connect(context=sys.argv[1]))
        else:
            server = await stack.enter_async_context(APIServer(simulate=True))
            kube = await stack.enter_async_context(aiokube.connect(server.configuration))
        say("connected", f"{kube.configuration.host}, Kubernetes {kube.version['kubernetes']['gitVersion']}")
        await tour(kube)


async def tour(kube: aiokube.Kube) -> None:
    """Do one thing after the other in a namespace of its own."""
    found = await kube.resources.search()
    say("discovered", f"{len(found)} kinds and lists of kinds")
    namespaces = await kube.resources.get(api_version="v1", kind="Namespace")
    deployments = await kube.resources.get(api_version="apps/v1", kind="Deployment")
    pods = await kube.resources.get(api_version="v1", kind="Pod")

    await namespaces.create({"metadata": {"name": NAMESPACE}})
    say("created", f"namespace {NAMESPACE}")
    try:
        web = await deployments.server_side_apply(DEPLOYMENT, field_manager="quickstart")
        say("applied", f"deployment {web.metadata.name}, {web.spec.replicas} replicas")

        web = await deployments.patch({"metadata": {"labels": {"tier": "front"}}}, name="web", namespace=NAMESPACE)
        say("patched", f"labels of web are now {web.metadata.labels.to_dict()}")

        scale = await deployments.scale.patch({"spec": {"replicas": 5}}, name="web", namespace=NAMESPACE)
        say("scaled", f"web to {scale.spec.replicas} replicas")

        seen = set()
        async for event in pods.watch(namespace=NAMESPACE, timeout=30):
            pod = event["object"]
            if pod.metadata.name not in seen:
                seen.add(pod.metadata.name)
                say("watched", f"{event['type']} pod {pod.metadata.name}, {pod.status.phase}")
            if len(seen) == 5:
                break

        names = [pod.metadata.name async for pod in pods.list(namespace=NAMESPACE, page_size=2)]
        say("listed", f"{len(names)} pods in pages of 2")

        wrong = {**DEPLOYMENT, "spec": {**DEPLOYMENT["spec"], "replicas": "many", "replica": 3}}
        _, errors = await kube.avalidate(wrong, strict=True)
        for error in errors:
            say("validated", error)

        try:
            await deployments.get(name="api", namespace=NAMESPACE)
        except exceptions.NotFoundError as error:
            say("refused", str(error))
    finally:
        await namespaces.delete(name=NAMESPACE)
        say("deleted", f"namespace {NAMESPACE} and all that is in it")


_began = time.monotonic()


def say(what: str, text: str) -> None:
    """Print one line of the tour."""
    print(f"{time.monotonic() - _began:6.2f} s  {what:<10}  {text}", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
