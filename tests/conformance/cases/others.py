"""Kinds with few rules of their own: their defaults, generations, and what an update may do."""

from typing import Any

from conformance.case import Case, Request, case, delete, get, merge, post, put
from conformance.objects import pod_template

__all__ = ["CASES"]

_HOOK = {
    "name": "a.example.com",
    "clientConfig": {"url": "https://127.0.0.1:1/x"},
    "rules": [{"operations": ["CREATE"], "apiGroups": ["c.example.com"], "apiVersions": ["v1"], "resources": ["x"]}],
    "sideEffects": "None",
    "admissionReviewVersions": ["v1"],
}
_DRIVER = {"name": "d.example.com", "nodeID": "n"}
_SUBJECT = {"kind": "User", "user": {"name": "u"}}
_RESOURCES = {"verbs": ["get"], "apiGroups": [""], "resources": ["pods"], "namespaces": ["*"]}
_SCHEMAS = "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas"
_LEVELS = "/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations"
_NODES = "/apis/storage.k8s.io/v1/csinodes"
_ADDRESSES = "/apis/networking.k8s.io/v1/ipaddresses"
_ATTACHMENTS = "/apis/storage.k8s.io/v1/volumeattachments"
_REQUESTS = {"requests": [{"name": "r", "exactly": {"deviceClassName": "d"}}]}


def _lives(name: str, path: str, obj: dict[str, Any], change: dict[str, Any]) -> Case:
    """Return the case of a kind: created, changed in a way that counts and in one that does not, replaced, deleted."""
    metadata = {"name": obj.get("metadata", {}).get("name", "${ns}")}
    at = f"{path}/{metadata['name']}"
    return case(
        f"{name}-lives",
        post(path, {"metadata": metadata} | obj),
        merge(at, change),
        merge(at, {"metadata": {"annotations": {"a": "b"}}}),
        put(at, {"metadata": metadata} | obj),
        get(at),
        delete(at),
        looks_at="metadata.generation",
    )


def _schema(**spec: Any) -> Request:
    base = {"priorityLevelConfiguration": {"name": "exempt"}, "rules": [_flow()]}
    return post(f"{_SCHEMAS}?dryRun=All", {"metadata": {"name": "${ns}"}, "spec": base | spec})


def _flow(**more: Any) -> dict[str, Any]:
    return {"subjects": [_SUBJECT], "resourceRules": [_RESOURCES]} | more


def _level(**spec: Any) -> Request:
    return post(f"{_LEVELS}?dryRun=All", {"metadata": {"name": "${ns}"}, "spec": {"type": "Limited"} | spec})


def _queue(**queuing: Any) -> Request:
    return _level(limited={"limitResponse": {"type": "Queue", "queuing": queuing}})


def _service(name: str = "v1.${ns}.example.com", **spec: Any) -> Request:
    base = {"group": "${ns}.example.com", "version": "v1", "groupPriorityMinimum": 1, "versionPriority": 1}
    path = "/apis/apiregistration.k8s.io/v1/apiservices?dryRun=All"
    return post(path, {"metadata": {"name": name}, "spec": base | spec})


def _attachment(**source: Any) -> Request:
    spec = {"attacher": "a.example.com", "nodeName": "n", "source": source}
    return post(f"{_ATTACHMENTS}?dryRun=All", {"metadata": {"name": "${ns}"}, "spec": spec})


CASES = [
    _lives(
        "validating-webhook",
        "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
        {"webhooks": [_HOOK]},
        {"webhooks": [_HOOK | {"timeoutSeconds": 5}]},
    ),
    _lives(
        "mutating-webhook",
        "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
        {"webhooks": [_HOOK]},
        {"webhooks": [_HOOK | {"reinvocationPolicy": "IfNeeded"}]},
    ),
    case(
        "flow-schema-defaults",
        post(
            "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas?dryRun=All",
            {
                "metadata": {"name": "${ns}"},
                "spec": {
                    "priorityLevelConfiguration": {"name": "exempt"},
                    "rules": [{"subjects": [_SUBJECT], "resourceRules": [_RESOURCES]}],
                },
            },
        ),
        looks_at="spec.matchingPrecedence",
    ),
    _lives(
        "priority-level",
        "/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations",
        {"spec": {"type": "Limited", "limited": {"limitResponse": {"type": "Queue", "queuing": {}}}}},
        {"spec": {"limited": {"nominalConcurrencyShares": 7}}},
    ),
    case(
        "controller-revision-data-may-not-change",
        post("apps/v1:controllerrevisions", {"metadata": {"name": "a"}, "data": {"x": 1}, "revision": 1}),
        merge("apps/v1:controllerrevisions/a", {"data": {"x": 2}}),
        post("apps/v1:controllerrevisions", {"metadata": {"name": "b"}, "data": {}, "revision": -1}),
        post("apps/v1:controllerrevisions", {"metadata": {"name": "b"}, "data": [], "revision": 1}),
        post("apps/v1:controllerrevisions", {"metadata": {"name": "b"}, "revision": 1}),
    ),
    _lives(
        "pod-template",
        "podtemplates",
        {"metadata": {"name": "a"}, "template": pod_template()},
        {"template": {"metadata": {"labels": {"b": "c"}}}},
    ),
    _lives(
        "csi-node",
        "/apis/storage.k8s.io/v1/csinodes",
        {"spec": {"drivers": [_DRIVER]}},
        {"spec": {"drivers": [_DRIVER, _DRIVER | {"name": "e.example.com"}]}},
    ),
    _lives(
        "csi-capacity",
        "storage.k8s.io/v1:csistoragecapacities",
        {"metadata": {"name": "a"}, "storageClassName": "s"},
        {"capacity": "1Gi"},
    ),
    _lives(
        "volume-attachment",
        "/apis/storage.k8s.io/v1/volumeattachments",
        {"spec": {"attacher": "a.example.com", "nodeName": "n", "source": {"persistentVolumeName": "v"}}},
        {"metadata": {"labels": {"a": "b"}}},
    ),
    _lives(
        "volume-attributes-class",
        "/apis/storage.k8s.io/v1/volumeattributesclasses",
        {"driverName": "d.example.com", "parameters": {"a": "b"}},
        {"metadata": {"labels": {"a": "b"}}},
    ),
    _lives(
        "device-class",
        "/apis/resource.k8s.io/v1/deviceclasses",
        {"spec": {}},
        {"spec": {"extendedResourceName": "example.com/gpu"}},
    ),
    _lives(
        "resource-claim-template",
        "resource.k8s.io/v1:resourceclaimtemplates",
        {"metadata": {"name": "a"}, "spec": {"spec": {"devices": _REQUESTS}}},
        {"metadata": {"labels": {"a": "b"}}},
    ),
    _lives(
        "resource-claim",
        "resource.k8s.io/v1:resourceclaims",
        {"metadata": {"name": "a"}, "spec": {"devices": _REQUESTS}},
        {"metadata": {"labels": {"a": "b"}}},
    ),
    case(
        "status-that-leaves-metadata-alone",
        post(
            "/apis/storage.k8s.io/v1/volumeattachments",
            {
                "metadata": {"name": "${ns}"},
                "spec": {"attacher": "a.example.com", "nodeName": "n", "source": {"persistentVolumeName": "v"}},
            },
        ),
        merge(
            "/apis/storage.k8s.io/v1/volumeattachments/${ns}/status",
            {"metadata": {"labels": {"a": "b"}}, "status": {"attached": True}},
        ),
        looks_at="metadata.labels",
    ),
    case(
        "updates-that-need-a-version",
        post("/apis/storage.k8s.io/v1/csinodes", {"metadata": {"name": "${ns}"}, "spec": {"drivers": [_DRIVER]}}),
        put("/apis/storage.k8s.io/v1/csinodes/${ns}", {"metadata": {"name": "${ns}"}, "spec": {"drivers": [_DRIVER]}}),
        put(
            "/apis/storage.k8s.io/v1/csinodes/${ns}-b",
            {"metadata": {"name": "${ns}-b"}, "spec": {"drivers": [_DRIVER]}},
        ),
    ),
    case(
        "flow-control-that-is-wrong",
        _schema(priorityLevelConfiguration={}, matchingPrecedence=1, distinguisherMethod={"type": "X"}),
        _schema(priorityLevelConfiguration={"name": "A"}, matchingPrecedence=10001),
        _schema(rules=[{}, _flow(subjects=[{"kind": "User"}, {"kind": "X"}, {"kind": "Group", "user": {"name": ""}}])]),
        _schema(rules=[_flow(subjects=[{"kind": "ServiceAccount", "serviceAccount": {"name": "A"}}])]),
        _schema(rules=[_flow(resourceRules=[{}, {"verbs": ["*", "get"], "resources": ["*", "a"]}])]),
        _schema(rules=[_flow(resourceRules=[_RESOURCES | {"verbs": ["x", "get"], "namespaces": ["A", "b"]}])]),
        _schema(rules=[_flow(nonResourceRules=[{"verbs": [], "nonResourceURLs": []}])]),
        _schema(
            rules=[_flow(nonResourceRules=[{"verbs": ["get"], "nonResourceURLs": ["", "a", "/a b", "//", "/*/a"]}])]
        ),
        merge(f"{_SCHEMAS}/catch-all?dryRun=All", {"spec": {"matchingPrecedence": 5}}),
        _level(),
        _level(type="X"),
        _level(type="Exempt", limited={}),
        _level(exempt={}, limited={"nominalConcurrencyShares": -1, "lendablePercent": 101}),
        _level(limited={"limitResponse": {"type": "Reject", "queuing": {}}, "borrowingLimitPercent": -1}),
        _level(limited={"limitResponse": {"type": "Queue"}}),
        _queue(queueLengthLimit=-1, queues=-1, handSize=-1),
        _queue(queues=4, handSize=5),
        _queue(queues=1000, handSize=10),
        merge(f"{_LEVELS}/catch-all?dryRun=All", {"spec": {"limited": {"nominalConcurrencyShares": 6}}}),
        merge(f"{_LEVELS}/exempt?dryRun=All", {"spec": {"exempt": {"nominalConcurrencyShares": 6}}}),
    ),
    case(
        "registrations-that-are-wrong",
        _service("v2.${ns}.example.com"),
        _service("v1.", group=""),
        _service("1.A", group="A", version="1", groupPriorityMinimum=20001, versionPriority=0),
        _service(caBundle="YQ==", insecureSkipTLSVerify=True),
        _service(service={"port": -1}, caBundle="YQ==", insecureSkipTLSVerify=True),
        post(_NODES, {"metadata": {"name": "${ns}"}, "spec": {"drivers": [{"name": "a_b", "nodeID": ""}] * 2}}),
        post(
            _NODES,
            {
                "metadata": {"name": "${ns}"},
                "spec": {"drivers": [_DRIVER | {"topologyKeys": ["a", "a", "a b", "a b", "", ""]}]},
            },
        ),
        post(_NODES, {"metadata": {"name": "${ns}"}, "spec": {"drivers": [_DRIVER | {"allocatable": {"count": -1}}]}}),
        post(_NODES, {"metadata": {"name": "${ns}"}, "spec": {"drivers": [_DRIVER]}}),
        merge(f"{_NODES}/${{ns}}", {"spec": {"drivers": [_DRIVER | {"nodeID": "m"}]}}),
        _attachment(),
        _attachment(persistentVolumeName=""),
        _attachment(persistentVolumeName="v", inlineVolumeSpec={}),
        _attachment(inlineVolumeSpec={"capacity": {"storage": "1"}, "accessModes": [], "hostPath": {"path": "/"}}),
        _attachment(
            inlineVolumeSpec={
                "accessModes": ["ReadWriteOnce"],
                "csi": {"driver": "d", "volumeHandle": "h"},
                "persistentVolumeReclaimPolicy": "Delete",
                "storageClassName": "s",
                "volumeMode": "Block",
                "claimRef": {},
                "nodeAffinity": {},
            }
        ),
        post(
            _ADDRESSES,
            {"metadata": {"name": "10.77.0.9"}, "spec": {"parentRef": {"resource": "a", "name": "b"}}},
        ),
        merge(f"{_ADDRESSES}/10.77.0.9", {"spec": {"parentRef": {"name": "c/d"}}}),
        delete(f"{_ADDRESSES}/10.77.0.9"),
        post(
            _ATTACHMENTS,
            {
                "metadata": {"name": "${ns}"},
                "spec": {"attacher": "a.example.com", "nodeName": "n", "source": {"persistentVolumeName": "v"}},
            },
        ),
        merge(f"{_ATTACHMENTS}/${{ns}}", {"spec": {"nodeName": "m"}}),
        merge(f"{_ATTACHMENTS}/${{ns}}/status", {"status": {"attached": False, "attachError": {"errorCode": -1}}}),
        post(
            "storage.k8s.io/v1:csistoragecapacities?dryRun=All",
            {
                "metadata": {"name": "a"},
                "storageClassName": "s",
                "nodeTopology": {
                    "matchLabels": {"beta.kubernetes.io/os": "a"},
                    "matchExpressions": [{"key": "beta.kubernetes.io/arch", "operator": "Exists"}],
                },
            },
        ),
        post(
            "storage.k8s.io/v1:csistoragecapacities",
            {
                "metadata": {"name": "a"},
                "storageClassName": "A",
                "capacity": "-1",
                "nodeTopology": {"matchLabels": {"a": "b c"}},
            },
        ),
    ),
]
