"""The status of pods, as kubelets and others write it.

Statuses of resource claims and of users of containers are not looked at.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
(ValidatePodStatusUpdate)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aiokube.testing.apiserver.field_errors import FieldError, child, forbidden, invalid, item
from aiokube.testing.apiserver.kinds import ip_addresses, names
from aiokube.testing.apiserver.kinds.checks import immutable, matching
from aiokube.testing.apiserver.kinds.rules import Object

__all__ = ["complete_status", "validate_pod_status"]

_SYSTEM_CONDITIONS = ("PodScheduled", "Ready", "Initialized")
_STATUSES = (
    ("containerStatuses", "containers"),
    ("initContainerStatuses", "initContainers"),
    ("ephemeralContainerStatuses", ""),
)


def complete_status(new: Object, old: Object) -> None:
    """Put back what a new status has left out, and what it may not change of the metadata."""
    owners = old["metadata"].get("ownerReferences")
    new["metadata"].pop("ownerReferences", None)
    if owners:
        new["metadata"]["ownerReferences"] = owners
    status, before = new.setdefault("status", {}), old.get("status") or {}
    for name in ("qosClass", "observedGeneration"):
        if not status.get(name) and before.get(name):
            status[name] = before[name]
    generations: dict[str, list[int]] = {}
    for condition in before.get("conditions") or []:
        generations.setdefault(condition.get("type") or "", []).append(condition.get("observedGeneration") or 0)
    for condition in status.get("conditions") or []:
        known = generations.get(condition.get("type") or "") or [0]
        generation = known.pop(0)
        if not condition.get("observedGeneration") and generation:
            condition["observedGeneration"] = generation


def validate_pod_status(new: Object, old: Object) -> Iterator[FieldError]:
    status, before = new.get("status") or {}, old.get("status") or {}
    yield from _conditions(status.get("conditions") or [])
    nominated = status.get("nominatedNodeName") or ""
    if nominated and nominated != before.get("nominatedNodeName"):
        yield from matching(names.dns_subdomain, nominated, "status.nominatedNodeName")
        if old["spec"].get("nodeName"):
            what = "may not be set on pods that are already bound to a node"
            yield forbidden("status.nominatedNodeName", what)
    if (status.get("observedGeneration") or 0) < 0:
        what = "must be a non-negative integer"
        yield invalid("status.observedGeneration", status["observedGeneration"], what)
    yield from immutable(status.get("qosClass") or "", before.get("qosClass") or "", "status.qosClass")
    for field, of in _STATUSES:
        yield from _transitions(status.get(field) or [], before.get(field) or [], old["spec"], field, of)
    yield from _addresses(status.get("podIPs") or [], before.get("podIPs") or [], "status.podIPs")
    yield from _host_addresses(status, before)


def _conditions(conditions: Sequence[Mapping[str, Any]]) -> Iterator[FieldError]:
    for index, condition in enumerate(conditions):
        path, kind = item("status.conditions", index), condition.get("type") or ""
        if (condition.get("observedGeneration") or 0) < 0:
            what = "must be a non-negative integer"
            yield invalid(child(path, "observedGeneration"), condition["observedGeneration"], what)
        if kind not in _SYSTEM_CONDITIONS:
            yield from matching(names.qualified_name, kind, child(path, "Type"))


def _transitions(
    new: Sequence[Mapping[str, Any]], old: Sequence[Mapping[str, Any]], spec: Object, field: str, of: str
) -> Iterator[FieldError]:
    """Refuse to let containers run again that have ended and are not to be restarted."""
    containers = {container.get("name"): container for container in spec.get(of) or []} if of else {}
    if of and any(_restarts_all(container) for container in _all(spec)):
        return
    now = {container.get("name"): container.get("state") or {} for container in reversed(new)}
    for index, former in enumerate(old):
        ended = (former.get("state") or {}).get("terminated")
        name = former.get("name")
        if ended is None or name not in now or now[name].get("terminated") is not None:
            continue
        container = containers.get(name)
        if container is None or not _restarts(container, spec, ended.get("exitCode") or 0):
            path = child(item(child("status", field), index), "state")
            yield forbidden(path, "may not be transitioned to non-terminated state")


def _all(spec: Object) -> list[Mapping[str, Any]]:
    return [*(spec.get("containers") or []), *(spec.get("initContainers") or [])]


def _restarts_all(container: Mapping[str, Any]) -> bool:
    return any(rule.get("action") == "RestartAllContainers" for rule in container.get("restartPolicyRules") or [])


def _restarts(container: Mapping[str, Any], spec: Object, exit_code: int) -> bool:
    for rule in container.get("restartPolicyRules") or []:
        codes = rule.get("exitCodes") or {}
        listed = exit_code in (codes.get("values") or [])
        if listed == (codes.get("operator") == "In"):
            return True
    policy = container.get("restartPolicy") or spec.get("restartPolicy")
    return policy == "Always" or (policy == "OnFailure" and exit_code != 0)


def _addresses(new: Sequence[Mapping[str, Any]], old: Sequence[Mapping[str, Any]], path: str) -> Iterator[FieldError]:
    known = {address.get("ip") for address in old}
    for index, address in enumerate(new):
        if address.get("ip") not in known:
            yield from matching(ip_addresses.address, address.get("ip") or "", item(path, index))
    families = [parsed.version for address in new if (parsed := ip_addresses.parse(address.get("ip") or ""))]
    if len(new) > 1 and sorted(families) != [4, 6]:
        shown = [{"IP": address.get("ip") or ""} for address in new]
        yield invalid(path, shown, "may specify no more than one IP for each IP family")


def _host_addresses(status: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[FieldError]:
    addresses = status.get("hostIPs") or []
    if not addresses:
        return
    first = addresses[0].get("ip") or ""
    if (status.get("hostIP") or "") != first:
        yield invalid("status.hostIPs[0].ip", first, "must be equal to `hostIP`")
    yield from _addresses(addresses, before.get("hostIPs") or [], "status.hostIPs")
