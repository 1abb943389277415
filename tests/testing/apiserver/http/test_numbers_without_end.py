"""Numbers with more digits than anybody needs, wherever a client can write one: whatever the answer, it is one.

Python reads no number of more than 4,300 digits, and neither Go nor Python has a float above 1.8e308.
"""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from aiokube.testing import APIServer
from custom_kinds import definition
from realserver import session_of

BIG = "1" * 5000
LARGEST = (1 << 63) - 1
CORE, APPS, BATCH = (
    "/api/v1/namespaces/default",
    "/apis/apps/v1/namespaces/default",
    "/apis/batch/v1/namespaces/default",
)
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
THINGS = "/apis/example.com/v1/things"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
MERGE, JSON_PATCH, YAML = "application/merge-patch+json", "application/json-patch+json", "application/yaml"

CONTAINER = {"name": "c", "image": "i"}
TEMPLATE = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [CONTAINER]}}
JOB = {"template": {"spec": {"restartPolicy": "Never", "containers": [CONTAINER]}}}
READY = [{"type": "Ready", "status": "True"}]
OPEN = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


class Sent(NamedTuple):
    method: str
    path: str
    body: Any = None
    content_type: str = "application/json"
    accept: str = "application/json"

    def __str__(self) -> str:
        return f"{self.method} {self.path[:80]} {json.dumps(self.body)[:120]}"


_names = (f"a-{number}" for number in itertools.count())


def create(path: str, annotations: Any = None, **parts: Any) -> Sent:
    return Sent("POST", path, {"metadata": {"name": next(_names), "annotations": annotations or {}}, **parts})


def workload(path: str, annotations: Any = None, **spec: Any) -> Sent:
    return create(path, annotations, spec={"selector": {"matchLabels": {"a": "b"}}, "template": TEMPLATE, **spec})


def pod(annotations: Any = None, **spec: Any) -> Sent:
    return create(f"{CORE}/pods", annotations, spec={"containers": [CONTAINER], **spec})


def workloads() -> Iterator[Sent]:
    for field in ("maxSurge", "maxUnavailable"):
        rolling = {"type": "RollingUpdate", "rollingUpdate": {field: f"{BIG}%"}}
        yield workload(f"{APPS}/deployments", strategy=rolling, replicas=2)
        yield workload(f"{APPS}/daemonsets", updateStrategy=rolling)
        yield workload(f"{APPS}/statefulsets", updateStrategy=rolling, serviceName="s")
    revisions = [f"deployment.kubernetes.io/{name}" for name in ("revision", "desired-replicas", "max-replicas")]
    yield workload(f"{APPS}/deployments", dict.fromkeys(revisions, BIG), replicas=2)
    yield workload(f"{APPS}/replicasets", dict.fromkeys(revisions, BIG), replicas=2)
    yield workload(f"{APPS}/daemonsets", {"deprecated.daemonset.template.generation": BIG})
    for cost in (BIG, f"-{'0' * 5000}1"):
        yield pod({"controller.kubernetes.io/pod-deletion-cost": cost})
    indexed = {**JOB, "completionMode": "Indexed", "completions": 3}
    yield create(f"{BATCH}/jobs", spec={**indexed, "successPolicy": {"rules": [{"succeededIndexes": BIG}]}})
    yield create(f"{BATCH}/jobs", spec={**JOB, "activeDeadlineSeconds": LARGEST})
    for schedule in (f"{BIG} * * * *", f"*/{BIG} * * * *", f"@every {BIG}h"):
        yield create(f"{BATCH}/cronjobs", spec={"schedule": schedule, "jobTemplate": {"spec": JOB}})
    yield create(
        f"{BATCH}/cronjobs",
        spec={"schedule": "* * * * *", "startingDeadlineSeconds": LARGEST, "jobTemplate": {"spec": JOB}},
    )


def pods() -> Iterator[Sent]:
    node = {"metadata": {"name": "numbered", "labels": {"x": "5"}}}
    yield Sent("POST", "/api/v1/nodes", node)
    yield Sent("PATCH", "/api/v1/nodes/numbered/status", {"status": {"conditions": READY}}, MERGE)
    for operator, value in itertools.product(("Gt", "Lt"), (BIG, "none", "-1")):
        term = {"matchExpressions": [{"key": "x", "operator": operator, "values": [value]}]}
        required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
        yield pod(affinity={"nodeAffinity": required})
    yield pod(activeDeadlineSeconds=LARGEST)
    graceful = pod(terminationGracePeriodSeconds=LARGEST)
    path = f"{CORE}/pods/{graceful.body['metadata']['name']}"
    yield from (graceful, Sent("DELETE", path), Sent("DELETE", f"{path}?gracePeriodSeconds={LARGEST}"))


def others() -> Iterator[Sent]:
    yield create("/apis/policy/v1/namespaces/default/poddisruptionbudgets", spec={"minAvailable": f"{BIG}%"})
    bounds = {
        "type": "Container",
        "min": {"cpu": "1"},
        "max": {"cpu": "1e900"},
        "maxLimitRequestRatio": {"cpu": "1e901"},
    }
    yield create(f"{CORE}/limitranges", spec={"limits": [bounds]})
    for amount in (BIG, f"0.{BIG}", f"1e{BIG}", f"-{BIG}Gi"):
        yield create(f"{CORE}/resourcequotas", spec={"hard": {"pods": amount}})
    for cidr in (f"10.0.0.0/{BIG}", f"10.0.0.{BIG}/8"):
        block = {"from": [{"ipBlock": {"cidr": cidr}}]}
        networks = "/apis/networking.k8s.io/v1"
        yield create(f"{networks}/namespaces/default/networkpolicies", spec={"podSelector": {}, "ingress": [block]})
        yield create(f"{networks}/servicecidrs", spec={"cidrs": [cidr]})
        yield create("/api/v1/nodes", spec={"podCIDR": cidr, "podCIDRs": [cidr]})
    yield create(f"{CORE}/services", spec={"ports": [{"port": 1}], "clusterIP": BIG, "externalIPs": [f"1.2.3.{BIG}"]})
    yield Sent("POST", f"{CORE}/serviceaccounts/default/token", {"spec": {"expirationSeconds": LARGEST}})
    written = f"metadata: {{name: a}}\ndata: {{a: 0x{BIG}, b: 0b{BIG}, c: 1e{BIG}, d: .{BIG}}}"
    yield Sent("POST", f"{CORE}/configmaps", written, YAML)
    for element in (f"i:{BIG}", f"v:{BIG}", "v:1e999", "v:NaN", f'k:{{"a":{BIG}}}'):
        owned = {"manager": "m", "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1"}
        fields = {**owned, "time": "2026-01-01T00:00:00Z", "fieldsV1": {"f:data": {element: {}}}}
        yield Sent("POST", f"{CORE}/configmaps", {"metadata": {"generateName": "a-", "managedFields": [fields]}})


def questions() -> Iterator[Sent]:
    many = BIG[:4500]
    for query in ("labelSelector=a>", "limit=", "timeoutSeconds=", "watch=1&timeoutSeconds=", "resourceVersion="):
        yield Sent("GET", f"{CORE}/pods?{query}{many}")
    yield Sent("DELETE", f"{CORE}/pods/none?gracePeriodSeconds={many}")
    for quality in (many, "1e400", "-1", "x"):
        yield Sent("GET", f"{CORE}/pods", accept=f"application/json;q={quality}")


def custom_kinds() -> Iterator[Sent]:
    for pattern in (f"a{{{BIG}}}", f"a{{1,{BIG}}}", f"\\x{{{BIG}}}"):
        schema = {"type": "object", "properties": {"a": {"type": "string", "pattern": pattern}}}
        yield Sent("POST", DEFINITIONS, definition("example.org", schema))
    for path in (f".a[{BIG}]", f".a[0:{BIG}]", f".a[?(@.x=={BIG})]", f".a[?(@.x==1e{BIG})]"):
        columns = [{"name": "A", "type": "string", "jsonPath": path}]
        kind = next(_names)
        yield Sent("POST", DEFINITIONS, definition(f"{kind}.org", OPEN, additionalPrinterColumns=columns))
        yield Sent("POST", f"/apis/{kind}.org/v1/things", thing(f"{kind}.org", a=[{"x": 1}]))
        yield Sent("GET", f"/apis/{kind}.org/v1/things", accept=TABLE)


def thing(group: str = "example.com", **fields: Any) -> Any:
    return {"apiVersion": f"{group}/v1", "kind": "Thing", "metadata": {"name": next(_names)}, **fields}


FORMATS = {"cidr": f"1.1.1.1/{BIG}", "duration": f"{BIG}h", "ipv4": f"1.1.1.{BIG}", "creditcard": BIG, "isbn": BIG}
COLUMNS = [{"name": kind, "type": kind, "jsonPath": ".shown"} for kind in ("integer", "number", "date")]


def things() -> Iterator[Sent]:
    properties = {name: {"type": "string", "format": name} for name in FORMATS}
    number = {"n": {"type": "number", "multipleOf": 0.1, "maximum": 1e300}}
    schema = {**OPEN, "properties": {**properties, **number}}
    yield Sent("POST", DEFINITIONS, definition("example.com", schema, additionalPrinterColumns=COLUMNS))
    for name, text in FORMATS.items():
        yield Sent("POST", THINGS, thing(**{name: text}))
    for shown in (BIG, f"0x{BIG}", "1e400", 1e308, -5, "0001-01-01T00:00:00Z", f"2026-01-01T00:00:00.{BIG}Z"):
        yield Sent("POST", THINGS, thing(shown=shown))
    head = f'{{"apiVersion":"example.com/v1","kind":"Thing","metadata":{{"name":"{next(_names)}"'
    for rest in (f'}},"n":{BIG}', f'}},"n":1e{BIG}', f'}},"x":{BIG}', f',"generation":{BIG}}}'):
        yield Sent("POST", THINGS, f"{head}{rest}}}")
    for place in (BIG, f"-{BIG}", f"0{BIG}"):
        yield Sent("PATCH", f"{THINGS}/a-0", [{"op": "add", "path": f"/x/{place}", "value": 1}], JSON_PATCH)
    yield Sent("GET", THINGS, accept=TABLE)


REQUESTS = {one.__name__: list(one()) for one in (workloads, pods, others, questions, custom_kinds, things)}


@pytest.mark.parametrize("about", REQUESTS)
async def test_is_answered(about: str, caplog: pytest.LogCaptureFixture) -> None:
    """By the server, and by the controllers, which look at what was taken."""
    failed: list[str] = []
    async with APIServer(simulate=True) as server, session_of(server) as session:
        for sent in REQUESTS[about]:
            body = sent.body if sent.body is None or isinstance(sent.body, str) else json.dumps(sent.body)
            headers = {"Content-Type": sent.content_type, "Accept": sent.accept}
            async with session.request(sent.method, sent.path, data=body, headers=headers) as response:
                text = await response.text()
            if response.status >= 500:
                failed.append(f"{sent}: {response.status} {text[:200]}")
        listed = [f"{APPS}/deployments", f"{APPS}/replicasets", f"{APPS}/daemonsets", f"{BATCH}/jobs", f"{CORE}/pods"]
        for path in listed:
            async with session.get(path, headers={"Accept": TABLE}) as response:
                assert response.status == 200
    errors = [record.getMessage()[:300] for record in caplog.records if record.levelno >= logging.ERROR]
    assert (failed, errors) == ([], [])
