"""What becomes of workloads, with the test as scheduler and kubelet: field by field as with kube-controller-manager.

APIServer comes first, and stands still when it is done; the real one is to come to the same.
"""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
import yaml

from aiokube.testing import ControlPlane
from aiokube.testing.apiserver.controllers import Pace
from aiokube.testing.apiserver.server import APIServer

_MERGE = "application/merge-patch+json"
_NEVER = 1e9

_SHOWN = {
    "Deployment": "/apis/apps/v1/namespaces/{}/deployments",
    "ReplicaSet": "/apis/apps/v1/namespaces/{}/replicasets",
    "StatefulSet": "/apis/apps/v1/namespaces/{}/statefulsets",
    "DaemonSet": "/apis/apps/v1/namespaces/{}/daemonsets",
    "ReplicationController": "/api/v1/namespaces/{}/replicationcontrollers",
    "Job": "/apis/batch/v1/namespaces/{}/jobs",
    "Pod": "/api/v1/namespaces/{}/pods",
    "PersistentVolumeClaim": "/api/v1/namespaces/{}/persistentvolumeclaims",
    "Endpoints": "/api/v1/namespaces/{}/endpoints",
    "EndpointSlice": "/apis/discovery.k8s.io/v1/namespaces/{}/endpointslices",
}

_WORKLOADS = {
    f"workload-{index}": workload
    for index, workload in enumerate(yaml.safe_load_all(Path(__file__).with_name("workloads.yaml").read_text()))
}

# What is made up, or says when: each is replaced by what it is.
_MASKS = (
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UID"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME"),
    (r'"resourceVersion": "\d+"', '"resourceVersion": "VERSION"'),
    (r"\b(w-[a-z0-9]{6,10})-[a-z0-9]{5}\b", r"\1-RANDOM"),
    (r"\bw-[bcdfghjklmnpqrstvwxz2456789]{5}\b", "w-RANDOM"),
    (r"\bw-(\d)-[a-z0-9]{5}\b", r"w-\1-RANDOM"),
    (r"\bsvc-[a-z0-9]{5}\b", "svc-RANDOM"),
    (r"kube-api-access-[a-z0-9]{5}", "kube-api-access-RANDOM"),
    (r"10\.1\.1\.\d+", "ADDRESS"),
    # Whether the first pod of a new ReplicaSet is progress depends on whether it was counted at once.
    (r'Created new replica set (\\"w-[a-z0-9]+\\")', r"ReplicaSet \1 is progressing."),
    ("NewReplicaSetCreated", "ReplicaSetUpdated"),
)


class _Server(Protocol):
    async def request(self, method: str, path: str, body: Any = None, *, content_type: str = ...) -> Any: ...


async def test_workloads_come_to_be_as_on_a_real_control_plane() -> None:
    async with ControlPlane(controllers="all") as real, APIServer(simulate=Pace(schedule_seconds=_NEVER)) as ours:
        await real.request("POST", "/api/v1/nodes", {"metadata": {"name": "node-1"}})
        for step in (_create_all, _run_pods, _run_pods, _run_pods, _change_templates, _run_pods, _run_pods):
            await step(ours)
            wanted = await _settled(ours)
            await step(real)
            await _until_same(real, wanted)


async def _create_all(server: _Server) -> None:
    node = {"metadata": {"name": "node-2", "labels": {"node": "node-2"}}}
    await server.request("POST", "/api/v1/nodes", node)
    await server.request("PATCH", "/api/v1/nodes/node-2", {"spec": {"taints": None}}, content_type=_MERGE)
    ports = [{"port": 80, "targetPort": "http"}]
    service = {"metadata": {"name": "svc", "labels": {"x": "y"}}, "spec": {"selector": {"app": "web"}, "ports": ports}}
    for namespace, workload in _WORKLOADS.items():
        await server.request("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})
        await _has_account(server, namespace)
        await server.request("POST", f"/api/v1/namespaces/{namespace}/services", service)
        await server.request("POST", _SHOWN[workload["kind"]].format(namespace), workload)


async def _has_account(server: _Server, namespace: str) -> None:
    """Wait for the service account, without which no pod can be created."""
    async with asyncio.timeout(30):
        while not (await server.request("GET", f"/api/v1/namespaces/{namespace}/serviceaccounts"))["items"]:
            pass


async def _run_pods(server: _Server) -> None:
    """Bind each pod that waits; those of jobs succeed, and the others are ready."""
    for namespace, workload in _WORKLOADS.items():
        pods = await server.request("GET", f"/api/v1/namespaces/{namespace}/pods")
        for pod in pods["items"]:
            if pod["status"]["phase"] == "Pending":
                path = f"/api/v1/namespaces/{namespace}/pods/{pod['metadata']['name']}"
                metadata = {"name": pod["metadata"]["name"]}
                target = {"kind": "Node", "name": "node-2"}
                await server.request("POST", f"{path}/binding", {"metadata": metadata, "target": target})
                status = _status(pod, is_job=workload["kind"] == "Job")
                await server.request("PATCH", f"{path}/status", {"status": status}, content_type=_MERGE)


def _status(pod: Any, *, is_job: bool) -> Any:
    time = "2026-01-01T00:00:00Z"
    address = f"10.1.1.{int(pod['metadata']['uid'][:2], 16)}"
    ready = {"type": "Ready", "status": str(not is_job), "lastTransitionTime": time}
    phase = "Succeeded" if is_job else "Running"
    return {
        "phase": phase,
        "podIP": address,
        "podIPs": [{"ip": address}],
        "startTime": time,
        "conditions": [ready],
    }


async def _change_templates(server: _Server) -> None:
    template = {"metadata": {"annotations": {"note": "y"}}}
    for namespace, workload in _WORKLOADS.items():
        if workload["kind"] in ("Deployment", "StatefulSet", "DaemonSet"):
            path = f"{_SHOWN[workload['kind']].format(namespace)}/w"
            await server.request("PATCH", path, {"spec": {"template": template}}, content_type=_MERGE)


async def _settled(server: _Server) -> dict[str, Any]:
    """Return what there is as soon as it stays as it is."""
    before, now = None, await _snapshot(server)
    while now != before:
        before, now = now, await _snapshot(server)
    return now


async def _until_same(server: _Server, wanted: dict[str, Any]) -> None:
    found: dict[str, Any] = {}
    try:
        async with asyncio.timeout(180):
            while (found := await _snapshot(server)) != wanted:
                pass
    except TimeoutError:
        pytest.fail("\n".join(_differences("", found, wanted)))


def _differences(path: str, found: Any, wanted: Any) -> Iterator[str]:
    if isinstance(found, dict) and isinstance(wanted, dict):
        for key in sorted({*found, *wanted}):
            yield from _differences(f"{path}.{key}", found.get(key), wanted.get(key))
    elif isinstance(found, list) and isinstance(wanted, list) and len(found) == len(wanted):
        for index, pair in enumerate(zip(found, wanted, strict=True)):
            yield from _differences(f"{path}[{index}]", *pair)
    elif found != wanted:
        yield f"{path}: {found} on the real one, {wanted} on ours"


async def _snapshot(server: _Server) -> dict[str, Any]:
    found = {}
    for kind, path in _SHOWN.items():
        items = (await server.request("GET", path.replace("/namespaces/{}", "")))["items"]
        mine = (item for item in items if item["metadata"]["namespace"] in _WORKLOADS)
        found[kind] = sorted(map(_masked, mine), key=json.dumps)
    return found


def _masked(obj: Any) -> Any:
    metadata = obj["metadata"]
    # Entries of the same second are in an order of their own.
    metadata["managedFields"].sort(key=lambda entry: (entry["manager"], entry.get("subresource", "")))
    if metadata["name"].startswith("svc"):
        # When what caused a change happened: by chance, several changes are seen at once or one by one.
        metadata.pop("annotations", None)
        metadata["managedFields"][0]["fieldsV1"]["f:metadata"].pop("f:annotations", None)
    if "addressType" in obj:
        del metadata["generation"]  # counts writes, of which there are more or fewer
        (obj["endpoints"] or []).sort(key=lambda endpoint: str(endpoint["targetRef"]["name"]))
    for subset in obj.get("subsets", ()):
        for addresses in filter(None, (subset.get("addresses"), subset.get("notReadyAddresses"))):
            addresses.sort(key=lambda address: str(address["targetRef"]["name"]))
    text = json.dumps(obj, sort_keys=True)
    for pattern, word in _MASKS:
        text = re.sub(pattern, word, text)
    return json.loads(text)
