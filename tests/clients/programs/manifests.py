"""What the programs make, the same with every client."""

from __future__ import annotations

from typing import Any

__all__ = ["CONFIG_MAPS", "config_map", "definition", "deployment", "kettle"]

CONFIG_MAPS = {"a": "red", "b": "blue", "c": "red"}


def deployment() -> dict[str, Any]:
    """Most of what it has comes from the server's defaults."""
    container = {"name": "main", "image": "registry.example/web:1", "ports": [{"containerPort": 80}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "labels": {"app": "web"}},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}},
        },
    }


def config_map(name: str, color: str, **data: str) -> dict[str, Any]:
    """Labelled with its color, besides data."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "labels": {"color": color}},
        "data": {"color": color, **data},
    }


def definition(group: str) -> dict[str, Any]:
    """Kettles: with a default, a lower bound and a status of their own."""
    cups = {"type": "integer", "minimum": 1}
    schema = {
        "type": "object",
        "properties": {
            "spec": {
                "type": "object",
                "required": ["cups"],
                "properties": {"cups": cups, "color": {"type": "string", "default": "white"}},
            },
            "status": {"type": "object", "properties": {"cups": {"type": "integer"}}},
        },
    }
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "schema": {"openAPIV3Schema": schema},
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"kettles.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": "kettles", "singular": "kettle", "kind": "Kettle"},
            "versions": [version],
        },
    }


def kettle(group: str, name: str, cups: int) -> dict[str, Any]:
    """One of the kind that is defined; without cups it is refused."""
    return {"apiVersion": f"{group}/v1", "kind": "Kettle", "metadata": {"name": name}, "spec": {"cups": cups}}
