"""Where containers see the volumes of their pod: as directories, or as block devices.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
(ValidateVolumeMounts, ValidateVolumeDevices)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aiokube.testing.apiserver.field_errors import FieldError, child, forbidden, invalid, item, not_found, required
from aiokube.testing.apiserver.kinds.checks import one_of

from .paths import descending
from .scope import Scope

__all__ = ["validate_devices", "validate_mounts"]

Object = Mapping[str, Any]

_PROPAGATIONS = ("Bidirectional", "HostToContainer", "None")
_READ_ONLY = ("Disabled", "Enabled", "IfPossible")


def validate_mounts(
    mounts: Sequence[Object], devices: Sequence[Object], container: Object, path: str, scope: Scope
) -> Iterator[FieldError]:
    """Return what is wrong with a container's mounts.

    Args:
        devices: its block devices, with which they may share neither volume nor path.
    """
    others = {device.get("name") or "": device.get("devicePath") or "" for device in devices}
    seen: set[str] = set()
    for index, mount in enumerate(mounts):
        at, name, where = item(path, index), mount.get("name") or "", mount.get("mountPath") or ""
        if not name:
            yield required(child(at, "name"))
        if name not in scope.volumes:
            yield not_found(child(at, "name"), name)
        if not where:
            yield required(child(at, "mountPath"))
        if where in seen:
            yield invalid(child(at, "mountPath"), where, "must be unique")
        seen.add(where)
        if name in others:
            yield invalid(child(at, "name"), name, "must not already exist in volumeDevices")
        if where in others.values():
            yield invalid(child(at, "mountPath"), where, "must not already exist as a path in volumeDevices")
        yield from _sub_paths(mount, path, at)
        yield from _propagation(mount, container, child(path, "mountPropagation"))
        yield from _recursive_read_only(mount, child(path, "recursiveReadOnly"))


def validate_devices(
    devices: Sequence[Object], mounts: Sequence[Object], path: str, scope: Scope
) -> Iterator[FieldError]:
    """Return what is wrong with a container's block devices.

    Args:
        mounts: its mounts, with which they may share neither volume nor path.
    """
    others = {mount.get("name") or "": mount.get("mountPath") or "" for mount in mounts}
    names: set[str] = set()
    paths: set[str] = set()
    for index, device in enumerate(devices):
        at, name, where = item(path, index), device.get("name") or "", device.get("devicePath") or ""
        source = scope.volumes.get(name)
        if not name:
            yield required(child(at, "name"))
        if name in names:
            yield invalid(child(at, "name"), name, "must be unique")
        if source is None:
            yield not_found(child(at, "name"), name)
        elif not {"persistentVolumeClaim", "ephemeral"} & source.keys():
            what = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode"
            yield invalid(child(at, "name"), name, what)
        if not where:
            yield required(child(at, "devicePath"))
        if where in paths:
            yield invalid(child(at, "devicePath"), where, "must be unique")
        if ".." in where.split("/"):
            yield invalid(child(at, "devicePath"), where, "can not contain backsteps ('..')")
        else:
            paths.add(where)
        if name in others:
            yield invalid(child(at, "name"), name, "must not already exist in volumeMounts")
        if where in others.values():
            yield invalid(child(at, "devicePath"), where, "must not already exist as a path in volumeMounts")
        if name:
            names.add(name)


def _sub_paths(mount: Object, path: str, at: str) -> Iterator[FieldError]:
    # Paths inside the volume are refused at the list, not at the mount, as kube-apiserver does.
    if mount.get("subPath"):
        yield from descending(mount["subPath"], child(path, "subPath"))
    if expression := mount.get("subPathExpr"):
        if mount.get("subPath"):
            yield invalid(child(at, "subPathExpr"), expression, "subPathExpr and subPath are mutually exclusive")
        yield from descending(expression, child(path, "subPathExpr"))


def _propagation(mount: Object, container: Object, path: str) -> Iterator[FieldError]:
    propagation = mount.get("mountPropagation")
    yield from one_of(propagation, _PROPAGATIONS, path)
    if propagation == "Bidirectional" and not (container.get("securityContext") or {}).get("privileged"):
        yield forbidden(path, "Bidirectional mount propagation is available only to privileged containers")


def _recursive_read_only(mount: Object, path: str) -> Iterator[FieldError]:
    asked = mount.get("recursiveReadOnly")
    yield from one_of(asked, _READ_ONLY, path)
    if asked in {"Enabled", "IfPossible"}:
        if not mount.get("readOnly"):
            yield forbidden(path, "may only be specified when readOnly is true")
        if mount.get("mountPropagation") not in {None, "None"}:
            yield forbidden(path, "may only be specified when mountPropagation is None or not specified")
