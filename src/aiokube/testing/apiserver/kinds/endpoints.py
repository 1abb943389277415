"""Endpoints and EndpointSlices: where the pods behind a Service are.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/discovery/validation/validation.go
    and https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import ClassVar, Final

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import checks, ip_addresses, metadata, names
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = ["BEHAVIOUR", "EndpointSliceRules", "EndpointsRules"]

_PROTOCOLS = ("SCTP", "TCP", "UDP")
_ADDRESS_TYPES = ("FQDN", "IPv4", "IPv6")
_PORTS_LIMIT: Final = 20000
_ENDPOINTS_LIMIT: Final = 1000
_ADDRESSES_LIMIT: Final = 100
_TOPOLOGY_LIMIT: Final = 16
_HINTS_LIMIT: Final = 8
_MANAGED_BY = "endpoints.kubernetes.io/managed-by"
_SLICE_MANAGED_BY = "endpointslice.kubernetes.io/managed-by"
_CONTROLLERS = {"endpointslice-controller.k8s.io", "endpointslicemirroring-controller.k8s.io"}
_HOSTNAME = "kubernetes.io/hostname"


class EndpointsRules(Rules):
    deprecation: ClassVar[str] = "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"

    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        for index, subset in enumerate(new.get("subsets") or ()):
            yield from _subset(fields.item("subsets", index), subset)

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        # What older versions took may stay.
        if (new.get("subsets") or []) != (old.get("subsets") or []):
            yield from self.validate_create(new, context)

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        if (new["metadata"].get("labels") or {}).get(_MANAGED_BY) == "endpoint-controller":
            return
        for index, subset in enumerate(new.get("subsets") or ()):
            for name in ("addresses", "notReadyAddresses"):
                at = fields.child(fields.item("subsets", index), name)
                for number, address in enumerate(subset.get(name) or ()):
                    yield from ip_addresses.warnings(fields.child(fields.item(at, number), "ip"), address["ip"])


class EndpointSliceRules(Rules):
    def prepare_create(self, new: Object, context: Context) -> None:
        new["metadata"]["generation"] = 1
        _drop_topology(new, None)

    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        return _slice(new, None)

    def prepare_update(self, new: Object, old: Object, context: Context) -> None:
        labels = (one["metadata"].get("labels") or {} for one in (new, old))
        if self.changes_generation(new, old) or next(labels) != next(labels):
            new["metadata"]["generation"] = old["metadata"].get("generation", 0) + 1
        _drop_topology(new, old)

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        yield from _slice(new, old)
        yield from checks.immutable(new.get("addressType"), old.get("addressType"), "addressType")

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        if old is None and new.get("addressType") == "FQDN":
            yield "spec.addressType: FQDN endpoints are deprecated"
        if (new["metadata"].get("labels") or {}).get(_SLICE_MANAGED_BY) in _CONTROLLERS:
            return
        for index, endpoint in enumerate(new.get("endpoints") or ()):
            at = fields.child(fields.item("endpoints", index), "addresses")
            for number, address in enumerate(endpoint.get("addresses") or ()):
                yield from ip_addresses.warnings(fields.item(at, number), address)


def _subset(path: str, subset: Object) -> Iterator[FieldError]:
    if not subset.get("addresses") and not subset.get("notReadyAddresses"):
        yield fields.required(path, "must specify `addresses` or `notReadyAddresses`")
    for name in ("addresses", "notReadyAddresses"):
        for index, address in enumerate(subset.get(name) or ()):
            yield from _address(fields.item(fields.child(path, name), index), address)
    ports = subset.get("ports") or []
    for index, port in enumerate(ports):
        yield from _port(fields.item(fields.child(path, "ports"), index), port, named=len(ports) > 1)


def _address(path: str, address: Object) -> Iterator[FieldError]:
    ip, at = address.get("ip") or "", fields.child(path, "ip")
    yield from checks.matching(ip_addresses.address, ip, at)
    if host := address.get("hostname"):
        yield from checks.matching(names.dns_label, host, fields.child(path, "hostname"))
    if (node := address.get("nodeName")) is not None:
        yield from checks.matching(names.dns_subdomain, node, fields.child(path, "nodeName"))
    yield from checks.matching(ip_addresses.endpoint, ip, at)


def _port(path: str, port: Object, *, named: bool) -> Iterator[FieldError]:
    name, number = port.get("name") or "", port.get("port") or 0
    if name:
        yield from checks.matching(names.dns_label, name, fields.child(path, "name"))
    elif named:
        yield fields.required(fields.child(path, "name"))
    yield from checks.matching(names.port_number, number, fields.child(path, "port"))
    yield from checks.one_of(port.get("protocol"), _PROTOCOLS, fields.child(path, "protocol"), needed=True)
    yield from _app_protocol(path, port)


def _app_protocol(path: str, port: Object) -> Iterator[FieldError]:
    if (protocol := port.get("appProtocol")) is not None:
        yield from checks.matching(names.qualified_name, protocol, fields.child(path, "appProtocol"))


def _slice(new: Object, old: Object | None) -> Iterator[FieldError]:
    yield from checks.one_of(new.get("addressType"), _ADDRESS_TYPES, "addressType", needed=True)
    yield from _slice_ports(new.get("ports") or [])
    if old is None or (new.get("endpoints") or []) != (old.get("endpoints") or []):
        yield from _endpoints(new.get("endpoints") or [], new.get("addressType") or "")


def _slice_ports(ports: Sequence[Object]) -> Iterator[FieldError]:
    if len(ports) > _PORTS_LIMIT:
        yield fields.too_many("ports", len(ports), _PORTS_LIMIT)
        return
    seen: set[str] = set()
    for index, port in enumerate(ports):
        path, name = fields.item("ports", index), port.get("name") or ""
        if name:
            yield from checks.matching(names.dns_label, name, fields.child(path, "name"))
        if name in seen:
            yield fields.duplicate(fields.child(path, "name"), name)
        seen.add(name)
        protocol, at = port.get("protocol"), fields.child(path, "protocol")
        if protocol is None:
            yield fields.required(at)
        elif protocol not in _PROTOCOLS:
            yield fields.not_supported(at, protocol, _PROTOCOLS)
        yield from _app_protocol(path, port)


def _endpoints(endpoints: Sequence[Object], address_type: str) -> Iterator[FieldError]:
    if len(endpoints) > _ENDPOINTS_LIMIT:
        yield fields.too_many("endpoints", len(endpoints), _ENDPOINTS_LIMIT)
        return
    for index, endpoint in enumerate(endpoints):
        yield from _endpoint(fields.item("endpoints", index), endpoint, address_type)


def _endpoint(path: str, endpoint: Object, address_type: str) -> Iterator[FieldError]:
    addresses, at = endpoint.get("addresses") or [], fields.child(path, "addresses")
    if not addresses:
        yield fields.required(at, "must contain at least 1 address")
    elif len(addresses) > _ADDRESSES_LIMIT:
        yield fields.too_many(at, len(addresses), _ADDRESSES_LIMIT)
    for index, address in enumerate(addresses):
        if check := _ADDRESS_CHECKS.get(address_type):
            yield from check(at, fields.item(at, index), address)
    if (node := endpoint.get("nodeName")) is not None:
        yield from checks.matching(names.dns_subdomain, node, fields.child(path, "nodeName"))
    topology, at = endpoint.get("deprecatedTopology") or {}, fields.child(path, "deprecatedTopology")
    if len(topology) > _TOPOLOGY_LIMIT:
        yield fields.too_many(at, len(topology), _TOPOLOGY_LIMIT)
    yield from metadata.validate_labels(topology, at)
    if (host := endpoint.get("hostname")) is not None:
        yield from checks.matching(names.dns_label, host, fields.child(path, "hostname"))
    if (hints := endpoint.get("hints")) is not None:
        yield from _hints(fields.child(path, "hints"), hints)


def _ipv4(all_path: str, path: str, address: str) -> Iterator[FieldError]:
    return _ip(all_path, path, address, ip_addresses.address(address), 4)


def _ipv6(all_path: str, path: str, address: str) -> Iterator[FieldError]:
    return _ip(all_path, path, address, ip_addresses.canonical(address), 6)


def _ip(all_path: str, path: str, address: str, wrong: list[str], version: int) -> Iterator[FieldError]:
    if wrong:
        yield from (fields.invalid(path, address, words) for words in wrong)
        return
    parsed = ip_addresses.parse(address)
    if parsed is not None and parsed.version != version:
        yield fields.invalid(all_path, address, f"must be an IPv{version} address")
    yield from checks.matching(ip_addresses.endpoint, address, path)


def _domain(all_path: str, path: str, name: str) -> Iterator[FieldError]:
    if not name:
        yield fields.required(path)
        return
    name = name.removesuffix(".")
    if wrong := names.dns_subdomain(name):
        yield fields.invalid(path, name, ",".join(wrong))
    elif "." not in name:
        yield fields.invalid(path, name, "should be a domain with at least two segments separated by dots")
    else:
        for label in name.split("."):
            if wrong := names.dns_label(label):
                yield fields.invalid(path, label, ",".join(wrong))
                return


_ADDRESS_CHECKS: Mapping[str, Callable[[str, str, str], Iterator[FieldError]]] = {
    "FQDN": _domain,
    "IPv4": _ipv4,
    "IPv6": _ipv6,
}


def _hints(path: str, hints: Object) -> Iterator[FieldError]:
    for name, check in (("forZones", names.label_value), ("forNodes", names.dns_subdomain)):
        at, asked = fields.child(path, name), hints.get(name) or []
        if len(asked) > _HINTS_LIMIT:
            yield fields.too_many(at, len(asked), _HINTS_LIMIT)
            return
        seen: set[str] = set()
        for index, hint in enumerate(asked):
            where, value = fields.child(fields.item(at, index), "name"), hint.get("name") or ""
            if value in seen:
                yield fields.duplicate(where, value)
            seen.add(value)
            yield from checks.matching(check, value, where)


def _drop_topology(new: Object, old: Object | None) -> None:
    """Drop what v1 has no field for; the name of the node in it is kept where its field is."""
    endpoints = new.get("endpoints") or []
    if old is not None and endpoints == (old.get("endpoints") or []):
        return
    known = {(one.get("deprecatedTopology") or {}).get(_HOSTNAME) for one in (old or {}).get("endpoints") or ()}
    for endpoint in endpoints:
        node = (endpoint.pop("deprecatedTopology", None) or {}).get(_HOSTNAME)
        if endpoint.get("nodeName") is None and node and node in known:
            endpoint["nodeName"] = node


BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {
    ("", "Endpoints"): EndpointsRules,
    ("discovery.k8s.io", "EndpointSlice"): EndpointSliceRules,
}
