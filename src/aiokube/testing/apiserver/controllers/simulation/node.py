"""The one node of a simulated cluster."""

from __future__ import annotations

from typing import Any

from aiokube.testing.apiserver.codec import Object

__all__ = ["ADDRESS", "NAME", "node", "node_status"]

NAME = "node-1"
ADDRESS = "172.18.0.2"

_CAPACITY = {
    "cpu": "16",
    "ephemeral-storage": "200Gi",
    "hugepages-1Gi": "0",
    "hugepages-2Mi": "0",
    "memory": "64Gi",
    "pods": "110",
}
_CONDITIONS = (
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
)
_INFO = {
    "machineID": "5f3c1a0e8b4d4c6f9a7e2d1b0c9f8e7d",
    "systemUUID": "5f3c1a0e-8b4d-4c6f-9a7e-2d1b0c9f8e7d",
    "bootID": "0d9e8f7a-6b5c-4d3e-8f2a-1b0c9d8e7f6a",
    "kernelVersion": "6.12.0",
    "osImage": "Debian GNU/Linux 13 (trixie)",
    "containerRuntimeVersion": "containerd://2.1.4",
    "kubeletVersion": "v1.36.3",
    "kubeProxyVersion": "",
    "operatingSystem": "linux",
    "architecture": "amd64",
}


def node() -> Object:
    """Return the node as its kubelet registers it."""
    labels = {
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": NAME,
        "kubernetes.io/os": "linux",
    }
    spec = {"podCIDR": "10.244.0.0/16", "podCIDRs": ["10.244.0.0/16"]}
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": NAME, "labels": labels}, "spec": spec}


def node_status(now: str) -> dict[str, Any]:
    """Return what the kubelet reports: room, and that all is well."""
    times = {"lastHeartbeatTime": now, "lastTransitionTime": now}
    return {
        "capacity": dict(_CAPACITY),
        "allocatable": dict(_CAPACITY),
        "conditions": [
            {"type": kind, "status": status, **times, "reason": reason, "message": message}
            for kind, status, reason, message in _CONDITIONS
        ],
        "addresses": [{"type": "InternalIP", "address": ADDRESS}, {"type": "Hostname", "address": NAME}],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
        "nodeInfo": dict(_INFO),
    }
