"""Defaults of what a cluster is made of and divided by: nodes, limits, priorities, tokens.

Sources:
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/v1/defaults.go
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/scheduling/v1/defaults.go
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/authentication/v1/defaults.go
"""

from __future__ import annotations

from collections.abc import Mapping

from aiokube.testing.apiserver.kinds.defaults import Default, absent
from aiokube.testing.apiserver.kinds.rules import Object

__all__ = ["DEFAULTS"]


def node_spec(spec: Object) -> None:
    """Make podCIDRs agree with podCIDR, which is the first of them, and which older clients know alone."""
    first, networks = spec.get("podCIDR"), spec.get("podCIDRs") or []
    if first and networks[:1] != [first]:
        spec["podCIDRs"] = [first]
    elif networks:
        spec["podCIDR"] = networks[0]


def node_status(status: Object) -> None:
    if status.get("allocatable") is None and status.get("capacity") is not None:
        status["allocatable"] = dict(status["capacity"])


def limit(item: Object) -> None:
    """Complete what holds for containers: a default limit is the maximum, a default request that or the minimum."""
    if item.get("type") != "Container":
        return
    default = item["default"] = (item.get("max") or {}) | (item.get("default") or {})
    requests = (item.get("min") or {}) | default | (item.get("defaultRequest") or {})
    item["defaultRequest"] = requests


DEFAULTS: Mapping[str, Default] = {
    "io.k8s.api.authentication.v1.TokenRequestSpec": absent({"expirationSeconds": 3600}),
    "io.k8s.api.core.v1.LimitRangeItem": limit,
    "io.k8s.api.core.v1.NodeSpec": node_spec,
    "io.k8s.api.core.v1.NodeStatus": node_status,
    "io.k8s.api.scheduling.v1.PriorityClass": absent({"preemptionPolicy": "PreemptLowerPriority"}),
}
