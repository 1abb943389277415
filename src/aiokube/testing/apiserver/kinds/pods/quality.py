"""The quality of service of a pod, which follows from what its containers ask for.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/helper/qos/qos.go
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from aiokube.testing.apiserver.kinds.quantities import amount

__all__ = ["quality_of_service"]

Object = Mapping[str, Any]

_RESOURCES = ("cpu", "memory")


def quality_of_service(spec: Object) -> str:
    """Return the class of a pod: Guaranteed, Burstable or BestEffort."""
    holders = [spec] if spec.get("resources") is not None else _containers(spec)
    limits = [_amounts(holder, "limits") for holder in holders]
    requests = _sum([_amounts(holder, "requests") for holder in holders])
    total = _sum(limits)
    if not requests and not total:
        return "BestEffort"
    whole = all(set(_RESOURCES) <= each.keys() for each in limits)
    return "Guaranteed" if whole and requests == total else "Burstable"


def _containers(spec: Object) -> list[Object]:
    return [*(spec.get("containers") or []), *(spec.get("initContainers") or [])]


def _amounts(holder: Object, side: str) -> dict[str, Fraction]:
    given = (holder.get("resources") or {}).get(side) or {}
    return {name: amount(given[name]) for name in _RESOURCES if name in given and amount(given[name]) > 0}


def _sum(amounts: list[dict[str, Fraction]]) -> dict[str, Fraction]:
    names = {name for each in amounts for name in each}
    return {name: sum((each[name] for each in amounts if name in each), Fraction()) for name in names}
