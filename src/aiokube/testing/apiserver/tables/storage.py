"""Rows of volumes, their claims, classes and drivers.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/printers/internalversion/printers.go
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from .cells import UNSET, Object, age, at, joined, name

__all__ = [
    "csi_driver",
    "csi_node",
    "persistent_volume",
    "persistent_volume_claim",
    "storage_class",
    "volume_attachment",
    "volume_attributes_class",
]

_CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class"
_DEFAULT_CLASS_ANNOTATIONS = (
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
)
_ACCESS_MODES = {
    "ReadWriteOnce": "RWO",
    "ReadOnlyMany": "ROX",
    "ReadWriteMany": "RWX",
    "ReadWriteOncePod": "RWOP",
}


def persistent_volume(obj: Object, now: datetime) -> list[Any]:
    spec = at(obj, "spec", default={})
    claim = spec.get("claimRef")
    return [
        name(obj),
        at(spec, "capacity", "storage", default="0"),
        _access_modes(at(spec, "accessModes", default=())),
        spec.get("persistentVolumeReclaimPolicy", ""),
        _phase(obj),
        "" if claim is None else f"{claim.get('namespace', '')}/{claim.get('name', '')}",
        _class(obj),
        at(spec, "volumeAttributesClassName", default=UNSET),
        at(obj, "status", "reason", default=""),
        age(obj, now),
        at(spec, "volumeMode", default=UNSET),
    ]


def persistent_volume_claim(obj: Object, now: datetime) -> list[Any]:
    spec, status = at(obj, "spec", default={}), at(obj, "status", default={})
    volume = spec.get("volumeName", "")
    return [
        name(obj),
        _phase(obj),
        volume,
        at(status, "capacity", "storage", default="0") if volume else "",
        _access_modes(at(status, "accessModes", default=())) if volume else "",
        _class(obj),
        at(spec, "volumeAttributesClassName", default=UNSET),
        age(obj, now),
        at(spec, "volumeMode", default=UNSET),
    ]


def _phase(obj: Object) -> str:
    if at(obj, "metadata", "deletionTimestamp") is not None:
        return "Terminating"
    return str(at(obj, "status", "phase", default=""))


def _class(obj: Object) -> str:
    by_annotation = at(obj, "metadata", "annotations", _CLASS_ANNOTATION)
    return str(at(obj, "spec", "storageClassName", default="") if by_annotation is None else by_annotation)


def _access_modes(modes: Sequence[str]) -> str:
    return joined((short for mode, short in _ACCESS_MODES.items() if mode in modes), none="")


def storage_class(obj: Object, now: datetime) -> list[Any]:
    annotations = at(obj, "metadata", "annotations", default={})
    is_default = any(annotations.get(annotation) == "true" for annotation in _DEFAULT_CLASS_ANNOTATIONS)
    return [
        f"{name(obj)} (default)" if is_default else name(obj),
        obj.get("provisioner", ""),
        at(obj, "reclaimPolicy", default="Delete"),
        at(obj, "volumeBindingMode", default="Immediate"),
        at(obj, "allowVolumeExpansion", default=False),
        age(obj, now),
    ]


def volume_attributes_class(obj: Object, now: datetime) -> list[Any]:
    return [name(obj), obj.get("driverName", ""), age(obj, now)]


def volume_attachment(obj: Object, now: datetime) -> list[Any]:
    spec = at(obj, "spec", default={})
    return [
        name(obj),
        spec.get("attacher", ""),
        at(spec, "source", "persistentVolumeName", default=""),
        spec.get("nodeName", ""),
        at(obj, "status", "attached", default=False),
        age(obj, now),
    ]


def csi_driver(obj: Object, now: datetime) -> list[Any]:
    spec = at(obj, "spec", default={})
    tokens = spec.get("tokenRequests")
    return [
        name(obj),
        at(spec, "attachRequired", default=True),
        at(spec, "podInfoOnMount", default=False),
        at(spec, "storageCapacity", default=False),
        UNSET if tokens is None else ",".join(token.get("audience", "") for token in tokens),
        at(spec, "requiresRepublish", default=False),
        joined(at(spec, "volumeLifecycleModes", default=())),
        age(obj, now),
    ]


def csi_node(obj: Object, now: datetime) -> list[Any]:
    return [name(obj), len(at(obj, "spec", "drivers", default=())), age(obj, now)]
