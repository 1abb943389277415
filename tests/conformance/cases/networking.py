"""Ingresses, their classes, and network policies."""

from typing import Any

from conformance.case import case, get, merge, post, put

__all__ = ["CASES"]

_INGRESSES = "networking.k8s.io/v1:ingresses"
_POLICIES = "networking.k8s.io/v1:networkpolicies"
_CLASSES = "/apis/networking.k8s.io/v1/ingressclasses"
_SERVICE = {"service": {"name": "s", "port": {"number": 80}}}


def _ingress(**spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "a"}, "spec": spec}


def _path(path: Any = "/", kind: Any = "Prefix", backend: Any = _SERVICE, host: str = "") -> dict[str, Any]:
    entry = {"path": path, "pathType": kind, "backend": backend}
    return _ingress(rules=[{"host": host, "http": {"paths": [entry]}}])


def _policy(**spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "a"}, "spec": {"podSelector": {}} | spec}


CASES = [
    case(
        "ingress-lives",
        post(_INGRESSES, _path(), name="made"),
        merge(f"{_INGRESSES}/a", {"spec": {"defaultBackend": _SERVICE}}),
        merge(f"{_INGRESSES}/a/status", {"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.5"}]}}}),
        merge(f"{_INGRESSES}/a/status", {"status": {"loadBalancer": {"ingress": [{"ip": "x"}]}}}),
        looks_at="metadata.generation",
    ),
    case(
        "ingress-without-backend",
        post(_INGRESSES, _ingress()),
        post(_INGRESSES, _ingress(defaultBackend={})),
        post(_INGRESSES, _ingress(rules=[{"host": "a.example.com"}])),
        post(_INGRESSES, _ingress(rules=[{"http": {"paths": []}}])),
    ),
    case(
        "ingress-paths",
        post(_INGRESSES, _path(kind=None)),
        post(_INGRESSES, _path(kind="X")),
        post(_INGRESSES, _path("a")),
        post(_INGRESSES, _path("/a//b")),
        post(_INGRESSES, _path("/a/..")),
        post(_INGRESSES, _path("", kind="ImplementationSpecific")),
    ),
    case(
        "ingress-backends",
        post(_INGRESSES, _path(backend={})),
        post(_INGRESSES, _path(backend={"service": {"name": "", "port": {"number": 1}}})),
        post(_INGRESSES, _path(backend={"service": {"name": "s", "port": {}}})),
        post(_INGRESSES, _path(backend={"service": {"name": "s", "port": {"number": 1, "name": "a"}}})),
        post(_INGRESSES, _path(backend={"service": {"name": "s", "port": {"number": 70000}}})),
        post(_INGRESSES, _path(backend=_SERVICE | {"resource": {"kind": "K", "name": "n"}})),
        post(_INGRESSES, _path(backend={"resource": {"kind": "", "name": ""}})),
    ),
    case(
        "ingress-hosts",
        post(_INGRESSES, _path(host="192.0.2.1")),
        post(_INGRESSES, _path(host="A")),
        post(_INGRESSES, _path(host="a.*.example.com")),
        post(_INGRESSES, _ingress(defaultBackend=_SERVICE, tls=[{"hosts": ["*"], "secretName": "A"}])),
        post(_INGRESSES, _ingress(defaultBackend=_SERVICE, ingressClassName="A")),
    ),
    case(
        "ingress-class-by-annotation",
        post(
            _INGRESSES,
            {"metadata": {"name": "a", "annotations": {"kubernetes.io/ingress.class": "x"}}}
            | {"spec": {"defaultBackend": _SERVICE}},
        ),
        post(
            _INGRESSES,
            {"metadata": {"name": "b", "annotations": {"kubernetes.io/ingress.class": "x"}}}
            | {"spec": {"defaultBackend": _SERVICE, "ingressClassName": "y"}},
        ),
    ),
    case(
        "ingress-class",
        post(_CLASSES, {"metadata": {"name": "${ns}"}, "spec": {"controller": "example.com/a"}}),
        put(f"{_CLASSES}/${{ns}}", {"metadata": {"name": "${ns}"}, "spec": {"controller": "example.com/b"}}),
        merge(f"{_CLASSES}/${{ns}}", {"spec": {"parameters": {"kind": "K", "name": "n"}}}),
        merge(f"{_CLASSES}/${{ns}}", {"spec": {"parameters": {"namespace": "x"}}}),
    ),
    case(
        "ingress-class-that-is-wrong",
        post(_CLASSES, {"metadata": {"name": "${ns}"}, "spec": {}}),
        post(_CLASSES, {"metadata": {"name": "${ns}"}, "spec": {"controller": "a"}}),
        post(_CLASSES, {"metadata": {"name": "${ns}"}, "spec": {"controller": "a.b/c d"}}),
        post(_CLASSES, {"metadata": {"name": "${ns}"}, "spec": {"controller": "a/b", "parameters": {"scope": "X"}}}),
    ),
    case(
        "network-policy-lives",
        post(_POLICIES, _policy(ingress=[{}])),
        merge(f"{_POLICIES}/a", {"spec": {"egress": [{"ports": [{"port": 53}]}]}}),
        get(f"{_POLICIES}/a"),
        looks_at="spec.policyTypes",
    ),
    case(
        "network-policy-ports",
        post(_POLICIES, _policy(ingress=[{"ports": [{"port": 0}]}])),
        post(_POLICIES, _policy(ingress=[{"ports": [{"port": "A_"}]}])),
        post(_POLICIES, _policy(ingress=[{"ports": [{"port": 5, "endPort": 4}]}])),
        post(_POLICIES, _policy(ingress=[{"ports": [{"endPort": 4}]}])),
        post(_POLICIES, _policy(ingress=[{"ports": [{"port": "a", "endPort": 4}]}])),
        post(_POLICIES, _policy(ingress=[{"ports": [{"port": 5, "protocol": "X"}]}])),
    ),
    case(
        "network-policy-peers",
        post(_POLICIES, _policy(ingress=[{"from": [{}]}])),
        post(_POLICIES, _policy(ingress=[{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}, "podSelector": {}}]}])),
        post(_POLICIES, _policy(ingress=[{"from": [{"ipBlock": {"cidr": "x"}}]}])),
        post(_POLICIES, _policy(ingress=[{"from": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["11.0.0.0/9"]}}]}])),
        post(_POLICIES, _policy(egress=[{"to": [{"podSelector": {"matchLabels": {"a b": "c"}}}]}])),
        post(_POLICIES, _policy(policyTypes=["X"])),
    ),
]
