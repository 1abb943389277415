"""The bounds of LimitRanges: whether amounts keep them, and what is said of those that do not.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/plugin/pkg/admission/limitranger/admission.go
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from aiokube.testing.apiserver.schema.quantities import MOST_IN_THOUSANDTHS, Quantity

from .amounts import number

__all__ = ["Asked", "Bound", "above_maximum", "above_ratio", "below_minimum", "requested_above_maximum"]


class Asked(NamedTuple):
    """What a container, a pod or a claim asks for."""

    requests: Mapping[str, Quantity]
    limits: Mapping[str, Quantity]


Bound = Callable[[Asked, str, str, Quantity], str]
"""Says what is wrong, "" if nothing is, by what is asked for, of what ("Pod"), which resource, and its bound."""


_NOTHING = number(0)


class _Numbers(NamedTuple):
    request: int
    limit: int
    bound: int


def below_minimum(asked: Asked, kind: str, name: str, bound: Quantity) -> str:
    what = f"minimum {name} usage per {kind} is {bound.text}"
    request, limit, least = _numbers(asked, name, bound)
    if name not in asked.requests:
        return f"{what}.  No request is specified"
    if request < least:
        return f"{what}, but request is {asked.requests[name].text}"
    if name in asked.limits and limit < least:
        return f"{what}, but limit is {asked.limits[name].text}"
    return ""


def above_maximum(asked: Asked, kind: str, name: str, bound: Quantity) -> str:
    what = f"maximum {name} usage per {kind} is {bound.text}"
    request, limit, most = _numbers(asked, name, bound)
    if name not in asked.limits:
        return f"{what}.  No limit is specified"
    if limit > most:
        return f"{what}, but limit is {asked.limits[name].text}"
    if name in asked.requests and request > most:
        return f"{what}, but request is {asked.requests[name].text}"
    return ""


def requested_above_maximum(asked: Asked, kind: str, name: str, bound: Quantity) -> str:
    """Say what is wrong where limits mean nothing."""
    what = f"maximum {name} usage per {kind} is {bound.text}"
    request, _, most = _numbers(asked, name, bound)
    if name not in asked.requests:
        return f"{what}.  No request is specified"
    return f"{what}, but request is {asked.requests[name].text}" if request > most else ""


def above_ratio(asked: Asked, kind: str, name: str, bound: Quantity) -> str:
    what = f"{name} max limit to request ratio per {kind} is {bound.text}"
    request, limit, most = _numbers(asked, name, bound)
    if not request:
        return f"{what}, but no request is specified or request is 0"
    if not limit:
        return f"{what}, but no limit is specified or limit is 0"
    ratio = float(limit) / float(request)
    is_fine = bound.as_int64() <= MOST_IN_THOUSANDTHS
    is_above = ratio * 1000 > bound.as_int64(1000) if is_fine else ratio > most
    return f"{what}, but provided ratio is {ratio:f}" if is_above else ""


def _numbers(asked: Asked, name: str, bound: Quantity) -> _Numbers:
    """Return amounts as they are compared: in thousandths if all fit into 64 bits so, else in whole ones."""
    amounts = (asked.requests.get(name, _NOTHING), asked.limits.get(name, _NOTHING), bound)
    whole = _Numbers(*(amount.as_int64() for amount in amounts))
    if max(whole) > MOST_IN_THOUSANDTHS:
        return whole
    return _Numbers(*(amount.as_int64(1000) for amount in amounts))
