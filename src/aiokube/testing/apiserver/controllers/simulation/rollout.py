"""Rollouts: how many pods a Deployment may have at once, and must have.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/controller/deployment/util/deployment_util.go
"""

from __future__ import annotations

import copy
import math
from typing import NamedTuple

from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.go.numbers import int_or

__all__ = ["HASH_LABEL", "Bounds", "bounds", "same_template"]

HASH_LABEL = "pod-template-hash"


class Bounds(NamedTuple):
    """Between what the number of pods stays.

    Attributes:
        most: of all pods.
        least: of available ones.
    """

    most: int
    least: int


def bounds(deployment: Object) -> Bounds:
    """Return the bounds of a rolling update; a Recreate has none, and may have none available."""
    replicas = deployment["spec"].get("replicas", 1)
    strategy = deployment["spec"]["strategy"]
    if strategy.get("type") == "Recreate":
        return Bounds(replicas, replicas)
    rolling = strategy.get("rollingUpdate") or {}
    surge = _scaled(rolling.get("maxSurge", 0), replicas, up=True)
    unavailable = _scaled(rolling.get("maxUnavailable", 0), replicas, up=False)
    if not surge and not unavailable:  # rounded, both may be nothing, and then nothing would ever change
        unavailable = 1
    return Bounds(replicas + surge, replicas - min(unavailable, replicas))


def _scaled(value: int | str, whole: int, *, up: bool) -> int:
    if isinstance(value, int):
        return value
    part = int_or(value.removesuffix("%"), 0) * whole
    return math.ceil(part / 100) if up else part // 100


def same_template(one: Object, other: Object) -> bool:
    """Return whether two pod templates make the same pods; the label with the hash does not count."""
    return _without_hash(one) == _without_hash(other)


def _without_hash(template: Object) -> Object:
    labels = (template.get("metadata") or {}).get("labels") or {}
    if HASH_LABEL not in labels:
        return template
    template = copy.deepcopy(template)
    del template["metadata"]["labels"][HASH_LABEL]
    return template
