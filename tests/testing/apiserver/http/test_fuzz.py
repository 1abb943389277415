"""Requests at random, with fixed seeds: whatever a client sends, it gets an answer, and the server stays whole.

The bodies are real objects with a wound or two, which gets further into the server than noise does.
"""

from __future__ import annotations

import copy
import json
import logging
import random
from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

import aiohttp
import pytest
from yarl import URL

from aiokube.testing import APIServer
from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.storage import Event, EventType

REQUESTS = 500
NAMES = ("a", "b", "c")
NAMESPACE = "/api/v1/namespaces/default"


class Sent(NamedTuple):
    """One request."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


# What is sent.

POD: dict[str, Any] = {
    "metadata": {"name": "a", "labels": {"app": "a"}, "finalizers": ["example.com/hold"]},
    "spec": {
        "containers": [
            {
                "name": "c",
                "image": "i",
                "ports": [{"containerPort": 80}],
                "env": [{"name": "E", "value": "1"}],
                "resources": {"limits": {"cpu": "1", "memory": "1Gi"}},
                "livenessProbe": {"httpGet": {"path": "/", "port": "http"}},
                "volumeMounts": [{"name": "v", "mountPath": "/v"}],
            }
        ],
        "volumes": [{"name": "v", "emptyDir": {"sizeLimit": "1Gi"}}],
        "tolerations": [{"key": "k", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 3}],
        "terminationGracePeriodSeconds": 30,
    },
}
TEMPLATE: dict[str, Any] = {"metadata": {"labels": {"app": "a"}}, "spec": POD["spec"]}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "properties": {
                "replicas": {"type": "integer", "default": 1, "minimum": 0},
                "items": {
                    "type": "array",
                    "items": {"type": "object", "properties": {"k": {"type": "string"}}, "required": ["k"]},
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["k"],
                },
                "any": {"x-kubernetes-preserve-unknown-fields": True},
            },
        },
        "status": {"type": "object", "properties": {"replicas": {"type": "integer"}}},
    },
}
DEFINITION: dict[str, Any] = {
    "metadata": {"name": "things.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"plural": "things", "singular": "thing", "kind": "Thing", "listKind": "ThingList"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": SCHEMA},
                "additionalPrinterColumns": [{"name": "R", "type": "integer", "jsonPath": ".spec.replicas"}],
                "selectableFields": [{"jsonPath": ".spec.replicas"}],
                "subresources": {
                    "status": {},
                    "scale": {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"},
                },
            }
        ],
    },
}
OTHER_DEFINITION = json.loads(json.dumps(DEFINITION).replace("thing", "other").replace("Thing", "Other"))
THING: dict[str, Any] = {
    "apiVersion": "example.com/v1",
    "kind": "Thing",
    "metadata": {"name": "a"},
    "spec": {"replicas": 1, "items": [{"k": "x"}], "any": {"x": 1}},
    "status": {"replicas": 1},
}
CONFIG_MAP: dict[str, Any] = {
    "metadata": {
        "name": "a",
        "annotations": {"x": "y"},
        "ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "a", "uid": "u", "controller": True}],
        "managedFields": [
            {
                "manager": "m",
                "operation": "Update",
                "apiVersion": "v1",
                "time": "2026-01-01T00:00:00Z",
                "fieldsType": "FieldsV1",
                "fieldsV1": {"f:data": {"f:k": {}}},
            }
        ],
    },
    "data": {"k": "v"},
    "binaryData": {"b": "AA=="},
}
DEPLOYMENT: dict[str, Any] = {
    "metadata": {"name": "a"},
    "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "a"}}, "template": TEMPLATE},
}
JOB: dict[str, Any] = {
    "metadata": {"generateName": "j-"},
    "spec": {"template": {"spec": {**POD["spec"], "restartPolicy": "Never"}}, "completions": 1},
}
SERVICE: dict[str, Any] = {
    "metadata": {"name": "a"},
    "spec": {"ports": [{"port": 80, "targetPort": "http"}], "selector": {"app": "a"}, "clusterIP": "10.0.0.9"},
}
SCALE: dict[str, Any] = {
    "apiVersion": "autoscaling/v1",
    "kind": "Scale",
    "metadata": {"name": "a"},
    "spec": {"replicas": 2},
}
EVICTION: dict[str, Any] = {
    "apiVersion": "policy/v1",
    "kind": "Eviction",
    "metadata": {"name": "a"},
    "deleteOptions": {"gracePeriodSeconds": 0, "preconditions": {"uid": "x"}},
}
REVIEW: dict[str, Any] = {"spec": {"resourceAttributes": {"verb": "get", "resource": "pods", "namespace": "default"}}}
ROLE: dict[str, Any] = {"metadata": {"name": "a"}, "rules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["x"]}]}
DELETION: dict[str, Any] = {
    "kind": "DeleteOptions",
    "apiVersion": "v1",
    "gracePeriodSeconds": 0,
    "propagationPolicy": "Background",
    "preconditions": {"uid": "x", "resourceVersion": "1"},
}
TOKEN_REQUEST: dict[str, Any] = {
    "spec": {"audiences": ["a"], "expirationSeconds": 3600, "boundObjectRef": {"kind": "Pod", "name": "a", "uid": "u"}}
}
AUTOSCALER: dict[str, Any] = {
    "metadata": {"name": "a"},
    "spec": {
        "maxReplicas": 3,
        "scaleTargetRef": {"kind": "Deployment", "name": "a", "apiVersion": "apps/v1"},
        "metrics": [
            {
                "type": "Resource",
                "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
            }
        ],
    },
}
EVENT: dict[str, Any] = {
    "metadata": {"name": "a"},
    "involvedObject": {"kind": "Pod", "name": "a", "namespace": "default"},
    "reason": "r",
    "type": "Normal",
    "firstTimestamp": "2026-01-01T00:00:00Z",
}

COLLECTIONS: dict[str, dict[str, Any]] = {
    f"{NAMESPACE}/configmaps": CONFIG_MAP,
    f"{NAMESPACE}/pods": POD,
    f"{NAMESPACE}/services": SERVICE,
    f"{NAMESPACE}/events": EVENT,
    f"{NAMESPACE}/secrets": {"metadata": {"name": "a"}, "stringData": {"k": "v"}, "type": "Opaque"},
    f"{NAMESPACE}/serviceaccounts": {"metadata": {"name": "a"}},
    "/api/v1/namespaces": {"metadata": {"name": "a"}},
    "/api/v1/nodes": {"metadata": {"name": "a"}, "spec": {"taints": [{"key": "k", "effect": "NoSchedule"}]}},
    "/apis/apps/v1/namespaces/default/deployments": DEPLOYMENT,
    "/apis/batch/v1/namespaces/default/jobs": JOB,
    "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers": AUTOSCALER,
    "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers": AUTOSCALER,
    "/apis/rbac.authorization.k8s.io/v1/clusterroles": ROLE,
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions": OTHER_DEFINITION,
    "/apis/example.com/v1/namespaces/default/things": THING,
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews": REVIEW,
    "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews": {"spec": {"namespace": "default"}},
    "/apis/authentication.k8s.io/v1/tokenreviews": {"spec": {"token": "x"}},
}
SUBRESOURCES: dict[str, dict[str, Any]] = {
    f"{NAMESPACE}/pods/a/status": POD | {"status": {"phase": "Running", "conditions": [{"type": "Ready"}]}},
    f"{NAMESPACE}/pods/a/eviction": EVICTION,
    f"{NAMESPACE}/pods/a/binding": {"metadata": {"name": "a"}, "target": {"kind": "Node", "name": "n"}},
    f"{NAMESPACE}/pods/a/ephemeralcontainers": POD,
    f"{NAMESPACE}/pods/a/resize": POD,
    f"{NAMESPACE}/pods/a/log": {},
    f"{NAMESPACE}/serviceaccounts/default/token": TOKEN_REQUEST,
    "/api/v1/namespaces/a/status": {"metadata": {"name": "a"}},
    "/api/v1/namespaces/a/finalize": {"metadata": {"name": "a"}, "spec": {"finalizers": ["kubernetes"]}},
    "/apis/apps/v1/namespaces/default/deployments/a/scale": SCALE,
    "/apis/apps/v1/namespaces/default/deployments/a/status": DEPLOYMENT | {"status": {"replicas": 1}},
    "/apis/example.com/v1/namespaces/default/things/a/scale": SCALE,
    "/apis/example.com/v1/namespaces/default/things/a/status": THING,
}
OTHER_PATHS = (
    *(
        "/",
        "/api",
        "/apis",
        "/api/v1",
        "/apis/apps",
        "/apis/apps/v1",
        "/version",
        "/healthz",
        "/livez/ping",
        "/metrics",
    ),
    *("/openapi/v3", "/openapi/v3/apis/apps/v1", "/openapi/v3/apis/example.com/v1", "/openapi/v2", "//api//v1//pods"),
    *("/api/v1/pods", "/api/v1/watch/pods", "/api/v1/watch/namespaces/default/pods/a", "/apis/example.com/v1/things"),
    *("/api/v1/namespaces/%00/pods", "/api/v1/namespaces/default/pods/%2e%2e", "/api/v1/pods/a/b/c/d", "/apis/x/v1/y"),
    *("/api/v1/proxy/pods/a", "/api/v1/namespaces/default/pods/%F0%9F%92%A9", "/api/v1/namespaces/a%2Fb/pods/%ff"),
)
OF_MANY = ("GET", *("POST",) * 9)
OF_ONE = ("GET", "POST", "PUT", "PUT", "PATCH", "PATCH", "PATCH", "DELETE")
ODD_METHODS = ("HEAD", "OPTIONS", "TRACE", "FOO")
NUMBERS = ("0", "1", "-1", "+1", "1_0", "\u0663", "x", "", " 1", "9" * 30, "9" * 5000, "0x10", "1e3")
TEXTS = (
    "",
    "a",
    "=",
    "a=b",
    "a in (b,c)",
    "a in (",
    "!a",
    "a!=",
    "a=b,,",
    "%",
    "\x00",
    "\U0001f4a9",
    "a" * 300,
    ",",
    "==",
)
FIELDS = (
    "metadata.name=a",
    "metadata.namespace!=x",
    "status.phase=Running",
    "spec.replicas=1",
    "nope=1",
    "a=b=c",
    "\\",
)
TOKENS = (
    *("x", "!!!!", "e30", "bm90IGpzb24", "\u00e4", "eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ", "====", "A"),
    *(
        "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6LTEsInN0YXJ0IjoiYSJ9",
        "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJhIn0",
    ),
)
PARAMETERS: dict[str, tuple[str, ...]] = {
    "limit": NUMBERS,
    "timeoutSeconds": ("0", "1", "-1", "x", "9" * 400),
    "gracePeriodSeconds": NUMBERS,
    "resourceVersion": ("0", "1", "-1", "x", "", "\u0663", "01"),
    "resourceVersionMatch": ("Exact", "NotOlderThan", "x", ""),
    "continue": TOKENS,
    "labelSelector": TEXTS,
    "fieldSelector": (*TEXTS, *FIELDS),
    "dryRun": ("All", "x", ""),
    "fieldManager": TEXTS,
    "fieldValidation": ("Strict", "Warn", "Ignore", "x", ""),
    "force": ("true", "false", "x", ""),
    "pretty": ("true", "0", "x", ""),
    "propagationPolicy": ("Foreground", "Background", "Orphan", "x", ""),
    "orphanDependents": ("true", "false", "x"),
    "sendInitialEvents": ("true", "false", "x"),
    "allowWatchBookmarks": ("true", "false"),
    "includeObject": ("None", "Object", "Metadata", "x"),
    "hash": ("x", ""),
    "verbose": ("",),
}
PATCH_TYPES = (
    *("application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json"),
    *("application/apply-patch+yaml", "application/json", "text/plain", ""),
)
BODY_TYPES = ("application/json", "application/yaml", "application/vnd.kubernetes.protobuf", "text/plain", ";", "")
ACCEPTED = (
    *("application/json", "application/yaml", "*/*", "text/html", ";", ",", "application/json;q=nan", "application/*"),
    "application/json;as=Table;v=v1;g=meta.k8s.io",
    "application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json",
    "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
    "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
)
HEADERS: dict[str, tuple[str, ...]] = {
    "Accept": ACCEPTED,
    "Accept-Encoding": ("gzip", "gzip;q=0", "br", "identity", ""),
    "Content-Encoding": ("gzip", "deflate", "x"),
    "If-None-Match": ("*", '"x"', ""),
    "Impersonate-User": ("bob", "system:serviceaccount:default:default", ""),
    "Impersonate-Group": ("g", ""),
    "Impersonate-Extra-%zz": ("x",),
    "User-Agent": ("curl/8", "kubectl/v1.36", "\u00e4", ""),
    "Expect": ("100-continue",),
}
JUNK: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, 1e300, 2**31, 2**63 - 1, -(2**63), 2**64, 10**400, "", "a", "A_B", "0", "1Gi", "x" * 300),
    *("\x00", "\U0001f4a9", "/", "..", "a/b", "10.0.0.1", "2026-01-01T00:00:00Z", [], {}, [None], {"": None}, [[]]),
    *([{}], {"a": {"b": [1]}}, "k8s.io/x", "-", ".", "$patch", "f:", ["a", "a"]),
)
STRANGE_KEYS = (
    "",
    "$patch",
    "$setElementOrder/containers",
    "$retainKeys",
    "f:x",
    "x" * 300,
    "a/b",
    "metadata",
    "\u00e4",
)


class Fuzzer:
    """Makes requests, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def request(self) -> Sent:
        choose = self._random.choice
        path, body = self._target()
        method = choose(OF_MANY if path in COLLECTIONS else OF_ONE)
        if self._random.random() < 0.03:
            method = choose(ODD_METHODS)
        headers = {name: choose(values) for name, values in HEADERS.items() if self._random.random() < 0.06}
        headers["Content-Type"] = choose(PATCH_TYPES if method == "PATCH" else BODY_TYPES)
        if self._random.random() < 0.7:
            headers["Content-Type"] = self._random.choice(PATCH_TYPES[:4]) if method == "PATCH" else "application/json"
        asked = [name for name in PARAMETERS if self._random.random() < 0.03]
        query = [f"{name}={_quoted(choose(PARAMETERS[name]))}" for name in asked]
        if headers["Content-Type"] == "application/apply-patch+yaml":
            query.append("fieldManager=m")
        if "watch" in path or self._random.random() < 0.03:
            query = ["watch=true", f"timeoutSeconds={choose(('1', 'x', '-1'))}", *query]
        return Sent(method, path, "&".join(query), headers, self._text(method, headers["Content-Type"], body))

    def sound(self) -> Sent:
        """Return a request that makes something which others can meet, if it is not there."""
        path, body = self._random.choice(list(COLLECTIONS.items()))
        return Sent("POST", path, "", {"Content-Type": "application/json"}, json.dumps(body).encode())

    def _target(self) -> tuple[str, Any]:
        chance = self._random.random()
        if chance < 0.1:
            return self._random.choice(OTHER_PATHS), {}
        if chance < 0.35:
            return self._random.choice(list(SUBRESOURCES.items()))
        path, body = self._random.choice(list(COLLECTIONS.items()))
        if self._random.random() < 0.6:
            name = self._random.choice(NAMES)
            return f"{path}/{name}", body | {"metadata": body.get("metadata", {}) | {"name": name}}
        return path, body

    def _text(self, method: str, content_type: str, body: Any) -> bytes:
        if method in {"GET", "HEAD"}:
            return b""
        if method == "DELETE":
            if self._random.random() < 0.5:
                return b""
            body = DELETION
        value = copy.deepcopy(body)
        if content_type == "application/json-patch+json":
            value = self._operations()
        for _ in range(self._random.choice((0, 0, 1, 1, 2, 4))):
            value = self._wounded(value)
        text = json.dumps(value).encode()
        if self._random.random() < 0.04:
            at = self._random.randrange(len(text) + 1)
            text = self._random.choice((text[:at], text[:at] + b"\xff" + text[at:], text + text, b"", text[at:]))
        return text

    def _operations(self) -> list[Any]:
        choose = self._random.choice
        paths = (
            "",
            "/",
            "/metadata",
            "/metadata/labels/x",
            "/spec/replicas",
            "/spec/containers/0",
            "/spec/containers/-",
        )
        more = ("/data/k", "/metadata/name", "/spec", "/status", "/kind", "/metadata/finalizers", "/a~1b~", "/spec/x/y")
        return [
            {
                "op": choose(("add", "replace", "remove", "test", "copy", "move")),
                "path": choose((*paths, *more)),
                "from": choose((*paths, *more)),
                "value": choose(JUNK),
            }
            for _ in range(choose((1, 1, 2)))
        ]

    def _wounded(self, value: Any) -> Any:
        """Change one place in a value."""
        if isinstance(value, dict) and value and self._random.random() < 0.9:
            name = self._random.choice(list(value))
            chance = self._random.random()
            if chance < 0.07:
                return {key: item for key, item in value.items() if key != name}
            if chance < 0.12:
                return value | {self._random.choice(STRANGE_KEYS): self._random.choice(JUNK)}
            return value | {name: self._wounded(value[name])}
        if isinstance(value, list) and value and self._random.random() < 0.9:
            index = self._random.randrange(len(value))
            return [*value[:index], self._wounded(value[index]), *value[index + 1 :]]
        return self._random.choice(JUNK)


def _quoted(text: str) -> str:
    return URL.build(query={"x": text}).raw_query_string.removeprefix("x=")


# What is answered.

ITS_OWN_500 = (
    "strconv.ParseUint",  # a resource version that is none
    "resourceVersion should not be set on objects to be created",
    '"message":"target.',  # a binding to what is no node
    '"message": "target.',
    "failed to create typed patch object",  # a scale that is none, applied
    "runtime error: hash of unhashable type",  # a strategic patch with a list for a merge key
    "list element types are not identical",  # a strategic patch
    "unknown patch type",
)


@pytest.fixture
async def server() -> AsyncIterator[APIServer]:
    async with APIServer(tls=False) as server:
        await server.request("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", DEFINITION)
        yield server


@pytest.mark.parametrize("seed", [1, 2])
async def test_whatever_is_sent_gets_an_answer_and_harms_nothing(
    server: APIServer, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    kept = _follow(server)
    fuzzer = Fuzzer(seed)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(10), auto_decompress=True) as session:
        for number in range(REQUESTS):
            sent = fuzzer.request() if number % 4 else fuzzer.sound()
            status, text = await _send(session, server, sent)
            assert status < 500 or status in {501, 504} or any(known in text for known in ITS_OWN_500), (sent, text)
            assert "bug in the server" not in text, sent
            assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == [], sent
    for collection, there in _objects(server).items():
        assert there == kept().get(collection, set()), collection


async def _send(session: aiohttp.ClientSession, server: APIServer, sent: Sent) -> tuple[int, str]:
    url = URL(f"{server.url}{sent.path}{'?' * bool(sent.query)}{sent.query}", encoded=True)
    headers = {"Authorization": f"Bearer {server.admin.token}"} | sent.headers
    skipped = ("Content-Type", "Accept", "Accept-Encoding", "User-Agent")
    async with session.request(
        sent.method, url, data=sent.body, headers=headers, skip_auto_headers=skipped, allow_redirects=False
    ) as answer:
        return answer.status, (await answer.read()).decode(errors="replace")


def _follow(server: APIServer) -> Callable[[], dict[GroupResource, set[str]]]:
    """Keep the keys of all objects by what is heard of them."""
    kept = _objects(server)

    def hear(collection: GroupResource, event: Event) -> None:
        keys, key = kept.setdefault(collection, set()), event.object.key
        assert (key in keys) is (event.type is not EventType.ADDED)
        (keys.discard if event.type is EventType.DELETED else keys.add)(key)

    server._up.cluster.storage.listen(hear)
    return lambda: kept


def _objects(server: APIServer) -> dict[GroupResource, set[str]]:
    found = server._up.cluster.storage.collections()
    for each in found:
        assert len(each.all()) == len(each)
    return {each.resource: {stored.key for stored in each.all()} for each in found}
