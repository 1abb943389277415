"""Tables of built-in kinds, against those of a real kube-apiserver.

The real server is asked for tables with their objects in them; the same objects must give the same table here.
"""

import base64
import datetime as dt
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from string import Template
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from aiokube.testing import ControlPlane
from aiokube.testing.apiserver import snapshot
from aiokube.testing.apiserver.tables import Include, builtin_printer, table
from awaited import until_furnished
from realserver import RealServer, real_server

_Object = dict[str, Any]

_BY_KIND: dict[tuple[str, str], list[str]] = defaultdict(list)
for _text in re.split(r"^---\n", Path(__file__).with_name("objects.yaml").read_text(), flags=re.MULTILINE):
    _object = yaml.safe_load(_text)
    _BY_KIND[_object["apiVersion"].rpartition("/")[0], _object["kind"]].append(_text)

_RECENT = re.compile(r"^\d+s$")


@pytest.mark.parametrize("group_kind", _BY_KIND, ids=lambda pair: ".".join(filter(None, reversed(pair))))
async def test_rows_are_those_of_kube_apiserver(
    control_plane: ControlPlane, namespace: str, group_kind: tuple[str, str]
) -> None:
    await until_furnished(control_plane, namespace)  # or it takes no pods
    async with real_server(control_plane) as real:
        resources = [r async for r in _resources(real) if (r["group"], r["kind"]) == group_kind]
        created = []
        try:
            for text in _BY_KIND[group_kind]:
                obj = yaml.safe_load(Template(text).substitute(namespace=namespace, csr=_certificate_request()))
                created.append(await _create(control_plane, namespace, resources, obj))
            for resource in filter(_tells_all, resources):
                await _compare(real, _collection(resource, namespace), *group_kind)
        finally:
            for path in created:
                await _remove(control_plane, path)


async def test_every_listed_kind_has_the_columns_and_rows_of_kube_apiserver(control_plane: ControlPlane) -> None:
    """What a new cluster has of itself, and for kinds of which it has nothing, the empty table."""
    async with real_server(control_plane) as real:
        for resource in [resource async for resource in _resources(real) if _tells_all(resource)]:
            await _compare(real, _collection(resource, ""), resource["group"], resource["kind"])


@pytest.mark.parametrize("path", ["/api/v1/namespaces/default", "/apis/rbac.authorization.k8s.io/v1/clusterroles/view"])
async def test_one_object_is_a_table_of_one_row(control_plane: ControlPlane, path: str) -> None:
    group, kind = ("", "Namespace") if "namespaces" in path else ("rbac.authorization.k8s.io", "ClusterRole")
    async with real_server(control_plane) as real:
        asked = _now()
        answer, obj = await real.table(path, include="Metadata"), await real.get(path)
    printer, metadata = builtin_printer(group, kind), obj["metadata"]
    ours = [table(printer, [obj], metadata=metadata, now=moment) for moment in _seconds_since(asked)]
    assert _masked(answer) == _masked(_as_old_as(answer, ours))


async def test_a_scale_is_a_table(control_plane: ControlPlane, namespace: str) -> None:
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    deployment = next(yaml.safe_load(text) for text in _BY_KIND["apps", "Deployment"])
    await control_plane.request("POST", path, deployment)
    async with real_server(control_plane) as real:
        await _compare(real, f"{path}/deployment/scale", "autoscaling", "Scale")


def test_a_revision_says_whose_it_is() -> None:
    owner = {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "b", "controller": True}
    owners = [{"apiVersion": "v1", "kind": "ConfigMap", "name": "a"}, owner]
    obj = {"metadata": {"name": "b-1", "ownerReferences": owners}, "revision": 3}
    cells = builtin_printer("apps", "ControllerRevision").cells(obj, _now())
    assert cells == ["b-1", "statefulset.apps/b", 3, "<unknown>"]


def test_an_unavailable_api_service_says_why() -> None:
    conditions = [{"type": "Available", "status": "False", "reason": "ServiceNotFound"}]
    obj = {"metadata": {"name": "a"}, "spec": {"service": {"namespace": "n", "name": "s"}}}
    printer = builtin_printer("apiregistration.k8s.io", "APIService")
    assert printer.cells(obj | {"status": {"conditions": conditions}}, _now())[1:3] == [
        "n/s",
        "False (ServiceNotFound)",
    ]
    assert printer.cells(obj, _now())[1:3] == ["n/s", "Unknown"]


def test_a_pod_on_a_lost_node_is_unknown_when_it_is_deleted() -> None:
    obj = {
        "metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"},
        "status": {"phase": "Running", "reason": "NodeLost"},
    }
    assert builtin_printer("", "Pod").cells(obj, _now())[2] == "Unknown"


def _tells_all(resource: _Object) -> bool:
    """Return whether a version has all that its rows show; the others' rows are made of such a version."""
    return (resource["apiVersion"], resource["kind"]) != ("autoscaling/v1", "HorizontalPodAutoscaler")


async def _resources(real: RealServer) -> AsyncIterator[_Object]:
    """What is built in; a custom kind of another test may go at any moment."""
    roots = [("", "/api/v1")]
    for group in snapshot.legacy("/apis")["groups"]:
        roots += [(group["name"], f"/apis/{version['groupVersion']}") for version in group["versions"]]
    for group_name, root in roots:
        for resource in (await real.get(root))["resources"]:
            if "list" in resource["verbs"]:
                api_version = root.removeprefix("/apis/").removeprefix("/api/")
                yield resource | {"group": group_name, "root": root, "apiVersion": api_version}


async def _create(control_plane: ControlPlane, namespace: str, resources: list[_Object], obj: _Object) -> str:
    """Create an object with its status; a deletion that a finalizer holds up is begun. Returns its path."""
    resource = next(resource for resource in resources if resource["apiVersion"] == obj["apiVersion"])
    if not resource["namespaced"]:
        obj["metadata"]["name"] += f"-{namespace}"
    collection = _collection(resource, namespace)
    created = await control_plane.request("POST", collection, obj)
    path = f"{collection}/{created['metadata']['name']}"
    if "status" in obj:
        patch = {"status": obj["status"]}
        merge = "application/merge-patch+json"
        await control_plane.request("PATCH", f"{path}/status", patch, content_type=merge)
    if "finalizers" in obj["metadata"]:
        await control_plane.request("DELETE", path)
    return path


async def _remove(control_plane: ControlPlane, path: str) -> None:
    no_finalizers = {"metadata": {"finalizers": None}}
    await control_plane.request("PATCH", path, no_finalizers, content_type="application/merge-patch+json")
    if "/namespaces/" not in path:
        await control_plane.request("DELETE", path)


async def _compare(real: RealServer, path: str, group: str, kind: str) -> None:
    asked = _now()
    answer = await real.table(path)
    ours = [_ours(group, kind, answer, moment) for moment in _seconds_since(asked)]
    assert ours[-1]["columnDefinitions"] == answer["columnDefinitions"]
    assert _masked(answer) == _masked(_as_old_as(answer, ours))


def _collection(resource: _Object, namespace: str) -> str:
    of_namespace = f"/namespaces/{namespace}" if resource["namespaced"] and namespace else ""
    return f"{resource['root']}{of_namespace}/{resource['name']}"


def _ours(group: str, kind: str, answer: _Object, now: dt.datetime) -> _Object:
    objects = [row["object"] for row in reversed(answer["rows"] or [])]
    if builtin_printer(group, kind).order is None:
        objects.reverse()
    metadata = answer["metadata"]
    return table(builtin_printer(group, kind), objects, metadata=metadata, now=now, include=Include.OBJECT)


def _as_old_as(answer: _Object, ours: list[_Object]) -> _Object:
    """Return the last of our tables with those cells of any that the answer has: ages as of when it was made."""
    latest = ours[-1]
    if not answer["rows"] or len(answer["rows"]) != len(latest["rows"]):
        return latest
    rows = []
    for given, *each in zip(answer["rows"], *(one["rows"] for one in ours), strict=True):
        columns = zip(given["cells"], *(row["cells"] for row in each), strict=True)
        rows.append(each[-1] | {"cells": [cell if cell in cells else cells[-1] for cell, *cells in columns]})
    return latest | {"rows": rows}


def _seconds_since(asked: dt.datetime) -> list[dt.datetime]:
    """Return each second between a moment and now, both of them too."""
    now = _now()
    return [*(asked + dt.timedelta(seconds=passed) for passed in range(int((now - asked).total_seconds()) + 1)), now]


def _masked(answer: _Object) -> _Object:
    """Return a table without ages of some seconds, which differ by when they were looked at."""
    rows = answer["rows"] and [row | {"cells": list(map(_masked_cell, row["cells"]))} for row in answer["rows"]]
    return answer | {"rows": rows}


def _masked_cell(cell: Any) -> Any:
    return "recently" if isinstance(cell, str) and _RECENT.match(cell) else cell


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _certificate_request() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "somebody")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return base64.b64encode(request.public_bytes(serialization.Encoding.PEM)).decode()
