"""Fields of pods that belong to features which no server of 1.36 has unasked: they are read, and not kept.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/api/pod/util.go (dropDisabledFields)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .walk import each

__all__ = ["drop_disabled"]

_PROJECTIONS = ("clusterTrustBundle", "podCertificate")


def drop_disabled(pod: Mapping[str, Any]) -> None:
    """Take out of a pod, or the template of one, what is not kept."""
    spec = pod.get("spec") or {}
    spec.pop("schedulingGroup", None)
    for volume in spec.get("volumes") or []:
        for source in (volume.get("projected") or {}).get("sources") or []:
            for name in _PROJECTIONS:
                source.pop(name, None)
    for container, _ in each(spec, ""):
        _drop_stop_signal(container)


def _drop_stop_signal(container: dict[str, Any]) -> None:
    if (container.get("lifecycle") or {}).pop("stopSignal", None) is not None and not container["lifecycle"]:
        del container["lifecycle"]
