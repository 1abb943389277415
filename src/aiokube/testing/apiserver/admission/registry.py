"""Which measure there is for which resource.

Sources:
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/quota/v1/evaluator/core/registry.go
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/quota/v1/install/registry.go
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from aiokube.testing.apiserver.errors import GroupResource

from .claims import ClaimMeasure
from .measure import Measure
from .pods import PodMeasure
from .services import ServiceMeasure

__all__ = ["measure_of"]

_ALIASES: Final = ("configmaps", "replicationcontrollers", "resourcequotas", "secrets")
_OWN: Mapping[GroupResource, Measure] = {
    measure.resource: measure
    for measure in (
        PodMeasure(),
        ServiceMeasure(),
        ClaimMeasure(),
        *(Measure(GroupResource("", name), name) for name in _ALIASES),
    )
}
_IGNORED: Final = {
    GroupResource("", "bindings"),
    GroupResource("", "componentstatuses"),
    GroupResource("", "events"),
    GroupResource("authentication.k8s.io", "selfsubjectreviews"),
    GroupResource("authentication.k8s.io", "tokenreviews"),
    GroupResource("authorization.k8s.io", "localsubjectaccessreviews"),
    GroupResource("authorization.k8s.io", "selfsubjectaccessreviews"),
    GroupResource("authorization.k8s.io", "selfsubjectrulesreviews"),
    GroupResource("authorization.k8s.io", "subjectaccessreviews"),
    GroupResource("events.k8s.io", "events"),
}


@lru_cache(maxsize=1024)
def measure_of(resource: GroupResource) -> Measure | None:
    """Return the measure of a resource, None for one that quotas do not look at."""
    if resource in _IGNORED:
        return None
    return _OWN.get(resource) or Measure(resource)
