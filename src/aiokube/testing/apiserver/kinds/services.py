"""Services: what their types need, may not have and may not change.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
    and https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/registry/core/service/strategy.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import checks, ip_addresses, metadata, names
from aiokube.testing.apiserver.kinds import service_addresses as addresses
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = ["BEHAVIOUR", "ServiceRules"]

_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_PROTOCOLS = ("SCTP", "TCP", "UDP")
_AFFINITIES = ("ClientIP", "None")
_POLICIES = ("Cluster", "Local")
_DISTRIBUTIONS = ("PreferClose", "PreferSameZone", "PreferSameNode")
_ADDRESS_MODES = ("Proxy", "VIP")
_ONE_DAY = 86400

_TOPOLOGY_HINTS = "service.kubernetes.io/topology-aware-hints"
_TOPOLOGY_MODE = "service.kubernetes.io/topology-mode"
_SOURCE_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"

_FOR_LOAD_BALANCERS = "may only be used when `type` is 'LoadBalancer'"
_ONCE = "may not change once set"


class ServiceRules(Rules):
    field_labels: ClassVar[Mapping[str, Callable[[Object], str]]] = {
        "spec.clusterIP": lambda service: service["spec"].get("clusterIP", ""),
        "spec.type": lambda service: service["spec"].get("type", ""),
    }

    def prepare_create(self, new: Object, context: Context) -> None:
        spec = new.setdefault("spec", {})
        if spec.get("clusterIP") and not spec.get("clusterIPs"):
            spec["clusterIPs"] = [spec["clusterIP"]]
        addresses.allocate_create(new, context)
        _drop_traffic_policy(new)

    def prepare_status_create(self, new: Object, context: Context) -> None:
        # What hands out addresses does not look at this path.
        _drop_traffic_policy(new)

    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        return _service(new, None)

    def prepare_update(self, new: Object, old: Object, context: Context) -> None:
        new.setdefault("spec", {})
        _keep_allocated(new["spec"], old["spec"])
        _sync_addresses(new["spec"], old["spec"])
        addresses.allocate_update(new, old, context)
        _drop_by_type(new, old)
        _drop_traffic_policy(new)

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        yield from _addresses_change(new, old)
        yield from _families_change(new, old)
        yield from _class_change(new["spec"], old["spec"])
        yield from _class(new["spec"])
        if addresses.needs_health_check(old) and addresses.needs_health_check(new):
            ports = (one["spec"].get("healthCheckNodePort") for one in (new, old))
            if next(ports) != next(ports):
                yield fields.forbidden("spec.healthCheckNodePort", "field is immutable")
        yield from _service(new, old)

    def validate_status(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        return _load_balancer(new, old)

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        return _warnings(new)


def _keep_allocated(new: Object, old: Object) -> None:
    """Put back what was allocated and the client left out, so that the manifest of a create can be sent again."""
    if "ExternalName" not in (new.get("type"), old.get("type")):
        new["clusterIP"] = new.get("clusterIP") or old.get("clusterIP", "")
        new["clusterIPs"] = new.get("clusterIPs") or list(old.get("clusterIPs") or ())
    if _takes_node_ports(new) and _takes_node_ports(old):
        _keep_node_ports(new.get("ports") or [], old.get("ports") or [])
    if _takes_health_check(new) and _takes_health_check(old) and not new.get("healthCheckNodePort"):
        new["healthCheckNodePort"] = old.get("healthCheckNodePort", 0)


def _keep_node_ports(new: list[Object], old: list[Object]) -> None:
    used = {port.get("nodePort") or 0 for port in old} & {port.get("nodePort") or 0 for port in new} - {0}
    by_name = {port.get("name") or "": port.get("nodePort") or 0 for port in old}
    for port in new:
        before = by_name.get(port.get("name") or "", 0)
        if not port.get("nodePort") and before and before not in used:
            port["nodePort"] = before


def _sync_addresses(new: Object, old: Object) -> None:
    """Let clusterIPs follow a clusterIP that a client changed or cleared alone."""
    if new.get("clusterIP", "") != old.get("clusterIP", "") and _same(new, old, "clusterIPs"):
        new["clusterIPs"] = [new["clusterIP"]] if new.get("clusterIP") else []


def _drop_by_type(new: Object, old: Object) -> None:
    """Drop what the new type has no use for, unless it was changed in the same request: then it is refused."""
    after, before = new["spec"], old["spec"]
    if after.get("type") == "ExternalName" and before.get("type") != "ExternalName":
        if _same(after, before, "clusterIP", "clusterIPs"):
            _drop(after, "clusterIP", "clusterIPs")
        for name in ("ipFamilies", "ipFamilyPolicy"):
            if _same(after, before, name):
                _drop(after, name)
    typed = {"NodePort", "LoadBalancer"}
    if before.get("type") in typed and after.get("type") not in typed and _node_ports(after) <= _node_ports(before):
        for port in after.get("ports") or ():
            _drop(port, "nodePort")
    if _takes_health_check(before) and not _takes_health_check(after) and _same(after, before, "healthCheckNodePort"):
        _drop(after, "healthCheckNodePort")
    if before.get("type") == "LoadBalancer" and after.get("type") != "LoadBalancer":
        for name in ("allocateLoadBalancerNodePorts", "loadBalancerClass"):
            if _same(after, before, name):
                _drop(after, name)
    if _is_external(before) and not _is_external(after) and _same(after, before, "externalTrafficPolicy"):
        _drop(after, "externalTrafficPolicy")
    if after.get("type") != "LoadBalancer":
        new["status"] = (new.get("status") or {}) | {"loadBalancer": {}}


def _drop_traffic_policy(service: Object) -> None:
    # Kept once by mistake for this type; kube-apiserver does not show it since.
    if service["spec"].get("type") == "ExternalName":
        _drop(service["spec"], "internalTrafficPolicy")


def _drop(spec: Object, *keys: str) -> None:
    for key in keys:
        spec.pop(key, None)


def _service(service: Object, old: Object | None) -> Iterator[FieldError]:
    spec, ports = service["spec"], service["spec"].get("ports") or []
    yield from _topology(service["metadata"].get("annotations") or {})
    yield from _type_needs(service)
    yield from _each_port(ports)
    yield from metadata.validate_labels(spec.get("selector"), "spec.selector")
    yield from _affinity(spec)
    yield from addresses.cluster_ips_errors(service, old)
    yield from _external_ips(spec, old)
    yield from checks.one_of(spec.get("type"), _TYPES, "spec.type", needed=True)
    yield from _ports_together(spec, ports)
    yield from _source_ranges(service, old)
    if spec.get("allocateLoadBalancerNodePorts") is not None and spec.get("type") != "LoadBalancer":
        yield fields.forbidden("spec.allocateLoadBalancerNodePorts", _FOR_LOAD_BALANCERS)
    if spec.get("allocateLoadBalancerNodePorts") is None and spec.get("type") == "LoadBalancer":
        yield fields.required("allocateLoadBalancerNodePorts")
    yield from _class(spec)
    yield from _external_traffic(service)
    yield from _internal_traffic(spec)
    if (distribution := spec.get("trafficDistribution")) is not None and distribution not in _DISTRIBUTIONS:
        yield fields.not_supported("spec.trafficDistribution", distribution, _DISTRIBUTIONS)


def _topology(annotations: Mapping[str, str]) -> Iterator[FieldError]:
    hints, mode = annotations.get(_TOPOLOGY_HINTS), annotations.get(_TOPOLOGY_MODE)
    if hints is not None and mode is not None and hints != mode:
        words = f"must match annotations[{_TOPOLOGY_HINTS}] when both are specified"
        yield fields.invalid(fields.key("metadata.annotations", _TOPOLOGY_MODE), mode, words)


def _type_needs(service: Object) -> Iterator[FieldError]:
    spec, kind = service["spec"], service["spec"].get("type")
    headless = addresses.is_headless(service)
    if not spec.get("ports") and not headless and kind != "ExternalName":
        yield fields.required("spec.ports")
    if kind in {"LoadBalancer", "NodePort"} and headless:
        yield fields.invalid("spec.clusterIPs[0]", "None", f"may not be set to 'None' for {kind} services")
    if kind == "ExternalName":
        for name in ("clusterIPs", "ipFamilies", "ipFamilyPolicy"):
            if spec.get(name):
                yield fields.forbidden(f"spec.{name}", "may not be set for ExternalName services")
        if name := (spec.get("externalName") or "").removesuffix("."):
            yield from checks.matching(names.dns_subdomain, name, "spec.externalName")
        else:
            yield fields.required("spec.externalName")


def _each_port(ports: list[Object]) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, port in enumerate(ports):
        at = fields.item("spec.ports", index)
        name, number = port.get("name") or "", port.get("port") or 0
        if name:
            yield from checks.matching(names.dns_label, name, fields.child(at, "name"))
            if name in seen:
                yield fields.duplicate(fields.child(at, "name"), name)
            seen.add(name)
        elif len(ports) > 1:
            yield fields.required(fields.child(at, "name"))
        yield from checks.matching(names.port_number, number, fields.child(at, "port"))
        yield from checks.one_of(port.get("protocol"), _PROTOCOLS, fields.child(at, "protocol"), needed=True)
        yield from _target_port(port.get("targetPort") or 0, fields.child(at, "targetPort"))
        if (protocol := port.get("appProtocol")) is not None:
            yield from checks.matching(names.qualified_name, protocol, fields.child(at, "appProtocol"))


def _target_port(port: int | str, path: str) -> Iterator[FieldError]:
    return checks.matching(names.port_name if isinstance(port, str) else names.port_number, port, path)


def _affinity(spec: Object) -> Iterator[FieldError]:
    affinity, config = spec.get("sessionAffinity"), spec.get("sessionAffinityConfig")
    yield from checks.one_of(affinity, _AFFINITIES, "spec.sessionAffinity", needed=True)
    at = "spec.sessionAffinityConfig"
    if affinity == "ClientIP":
        if config is None:
            yield fields.required(at, "when session affinity type is ClientIP")
            return
        seconds = (config.get("clientIP") or {}).get("timeoutSeconds")
        if seconds is None:
            yield fields.required(fields.child(at, "clientIP"), "when session affinity type is ClientIP")
        elif not 0 < seconds <= _ONE_DAY:
            words = f"must be greater than 0 and less than {_ONE_DAY}"
            yield fields.invalid(fields.child(at, "clientIP", "timeoutSeconds"), seconds, words)
    elif affinity == "None" and config is not None:
        yield fields.forbidden(at, "must not be set when session affinity is None")


def _external_ips(spec: Object, old: Object | None) -> Iterator[FieldError]:
    before = (old or {}).get("spec", {}).get("externalIPs") or ()
    for index, address in enumerate(spec.get("externalIPs") or ()):
        at = fields.item("spec.externalIPs", index)
        wrong = [] if address in before else list(checks.matching(ip_addresses.address, address, at))
        yield from wrong or checks.matching(ip_addresses.endpoint, address, at)


def _ports_together(spec: Object, ports: list[Object]) -> Iterator[FieldError]:
    if spec.get("type") == "ClusterIP":
        for index, port in enumerate(ports):
            if port.get("nodePort"):
                at = fields.child(fields.item("spec.ports", index), "nodePort")
                yield fields.forbidden(at, "may not be used when `type` is 'ClusterIP'")
    node_ports: set[tuple[str, int]] = set()
    for index, port in enumerate(ports):
        pair = (port.get("protocol") or "", port.get("nodePort") or 0)
        if pair[1] and pair in node_ports:
            yield fields.duplicate(fields.child(fields.item("spec.ports", index), "nodePort"), pair[1])
        node_ports.add(pair)
    numbers: set[tuple[str, int]] = set()
    for index, port in enumerate(ports):
        protocol, number = pair = (port.get("protocol") or "", port.get("port") or 0)
        if pair in numbers:
            # Go's own fields show here, because the type that is compared has no JSON names.
            shown = {"Name": "", "Protocol": protocol, "AppProtocol": None, "Port": number}
            yield fields.duplicate(fields.item("spec.ports", index), shown | {"TargetPort": 0, "NodePort": 0})
        numbers.add(pair)


def _source_ranges(service: Object, old: Object | None) -> Iterator[FieldError]:
    spec, annotations = service["spec"], service["metadata"].get("annotations") or {}
    balanced = spec.get("type") == "LoadBalancer"
    if ranges := spec.get("loadBalancerSourceRanges"):
        at = "spec.LoadBalancerSourceRanges"
        if not balanced:
            yield fields.forbidden(at, _FOR_LOAD_BALANCERS)
        before = {one.strip() for one in (old or {}).get("spec", {}).get("loadBalancerSourceRanges") or ()}
        for index, text in enumerate(one.strip() for one in ranges):
            if text not in before:
                yield from checks.matching(ip_addresses.network, text, fields.item(at, index))
    elif (value := annotations.get(_SOURCE_RANGES)) is not None:
        at = fields.key("metadata.annotations", _SOURCE_RANGES)
        if not balanced:
            yield fields.forbidden(at, _FOR_LOAD_BALANCERS)
        if value.strip() and ((old or {}).get("metadata", {}).get("annotations") or {}).get(_SOURCE_RANGES) != value:
            for text in value.strip().split(","):
                yield from checks.matching(ip_addresses.network, text.strip(), at)


def _class(spec: Object) -> Iterator[FieldError]:
    name, at = spec.get("loadBalancerClass"), "spec.loadBalancerClass"
    if name is None:
        return
    if spec.get("type") == "LoadBalancer":
        yield from checks.matching(names.qualified_name, name, at)
    else:
        yield fields.forbidden(at, _FOR_LOAD_BALANCERS)


def _class_change(new: Object, old: Object) -> Iterator[FieldError]:
    name = new.get("loadBalancerClass")
    if new.get("type") == old.get("type") == "LoadBalancer" and name != old.get("loadBalancerClass"):
        yield fields.invalid("spec.loadBalancerClass", name, _ONCE)


def _external_traffic(service: Object) -> Iterator[FieldError]:
    spec, policy = service["spec"], service["spec"].get("externalTrafficPolicy") or ""
    at = "spec.externalTrafficPolicy"
    if _is_external(spec):
        yield from checks.one_of(policy, _POLICIES, at, needed=True)
    elif policy:
        yield fields.invalid(at, policy, "may only be set for externally-accessible services")
    port, at = spec.get("healthCheckNodePort") or 0, "spec.healthCheckNodePort"
    if not addresses.needs_health_check(service):
        if port:
            words = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
            yield fields.invalid(at, port, words)
    elif not port:
        yield fields.required(at)
    else:
        yield from checks.matching(names.port_number, port, at)


def _internal_traffic(spec: Object) -> Iterator[FieldError]:
    policy, at = spec.get("internalTrafficPolicy"), "spec.internalTrafficPolicy"
    if policy is None and spec.get("type") in {"NodePort", "LoadBalancer", "ClusterIP"}:
        yield fields.required(at)
    elif policy is not None and policy not in _POLICIES:
        yield fields.not_supported(at, policy, _POLICIES)


def _addresses_change(new: Object, old: Object) -> Iterator[FieldError]:
    if "ExternalName" in (new["spec"].get("type"), old["spec"].get("type")):
        return
    if addresses.is_headless(new) and addresses.is_headless(old):
        return
    after, before = (list(one["spec"].get("clusterIPs") or ()) for one in (new, old))
    if len(after) == len(before):
        for index, address in enumerate(before):
            if address != after[index]:
                yield fields.invalid(fields.item("spec.clusterIPs", index), after, _ONCE)
        return
    if not after:
        yield fields.invalid("spec.clusterIPs[0]", None, "primary clusterIP can not be unset")
    elif before and after[0] != before[0]:
        yield fields.invalid("spec.clusterIPs[0]", after, _ONCE)
    if len(after) == 1 < len(before):
        yield from _only_single_stack(new["spec"], "clusterIP")


def _families_change(new: Object, old: Object) -> Iterator[FieldError]:
    if "ExternalName" in (new["spec"].get("type"), old["spec"].get("type")):
        return
    if addresses.is_headless(new) or addresses.is_headless(old):
        return
    after, before = (list(one["spec"].get("ipFamilies") or ()) for one in (new, old))
    at = "spec.ipFamilies[0]"
    if len(after) == len(before):
        for index, family in enumerate(before):
            if family != after[index]:
                yield fields.invalid(at, after, _ONCE)
        return
    shown = new["spec"].get("clusterIPs")
    if len(after) < len(before) and not shown:
        yield fields.invalid(at, after or None, "primary ipFamily can not be unset")
    if after and before and after[0] != before[0]:
        yield fields.invalid(at, shown, _ONCE)
    if len(after) == 1 < len(before):
        yield from _only_single_stack(new["spec"], "ipFamily")


def _only_single_stack(spec: Object, what: str) -> Iterator[FieldError]:
    if spec.get("ipFamilyPolicy") != "SingleStack":
        words = f"must be set to 'SingleStack' when releasing the secondary {what}"
        yield fields.invalid("spec.ipFamilyPolicy", spec.get("ipFamilyPolicy"), words)


def _load_balancer(new: Object, old: Object) -> Iterator[FieldError]:
    ingresses, before = (
        ((one.get("status") or {}).get("loadBalancer") or {}).get("ingress") or [] for one in (new, old)
    )
    at = "status.loadBalancer.ingress"
    if ingresses and new["spec"].get("type") != "LoadBalancer":
        yield fields.forbidden(at, "may only be used when `spec.type` is 'LoadBalancer'")
        return
    known = {one.get("ip") for one in before}
    for index, ingress in enumerate(ingresses):
        yield from _ingress(fields.item(at, index), ingress, known)


def _ingress(at: str, ingress: Mapping[str, Any], known: set[str]) -> Iterator[FieldError]:
    address, mode, host = ingress.get("ip") or "", ingress.get("ipMode"), ingress.get("hostname") or ""
    if address and address not in known:
        yield from checks.matching(ip_addresses.address, address, fields.child(at, "ip"))
    if mode is None and address:
        yield fields.required(fields.child(at, "ipMode"), "must be specified when `ip` is set")
    elif mode is not None and not address:
        yield fields.forbidden(fields.child(at, "ipMode"), "may not be specified when `ip` is not set")
    elif mode is not None and mode not in _ADDRESS_MODES:
        yield fields.not_supported(fields.child(at, "ipMode"), mode, _ADDRESS_MODES)
    if host:
        yield from checks.matching(names.dns_subdomain, host, fields.child(at, "hostname"))
        if ip_addresses.parse(host):
            yield fields.invalid(fields.child(at, "hostname"), host, "must be a DNS name, not an IP address")


def _warnings(service: Object) -> Iterator[str]:
    spec = service["spec"]
    kind, external = spec.get("type"), spec.get("externalIPs") or ()
    headless = kind == "ClusterIP" and spec.get("clusterIP") == "None"
    if _TOPOLOGY_HINTS in (service["metadata"].get("annotations") or {}):
        yield f"annotation {_TOPOLOGY_HINTS} is deprecated, please use {_TOPOLOGY_MODE} instead"
    if spec.get("clusterIP") not in {None, "", "None"}:
        for index, address in enumerate(spec.get("clusterIPs") or ()):
            yield from ip_addresses.warnings(fields.item("spec.clusterIPs", index), address)
    if headless:
        ignored = {
            "loadBalancerIP": spec.get("loadBalancerIP"),
            "externalIPs": external,
            "SessionAffinity": spec.get("sessionAffinity") != "None",
        }
        yield from (f"spec.{name} is ignored for headless services" for name, given in ignored.items() if given)
    for index, address in enumerate(external):
        yield from ip_addresses.warnings(fields.item("spec.externalIPs", index), address)
    if external and not headless and kind != "ExternalName":
        yield "spec.externalIPs is deprecated and may no longer be implemented in some clusters"
    if address := spec.get("loadBalancerIP"):
        yield from ip_addresses.warnings("spec.loadBalancerIP", address)
    for index, text in enumerate(spec.get("loadBalancerSourceRanges") or ()):
        yield from ip_addresses.network_warnings(fields.item("spec.loadBalancerSourceRanges", index), text)
    if kind == "ExternalName" and external:
        yield 'spec.externalIPs is ignored when spec.type is "ExternalName"'
    if kind != "ExternalName" and spec.get("externalName"):
        yield 'spec.externalName is ignored when spec.type is not "ExternalName"'
    if spec.get("trafficDistribution") == "PreferClose":
        yield 'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'


def _is_external(spec: Object) -> bool:
    kind = spec.get("type")
    return kind in {"LoadBalancer", "NodePort"} or (kind == "ClusterIP" and bool(spec.get("externalIPs")))


def _takes_node_ports(spec: Object) -> bool:
    kind = spec.get("type")
    return kind == "NodePort" or (kind == "LoadBalancer" and spec.get("allocateLoadBalancerNodePorts") is not False)


def _takes_health_check(spec: Object) -> bool:
    return spec.get("type") == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local"


def _node_ports(spec: Object) -> set[int]:
    return {port["nodePort"] for port in spec.get("ports") or () if port.get("nodePort")}


def _same(new: Object, old: Object, *keys: str) -> bool:
    return all((new.get(key) or None) == (old.get(key) or None) for key in keys)


BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {("", "Service"): ServiceRules}
