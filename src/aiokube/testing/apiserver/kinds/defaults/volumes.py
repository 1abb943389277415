"""Defaults of volumes, claims and what provides them.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/v1/defaults.go
    and https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/storage/v1/defaults.go
"""

from __future__ import annotations

from collections.abc import Mapping

from aiokube.testing.apiserver.kinds.defaults import Default, absent, zero
from aiokube.testing.apiserver.kinds.rules import Object

__all__ = ["DEFAULTS"]

_set_driver = absent(
    {
        "attachRequired": True,
        "podInfoOnMount": False,
        "storageCapacity": False,
        "fsGroupPolicy": "ReadWriteOnceWithFSType",
        "requiresRepublish": False,
        "seLinuxMount": False,
    }
)


def volume(obj: Object) -> None:
    spec = obj["spec"] = obj.get("spec") or {}
    spec["persistentVolumeReclaimPolicy"] = spec.get("persistentVolumeReclaimPolicy") or "Retain"
    if spec.get("volumeMode") is None:
        spec["volumeMode"] = "Filesystem"
    status = obj["status"] = obj.get("status") or {}
    status["phase"] = status.get("phase") or "Pending"


def claim(obj: Object) -> None:
    obj["spec"] = obj.get("spec") or {}
    status = obj["status"] = obj.get("status") or {}
    status["phase"] = status.get("phase") or "Pending"


def driver_spec(spec: Object) -> None:
    _set_driver(spec)
    spec["volumeLifecycleModes"] = spec.get("volumeLifecycleModes") or ["Persistent"]


DEFAULTS: Mapping[str, Default] = {
    "io.k8s.api.core.v1.PersistentVolume": volume,
    "io.k8s.api.core.v1.PersistentVolumeClaim": claim,
    "io.k8s.api.core.v1.PersistentVolumeClaimSpec": absent({"volumeMode": "Filesystem"}),
    "io.k8s.api.core.v1.ISCSIPersistentVolumeSource": zero({"iscsiInterface": "default"}),
    "io.k8s.api.core.v1.RBDPersistentVolumeSource": zero(
        {"pool": "rbd", "user": "admin", "keyring": "/etc/ceph/keyring"}
    ),
    "io.k8s.api.core.v1.ScaleIOPersistentVolumeSource": zero({"storageMode": "ThinProvisioned", "fsType": "xfs"}),
    "io.k8s.api.storage.v1.CSIDriverSpec": driver_spec,
    "io.k8s.api.storage.v1.StorageClass": absent({"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"}),
}
