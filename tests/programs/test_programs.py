"""Programs written for kubernetes_asyncio do their work with aiokube: renamed altogether, and with one part swapped.

What they did is looked at with kubectl.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import kubernetes_asyncio
import pytest

import aiokube.config.incluster_config
from aiokube.testing import KubeServer
from awaited import until_served
from only_on import only_on_control_plane

Run: TypeAlias = Callable[..., Awaitable[Any]]


def definition(group: str, kind: str, *, namespaced: bool = True) -> dict[str, Any]:
    """A definition of a kind with a status."""
    plural = f"{kind.lower()}s"
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1", "served": True, "storage": True, "subresources": {"status": {}}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "names": {"kind": kind, "plural": plural},
            "scope": "Namespaced" if namespaced else "Cluster",
            "versions": [{**version, "schema": {"openAPIV3Schema": schema}}],
        },
    }


def custom(group: str, kind: str, name: str) -> dict[str, Any]:
    return {"apiVersion": f"{group}/v1", "kind": kind, "metadata": {"name": name}, "spec": {"size": 1}}


class Kubectl:
    """kubectl in one namespace."""

    def __init__(self, kube_server: KubeServer, namespace: str) -> None:
        self._server = kube_server
        self._namespace = namespace

    async def __call__(self, *args: str, input: Sequence[Any] = ()) -> str:
        text = "\n".join(map(json.dumps, input))
        return (await self._server.kubectl("-n", self._namespace, *args, input=text)).stdout

    async def create(self, *objects: dict[str, Any]) -> None:
        """Create objects."""
        await self("create", "-f", "-", input=objects)

    async def make(self, *args: str) -> None:
        """Create what `kubectl create` makes of arguments; as JSON, which it does not send of itself."""
        await self.create(json.loads(await self("create", *args, "--dry-run=client", "-o", "json")))

    async def get(self, *what: str) -> Any:
        """What it gets, as JSON."""
        return json.loads(await self("get", *what, "-o", "json", "--show-managed-fields"))

    async def names(self, *what: str) -> list[str]:
        """The names of what it gets."""
        return sorted((await self("get", *what, "-o", "name")).split())

    async def data(self, name: str) -> Any:
        """The data of a config map."""
        return (await self.get("configmap", name))["data"]

    async def define(self, *definitions: dict[str, Any]) -> None:
        """Define kinds, and wait until the server has them."""
        await self.create(*definitions)
        await until_served(self._server, *definitions)


@pytest.fixture
def kubectl(kube_server: KubeServer, namespace: str) -> Kubectl:
    return Kubectl(kube_server, namespace)


async def test_operator_for_all_kinds_of_a_group(run: Run, kubectl: Kubectl, namespace: str, group: str) -> None:
    await kubectl.define(definition(group, "Widget"), definition(group, "Plant", namespaced=False))
    items = [custom(group, "Widget", "one"), custom(group, "Plant", "two")]
    await kubectl.create(*items)
    stop = asyncio.Event()
    operator = asyncio.create_task(run("operator_loop", group, stop))
    try:
        ready = ("--for=jsonpath={.status.phase}=Ready", "--timeout=60s")
        await kubectl("wait", *ready, f"widgets.{group}/one", f"plants.{group}/two")
        await kubectl("patch", f"widgets.{group}/one", "--type=merge", "-p", '{"spec": {"size": 2}}')
        await kubectl("wait", "--for=jsonpath={.status.observedGeneration}=2", f"widgets.{group}/one", "--timeout=60s")
    finally:
        stop.set()
        kinds = await operator
    assert kinds == ["Plant", "Widget"]


async def test_create_or_patch(run: Run, kubectl: Kubectl, namespace: str) -> None:
    assert await run("create_or_patch", namespace) == ["created", "unchanged", "patched"]
    assert await kubectl.data("settings") == {"colour": "blue"}


async def test_wait_for_a_condition(run: Run, kubectl: Kubectl, namespace: str, group: str) -> None:
    created = await run("wait_for_condition", definition(group, "Widget"), namespace)
    assert await kubectl.get(f"widgets.{group}/first") == created


@pytest.mark.filterwarnings("ignore::aiokube.client.ServerWarning")  # the server has kinds that are deprecated
async def test_list_all_kinds_of_a_namespace(run: Run, kubectl: Kubectl, namespace: str) -> None:
    await kubectl.make("configmap", "one", "--from-literal=a=1")
    await kubectl.make("deployment", "two", "--image=registry.example/two:1")
    await kubectl.make("role", "three", "--verb=get", "--resource=pods")
    kinds = (await kubectl("api-resources", "--namespaced", "--verbs=list", "-o", "name")).split()
    seen = {(item["kind"], item["metadata"]["name"]) for item in (await kubectl.get(",".join(kinds)))["items"]}
    assert {("ConfigMap", "one"), ("Deployment", "two"), ("Role", "three")} < seen
    assert await run("list_namespace", namespace) == seen


async def test_kubeconfig_where_there_is_no_pod(
    run: Run, kube_server: KubeServer, kubectl: Kubectl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    version = json.loads(await kubectl("version", "-o", "json"))["serverVersion"]["gitVersion"]
    expected = ("kubeconfig", kube_server.admin.name, version)
    assert await run("in_cluster_or_kubeconfig") == expected


async def test_service_account_in_a_pod(
    run: Run,
    kube_server: KubeServer,
    kubectl: Kubectl,
    namespace: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await kubectl.make("serviceaccount", "robot")
    token = tmp_path / "token"
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts/robot/token"
    token.write_text((await kube_server.request("POST", path, request))["status"]["token"])
    url = urlsplit(kube_server.url)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", str(url.hostname))
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", str(url.port))
    for package in (aiokube, kubernetes_asyncio):
        monkeypatch.setattr(package.config.incluster_config, "SERVICE_TOKEN_FILENAME", str(token))
        monkeypatch.setattr(package.config.incluster_config, "SERVICE_CERT_FILENAME", str(kube_server.ca_file))
    origin, user, _ = await run("in_cluster_or_kubeconfig")
    assert (origin, user) == ("pod", f"system:serviceaccount:{namespace}:robot")


async def test_rollout(run: Run, kubectl: Kubectl, namespace: str) -> None:
    program = asyncio.create_task(run("rollout", namespace, 3))
    try:
        await kubectl("wait", "--for=create", "deployment/web", "--timeout=60s")
        await kubectl("wait", "--for=jsonpath={.spec.replicas}=3", "deployment/web", "--timeout=60s")
        for available in (1, 3):  # nobody else here runs deployments
            status = {"status": {"replicas": 3, "readyReplicas": available, "availableReplicas": available}}
            await kubectl("patch", "deployment/web", "--subresource=status", "--type=merge", "-p", json.dumps(status))
    finally:
        progress = await program
    assert progress[-1] == 3
    assert progress == sorted(progress)
    managers = {entry["manager"] for entry in (await kubectl.get("deployment/web"))["metadata"]["managedFields"]}
    assert "rollout" in managers


@only_on_control_plane  # the embedded server has no metrics, and no logs of pods
async def test_read_text(run: Run, kubectl: Kubectl, namespace: str) -> None:
    text, metrics, log, refusal = await run("read_text", namespace)
    assert text == "ok"
    assert metrics > 10
    assert log == ""
    assert refusal == "container sidecar is not valid for pod waiting"
    assert await kubectl.names("pods") == ["pod/waiting"]


async def test_label_what_a_selector_matches(run: Run, kubectl: Kubectl, namespace: str) -> None:
    for name, team in (("one", "a"), ("two", "a"), ("three", "b")):
        await kubectl.make("configmap", name)
        await kubectl("label", "configmap", name, f"team={team}")
    await kubectl.make("secret", "generic", "four")
    await kubectl("label", "secret", "four", "team=a")
    labelled = await run("label_matching", namespace, "team=a", {"moved": "yes"})
    assert labelled == ["ConfigMap/one", "ConfigMap/two", "Secret/four"]
    assert await kubectl.names("cm,secrets", "-l", "moved=yes") == ["configmap/one", "configmap/two", "secret/four"]


async def test_finalizer(run: Run, kubectl: Kubectl, namespace: str) -> None:
    await kubectl.make("configmap", "one", "--from-literal=disk=sda")
    await kubectl("label", "configmap", "one", "guarded=yes")
    ready = asyncio.Event()
    program = asyncio.create_task(run("finalizer", namespace, ready))
    try:
        await asyncio.wait_for(ready.wait(), 60)
        await kubectl("delete", "configmap", "one", "--timeout=60s")
    finally:
        seen = await program
    assert seen == ["guarded", "cleaned up behind sda", "gone"]


async def test_copy_between_namespaces(run: Run, kube_server: KubeServer, kubectl: Kubectl, namespace: str) -> None:
    target = Kubectl(kube_server, "default")
    await kubectl.make("secret", "generic", namespace, "--from-literal=password=a")
    try:
        assert await run("copy_object", namespace, namespace, "default") == "created"
        await kubectl("patch", "secret", namespace, "-p", '{"stringData": {"password": "b"}}')
        assert await run("copy_object", namespace, namespace, "default") == "replaced"
        original, copied = await kubectl.get("secret", namespace), await target.get("secret", namespace)
        assert copied["data"] == original["data"]
        assert copied["type"] == original["type"]
        assert copied["metadata"]["annotations"] == {"example.com/copied-from": f"{namespace}/{namespace}"}
    finally:
        await target("delete", "secret", namespace)


async def test_apply_with_a_conflict(run: Run, kubectl: Kubectl, namespace: str) -> None:
    refusal, data = await run("apply_with_conflict", namespace)
    assert 'conflict with "first"' in refusal
    assert await kubectl.data("settings") == data == {"colour": "blue", "size": "1"}
    managed = (await kubectl.get("configmap", "settings"))["metadata"]["managedFields"]
    owners = {entry["manager"]: sorted(entry["fieldsV1"]["f:data"]) for entry in managed}
    assert owners == {"first": ["f:size"], "second": ["f:colour"]}


async def test_delete_and_wait(run: Run, kubectl: Kubectl, namespace: str) -> None:
    for name, app in (("one", "old"), ("two", "old"), ("three", "new")):
        await kubectl("run", name, "--image=registry.example/main:1", f"--labels=app={app}")
    assert await run("delete_and_wait", namespace, "app=old") == ["one", "two"]
    assert await kubectl.names("pods") == ["pod/three"]


async def test_evict_bind_and_token(run: Run, kube_server: KubeServer, kubectl: Kubectl, namespace: str) -> None:
    token = await run("evict_bind_token", namespace)
    assert await kubectl.names("pods") == ["pod/bound"]
    assert (await kubectl.get("pod/bound"))["spec"]["nodeName"] == "node-1"
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": token}}
    reviewed = json.loads(await kubectl("create", "--validate=false", "-f", "-", "-o", "json", input=[review]))
    assert reviewed["status"]["user"]["username"] == f"system:serviceaccount:{namespace}:robot"


async def test_custom_resource(run: Run, kubectl: Kubectl, namespace: str, group: str) -> None:
    await kubectl.define(definition(group, "Widget"))
    assert await run("custom_resource", group, "Widget", namespace) is None
    seen = await kubectl.get(f"widgets.{group}/one")
    assert seen["spec"] == {"size": 2}
    assert seen["status"] == {"phase": "Ready", "observedGeneration": 2}


async def test_json_patch(run: Run, kubectl: Kubectl, namespace: str) -> None:
    await kubectl.make("configmap", "one", "--from-literal=colour=red", "--from-literal=size=1")
    assert await run("json_patch", namespace, "one") == ["changed", "it is no longer what it was"]
    seen = await kubectl.get("configmap", "one")
    assert (seen["data"], seen["metadata"]["labels"]) == ({"colour": "blue"}, {"changed": "yes"})


async def test_pages_by_hand(run: Run, kubectl: Kubectl, namespace: str) -> None:
    items = [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"map-{number}", "labels": {"paged": "yes"}}}
        for number in range(5)
    ]
    await kubectl.create(*items)
    assert await run("pages_by_hand", namespace, 2) == [["map-0", "map-1"], ["map-2", "map-3"], ["map-4"]]


async def test_resume_a_watch(run: Run, kubectl: Kubectl, namespace: str) -> None:
    await kubectl.make("configmap", "before")

    async def meanwhile() -> None:
        await kubectl.make("configmap", "meanwhile")
        await kubectl("label", "configmap", "before", "changed=yes")
        await kubectl("delete", "configmap", "meanwhile")

    names, events = await run("resume_watch", namespace, meanwhile)
    assert "before" in names
    own = [event for event in events if event[1] in ("before", "meanwhile")]
    assert own == [("ADDED", "meanwhile"), ("MODIFIED", "before"), ("DELETED", "meanwhile")]


async def test_retry_on_conflict(run: Run, kubectl: Kubectl, namespace: str) -> None:
    attempts = await run("retry_on_conflict", namespace, 4)
    assert await kubectl.data("counter") == {"count": "4"}
    assert any(attempts), "nobody met a conflict: the test shows nothing"


async def test_lease(run: Run, kubectl: Kubectl, namespace: str) -> None:
    assert await run("lease", namespace) == [True, False, True, True]
    assert (await kubectl.get("lease", "leader"))["spec"]["holderIdentity"] == "b"


async def test_typed_classes_beside_the_dynamic_client(run_swapped: Run, kubectl: Kubectl, namespace: str) -> None:
    seen, failures = await run_swapped("typed_beside", namespace)
    assert seen == [("ADDED", "bank")]
    assert failures == [404, 404]
    pods = (await kubectl.get("pods"))["items"]
    assert [pod["metadata"]["name"] for pod in pods if "deletionTimestamp" not in pod["metadata"]] == []


def test_every_program_is_run() -> None:
    text = Path(__file__).read_text()
    programs = {path.stem for path in Path(__file__).parent.glob("*.py")} - {"conftest", "test_programs"}
    assert [name for name in sorted(programs) if f'("{name}"' not in text] == []
