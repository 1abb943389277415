"""Rows of what traffic goes through: services and their endpoints, ingresses, network policies, addresses.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/printers/internalversion/printers.go
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from .ages import UNKNOWN
from .cells import NONE, Object, age, at, joined, label_selector, labels, name, shortened

__all__ = [
    "endpoint_slice",
    "endpoints",
    "ingress",
    "ingress_class",
    "ip_address",
    "network_policy",
    "service",
    "service_cidr",
]

_DEFAULT_INGRESS_CLASS = "ingressclass.kubernetes.io/is-default-class"


def service(obj: Object, now: datetime) -> list[Any]:
    spec = at(obj, "spec", default={})
    return [
        name(obj),
        spec.get("type", ""),
        next(iter(at(spec, "clusterIPs", default=())), NONE),
        _external_ip(obj),
        joined(map(_service_port, at(spec, "ports", default=()))),
        age(obj, now),
        labels(spec.get("selector")),
    ]


def _external_ip(obj: Object) -> str:
    external: Sequence[str] = at(obj, "spec", "externalIPs", default=())
    match at(obj, "spec", "type"):
        case "ClusterIP" | "NodePort":
            return joined(external)
        case "LoadBalancer":
            return joined([*_load_balancer(obj), *external], none="<pending>")
        case "ExternalName":
            return str(at(obj, "spec", "externalName", default=""))
        case _:
            return UNKNOWN


def _load_balancer(obj: Object) -> list[str]:
    ingress = at(obj, "status", "loadBalancer", "ingress", default=())
    return sorted({address for point in ingress if (address := point.get("ip") or point.get("hostname"))})


def _service_port(port: Object) -> str:
    node_port = f":{port['nodePort']}" if port.get("nodePort") else ""
    return f"{port['port']}{node_port}/{port.get('protocol', '')}"


def endpoints(obj: Object, now: datetime) -> list[Any]:
    subsets = at(obj, "subsets", default=())
    addresses = [address for subset in subsets for address in _subset_addresses(subset)]
    return [name(obj), shortened(addresses, none="") if subsets else NONE, age(obj, now)]


def _subset_addresses(subset: Object) -> Iterator[str]:
    addresses = [address["ip"] for address in at(subset, "addresses", default=())]
    ports = at(subset, "ports", default=())
    if not ports:  # of a headless service
        yield from addresses
    for port in ports:
        yield from (f"[{ip}]:{port['port']}" if ":" in ip else f"{ip}:{port['port']}" for ip in addresses)


def endpoint_slice(obj: Object, now: datetime) -> list[Any]:
    addresses = [address for endpoint in at(obj, "endpoints", default=()) for address in endpoint["addresses"] or ()]
    ports = [_endpoint_port(port) for port in at(obj, "ports", default=())]
    return [name(obj), obj.get("addressType", ""), shortened(ports), shortened(addresses), age(obj, now)]


def _endpoint_port(port: Object) -> str:
    return str(at(port, "port", default=at(port, "name", default="*")))


def ingress(obj: Object, now: datetime) -> list[Any]:
    return [
        name(obj),
        at(obj, "spec", "ingressClassName", default=NONE),
        _hosts(at(obj, "spec", "rules", default=())),
        joined(_load_balancer(obj), none=""),
        "80, 443" if at(obj, "spec", "tls") else "80",
        age(obj, now),
    ]


def _hosts(rules: Sequence[Object]) -> str:
    """Return the first three hosts, and of how many rules not, which is what kube-apiserver counts."""
    hosts: list[str] = []
    for rule in rules:
        if len(hosts) == 3:
            return f"{','.join(hosts)} + {len(rules) - 3} more..."
        if rule.get("host"):
            hosts.append(rule["host"])
    return joined(hosts, none="*")


def ingress_class(obj: Object, now: datetime) -> list[Any]:
    is_default = at(obj, "metadata", "annotations", _DEFAULT_INGRESS_CLASS) == "true"
    return [
        f"{name(obj)} (default)" if is_default else name(obj),
        at(obj, "spec", "controller", default=""),
        _ingress_parameters(at(obj, "spec", "parameters")),
        age(obj, now),
    ]


def _ingress_parameters(reference: Object | None) -> str:
    if reference is None:
        return NONE
    group = f".{reference['apiGroup']}" if reference.get("apiGroup") is not None else ""
    return f"{reference['kind']}{group}/{reference['name']}"


def network_policy(obj: Object, now: datetime) -> list[Any]:
    return [name(obj), label_selector(at(obj, "spec", "podSelector", default={})), age(obj, now)]


def service_cidr(obj: Object, now: datetime) -> list[Any]:
    return [name(obj), joined(at(obj, "spec", "cidrs", default=()), none=""), age(obj, now)]


def ip_address(obj: Object, now: datetime) -> list[Any]:
    """Return the cells of an IPAddress: one more than it has columns, as kube-apiserver has it."""
    return [name(obj), _parent(at(obj, "spec", "parentRef")), age(obj, now)]


def _parent(reference: Object | None) -> str:
    if reference is None:
        return NONE
    resource = ".".join(filter(None, (reference.get("resource", ""), reference.get("group", ""))))
    return "/".join(filter(None, (resource.lower(), reference.get("namespace", ""), reference.get("name", ""))))
