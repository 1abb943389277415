"""Kinds with few rules of their own: their defaults, generations, and what an update may do."""

from typing import Any

from conformance.case import Case, case, delete, get, merge, post, put
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
]
