"""PersistentVolumes.

Of the sources of volumes those are looked into that are still in use: hostPath, local, nfs and csi.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Final

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import checks, internal, names, quantities, volume_claims
from aiokube.testing.apiserver.kinds.pods import scheduling
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = ["BEHAVIOUR", "PersistentVolumeRules"]

_PROTECTION = "kubernetes.io/pv-protection"
_RECLAIM_POLICIES = ("Delete", "Recycle", "Retain")
_HOST_PATH_TYPES = ("", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket")
_DRIVER_LIMIT: Final = 63
_SECRETS = ("controllerPublishSecretRef", "controllerExpandSecretRef", "nodePublishSecretRef", "nodeExpandSecretRef")

# In the order in which kube-apiserver looks for them.
_SOURCES = (
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "glusterfs",
    "flocker",
    "nfs",
    "rbd",
    "quobyte",
    "cephfs",
    "iscsi",
    "cinder",
    "fc",
    "flexVolume",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "scaleIO",
    "local",
    "storageos",
    "csi",
)
_WITH_MOUNT_OPTIONS = (
    {*_SOURCES}
    - {"hostPath", "flocker", "fc", "flexVolume", "portworxVolume", "scaleIO"}
    - {
        "local",
        "storageos",
        "csi",
    }
)
_MOUNT_OPTIONS = "volume.beta.kubernetes.io/mount-options"
_DEPRECATED_ANNOTATIONS = {
    "volume.beta.kubernetes.io/storage-class": 'deprecated since v1.8; use "storageClassName" attribute instead',
    _MOUNT_OPTIONS: 'deprecated since v1.31; use "mountOptions" attribute instead',
}
_DEPRECATED_SOURCES = {
    "cephfs": "spec.cephfs: deprecated in v1.28, non-functional in v1.31+",
    "photonPersistentDisk": "spec.photonPersistentDisk: deprecated in v1.11, non-functional in v1.16+",
    "scaleIO": "spec.scaleIO: deprecated in v1.16, non-functional in v1.22+",
    "storageos": "spec.storageOS: deprecated in v1.22, non-functional in v1.25+",
    "glusterfs": "spec.glusterfs: deprecated in v1.25, non-functional in v1.26+",
    "rbd": "spec.rbd: deprecated in v1.28, non-functional in v1.31+",
}


class PersistentVolumeRules(Rules):
    def admit_create(self, new: Object, context: Context) -> None:
        """Keep a volume from going while a claim has it."""
        finalizers = new["metadata"].setdefault("finalizers", [])
        if _PROTECTION not in finalizers:
            finalizers.append(_PROTECTION)

    def prepare_create(self, new: Object, context: Context) -> None:
        new["status"] = {"phase": "Pending", "lastPhaseTransitionTime": context.now()}

    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        yield from _spec(new.get("spec") or {})
        yield from _mount_options(new)

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        yield from self.validate_create(new, context)
        yield from _spec(new.get("spec") or {})
        yield from _change(new.get("spec") or {}, old["spec"])

    def prepare_status(self, new: Object, old: Object, context: Context) -> None:
        after, before = (one.setdefault("status", {}) for one in (new, old))
        moved, then = after.get("lastPhaseTransitionTime"), before.get("lastPhaseTransitionTime")
        if after.get("phase") == before.get("phase"):
            if moved is None and then is not None:
                after["lastPhaseTransitionTime"] = then
        elif moved is None or moved == then:
            after["lastPhaseTransitionTime"] = context.now()

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        spec = new.get("spec") or {}
        for name, words in _DEPRECATED_ANNOTATIONS.items():
            if name in (new["metadata"].get("annotations") or {}):
                yield f"{fields.key('metadata.annotations', name)}: {words}"
        if spec.get("persistentVolumeReclaimPolicy") == "Recycle":
            yield (
                "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. "
                "Instead, the recommended approach is to use dynamic provisioning."
            )
        yield from (words for name, words in _DEPRECATED_SOURCES.items() if spec.get(name) is not None)


def _spec(spec: Object) -> Iterator[FieldError]:
    modes = spec.get("accessModes") or []
    if not modes:
        yield fields.required("spec.accessModes")
    yield from volume_claims.access_modes(modes, "spec.accessModes")
    yield from _capacity(spec.get("capacity") or {}, "spec.capacity")
    policy = spec.get("persistentVolumeReclaimPolicy")
    if policy:
        yield from checks.one_of(policy, _RECLAIM_POLICIES, "spec.persistentVolumeReclaimPolicy")
    if (affinity := spec.get("nodeAffinity")) is not None:
        at = "spec.nodeAffinity.required"
        if affinity.get("required") is not None:
            yield from scheduling.validate_node_selector(affinity["required"], at)
        else:
            yield fields.required(at, "must specify required node constraints")
    yield from _source(spec)
    if policy == "Recycle" and posixpath.normpath((spec.get("hostPath") or {}).get("path") or ".") == "/":
        words = "may not be 'recycle' for a hostPath mount of '/'"
        yield fields.forbidden("spec.persistentVolumeReclaimPolicy", words)
    if name := spec.get("storageClassName"):
        yield from checks.matching(names.dns_subdomain, name, "spec.storageClassName")
    yield from checks.one_of(spec.get("volumeMode"), volume_claims.VOLUME_MODES, "spec.volumeMode")
    yield from _attributes_class(spec)


def _capacity(capacity: Mapping[str, str], path: str) -> Iterator[FieldError]:
    if not capacity:
        yield fields.required(path)
    if list(capacity) != ["storage"]:
        yield fields.not_supported(path, capacity or None, ["storage"])
    for name, text in capacity.items():
        amount, at = quantities.amount(text), fields.key(path, name)
        if amount < 0:
            yield fields.invalid(at, int(amount), "must be a valid resource quantity")
        if amount <= 0:
            yield fields.invalid(at, text, "must be greater than zero")


def _source(spec: Object) -> Iterator[FieldError]:
    given = [name for name in _SOURCES if spec.get(name) is not None]
    for name in given[:1]:
        if check := _SOURCE_CHECKS.get(name):
            yield from check(spec[name], fields.child("spec", name))
        if name == "local" and spec.get("nodeAffinity") is None:
            yield fields.required("spec.nodeAffinity", "Local volume requires node affinity")
    for name in given[1:]:
        if name != "flexVolume":
            yield fields.forbidden(fields.child("spec", name), "may not specify more than 1 volume type")
    if not given:
        yield fields.required("spec", "must specify a volume type")


def _host_path(source: Object, path: str) -> Iterator[FieldError]:
    yield from _local(source, path)
    if source.get("path"):
        yield from checks.one_of(source.get("type"), _HOST_PATH_TYPES, fields.child(path, "type"))


def _local(source: Object, path: str) -> Iterator[FieldError]:
    where, at = source.get("path") or "", fields.child(path, "path")
    if not where:
        yield fields.required(at)
    elif ".." in where.split("/"):
        yield fields.invalid(at, where, "must not contain '..'")


def _nfs(source: Object, path: str) -> Iterator[FieldError]:
    yield from checks.present(source.get("server"), fields.child(path, "server"))
    where, at = source.get("path") or "", fields.child(path, "path")
    yield from checks.present(where, at)
    if not where.startswith("/"):
        yield fields.invalid(at, where, "must be an absolute path")


def _csi(source: Object, path: str) -> Iterator[FieldError]:
    driver, at = source.get("driver") or "", fields.child(path, "driver")
    if not driver:
        yield fields.required(at)
    else:
        if len(driver.encode()) > _DRIVER_LIMIT:
            yield fields.too_long(at, _DRIVER_LIMIT)
        yield from (fields.invalid(at, driver, words) for words in names.dns_subdomain(driver.lower()))
    yield from checks.present(source.get("volumeHandle"), fields.child(path, "volumeHandle"))
    for name in _SECRETS:
        if (secret := source.get(name)) is not None:
            at = fields.child(path, name)
            yield from checks.present(secret.get("name"), fields.child(at, "name"), names.dns_subdomain)
            yield from checks.present(secret.get("namespace"), fields.child(at, "namespace"), names.dns_label)


_SOURCE_CHECKS: Mapping[str, Callable[[Object, str], Iterator[FieldError]]] = {
    "csi": _csi,
    "hostPath": _host_path,
    "local": _local,
    "nfs": _nfs,
}


def _attributes_class(spec: Object) -> Iterator[FieldError]:
    name, path = spec.get("volumeAttributesClassName"), "spec.volumeAttributesClassName"
    if name is None:
        return
    if name:
        yield from checks.matching(names.dns_subdomain, name, path)
    else:
        yield fields.required(path, "an empty string is disallowed")
    if spec.get("csi") is None:
        yield fields.required("spec.csi", "has to be specified when using volumeAttributesClassName")


def _mount_options(volume: Object) -> Iterator[FieldError]:
    spec = volume.get("spec") or {}
    if any(spec.get(name) is not None for name in _WITH_MOUNT_OPTIONS):
        return
    if _MOUNT_OPTIONS in (volume["metadata"].get("annotations") or {}):
        words = "may not specify mount options for this volume type"
        yield fields.forbidden(fields.child("metadata.annotations", _MOUNT_OPTIONS), words)


def _change(new: Object, old: Object) -> Iterator[FieldError]:
    after, before = ({name: deepcopy(spec[name]) for name in _SOURCES if name in spec} for spec in (new, old))
    added_once = "controllerExpandSecretRef"
    if "csi" in after and "csi" in before and before["csi"].get(added_once) is None:
        after["csi"].pop(added_once, None)
    if after != before:
        difference = internal.diff("PersistentVolumeSource", before, after)
        words = "spec.persistentvolumesource is immutable after creation"
        yield fields.forbidden("spec.persistentvolumesource", f"{words}\n{difference}")
    yield from checks.immutable(new.get("volumeMode"), old.get("volumeMode"), "volumeMode")
    name = "volumeAttributesClassName"
    if old.get(name) is not None and new.get(name) is None:
        yield fields.forbidden(f"spec.{name}", "update from non-nil value to nil is forbidden")


BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {("", "PersistentVolume"): PersistentVolumeRules}
