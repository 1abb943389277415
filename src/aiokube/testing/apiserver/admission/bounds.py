"""The bounds of LimitRanges: whether amounts keep them, and what is said of those that do not.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/plugin/pkg/admission/limitranger/admission.go
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from aiokube.testing.apiserver.schema.quantities import Quantity

__all__ = ["Asked", "Bound", "above_maximum", "above_ratio", "below_minimum", "requested_above_maximum"]


class Asked(NamedTuple):
    """What a container, a pod or a claim asks for."""

    requests: Mapping[str, Quantity]
    limits: Mapping[str, Quantity]


Bound = Callable[[Asked, str, str, Quantity], str]
"""Says what is wrong, "" if nothing is, by what is asked for, of what ("Pod"), which resource, and its bound."""


def below_minimum(asked: Asked, kind: str, name: str, bound: Quantity) -> str:
    what = f"minimum {name} usage per {kind} is {bound.text}"
    request, limit = asked.requests.get(name), asked.limits.get(name)
    if request is None:
        return f"{what}.  No request is specified"
    if request.amount < bound.amount:
        return f"{what}, but request is {request.text}"
    if limit is not None and limit.amount < bound.amount:
        return f"{what}, but limit is {limit.text}"
    return ""


def above_maximum(asked: Asked, kind: str, name: str, bound: Quantity) -> str:
    what = f"maximum {name} usage per {kind} is {bound.text}"
    request, limit = asked.requests.get(name), asked.limits.get(name)
    if limit is None:
        return f"{what}.  No limit is specified"
    if limit.amount > bound.amount:
        return f"{what}, but limit is {limit.text}"
    if request is not None and request.amount > bound.amount:
        return f"{what}, but request is {request.text}"
    return ""


def requested_above_maximum(asked: Asked, kind: str, name: str, bound: Quantity) -> str:
    """Say what is wrong where limits mean nothing."""
    what = f"maximum {name} usage per {kind} is {bound.text}"
    request = asked.requests.get(name)
    if request is None:
        return f"{what}.  No request is specified"
    return f"{what}, but request is {request.text}" if request.amount > bound.amount else ""


def above_ratio(asked: Asked, kind: str, name: str, bound: Quantity) -> str:
    what = f"{name} max limit to request ratio per {kind} is {bound.text}"
    request, limit = asked.requests.get(name), asked.limits.get(name)
    if request is None or not request.amount:
        return f"{what}, but no request is specified or request is 0"
    if limit is None or not limit.amount:
        return f"{what}, but no limit is specified or limit is 0"
    ratio = limit.amount / request.amount
    return f"{what}, but provided ratio is {float(ratio):f}" if ratio > bound.amount else ""
