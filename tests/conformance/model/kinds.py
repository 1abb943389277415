"""What programs are about: for each kind the least object, what may be changed in it, and what is wrong with it.

Numbers have two digits at most, and years begin with a zero, because masking takes what is written for no version.
"""

from dataclasses import dataclass
from typing import Any

from conformance.case import Request, post, until
from conformance.objects import crd, deployment, pod, service

__all__ = ["ANY_CHANGES", "ANY_WRONG", "COLLECTED", "DEFINITIONS", "HELD", "KINDS", "Change", "Kind"]

Object = dict[str, Any]

HELD = "model.example.com/held"
"""The finalizer that nobody but the program removes."""


@dataclass(frozen=True)
class Change:
    """A field and what it becomes.

    Attributes:
        path: from the root; a number is an item of a list, and such a path is for JSON patches alone.
        value: None removes.
    """

    path: tuple[str | int, ...]
    value: Any

    @property
    def is_by_name(self) -> bool:
        return all(isinstance(step, str) for step in self.path)


def _change(path: str, value: Any) -> Change:
    return Change(tuple(int(step) if step.isdigit() else step for step in path.split("/")), value)


@dataclass(frozen=True)
class Kind:
    """One kind.

    Attributes:
        path: of the collection, as cases write it.
        least: what an object needs besides apiVersion, kind and metadata.
        content: the fields that an update may send as they were read.
        changes: that are valid alone, most of them in any state.
        wrong: that are refused, by validation or because the field is immutable.
        status: changes of what the path `/status` is for; empty where there is no such path.
        custom: knows no strategic merge patches.
        keeps: an update must send the content as it was read, since most of it is immutable.
    """

    name: str
    api_version: str
    path: str
    least: Object
    content: tuple[str, ...]
    changes: tuple[Change, ...]
    wrong: tuple[Change, ...]
    status: tuple[Change, ...] = ()
    namespaced: bool = True
    custom: bool = False
    keeps: bool = False


ANY_CHANGES = (
    _change("metadata/labels/app", "web"),
    _change("metadata/labels/app", "db"),
    _change("metadata/labels/tier", "front"),
    _change("metadata/labels/tier", None),
    _change("metadata/annotations/note", "one"),
    _change("metadata/annotations/note", "two"),
    _change("metadata/annotations/note", None),
)

ANY_WRONG = (
    _change("metadata/labels/app", "not a label!"),
    _change("metadata/labels/a b", "x"),
    _change("metadata/annotations/a b", "x"),
    _change("metadata/finalizers", ["a b"]),
    _change("metadata/name", "other"),
    _change("metadata/namespace", "elsewhere"),
    _change("metadata/uid", "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"),
    _change("metadata/labels", "text"),
)

_GROUP = "model.example.com"
_WIDGET: Object = {
    "type": "object",
    "required": ["spec"],
    "properties": {
        "spec": {
            "type": "object",
            "properties": {
                "color": {"type": "string", "enum": ["red", "green"], "default": "red"},
                "size": {"type": "integer", "minimum": 0, "maximum": 10},
                "note": {"type": "string", "maxLength": 5, "nullable": True},
                "port": {"x-kubernetes-int-or-string": True},
                "tags": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
                "parts": {
                    "type": "array",
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["name"],
                    "items": {
                        "type": "object",
                        "required": ["name"],
                        "properties": {"name": {"type": "string"}, "count": {"type": "integer", "default": 1}},
                    },
                },
                "lines": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "atomic"},
                "whole": {
                    "type": "object",
                    "x-kubernetes-map-type": "atomic",
                    "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
                },
                "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
            },
        },
        "status": {
            "type": "object",
            "properties": {
                "phase": {"type": "string", "enum": ["A", "B"]},
                "ready": {"type": "integer", "default": 0},
            },
        },
    },
}
_GADGET: Object = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}

_WIDGETS = f"{_GROUP}/v1:widgets"
_GADGETS = f"/apis/{_GROUP}/v1/gadgets"
_CONDITION = {"type": "Ready", "status": "True", "reason": "Said", "message": "so", "lastTransitionTime": None}

KINDS = (
    Kind(
        "ConfigMap", "v1", "configmaps", {"data": {"k": "v"}}, ("data",),
        changes=(
            _change("data/k", "w"), _change("data/k", "x"), _change("data/l", "v"), _change("data/l", None),
            _change("binaryData/b", "AAEC"), _change("data", None), _change("immutable", True),
        ),
        wrong=(_change("data/a b", "v"), _change("data/k", 1), _change("data", []), _change("binaryData/b", "%")),
    ),
    Kind(
        "Secret", "v1", "secrets", {"type": "Opaque", "data": {"k": "dg=="}}, ("type", "data"),
        changes=(
            _change("data/k", "dw=="), _change("data/l", "dg=="), _change("data/l", None), _change("stringData/s", "v"),
            _change("stringData/k", "x"), _change("data", None), _change("immutable", True),
        ),
        wrong=(_change("type", "other"), _change("data/a b", "dg=="), _change("data/k", "?"), _change("data", "v")),
    ),
    Kind(
        "Service", "v1", "services", {"spec": service()["spec"]}, ("spec",),
        changes=(
            _change("spec/selector/app", "web"), _change("spec/selector/app", None),
            _change("spec/ports", [{"port": 80}, {"port": 81, "name": "b"}]),
            _change("spec/ports", [{"port": 80, "name": "a"}, {"port": 81, "name": "b", "targetPort": "web"}]),
            _change("spec/ports", [{"port": 80, "targetPort": 90}]),
            _change("spec/sessionAffinity", "ClientIP"), _change("spec/sessionAffinity", "None"),
            _change("spec/type", "NodePort"), _change("spec/type", "ClusterIP"),
            _change("spec/publishNotReadyAddresses", True), _change("spec/ports/0/port", 82),
        ),
        wrong=(
            _change("spec/ports", []), _change("spec/ports", [{"port": 0}]), _change("spec/clusterIP", "1.1.1.1"),
            _change("spec/type", "Other"), _change("spec/sessionAffinity", "x"), _change("spec/ports", "x"),
        ),
        status=(
            _change("status/loadBalancer/ingress", [{"ip": "1.1.1.1"}]),
            _change("status/conditions", [_CONDITION | {"lastTransitionTime": "0099-01-01T00:00:00Z"}]),
            _change("status/loadBalancer", None),
        ),
    ),
    Kind(
        "Deployment", "apps/v1", "apps/v1:deployments", {"spec": deployment()["spec"]}, ("spec",),
        changes=(
            _change("spec/replicas", 1), _change("spec/replicas", 2), _change("spec/paused", True),
            _change("spec/paused", None), _change("spec/minReadySeconds", 5),
            _change("spec/strategy", {"type": "Recreate", "rollingUpdate": None}),
            _change("spec/template/metadata/labels/more", "x"),
            _change("spec/template/spec/containers", [{"name": "c", "image": "nginx:2"}]),
            _change("spec/template/spec/containers", [{"name": "c", "image": "a"}, {"name": "d", "image": "b"}]),
            _change("spec/template/spec/containers/0/image", "nginx:3"),
            _change("spec/template/spec/nodeSelector/disk", "fast"), _change("spec/revisionHistoryLimit", 3),
        ),
        wrong=(
            _change("spec/replicas", -1), _change("spec/selector/matchLabels/app", "b"), _change("spec/replicas", "x"),
            _change("spec/template/spec/containers", []), _change("spec/strategy/type", "Other"),
            _change("spec/template/metadata/labels/app", "b"), _change("spec/template", None),
        ),
        status=(
            _change("status/replicas", 1), _change("status/observedGeneration", 1), _change("status/readyReplicas", -1),
            _change(
                "status/conditions",
                [{"type": "Available", "status": "True", "lastUpdateTime": None, "lastTransitionTime": None}],
            ),
            _change("status/unavailableReplicas", 3),
        ),
    ),
    Kind(
        "Pod", "v1", "pods", {"spec": pod()["spec"]}, ("spec",),
        changes=(
            _change("spec/containers", [{"name": "c", "image": "nginx:2"}]), _change("spec/containers/0/image", "a"),
            _change("spec/activeDeadlineSeconds", 60), _change("spec/terminationGracePeriodSeconds", 30),
        ),
        wrong=(
            _change("spec/nodeName", "n"), _change("spec/restartPolicy", "Never"), _change("spec/hostNetwork", True),
            _change("spec/containers", [{"name": "d", "image": "nginx:2"}]), _change("spec/containers/0/image", ""),
            _change("spec/nodeSelector/disk", "fast"), _change("spec/priority", 5), _change("spec/volumes", "x"),
        ),
        status=(
            _change("status/phase", "Running"), _change("status/message", "hello"), _change("status/phase", "Failed"),
            _change("status/conditions", [{"type": "Ready", "status": "True"}]),
            _change("status/podIPs", [{"ip": "1.1.1.1"}]),
        ),
        keeps=True,
    ),
    Kind(
        "Lease", "coordination.k8s.io/v1", "coordination.k8s.io/v1:leases",
        {"spec": {"holderIdentity": "a"}}, ("spec",),
        changes=(
            _change("spec/holderIdentity", "b"), _change("spec/holderIdentity", None),
            _change("spec/leaseDurationSeconds", 15), _change("spec/renewTime", "0099-01-01T00:00:00.000000Z"),
            _change("spec/leaseTransitions", 1), _change("spec/leaseTransitions", 2),
        ),
        wrong=(
            _change("spec/leaseDurationSeconds", 0), _change("spec/leaseTransitions", -1),
            _change("spec/renewTime", "soon"), _change("spec/holderIdentity", 5), _change("spec/strategy", "a b"),
        ),
    ),
    Kind(
        "Role", "rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io/v1:roles",
        {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]}, ("rules",),
        changes=(
            _change("rules", []), _change("rules", None),
            _change("rules", [{"apiGroups": ["apps"], "resources": ["*"], "verbs": ["*"], "resourceNames": ["a"]}]),
            _change("rules/0/verbs", ["list"]),
        ),
        wrong=(_change("rules", [{"verbs": []}]), _change("rules", [{"nonResourceURLs": ["/"], "verbs": ["get"]}])),
    ),
    Kind(
        "NetworkPolicy", "networking.k8s.io/v1", "networking.k8s.io/v1:networkpolicies",
        {"spec": {"podSelector": {"matchLabels": {"app": "a"}}}}, ("spec",),
        changes=(
            _change("spec/policyTypes", ["Ingress", "Egress"]), _change("spec/ingress", [{}]),
            _change("spec/podSelector/matchLabels/app", "b"), _change("spec/podSelector", {}),
            _change("spec/egress", [{"to": [{"ipBlock": {"cidr": "11.0.0.0/8"}}], "ports": [{"port": 53}]}]),
        ),
        wrong=(
            _change("spec/policyTypes", ["Other"]), _change("spec/ingress", [{"from": [{}]}]),
            _change("spec/egress", [{"to": [{"ipBlock": {"cidr": "x"}}]}]),
            _change("spec/podSelector/matchLabels", {"a b": "c"}),
        ),
    ),
    Kind(
        "PodDisruptionBudget", "policy/v1", "policy/v1:poddisruptionbudgets",
        {"spec": {"maxUnavailable": 1, "selector": {"matchLabels": {"app": "a"}}}}, ("spec",),
        changes=(
            _change("spec/maxUnavailable", 2), _change("spec/maxUnavailable", "50%"),
            _change("spec/selector/matchLabels/app", "b"), _change("spec/unhealthyPodEvictionPolicy", "AlwaysAllow"),
        ),
        wrong=(
            _change("spec/minAvailable", 1), _change("spec/maxUnavailable", -1), _change("spec/maxUnavailable", "x"),
            _change("spec/unhealthyPodEvictionPolicy", "Other"),
        ),
        status=(
            _change("status/observedGeneration", 1), _change("status/currentHealthy", 1),
            _change("status/expectedPods", -1), _change("status/disruptionsAllowed", 1),
        ),
    ),
    Kind(
        "Widget", f"{_GROUP}/v1", _WIDGETS, {"spec": {"size": 1}}, ("spec",),
        changes=(
            _change("spec/color", "green"), _change("spec/color", None), _change("spec/size", 2),
            _change("spec/size", 3), _change("spec/note", "hi"), _change("spec/note", None),
            _change("spec/port", "web"), _change("spec/port", 80), _change("spec/tags", ["a", "b"]),
            _change("spec/tags", ["b", "c"]), _change("spec/parts", [{"name": "a"}]),
            _change("spec/parts", [{"name": "a", "count": 2}, {"name": "b"}]), _change("spec/parts", []),
            _change("spec/lines", ["a", "a"]), _change("spec/whole", {"a": "x"}), _change("spec/whole", {"b": "y"}),
            _change("spec/free/any", [1, {"x": None}]), _change("spec/unknown", 1), _change("status/phase", "A"),
            _change("spec/parts/0/count", 3),
        ),
        wrong=(
            _change("spec/color", "blue"), _change("spec/size", 11), _change("spec/size", "x"),
            _change("spec/size", 1.5),
            _change("spec/note", "too long"), _change("spec/tags", ["a", "a"]), _change("spec/parts", [{"count": 1}]),
            _change("spec/parts", [{"name": "a"}, {"name": "a"}]), _change("spec", None), _change("spec", "x"),
        ),
        status=(
            _change("status/phase", "A"), _change("status/phase", "B"), _change("status/ready", 1),
            _change("status/phase", "C"), _change("status/unknown", 1), _change("status", None),
        ),
        custom=True,
    ),
    Kind(
        "Gadget", f"{_GROUP}/v1", _GADGETS, {"spec": {"a": 1}}, ("spec",),
        changes=(
            _change("spec/a", 2), _change("spec/b", {"c": [1, 2]}), _change("spec/b", None), _change("more", ["x"]),
            _change("more", None), _change("spec/b/d", "e"), _change("status/free", True),
        ),
        wrong=(_change("apiVersion", "model.example.com/v2"), _change("kind", "Other"), _change("metadata", "x")),
        namespaced=False, custom=True,
    ),
)  # fmt: skip

_DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def _definition(plural: str, kind: str, scope: str, schema: Object, **version: Any) -> Object:
    found = crd(plural=plural, kind=kind, scope=scope, schema={"openAPIV3Schema": schema}, **version)
    found["metadata"]["name"] = f"{plural}.{_GROUP}"
    found["spec"]["group"] = _GROUP
    return found


def _collected(path: str, api_version: str, kind: str) -> tuple[Request, ...]:
    """Return what ends when garbage of a custom kind is collected, which begins a while after it is defined."""
    owned = {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {"name": "probe", "finalizers": ["orphan"]},
        "spec": {},
    }
    return (
        post(path, owned),
        Request("DELETE", f"{path}/probe", {"propagationPolicy": "Orphan"}),
        until(f"{path}/probe", status=404),
    )


DEFINITIONS = (
    post(_DEFINITIONS, _definition("widgets", "Widget", "Namespaced", _WIDGET, subresources={"status": {}})),
    post(_DEFINITIONS, _definition("gadgets", "Gadget", "Cluster", _GADGET)),
    until(_WIDGETS, status=200),
    until(_GADGETS, status=200),
)
"""What both servers are asked first, until the custom kinds are served."""

COLLECTED = (
    *_collected(_WIDGETS, f"{_GROUP}/v1", "Widget"),
    *_collected(_GADGETS, f"{_GROUP}/v1", "Gadget"),
)
"""What they are asked then, until garbage of the custom kinds is collected."""
