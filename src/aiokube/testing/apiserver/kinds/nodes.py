"""Nodes.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import ClassVar

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import checks, internal, ip_addresses, names, resource_names
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = ["BEHAVIOUR", "NodeRules"]

_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_NOT_READY = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}
_ONCE = 'node updates may not change {} except from "" to valid'


def _unschedulable(node: Object) -> str:
    return "true" if (node.get("spec") or {}).get("unschedulable") else "false"


class NodeRules(Rules):
    keeps_status: ClassVar[bool] = True
    field_labels: ClassVar[Mapping[str, Callable[[Object], str]]] = {"spec.unschedulable": _unschedulable}

    def admit_create(self, new: Object, context: Context) -> None:
        """Taint a new node as not ready, so that nothing comes to it too early."""
        spec = new["spec"] = new.get("spec") or {}
        taints = spec.setdefault("taints", [])
        if not any(all(taint.get(name) == value for name, value in _NOT_READY.items()) for taint in taints):
            taints.append(dict(_NOT_READY))

    def prepare_create(self, new: Object, context: Context) -> None:
        (new.get("spec") or {}).pop("configSource", None)
        (new.get("status") or {}).pop("config", None)

    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        return _node(new)

    def prepare_update(self, new: Object, old: Object, context: Context) -> None:
        if (old.get("spec") or {}).get("configSource") is None:
            (new.get("spec") or {}).pop("configSource", None)

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        yield from _node(new)
        yield from _change(new, old)

    def validate_status(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        return _change(new, old)

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        spec = new.get("spec") or {}
        if spec.get("configSource") is not None:
            yield "spec.configSource: the feature is removed"
        if spec.get("externalID"):
            yield "spec.externalID: this field is deprecated, and is unused by Kubernetes"
        for index, text in enumerate(spec.get("podCIDRs") or ()):
            yield from ip_addresses.network_warnings(fields.item("spec.podCIDRs", index), text)


def _node(node: Object) -> Iterator[FieldError]:
    spec = node.get("spec") or {}
    yield from _taints(spec.get("taints") or [])
    yield from _resources(node)
    networks = spec.get("podCIDRs") or []
    for index, text in enumerate(networks):
        yield from checks.matching(ip_addresses.network, text, fields.item("spec.podCIDRs", index))
    versions = {getattr(ip_addresses.parse_network(text), "version", None) for text in networks}
    if len(networks) > 1 and (len(networks) > 2 or len(versions) == 1):
        yield fields.invalid("spec.podCIDRs", networks, "may specify no more than one CIDR for each IP family")


def _change(new: Object, old: Object) -> Iterator[FieldError]:
    spec, before = new.get("spec") or {}, old.get("spec") or {}
    yield from _resources(new)
    seen: list[Object] = []
    for index, address in enumerate((new.get("status") or {}).get("addresses") or ()):
        if address in seen:
            shown = {"Type": address.get("type") or "", "Address": address.get("address") or ""}
            yield fields.duplicate(fields.item("status.addresses", index), shown)
        seen.append(address)
    yield from _networks_change(spec.get("podCIDRs") or [], before.get("podCIDRs") or [])
    if before.get("providerID") and before["providerID"] != spec.get("providerID"):
        yield fields.forbidden("spec.providerID", _ONCE.format("providerID"))
    yield from _taints(spec.get("taints") or [])
    if (spec.get("externalID") or "") != (before.get("externalID") or ""):
        yield fields.forbidden("spec.externalID", "may not be updated")


def _networks_change(new: list[str], old: list[str]) -> Iterator[FieldError]:
    wrong = 1 if old and len(new) != len(old) else sum(one != other for one, other in zip(new, old, strict=False))
    for _ in range(wrong):
        yield fields.forbidden("spec.podCIDRs", _ONCE.format("podCIDR"))


def _taints(taints: list[Object]) -> Iterator[FieldError]:
    seen: set[tuple[str, str]] = set()
    for index, taint in enumerate(taints):
        path = fields.item("metadata.taints", index)  # kube-apiserver looks for them there
        key, value, effect = (taint.get(name) or "" for name in ("key", "value", "effect"))
        yield from checks.matching(names.label_key, key, fields.child(path, "key"))
        if wrong := names.label_value(value):
            yield fields.invalid(fields.child(path, "value"), value, ";".join(wrong))
        yield from checks.one_of(effect, _EFFECTS, fields.child(path, "effect"), needed=True)
        if (key, effect) in seen:
            found = fields.duplicate(path, internal.shown("Taint", taint))
            yield replace(found, detail="taints must be unique by key and effect pair")
        seen.add((key, effect))


def _resources(node: Object) -> Iterator[FieldError]:
    for part in ("capacity", "allocatable"):
        for name, amount in ((node.get("status") or {}).get(part) or {}).items():
            yield from resource_names.validate_amount(name, amount, fields.child("status", part, name))


BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {("", "Node"): NodeRules}
