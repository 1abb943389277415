"""Objects that the tests of this folder create, and what kubectl says of them."""

from __future__ import annotations

from typing import Any

from aiokube.testing import KubeServer


def config_map(name: str, *, labels: dict[str, str] | None = None, **data: str) -> dict[str, Any]:
    """A config map with this data."""
    metadata = {"name": name, **({"labels": labels} if labels else {})}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def deployment(name: str, replicas: int = 1) -> dict[str, Any]:
    """A deployment with one container, "main"."""
    labels = {"app": name}
    template = {
        "metadata": {"labels": labels},
        "spec": {"containers": [{"name": "main", "image": "registry.example/main:1"}]},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template},
    }


async def seen(kube_server: KubeServer, *what: str) -> Any:
    """What kubectl gets."""
    return (await kube_server.kubectl("get", *what, "-o", "json", "--show-managed-fields")).json()


async def names(kube_server: KubeServer, *what: str) -> set[str]:
    """The names of what kubectl gets."""
    return {item["metadata"]["name"] for item in (await seen(kube_server, *what))["items"]}
