"""What all containers of a pod ask for together.

Containers that run before the others count only as far as they ask for more; those that stay beside them add up.

Source: https://github.com/kubernetes/component-helpers/blob/v0.36.3/resource/helpers.go (AggregateContainerRequests)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aiokube.testing.apiserver.schema.quantities import Quantity, parse

__all__ = ["Amounts", "total", "with_pod_level"]

Amounts = dict[str, Quantity]


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
