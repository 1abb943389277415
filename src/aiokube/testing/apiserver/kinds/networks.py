"""Networks: who may talk to whom, and which addresses Services are given.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/networking/validation/validation.go
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import checks, internal, ip_addresses, label_selectors, names
from aiokube.testing.apiserver.kinds.fixed_metadata import FixedMetadataRules
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = ["BEHAVIOUR", "IPAddressRules", "NetworkPolicyRules", "ServiceCIDRRules"]

_PROTOCOLS = ("TCP", "UDP", "SCTP")
_POLICY_TYPES = ("Ingress", "Egress")
_PEERS = {"ingress": "from", "egress": "to"}


class NetworkPolicyRules(Rules):
    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        return _policy(new.get("spec") or {}, frozenset(), check_values=True)

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        before = old.get("spec") or {}
        known = frozenset(text for _, block in _blocks(before) for text in _cidrs(block))
        return _policy(new.get("spec") or {}, known, check_values=label_selectors.readable(before.get("podSelector")))

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        for path, block in _blocks(new.get("spec") or {}):
            yield from ip_addresses.network_warnings(fields.child(path, "cidr"), block.get("cidr") or "")
            for index, text in enumerate(block.get("except") or ()):
                yield from ip_addresses.network_warnings(fields.item(fields.child(path, "except"), index), text)


class IPAddressRules(Rules):
    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        parent, path = (new.get("spec") or {}).get("parentRef"), "spec.parentRef"
        if parent is None:
            yield fields.required(path)
            return
        if group := parent.get("group"):
            yield from checks.matching(names.dns_subdomain, group, fields.child(path, "group"))
        for name in ("resource", "name"):
            yield from checks.present(parent.get(name), fields.child(path, name), names.path_segment)
        if namespace := parent.get("namespace"):
            yield from checks.matching(names.path_segment, namespace, fields.child(path, "namespace"))

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        yield from self.validate_create(new, context)
        after, before = (internal.shown("IPAddressSpec", one.get("spec") or {})["ParentRef"] for one in (new, old))
        yield from checks.immutable(after, before, "spec.parentRef")


class ServiceCIDRRules(FixedMetadataRules):
    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        return _service_cidrs((new.get("spec") or {}).get("cidrs") or [])

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        after, before = ((one.get("spec") or {}).get("cidrs") or [] for one in (new, old))
        if len(after) != len(before) and (len(before), len(after)) != (1, 2):
            yield fields.invalid("spec.cidrs", after or None, "field is immutable")
            return
        for index, (one, other) in enumerate(zip(after, before, strict=False)):
            if one != other:
                yield fields.invalid(fields.item("spec.cidrs", index), one, "field is immutable")
        if len(after) > len(before):
            yield from _service_cidrs(after)


def _policy(spec: Object, known: frozenset[str], *, check_values: bool) -> Iterator[FieldError]:
    yield from label_selectors.validate(spec.get("podSelector"), "spec.podSelector", check_values=check_values)
    for direction, peers in _PEERS.items():
        for index, rule in enumerate(spec.get(direction) or ()):
            path = fields.item(fields.child("spec", direction), index)
            for number, port in enumerate(rule.get("ports") or ()):
                yield from _port(port, fields.item(fields.child(path, "ports"), number))
            for number, peer in enumerate(rule.get(peers) or ()):
                yield from _peer(peer, fields.item(fields.child(path, peers), number), known, check_values)
    types = spec.get("policyTypes") or []
    if len(types) > len(_POLICY_TYPES):
        yield fields.invalid("spec.policyTypes", types, "may not specify more than two policyTypes")
        return
    for index, kind in enumerate(types):
        if kind not in _POLICY_TYPES:
            yield fields.not_supported(fields.item("spec.policyTypes", index), kind, _POLICY_TYPES)


def _port(entry: Object, path: str) -> Iterator[FieldError]:
    protocol, port, end = (entry.get(name) for name in ("protocol", "port", "endPort"))
    at, end_at = fields.child(path, "port"), fields.child(path, "endPort")
    if protocol is not None and protocol not in _PROTOCOLS:
        yield fields.not_supported(fields.child(path, "protocol"), protocol, _PROTOCOLS)
    if isinstance(port, int):
        yield from checks.matching(names.port_number, port, at)
        if end is not None:
            if end < port:
                yield fields.invalid(end_at, port, "must be greater than or equal to `port`")
            yield from checks.matching(names.port_number, end, end_at)
        return
    if end is not None:
        why = "not specified" if port is None else "non-numeric"
        yield fields.invalid(end_at, end, f"may not be specified when `port` is {why}")
    if port is not None:
        yield from checks.matching(names.port_name, port, at)


def _peer(peer: Object, path: str, known: frozenset[str], check_values: bool) -> Iterator[FieldError]:
    block = peer.get("ipBlock")
    selectors = [name for name in ("podSelector", "namespaceSelector") if peer.get(name) is not None]
    for name in selectors:
        yield from label_selectors.validate(peer[name], fields.child(path, name), check_values=check_values)
    if block is not None:
        yield from _block(block, fields.child(path, "ipBlock"), known)
    if block is None and not selectors:
        yield fields.required(path, "must specify a peer")
    elif block is not None and selectors:
        yield fields.forbidden(path, "may not specify both ipBlock and another peer")


def _block(block: Object, path: str, known: frozenset[str]) -> Iterator[FieldError]:
    text = block.get("cidr") or ""
    if not text:
        yield fields.required(fields.child(path, "cidr"))
        return
    yield from _network(text, fields.child(path, "cidr"), known)
    whole = ip_addresses.parse_network(text)
    if whole is None:
        return
    for index, excepted in enumerate(block.get("except") or ()):
        at = fields.item(fields.child(path, "except"), index)
        yield from _network(excepted, at, known)
        part = ip_addresses.parse_network(excepted)
        if part is not None and not (part.network_address in whole and part.prefixlen > whole.prefixlen):
            yield fields.invalid(at, excepted, "must be a strict subset of `cidr`")


def _network(text: str, path: str, known: frozenset[str]) -> Iterator[FieldError]:
    if text not in known:
        yield from checks.matching(ip_addresses.network, text, path)


def _blocks(spec: Object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for direction, peers in _PEERS.items():
        for index, rule in enumerate(spec.get(direction) or ()):
            at = fields.child(fields.item(fields.child("spec", direction), index), peers)
            for number, peer in enumerate(rule.get(peers) or ()):
                if peer.get("ipBlock") is not None:
                    yield fields.child(fields.item(at, number), "ipBlock"), peer["ipBlock"]


def _cidrs(block: Mapping[str, Any]) -> list[str]:
    return [block.get("cidr") or "", *(block.get("except") or ())]


def _service_cidrs(cidrs: Sequence[str]) -> Iterator[FieldError]:
    path = "spec.cidrs"
    if not cidrs:
        yield fields.required(path, "at least one CIDR required")
    elif len(cidrs) > 2:
        shown = internal.shown("ServiceCIDRSpec", {"cidrs": list(cidrs)})
        yield fields.invalid(path, shown, "may only hold up to 2 values")
    else:
        for index, text in enumerate(cidrs):
            yield from checks.matching(ip_addresses.canonical_network, text, fields.item(path, index))
        versions = {getattr(ip_addresses.parse_network(text), "version", None) for text in cidrs}
        if len(cidrs) == 2 and len(versions) == 1 and None not in versions:
            words = "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64"
            yield fields.invalid(path, list(cidrs), words)


BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {
    ("networking.k8s.io", "IPAddress"): IPAddressRules,
    ("networking.k8s.io", "NetworkPolicy"): NetworkPolicyRules,
    ("networking.k8s.io", "ServiceCIDR"): ServiceCIDRRules,
}
