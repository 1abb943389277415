"""What services use: themselves, node ports and load balancers.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/quota/v1/evaluator/core/services.go
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.kinds.rules import Object

from .amounts import Amounts, number
from .change import Change
from .measure import Measure, count_name

__all__ = ["ServiceMeasure"]

_SERVICES = GroupResource("", "services")
_COSTLY = ("NodePort", "LoadBalancer")


class ServiceMeasure(Measure):
    def __init__(self) -> None:
        super().__init__(_SERVICES)
        self.names |= {"services", "services.loadbalancers", "services.nodeports"}

    def looks_at(self, change: Change) -> bool:
        return not change.subresource

    def is_freed(self, new: Object, old: Object) -> bool:
        return _costly_type(new) != _costly_type(old)

    def usage(self, obj: Object, now: dt.datetime) -> Amounts:
        return {
            count_name(_SERVICES): number(1),
            "services": number(1),
            "services.loadbalancers": number(_costly_type(obj) == "LoadBalancer"),
            "services.nodeports": number(_node_ports(obj["spec"])),
        }


def _costly_type(service: Object) -> str:
    kind: str = service["spec"].get("type") or ""
    return kind if kind in _COSTLY else ""


def _node_ports(spec: Mapping[str, Any]) -> int:
    """Return how many node ports a service takes: they are counted before they are allocated."""
    ports: list[Any] = spec.get("ports") or []
    if spec.get("type") not in _COSTLY:
        return 0
    if spec["type"] == "LoadBalancer" and spec.get("allocateLoadBalancerNodePorts") is False:
        return sum(bool(port.get("nodePort")) for port in ports)
    return len(ports)
