"""Defaults of requests for devices.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/resource/v1/defaults.go
"""

from __future__ import annotations

from collections.abc import Mapping

from aiokube.testing.apiserver.kinds.defaults import Default
from aiokube.testing.apiserver.kinds.rules import Object

__all__ = ["DEFAULTS"]


def request(obj: Object) -> None:
    obj["allocationMode"] = obj.get("allocationMode") or "ExactCount"
    if obj["allocationMode"] == "ExactCount" and not obj.get("count"):
        obj["count"] = 1


DEFAULTS: Mapping[str, Default] = {
    "io.k8s.api.resource.v1.DeviceSubRequest": request,
    "io.k8s.api.resource.v1.ExactDeviceRequest": request,
}
