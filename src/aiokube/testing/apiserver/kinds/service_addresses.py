"""Service addresses: the cluster IPs and node ports that the server gives to Services.

What is taken is read off the Services that are stored, so there is nothing to release when one goes or a request
fails. The cluster is single-stack, with the ranges that ControlPlane has.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/registry/core/service/storage/alloc.go
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.errors import GroupKind, GroupResource, internal_error, invalid
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import ip_addresses
from aiokube.testing.apiserver.kinds.rules import Context, Object

__all__ = [
    "ADDRESSES",
    "NODE_PORTS",
    "allocate_create",
    "allocate_update",
    "cluster_ips_errors",
    "family_of",
    "ip_address_objects",
    "is_headless",
    "needs_health_check",
]

ADDRESSES: Final = ipaddress.IPv4Network("10.0.0.0/24")
NODE_PORTS: Final = range(30000, 32768)

# Automatic choices leave the low end of a range to those who ask for a certain one, until the rest is used up.
_FIRST_ADDRESS: Final = 17
_FIRST_NODE_PORT: Final = 86

_FAMILIES = ("IPv4", "IPv6")
_POLICIES = ("PreferDualStack", "RequireDualStack", "SingleStack")
_SERVICE = GroupKind("", "Service")
_SERVICES = GroupResource("", "services")
_IP_ADDRESSES = GroupResource("networking.k8s.io", "ipaddresses")


def allocate_create(service: Object, context: Context) -> None:
    """Give a new Service its IP families, cluster IPs and node ports; raises a StatusError when it cannot."""
    _set_families(service, None)
    _allocate_addresses(service, context)
    spec = service["spec"]
    pool = _Ports(_used_ports(context), context)
    if spec.get("type") in {"NodePort", "LoadBalancer"}:
        _allocate_ports(service, pool)
    if needs_health_check(service):
        _allocate_health_check(spec, pool)


def allocate_update(new: Object, old: Object, context: Context) -> None:
    """Give a changed Service what its new type needs and the old one had not."""
    _set_families(new, old)
    if _type(old) == "ExternalName" and _type(new) != "ExternalName":
        _allocate_addresses(new, context)
    pool = _Ports(_used_ports(context), context)
    if _type(new) in {"NodePort", "LoadBalancer"}:
        _update_ports(new, old, pool)
    if needs_health_check(new) and not needs_health_check(old):
        _allocate_health_check(new["spec"], pool)


def is_headless(service: Object) -> bool:
    return list(service["spec"].get("clusterIPs") or ()) == ["None"]


def needs_health_check(service: Object) -> bool:
    """Whether load balancers ask the nodes if they have the Service's pods."""
    return _type(service) == "LoadBalancer" and service["spec"].get("externalTrafficPolicy") == "Local"


def family_of(address: str) -> str:
    parsed = ip_addresses.parse(address)
    return "unknown" if parsed is None else f"IPv{parsed.version}"


def ip_address_objects(service: Object) -> Iterator[Object]:
    """Return the IPAddress objects that say which Service has the addresses."""
    metadata = service["metadata"]
    for address in service["spec"].get("clusterIPs") or ():
        if address != "None":
            labels = {
                "ipaddress.kubernetes.io/ip-family": family_of(address),
                "ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io",
            }
            parent = {"resource": "services", "namespace": metadata["namespace"], "name": metadata["name"]}
            yield {
                "kind": "IPAddress",
                "apiVersion": "networking.k8s.io/v1",
                "metadata": {"name": address, "labels": labels},
                "spec": {"parentRef": parent},
            }


def cluster_ips_errors(service: Object, old: Object | None) -> list[FieldError]:
    """Return what is wrong with clusterIPs, ipFamilies and ipFamilyPolicy taken by themselves."""
    if _type(service) == "ExternalName":
        return []
    spec = service["spec"]
    addresses = spec.get("clusterIPs") or []
    found = list(_synced(spec, addresses))
    found += _families_errors(spec)
    wrong = list(_addresses_errors(addresses, (old or {}).get("spec", {}).get("clusterIPs") or ()))
    found += wrong
    if len(addresses) > 2:
        found.append(fields.invalid("spec.clusterIPs", addresses, "may only hold up to 2 values"))
    return found if wrong else found + list(_stack_errors(service, addresses))


def _synced(spec: Object, addresses: list[str]) -> Iterator[FieldError]:
    first = spec.get("clusterIP") or ""
    if first and not addresses:
        yield fields.required("spec.clusterIPs")
    elif first and addresses[0] != first:
        yield fields.invalid("spec.clusterIPs", addresses, "first value must match `clusterIP`")
    elif addresses and not first:
        yield fields.invalid("spec.clusterIPs", addresses, "must be empty when `clusterIP` is not specified")


def _families_errors(spec: Object) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, family in enumerate(spec.get("ipFamilies") or ()):
        at = fields.item("spec.ipFamilies", index)
        if family not in _FAMILIES:
            yield fields.not_supported(at, family, _FAMILIES)
        if family in seen:
            yield fields.duplicate(at, family)
        seen.add(family)
    policy = spec.get("ipFamilyPolicy")
    if policy is not None and policy not in _POLICIES:
        yield fields.not_supported("spec.ipFamilyPolicy", policy, _POLICIES)


def _addresses_errors(addresses: list[str], before: Iterable[str]) -> Iterator[FieldError]:
    for index, address in enumerate(addresses):
        if index == 0 and address == "None":
            if len(addresses) > 1:
                yield fields.invalid("spec.clusterIPs", addresses, "'None' must be the first and only value")
        elif address not in before:
            at = fields.item("spec.clusterIPs", index)
            yield from (fields.invalid(at, address, words) for words in ip_addresses.address(address))


def _stack_errors(service: Object, addresses: list[str]) -> Iterator[FieldError]:
    if len(addresses) > 1 and not (len(addresses) == 2 and len({family_of(one) for one in addresses}) == 2):
        yield fields.invalid("spec.clusterIPs", addresses, "may specify no more than one IP for each IP family")
    if is_headless(service):
        return
    families = service["spec"].get("ipFamilies") or ()
    for index, (address, family) in enumerate(zip(addresses, families, strict=False)):
        if family in _FAMILIES and family_of(address) != family:
            words = f"expected an {family} value as indicated by `ipFamilies[{index}]`"
            yield fields.invalid(fields.item("spec.clusterIPs", index), address, words)


def _set_families(new: Object, old: Object | None) -> None:
    """Complete ipFamilyPolicy and ipFamilies, and refuse what a single-stack cluster does not have."""
    if _type(new) == "ExternalName" or _keeps_preference(new, old):
        return
    spec = new["spec"]
    if spec.get("ipFamilyPolicy") is None:
        spec["ipFamilyPolicy"] = _policy(spec, old)
    _refuse(new, cluster_ips_errors(new, old))
    _refuse(new, [*_changed_stack(spec, old), *_single_stack(spec), *_infer_families(spec)])
    if spec.get("clusterIP") == "None" and not spec.get("selector"):
        families = spec.setdefault("ipFamilies", ["IPv4"])
        if len(families) < 2 and spec["ipFamilyPolicy"] != "SingleStack":
            families.append("IPv6" if families[0] == "IPv4" else "IPv4")
        return
    _refuse(new, _not_configured(spec))
    spec["ipFamilies"] = spec.get("ipFamilies") or ["IPv4"]


def _keeps_preference(new: Object, old: Object | None) -> bool:
    if old is None or _type(old) != _type(new):
        return False
    before, after = old["spec"], new["spec"]
    return (
        after.get("ipFamilyPolicy") == "PreferDualStack"
        and before.get("ipFamilyPolicy") in {None, "PreferDualStack"}
        and all((before.get(name) or []) == (after.get(name) or []) for name in ("clusterIPs", "ipFamilies"))
    )


def _policy(spec: Object, old: Object | None) -> str:
    if old is not None and old["spec"].get("ipFamilyPolicy"):
        return str(old["spec"]["ipFamilyPolicy"])
    return "RequireDualStack" if spec.get("clusterIP") == "None" and not spec.get("selector") else "SingleStack"


def _changed_stack(spec: Object, old: Object | None) -> Iterator[FieldError]:
    if old is None:
        return
    for name, what in (("clusterIPs", "cluster IP"), ("ipFamilies", "IP family")):
        after, before = spec.get(name) or [], old["spec"].get(name) or []
        if spec["ipFamilyPolicy"] == "SingleStack":
            if after == before and len(after) > 1:
                spec[name] = after[:1]
        elif after and len(after) < len(before):
            words = f"must be 'SingleStack' to release the secondary {what}"
            yield fields.invalid("spec.ipFamilyPolicy", spec["ipFamilyPolicy"], words)


def _single_stack(spec: Object) -> Iterator[FieldError]:
    for name, what in (("clusterIPs", "cluster IPs"), ("ipFamilies", "IP families")):
        if spec["ipFamilyPolicy"] == "SingleStack" and len(spec.get(name) or ()) == 2:
            words = f"must be 'RequireDualStack' or 'PreferDualStack' when multiple {what} are specified"
            yield fields.invalid("spec.ipFamilyPolicy", "SingleStack", words)


def _infer_families(spec: Object) -> Iterator[FieldError]:
    addresses = spec.get("clusterIPs") or []
    for index, address in enumerate(addresses):
        if address == "None":
            return
        if index < len(spec.get("ipFamilies") or ()):
            continue
        family = family_of(address)
        if family == "IPv4":
            spec.setdefault("ipFamilies", []).append(family)
        else:
            at = fields.item("spec.clusterIPs", index)
            yield fields.invalid(at, addresses, f"{family} is not configured on this cluster")


def _not_configured(spec: Object) -> Iterator[FieldError]:
    if spec["ipFamilyPolicy"] == "RequireDualStack":
        words = "this cluster is not configured for dual-stack services"
        yield fields.invalid("spec.ipFamilyPolicy", "RequireDualStack", words)
    for index, family in enumerate(spec.get("ipFamilies") or ()):
        if family != "IPv4":
            yield fields.invalid(fields.item("spec.ipFamilies", index), family, "not configured on this cluster")


def _allocate_addresses(service: Object, context: Context) -> None:
    spec = service["spec"]
    if _type(service) == "ExternalName" or is_headless(service):
        return
    addresses = spec.get("clusterIPs") or []
    used = set() if context.dry_run else _used_addresses(context)
    address = addresses[0] if addresses and addresses[0] else ""
    if address:
        _refuse(service, _asked_address(address, addresses, used, dry_run=context.dry_run))
    else:
        address = _free_address(service["metadata"].get("name", ""), used)
    spec["clusterIPs"] = [address, *addresses[1:]]
    spec["clusterIP"] = address


def _asked_address(address: str, addresses: list[str], used: set[str], *, dry_run: bool) -> Iterator[FieldError]:
    parsed = ip_addresses.parse(address)
    if parsed not in ADDRESSES or parsed in (ADDRESSES.network_address, ADDRESSES.broadcast_address):
        why = "the provided network does not match the current range"
        if dry_run:  # another part of kube-apiserver has the word then
            why = f"the provided IP ({parsed}) is not in the valid range. The range of valid IPs is {ADDRESSES}"
    elif str(parsed) in used:
        why = "provided IP is already allocated"
    else:
        return
    yield fields.invalid("spec.clusterIPs", addresses, f"failed to allocate IP {address}: {why}")


def _free_address(name: str, used: set[str]) -> str:
    hosts = range(1, ADDRESSES.num_addresses - 1)
    for number in (*hosts[_FIRST_ADDRESS - 1 :], *hosts[: _FIRST_ADDRESS - 1]):
        address = str(ADDRESSES[number])
        if address not in used:
            return address
    raise internal_error(f'failed to allocate a serviceIP for Service "{name}": range is full')


def _used_addresses(context: Context) -> set[str]:
    used = {ip_address["metadata"]["name"] for ip_address in context.list(_IP_ADDRESSES)}
    for service in context.list(_SERVICES):
        used |= {str(ip_addresses.parse(one)) for one in service["spec"].get("clusterIPs") or ()}
    return used


def _used_ports(context: Context) -> set[int]:
    used: set[int] = set()
    for service in context.list(_SERVICES):
        used |= set(_node_ports(service)) | {service["spec"].get("healthCheckNodePort") or 0}
    return used


class _Ports:
    """The node ports that are free, for one request. A dry run takes any that is asked for."""

    def __init__(self, used: set[int], context: Context) -> None:
        self._used = used
        self._unchecked = context.dry_run

    def take(self, port: int) -> str:
        """Take a port; return why that cannot be, or ""."""
        if not self._unchecked and port not in NODE_PORTS:
            shown = f"{NODE_PORTS.start}-{NODE_PORTS.stop - 1}"
            return f"provided port is not in the valid range. The range of valid ports is {shown}"
        if not self._unchecked and port in self._used:
            return "provided port is already allocated"
        self._used.add(port)
        return ""

    def take_any(self) -> int:
        for port in chain(NODE_PORTS[_FIRST_NODE_PORT:], NODE_PORTS[:_FIRST_NODE_PORT]):
            if port not in self._used:
                self._used.add(port)
                return port
        raise internal_error("failed to allocate a nodePort: range is full")


def _allocate_ports(service: Object, pool: _Ports) -> None:
    """Give each port a node port; the same number under two protocols gets the same one."""
    ports = service["spec"].get("ports") or []
    given: dict[int, int] = {}
    for index, port in enumerate(ports):
        number, asked = port.get("port") or 0, port.get("nodePort") or 0
        if not asked and not _wants_ports(service):
            continue
        if number not in given:
            asked = next((one["nodePort"] for one in ports if one.get("port") == number and one.get("nodePort")), 0)
            if asked:
                _take(service, index, asked, pool)
            given[number] = port["nodePort"] = asked or pool.take_any()
        elif not asked:
            port["nodePort"] = given[number]
        elif asked != given[number]:
            _take(service, index, asked, pool)


def _update_ports(new: Object, old: Object, pool: _Ports) -> None:
    kept = set(_node_ports(old))
    seen: set[tuple[str, int]] = set()
    for index, port in enumerate(new["spec"].get("ports") or ()):
        asked = port.get("nodePort") or 0
        if not asked and not _wants_ports(new):
            continue
        if not asked:
            asked = port["nodePort"] = pool.take_any()
        elif asked not in kept:
            _take(new, index, asked, pool)
            kept.add(asked)
        pair = (port.get("protocol") or "", asked)
        if pair in seen:
            raise internal_error(f"duplicate nodePort: {{{pair[0]} {asked}}}")
        seen.add(pair)


def _take(service: Object, index: int, port: int, pool: _Ports) -> None:
    if why := pool.take(port):
        _refuse(service, [fields.invalid(fields.child(fields.item("spec.ports", index), "nodePort"), port, why)])


def _allocate_health_check(spec: Object, pool: _Ports) -> None:
    asked = spec.get("healthCheckNodePort") or 0
    if not asked:
        spec["healthCheckNodePort"] = pool.take_any()
    elif why := pool.take(asked):
        raise internal_error(f"failed to allocate requested HealthCheck NodePort {asked}: {why}")


def _node_ports(service: Object) -> list[int]:
    return [port["nodePort"] for port in service["spec"].get("ports") or () if port.get("nodePort")]


def _wants_ports(service: Object) -> bool:
    kind = _type(service)
    return kind == "NodePort" or (kind == "LoadBalancer" and bool(service["spec"].get("allocateLoadBalancerNodePorts")))


def _type(service: Object) -> str:
    return str(service["spec"].get("type") or "")


def _refuse(service: Object, errors: Iterable[FieldError]) -> None:
    if errors := list(errors):
        raise invalid(_SERVICE, service["metadata"].get("name", ""), errors)
