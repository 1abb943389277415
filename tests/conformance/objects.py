"""Small objects that cases begin with, each as little as its kind takes."""

import base64
from typing import Any

__all__ = [
    "CONTAINER",
    "changed",
    "claim",
    "configmap",
    "container",
    "crd",
    "deployment",
    "job",
    "labelled",
    "pem",
    "pod",
    "pod_spec",
    "pod_template",
    "service",
]

Object = dict[str, Any]

CONTAINER: Object = {"name": "c", "image": "nginx:1.25"}


def changed(value: Any, **changes: Any) -> Any:
    """Return a copy with fields set; `__` stands for a step down, a number for an item, None removes.

    `changed(pod(), spec__containers__0__image="")`
    """
    for path, new in changes.items():
        value = _changed(value, path.split("__"), new)
    return value


def _changed(value: Any, path: list[str], new: Any) -> Any:
    step, rest = path[0], path[1:]
    if isinstance(value, list):
        index = int(step)
        items = [*value, *([{}] if index == len(value) else [])]
        items[index] = _changed(items[index], rest, new) if rest else new
        return items
    current = dict(value or {})
    if rest:
        current[step] = _changed(current.get(step, {}), rest, new)
    elif new is None:
        current.pop(step, None)
    else:
        current[step] = new
    return current


def labelled(name: str, **labels: str) -> Object:
    return {"metadata": {"name": name, "labels": labels}}


def configmap(name: str = "a", **data: str) -> Object:
    return {"metadata": {"name": name}, "data": data}


def container(name: str = "c", *, requests: Any = None, limits: Any = None, **more: Any) -> Object:
    """Return a container with the resources that it asks for, and those that it may have."""
    sides = {"requests": requests, "limits": limits}
    resources = {side: amounts for side, amounts in sides.items() if amounts is not None}
    return {"name": name, "image": "i", "resources": resources} | more


def pod_spec(**more: Any) -> Object:
    return {"containers": [CONTAINER], **more}


def pod(name: str = "a", **more: Any) -> Object:
    return {"metadata": {"name": name}, "spec": pod_spec(**more)}


def pod_template(**more: Any) -> Object:
    return {"metadata": {"labels": {"app": "a"}}, "spec": pod_spec(**more)}


def deployment(name: str = "a", **spec: Any) -> Object:
    """Return a Deployment that makes no pods, so that no controller changes it meanwhile but for its status."""
    base = {"replicas": 0, "selector": {"matchLabels": {"app": "a"}}, "template": pod_template()}
    return {"metadata": {"name": name}, "spec": base | spec}


def service(name: str = "a", **spec: Any) -> Object:
    return {"metadata": {"name": name}, "spec": {"ports": [{"port": 80}]} | spec}


def job(name: str = "a", **spec: Any) -> Object:
    return {"metadata": {"name": name}, "spec": {"template": {"spec": pod_spec(restartPolicy="Never")}} | spec}


def claim(name: str = "a", storage: str = "1Gi", **spec: Any) -> Object:
    """Return a claim of a volume."""
    base = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": storage}}}
    return {"metadata": {"name": name}, "spec": base | spec}


def pem(kind: str, content: bytes, *, plain: bool = False) -> str:
    """Return a block of PEM; of content that is `plain`, what stands there is not encoded."""
    body = (content if plain else base64.b64encode(content)).decode()
    return f"-----BEGIN {kind}-----\n{body}\n-----END {kind}-----\n"


def crd(*, plural: str = "widgets", kind: str = "Widget", scope: str = "Namespaced", **version: Any) -> Object:
    """Return a definition in a group of the case's own."""
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    base = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.${{ns}}.example.com"},
        "spec": {
            "group": "${ns}.example.com",
            "scope": scope,
            "names": {"plural": plural, "singular": kind.lower(), "kind": kind},
            "versions": [base | version],
        },
    }
