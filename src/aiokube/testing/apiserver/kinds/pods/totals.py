"""What all containers of a pod ask for together.

Containers that run before the others count only as far as they ask for more; those that stay beside them add up.

Source: https://github.com/kubernetes/component-helpers/blob/v0.36.3/resource/helpers.go (AggregateContainerRequests)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aiokube.testing.apiserver.schema.quantities import Quantity, parse

__all__ = ["POD_LEVEL", "Amounts", "held", "is_pod_level", "total", "with_pod_level"]

Amounts = dict[str, Quantity]

POD_LEVEL = ("cpu", "memory")
"""What a pod can say itself that it asks for, besides huge pages."""


def total(spec: Mapping[str, Any], side: str) -> Amounts:
    """Return the amounts by resource.

    Args:
        side: "requests" or "limits".
    """
    running: Amounts = {}
    for container in spec.get("containers") or []:
        _add(running, _amounts(container, side))
    beside: Amounts = {}
    before: Amounts = {}
    for container in spec.get("initContainers") or []:
        amounts = _amounts(container, side)
        if container.get("restartPolicy") == "Always":
            _add(running, amounts)
            _add(beside, amounts)
            amounts = dict(beside)
        else:
            _add(amounts, beside)
        _raise(before, amounts)
    _raise(running, before)
    return running


def with_pod_level(spec: Mapping[str, Any], side: str, counts: Callable[[str], bool]) -> Amounts:
    """Return the amounts by resource, where those that the pod says itself go before those of its containers.

    Args:
        counts: whether a pod can say itself how much of a resource it asks for.
    """
    said = _amounts(spec, side)
    return total(spec, side) | {name: quantity for name, quantity in said.items() if counts(name)}


def is_pod_level(name: str) -> bool:
    """Return whether a pod can say itself how much of a resource it asks for."""
    return name in POD_LEVEL or name.startswith("hugepages-")


def held(pod: Mapping[str, Any], side: str) -> Amounts:
    """Return the amounts by resource that are kept for a pod: the most of what it asks for and what it has."""
    spec, status = pod["spec"], pod.get("status") or {}
    has = _had(status, "containerStatuses", side)
    beside = _had(status, "initContainerStatuses", side)
    asks = not _is_infeasible(status)
    held_by_containers = {
        "containers": [_kept(one, has, side, asks) for one in spec.get("containers") or []],
        "initContainers": [
            _kept(one, beside, side, asks) if one.get("restartPolicy") == "Always" else one
            for one in spec.get("initContainers") or []
        ],
    }
    amounts = with_pod_level({**spec, **held_by_containers}, side, is_pod_level)
    for name, text in (spec.get("overhead") or {}).items():
        if side == "requests" or (name in amounts and amounts[name].amount):
            _add(amounts, {name: parse(text)})
    return amounts


def _had(status: Mapping[str, Any], field: str, side: str) -> dict[str, Amounts]:
    """Return what containers have, by their names, as far as their node says it."""
    had: dict[str, Amounts] = {}
    for container in status.get(field) or []:
        if container.get("resources") is None:
            continue
        amounts = had[container["name"]] = _amounts(container, side)
        if side == "requests":
            _raise(amounts, {name: parse(text) for name, text in (container.get("allocatedResources") or {}).items()})
    return had


def _is_infeasible(status: Mapping[str, Any]) -> bool:
    pending = [one for one in status.get("conditions") or [] if one.get("type") == "PodResizePending"]
    return bool(pending) and pending[0].get("reason") == "Infeasible"


def _kept(container: Mapping[str, Any], had: Mapping[str, Amounts], side: str, asks: bool) -> Mapping[str, Any]:
    """Return a container that asks for what is kept for it."""
    name = container.get("name") or ""
    if name not in had:
        return container
    amounts = dict(had[name])
    if asks:
        _raise(amounts, _amounts(container, side))
    return {**container, "resources": {side: {key: quantity.text for key, quantity in amounts.items()}}}


def _amounts(holder: Mapping[str, Any], side: str) -> Amounts:
    given = (holder.get("resources") or {}).get(side) or {}
    return {name: parse(value) for name, value in given.items()}


def _add(amounts: Amounts, more: Mapping[str, Quantity]) -> None:
    for name, quantity in more.items():
        amounts[name] = amounts[name] + quantity if name in amounts else quantity


def _raise(amounts: Amounts, others: Mapping[str, Quantity]) -> None:
    for name, quantity in others.items():
        if name not in amounts or quantity.amount > amounts[name].amount:
            amounts[name] = quantity
