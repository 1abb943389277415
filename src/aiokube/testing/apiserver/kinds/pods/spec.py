"""Specs of pods, and the templates that have them.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go (ValidatePodSpec,
ValidatePodTemplateSpec)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from aiokube.testing.apiserver.field_errors import (
    FieldError,
    child,
    duplicate,
    forbidden,
    invalid,
    item,
    not_found,
    required,
    too_long,
)
from aiokube.testing.apiserver.kinds import internal, ip_addresses, names
from aiokube.testing.apiserver.kinds.checks import in_range, matching, one_of, present
from aiokube.testing.apiserver.kinds.metadata import validate_annotations, validate_labels

from .annotations import validate_pod_annotations
from .containers import validate_containers, validate_ephemeral_containers, validate_init_containers
from .profiles import validate_profiles_agree
from .resources import validate_pod_resources, validate_resources
from .scheduling import validate_affinity, validate_gates, validate_spread, validate_tolerations
from .scope import Scope
from .security import validate_pod_security
from .volumes import usable, validate_volumes
from .walk import each
from .windows import validate_host_processes, validate_operating_system

__all__ = ["RESTART_POLICIES", "validate_spec", "validate_template"]

Object = Mapping[str, Any]

RESTART_POLICIES = ("Always", "OnFailure", "Never")

_DNS_POLICIES = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
_NAMESERVERS_LIMIT = 3
_SEARCHES_LIMIT = 32
_SEARCH_LIST_LIMIT = 2048
_HOSTNAME_LIMIT = 64
_HIGHEST_INT32 = 2**31 - 1


def validate_template(template: Object, path: str) -> Iterator[FieldError]:
    """Return what is wrong with the template of pods."""
    metadata, spec = template.get("metadata") or {}, template.get("spec") or {}
    yield from validate_labels(metadata.get("labels"), child(path, "labels"))
    yield from validate_annotations(metadata.get("annotations"), child(path, "annotations"))
    annotations = metadata.get("annotations") or {}
    yield from validate_pod_annotations(annotations, spec, child(path, "annotations"))
    yield from validate_spec(spec, child(path, "spec"))
    yield from validate_profiles_agree(annotations, spec, child(path, "spec"))
    if spec.get("ephemeralContainers"):
        yield forbidden(child(path, "spec", "ephemeralContainers"), "ephemeral containers not allowed in pod template")


def validate_spec(spec: Object, path: str, *, is_pod: bool = False, name: str = "") -> Iterator[FieldError]:
    """Return what is wrong with the spec of a pod.

    Args:
        is_pod: it is that of a pod, not of a template.
        name: of the pod.
    """
    if spec.get("terminationGracePeriodSeconds") is None:
        yield required(child(path, "terminationGracePeriodSeconds"))
    scope = Scope(
        is_pod=is_pod,
        name=name,
        grace_seconds=spec.get("terminationGracePeriodSeconds"),
        restart_policy=spec.get("restartPolicy") or "",
        host_users=spec.get("hostUsers") is not False,
        claims=frozenset(name for claim in spec.get("resourceClaims") or [] if (name := claim.get("name"))),
    )
    volumes = spec.get("volumes") or []
    yield from validate_volumes(volumes, child(path, "volumes"), scope)
    scope = replace(scope, volumes=usable(volumes, scope))
    yield from _resource_claims(spec.get("resourceClaims") or [], child(path, "resourceClaims"))
    yield from _containers(spec, path, scope)
    yield from _node(spec, path, scope)
    yield from _network(spec, path)
    yield from _scheduling(spec, path)
    yield from _host(spec, path)
    yield from _identity(spec, path)
    yield from _files_of_keys(spec, path)


def _containers(spec: Object, path: str, scope: Scope) -> Iterator[FieldError]:
    regular, first = spec.get("containers") or [], spec.get("initContainers") or []
    added = spec.get("ephemeralContainers") or []
    yield from validate_containers(regular, child(path, "containers"), scope)
    yield from validate_init_containers(first, regular, child(path, "initContainers"), scope)
    yield from validate_ephemeral_containers(added, [*regular, *first], child(path, "ephemeralContainers"), scope)


def _node(spec: Object, path: str, scope: Scope) -> Iterator[FieldError]:
    """What the pod asks of its node."""
    if spec.get("resources") is not None:
        yield from validate_pod_resources(spec, child(path, "resources"), scope.claims)
    if spec.get("hostNetwork"):
        yield from _host_ports(spec.get("containers") or [], child(path, "containers"), scope)
    yield from one_of(spec.get("restartPolicy"), RESTART_POLICIES, child(path, "restartPolicy"), needed=True)
    yield from one_of(spec.get("dnsPolicy"), _DNS_POLICIES, child(path, "dnsPolicy"), needed=True)
    yield from validate_labels(spec.get("nodeSelector"), child(path, "nodeSelector"))
    yield from validate_pod_security(spec.get("securityContext"), spec, child(path, "securityContext"))
    if spec.get("affinity") is not None:
        yield from validate_affinity(spec["affinity"], child(path, "affinity"))


def _network(spec: Object, path: str) -> Iterator[FieldError]:
    config, at = spec.get("dnsConfig"), child(path, "dnsConfig")
    if spec.get("dnsPolicy") == "None":
        if config is None:
            yield required(at, "must provide `dnsConfig` when `dnsPolicy` is None")
            return
        if not config.get("nameservers"):
            what = "must provide at least one DNS nameserver when `dnsPolicy` is None"
            yield required(child(at, "nameservers"), what)
            return
    if config is not None:
        yield from _dns_config(config, at)


def _scheduling(spec: Object, path: str) -> Iterator[FieldError]:
    for index, gate in enumerate(spec.get("readinessGates") or []):
        at = child(item(child(path, "readinessGates"), index), "conditionType")
        yield from matching(names.qualified_name, gate.get("conditionType") or "", at)
    yield from validate_gates(spec.get("schedulingGates") or [], child(path, "schedulingGates"))
    constraints = spec.get("topologySpreadConstraints") or []
    yield from validate_spread(constraints, child(path, "topologySpreadConstraints"))
    yield from validate_host_processes(spec, path)


def _host(spec: Object, path: str) -> Iterator[FieldError]:
    """What the pod shares with its node, and what it is called there."""
    if spec.get("hostUsers") is False:
        for field, shown in (("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC")):
            if spec.get(field):
                yield forbidden(child(path, shown), "when `hostUsers` is false")
        for container, at in each(spec, path):
            if container.get("volumeDevices"):
                yield forbidden(child(at, "volumeDevices"), "when `hostUsers` is false")
    override, at = spec.get("hostnameOverride"), child(path, "hostnameOverride")
    if override is None:
        return
    if spec.get("setHostnameAsFQDN"):
        yield forbidden(at, "may not be specified when setHostnameAsFQDN is true")
    if spec.get("hostNetwork"):
        yield forbidden(at, "may not be specified when hostNetwork is true")
    if len(override.encode()) > _HOSTNAME_LIMIT:
        yield too_long(at, _HOSTNAME_LIMIT)
    yield from matching(names.dns_subdomain, override, at)


def _identity(spec: Object, path: str) -> Iterator[FieldError]:
    yield from _named(spec, path, ("serviceAccountName", "nodeName"))
    yield from in_range(spec.get("activeDeadlineSeconds"), 1, _HIGHEST_INT32, child(path, "activeDeadlineSeconds"))
    for field in ("hostname", "subdomain"):
        if spec.get(field):
            yield from matching(names.dns_label, spec[field], child(path, field))
    yield from validate_tolerations(spec.get("tolerations") or [], child(path, "tolerations"))
    for index, alias in enumerate(spec.get("hostAliases") or []):
        at = item(child(path, "hostAliases"), index)
        yield from matching(ip_addresses.address, alias.get("ip") or "", child(at, "ip"))
        for number, host in enumerate(alias.get("hostnames") or []):
            yield from matching(names.dns_subdomain, host, item(child(at, "hostnames"), number))
    yield from _named(spec, path, ("priorityClassName",))
    if spec.get("runtimeClassName") is not None:
        yield from matching(names.dns_subdomain, spec["runtimeClassName"], child(path, "runtimeClassName"))
    preemption = spec.get("preemptionPolicy")
    yield from one_of(preemption, ("PreemptLowerPriority", "Never"), child(path, "preemptionPolicy"))
    if spec.get("overhead"):
        yield from validate_resources({"limits": spec["overhead"]}, child(path, "overhead"), frozenset())
    yield from validate_operating_system(spec, path)


def _named(spec: Object, path: str, fields: Sequence[str]) -> Iterator[FieldError]:
    for field in fields:
        if spec.get(field):
            yield from matching(names.dns_subdomain, spec[field], child(path, field))


def _host_ports(containers: Sequence[Object], path: str, scope: Scope) -> Iterator[FieldError]:
    for index, container in enumerate(containers):
        for number, port in enumerate(container.get("ports") or []):
            host = port.get("hostPort") or 0
            if (scope.is_pod or host) and host != (port.get("containerPort") or 0):
                at = child(item(child(item(path, index), "ports"), number), "hostPort")
                yield invalid(at, host, "must match `containerPort` when `hostNetwork` is true")


def _dns_config(config: Object, path: str) -> Iterator[FieldError]:
    servers, searches = config.get("nameservers") or [], config.get("searches") or []
    if len(servers) > _NAMESERVERS_LIMIT:
        what = f"must not have more than {_NAMESERVERS_LIMIT} nameservers"
        yield invalid(child(path, "nameservers"), servers, what)
    for index, server in enumerate(servers):
        yield from matching(ip_addresses.address, server, item(child(path, "nameservers"), index))
    if len(searches) > _SEARCHES_LIMIT:
        what = f"must not have more than {_SEARCHES_LIMIT} search paths"
        yield invalid(child(path, "searches"), searches, what)
    if len(" ".join(searches).encode()) > _SEARCH_LIST_LIMIT:
        what = f"must not have more than {_SEARCH_LIST_LIMIT} characters (including spaces) in the search list"
        yield invalid(child(path, "searches"), searches, what)
    for index, search in enumerate(searches):
        if search != ".":
            at = item(child(path, "searches"), index)
            yield from matching(names.dns_subdomain_with_underscore, search.removesuffix("."), at)
    for index, option in enumerate(config.get("options") or []):
        if not option.get("name"):
            yield required(item(child(path, "options"), index), "must not be empty")


def _resource_claims(claims: Sequence[Object], path: str) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, claim in enumerate(claims):
        at, name = item(path, index), claim.get("name") or ""
        if name in seen:
            yield duplicate(child(at, "name"), name)
        else:
            yield from present(name, child(at, "name"), names.dns_label)
            seen.add(name)
        shown = internal.shown("PodResourceClaim", claim)
        sources = [
            field for field in ("resourceClaimName", "resourceClaimTemplateName") if claim.get(field) is not None
        ]
        if len(sources) > 1:
            what = "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"
            yield invalid(at, shown, what)
        elif not sources:
            what = "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"
            yield invalid(at, shown, what)
        for field in sources:
            yield from matching(names.dns_subdomain, claim[field], child(at, field))


def _files_of_keys(spec: Object, path: str) -> Iterator[FieldError]:
    """Variables that come from files need volumes that a container can have written them to."""
    volumes = {volume.get("name") or "": volume for volume in spec.get("volumes") or []}
    for container, at in each(spec, path):
        for index, variable in enumerate(container.get("env") or []):
            reference = (variable.get("valueFrom") or {}).get("fileKeyRef")
            if reference is None:
                continue
            name = reference.get("volumeName") or ""
            where = child(item(child(at, "env"), index), "valueFrom", "fileKeyRef", "volumeName")
            if name not in volumes:
                yield not_found(where, name)
            elif volumes[name].get("emptyDir") is None:
                yield invalid(where, name, "referenced volume must be of type emptyDir")
