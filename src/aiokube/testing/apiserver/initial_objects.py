"""What is there before anybody asks: the namespaces of a cluster, its own service, and the roles it starts with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .access.default_policy import default_policy
from .errors import GroupResource
from .kinds.initial import initial

__all__ = ["initial_objects"]

_PORT = 6443
_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")


def initial_objects(*, now: str) -> Iterator[tuple[GroupResource, dict[str, Any]]]:
    """Give all of them, each with its resource; without what a server sets, such as a uid.

    Args:
        now: since when they are as they are.
    """
    for name in _NAMESPACES:
        yield GroupResource("", "namespaces"), _namespace(name, now)
    yield GroupResource("", "services"), _KUBERNETES
    yield from initial(now=now, port=_PORT)
    yield from default_policy()


def _namespace(name: str, now: str) -> dict[str, Any]:
    owner = {
        "manager": "kube-apiserver",
        "operation": "Update",
        "apiVersion": "v1",
        "time": now,
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:metadata": {"f:labels": {".": {}, "f:kubernetes.io/metadata.name": {}}}},
    }
    return {
        "metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name}, "managedFields": [owner]},
        "spec": {"finalizers": ["kubernetes"]},
        "status": {"phase": "Active"},
    }


_KUBERNETES: dict[str, Any] = {
    "metadata": {
        "name": "kubernetes",
        "namespace": "default",
        "labels": {"component": "apiserver", "provider": "kubernetes"},
    },
    "spec": {
        "ports": [{"name": "https", "protocol": "TCP", "port": 443, "targetPort": _PORT}],
        "clusterIP": "10.0.0.1",
        "clusterIPs": ["10.0.0.1"],
        "type": "ClusterIP",
        "sessionAffinity": "None",
        "ipFamilies": ["IPv4"],
        "ipFamilyPolicy": "SingleStack",
        "internalTrafficPolicy": "Cluster",
    },
    "status": {"loadBalancer": {}},
}
