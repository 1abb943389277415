"""What is said of pods and templates that are taken, though they may not do what their writer wants.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/api/pod/warnings.go
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from aiokube.testing.apiserver.field_errors import child, item, key
from aiokube.testing.apiserver.go.text import quoted
from aiokube.testing.apiserver.kinds import ip_addresses, names, node_labels
from aiokube.testing.apiserver.kinds.quantities import is_whole

from . import profiles
from .overlaps import overlaps
from .walk import each

__all__ = ["claim_warnings", "hostname_warnings", "pod_warnings", "template_warnings"]

Object = Mapping[str, Any]

_OLD_ANNOTATIONS = {
    "scheduler.alpha.kubernetes.io/critical-pod": 'non-functional in v1.16+; use the "priorityClassName" field instead',
    "security.alpha.kubernetes.io/sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
    "security.alpha.kubernetes.io/unsafe-sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
}
_OLD_VOLUMES = {
    "photonPersistentDisk": ("photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"),
    "gitRepo": ("gitRepo", "deprecated in v1.11, and disabled by default in v1.33+"),
    "scaleIO": ("scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
    "flocker": ("flocker", "deprecated in v1.22, non-functional in v1.25+"),
    "storageos": ("storageOS", "deprecated in v1.22, non-functional in v1.25+"),
    "quobyte": ("quobyte", "deprecated in v1.22, non-functional in v1.25+"),
    "glusterfs": ("glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
    "cephfs": ("cephfs", "deprecated in v1.28, non-functional in v1.31+"),
    "rbd": ("rbd", "deprecated in v1.28, non-functional in v1.31+"),
}
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def pod_warnings(pod: Object) -> Iterator[str]:
    yield from hostname_warnings(pod, "the Pod's hostname")
    yield from _warnings(pod, "")


def template_warnings(template: Object, path: str) -> Iterator[str]:
    return _warnings(template, path)


def claim_warnings(spec: Object, path: str) -> Iterator[str]:
    """Return what is said of the spec of a claim for a volume."""
    for side in ("requests", "limits"):
        amounts = (spec.get("resources") or {}).get(side) or {}
        yield from _fractions(amounts, child(path, "resources", side), ("storage",))


def hostname_warnings(obj: Object, what: str = "Pod names and hostnames") -> Iterator[str]:
    """Return what is said of a name that will be a hostname though it is more than one label of the DNS."""
    if wrong := names.dns_label(obj["metadata"].get("name") or ""):
        surprise = "which can result in surprising behavior; a DNS label is recommended"
        yield f"metadata.name: this is used in {what}, {surprise}: [{' '.join(wrong)}]"


def _warnings(pod: Object, path: str) -> Iterator[str]:
    spec, annotations = pod.get("spec") or {}, (pod.get("metadata") or {}).get("annotations") or {}
    at = child(path, "spec")
    yield from _node_labels(spec, at)
    yield from _spread(spec.get("topologySpreadConstraints") or [], child(at, "topologySpreadConstraints"))
    for name, what in _OLD_ANNOTATIONS.items():
        if name in annotations:
            yield f"{key(child(path, 'metadata', 'annotations'), name)}: {what}"
    yield from _volumes(spec.get("volumes") or [], child(at, "volumes"))
    yield from overlaps(spec.get("volumes") or [])
    yield from _twice(spec.get("hostAliases") or [], "ip", child(at, "hostAliases"))
    yield from _twice(spec.get("imagePullSecrets") or [], "name", child(at, "imagePullSecrets"))
    for index, secret in enumerate(spec.get("imagePullSecrets") or []):
        if not secret.get("name"):
            yield f'{child(item(child(at, "imagePullSecrets"), index), "name")}: invalid empty name ""'
    yield from _fractions(spec.get("overhead") or {}, child(at, "overhead"))
    noted = child(path, "metadata", "annotations")
    yield from _seccomp(spec, annotations, profiles.SECCOMP_OF_POD, noted)
    for container, where in each(spec, at):
        name = container.get("name") or ""
        yield from _seccomp(container, annotations, profiles.SECCOMP_OF_CONTAINER + name, noted)
        if path:  # of a pod it is said when its fields are filled from its annotations
            yield from _app_armor(container, spec, annotations, key(noted, profiles.APP_ARMOR + name))
        yield from _container(container, where)
    yield from _ports(spec, at)
    if (spec.get("terminationGracePeriodSeconds") or 0) < 0:
        what = "must be >= 0; negative values are invalid and will be treated as 1"
        yield f"{child(at, 'terminationGracePeriodSeconds')}: {what}"
    yield from _affinity(spec.get("affinity") or {}, child(at, "affinity"))
    for index, server in enumerate((spec.get("dnsConfig") or {}).get("nameservers") or []):
        yield from ip_addresses.warnings(item(child(at, "dnsConfig", "nameservers"), index), server)
    for index, alias in enumerate(spec.get("hostAliases") or []):
        yield from ip_addresses.warnings(child(item(child(at, "hostAliases"), index), "ip"), alias.get("ip") or "")


def _seccomp(holder: Object, annotations: Object, name: str, path: str) -> Iterator[str]:
    """Return what is said of a profile in an annotation, where none stands in the field that has come for it."""
    if name in annotations and (holder.get("securityContext") or {}).get("seccompProfile") is None:
        yield f'{key(path, name)}: non-functional in v1.27+; use the "seccompProfile" field instead'


def _app_armor(container: Object, spec: Object, annotations: Object, path: str) -> Iterator[str]:
    text = annotations.get(profiles.APP_ARMOR + (container.get("name") or ""))
    if text is None or (container.get("securityContext") or {}).get("appArmorProfile") is not None:
        return
    of_pod = (spec.get("securityContext") or {}).get("appArmorProfile")
    if of_pod is None or of_pod != profiles.app_armor_of(text):
        yield profiles.app_armor_warning(path)


def _node_labels(spec: Object, path: str) -> Iterator[str]:
    for name in spec.get("nodeSelector") or {}:
        if name in node_labels.OLD:
            yield f"{key(child(path, 'nodeSelector'), name)}: {node_labels.OLD[name]}"
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    at = child(path, "affinity", "nodeAffinity")
    terms = (affinity.get(_REQUIRED) or {}).get("nodeSelectorTerms") or []
    for index, term in enumerate(terms):
        where = child(item(child(at, _REQUIRED, "nodeSelectorTerms"), index), "matchExpressions")
        yield from node_labels.warnings(term.get("matchExpressions") or (), where)
    for index, preferred in enumerate(affinity.get(_PREFERRED) or []):
        where = child(item(child(at, _PREFERRED), index), "preference", "matchExpressions")
        expressions = (preferred.get("preference") or {}).get("matchExpressions") or ()
        yield from node_labels.warnings(expressions, where, check_values=True)


def _spread(constraints: Sequence[Object], path: str) -> Iterator[str]:
    for index, constraint in enumerate(constraints):
        at, topology = item(path, index), constraint.get("topologyKey") or ""
        if topology in node_labels.OLD:
            yield f"{child(at, 'topologyKey')}: {topology} is {node_labels.OLD[topology]}"
        if constraint.get("labelSelector") is None:
            yield f"{child(at, 'labelSelector')}: a null labelSelector results in matching no pod"


def _volumes(volumes: Sequence[Object], path: str) -> Iterator[str]:
    for index, volume in enumerate(volumes):
        for kind, (shown, what) in _OLD_VOLUMES.items():
            if volume.get(kind) is not None:
                yield f"{child(item(path, index), shown)}: {what}"
        template = (volume.get("ephemeral") or {}).get("volumeClaimTemplate") or {}
        at = child(item(path, index), "ephemeral", "volumeClaimTemplate", "spec")
        yield from claim_warnings(template.get("spec") or {}, at)


def _twice(holders: Sequence[Object], field: str, path: str) -> Iterator[str]:
    seen: set[str] = set()
    for index, holder in enumerate(holders):
        value = holder.get(field) or ""
        if value in seen:
            yield f"{child(item(path, index), field)}: duplicate {field} {quoted(value)}"
        seen.add(value)


def _container(container: Object, path: str) -> Iterator[str]:
    for name in ("memory", "ephemeral-storage"):
        for side in ("limits", "requests"):
            amounts = (container.get("resources") or {}).get(side) or {}
            yield from _fractions(amounts, child(path, "resources", side), (name,))
    seen: set[str] = set()
    for index, variable in enumerate(container.get("env") or []):
        name, value = variable.get("name") or "", variable.get("value") or ""
        old = f"$({name})"
        if name in seen and (variable.get("valueFrom") is not None or value == old or old not in value):
            what = f"hides previous definition of {quoted(name)}, which may be dropped when using apply"
            yield f"{item(child(path, 'env'), index)}: {what}"
        seen.add(name)


def _fractions(
    amounts: Mapping[str, str], path: str, of: Iterable[str] = ("memory", "ephemeral-storage")
) -> Iterator[str]:
    for name in of:
        if name in amounts and not is_whole(amounts[name]):
            value = quoted(amounts[name])
            yield f"{key(path, name)}: fractional byte value {value} is invalid, must be an integer"


def _ports(spec: Object, path: str) -> Iterator[str]:
    ports = [
        (port, item(child(where, "ports"), index))
        for container, where in each(spec, path)
        for index, port in enumerate(container.get("ports") or [])
    ]
    for index, (port, at) in enumerate(ports):
        if port.get("hostIP") and not port.get("hostPort"):
            yield f"{at}: hostIP set without hostPort: {_printed(port)}"
        for other, where in ports[:index]:
            if (port.get("containerPort"), port.get("protocol")) == (other.get("containerPort"), other.get("protocol")):
                yield from (f"{at}: {what} port definition with {where}" for what in _overlap(port, other))
    seen: dict[str, str] = {}
    for port, at in ports:
        name = port.get("name")
        if name and name in seen:
            what = f"services and probes that select ports by name will use {seen[name]}"
            yield f"{at}: duplicate port name {quoted(name)} with {seen[name]}, {what}"
        elif name:
            seen[name] = at


def _overlap(port: Object, other: Object) -> Iterator[str]:
    mine, theirs = port.get("hostIP") or "", other.get("hostIP") or ""
    number, taken = port.get("hostPort") or 0, other.get("hostPort") or 0
    if mine == theirs and number == taken:
        yield "duplicate"
    elif not number or not taken:
        yield "overlapping"
    elif number == taken and bool(mine) != bool(theirs):
        yield "dangerously ambiguous"


def _printed(port: Object) -> str:
    """Return a port as Go prints a struct with its fields."""
    fields = (("Name", ""), ("HostPort", 0), ("ContainerPort", 0), ("Protocol", ""), ("HostIP", ""))
    keys = ("name", "hostPort", "containerPort", "protocol", "hostIP")
    shown = (f"{name}:{port.get(of) or zero}" for (name, zero), of in zip(fields, keys, strict=True))
    return f"{{{' '.join(shown)}}}"


def _affinity(affinity: Object, path: str) -> Iterator[str]:
    for name in ("podAffinity", "podAntiAffinity"):
        at = child(path, name)
        for index, term in enumerate((affinity.get(name) or {}).get(_REQUIRED) or []):
            yield from _pod_term(term, item(child(at, _REQUIRED), index))
        for index, term in enumerate((affinity.get(name) or {}).get(_PREFERRED) or []):
            where = child(item(child(at, _PREFERRED), index), "podAffinityTerm")
            yield from _pod_term(term.get("podAffinityTerm") or {}, where)


def _pod_term(term: Object, path: str) -> Iterator[str]:
    if term.get("labelSelector") is None:
        yield f"{child(path, 'labelSelector')}: a null labelSelector results in matching no pod"
