"""PersistentVolumes, and their specs as they stand in VolumeAttachments.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import (
    checks,
    internal,
    names,
    node_labels,
    quantities,
    volume_claims,
    volume_sources,
)
from aiokube.testing.apiserver.kinds.pods import scheduling
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = ["BEHAVIOUR", "PersistentVolumeRules", "validate_inline"]

_PROTECTION = "kubernetes.io/pv-protection"
_NOT_INLINE = "may not be specified in the context of inline volumes"
_RECLAIM_POLICIES = ("Delete", "Recycle", "Retain")

_WITHOUT_MOUNT_OPTIONS = (
    "csi",
    "fc",
    "flexVolume",
    "flocker",
    "hostPath",
    "local",
    "portworxVolume",
    "scaleIO",
    "storageos",
)
_WITH_MOUNT_OPTIONS = [name for name in volume_sources.SOURCES if name not in _WITHOUT_MOUNT_OPTIONS]
_MOUNT_OPTIONS = "volume.beta.kubernetes.io/mount-options"
_STABLE_LABELS = {
    "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "beta.kubernetes.io/arch": "kubernetes.io/arch",
    "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
    "beta.kubernetes.io/os": "kubernetes.io/os",
}
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
        yield from _spec(new.get("spec") or {}, new["metadata"].get("name", ""))
        yield from _mount_options(new)

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        yield from self.validate_create(new, context)
        yield from _spec(new.get("spec") or {}, new["metadata"].get("name", ""))
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
        terms = ((spec.get("nodeAffinity") or {}).get("required") or {}).get("nodeSelectorTerms") or ()
        for index, term in enumerate(terms):
            at = fields.item("spec.nodeAffinity.required.nodeSelectorTerms", index)
            yield from node_labels.warnings(term.get("matchExpressions") or (), fields.child(at, "matchExpressions"))
        yield from (words for name, words in _DEPRECATED_SOURCES.items() if spec.get(name) is not None)


def validate_inline(spec: Object, path: str) -> Iterator[FieldError]:
    """Return what is wrong with the spec of a volume that is no object of its own."""
    if spec.get("claimRef") is not None:
        yield fields.forbidden(fields.child(path, "claimRef"), _NOT_INLINE)
    if spec.get("capacity"):
        yield fields.forbidden(fields.child(path, "capacity"), _NOT_INLINE)
    if spec.get("csi") is None:
        yield fields.required(fields.child(path, "csi"), "has to be specified in the context of inline volumes")
    yield from _access_modes(spec, fields.child(path, "accessModes"))
    if spec.get("persistentVolumeReclaimPolicy") not in {None, "", "Retain"}:
        words = "may only be Retain in the context of inline volumes"
        yield fields.forbidden(fields.child(path, "persistentVolumeReclaimPolicy"), words)
    if spec.get("nodeAffinity") is not None:
        yield fields.forbidden(fields.child(path, "nodeAffinity"), _NOT_INLINE)
    yield from volume_sources.validate(spec, path, volume="", placed=False)
    yield from _recycled_root(spec, path)
    if spec.get("storageClassName"):
        yield fields.forbidden(fields.child(path, "storageClassName"), _NOT_INLINE)
    if spec.get("volumeMode") not in {None, "Filesystem"}:
        words = "may not specify volumeMode other than Filesystem in the context of inline volumes"
        yield fields.forbidden(fields.child(path, "volumeMode"), words)


def _spec(spec: Object, name: str) -> Iterator[FieldError]:
    yield from _access_modes(spec, "spec.accessModes")
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
    yield from volume_sources.validate(spec, "spec", volume=name, placed=affinity is not None)
    yield from _recycled_root(spec, "spec")
    if storage_class := spec.get("storageClassName"):
        yield from checks.matching(names.dns_subdomain, storage_class, "spec.storageClassName")
    yield from checks.one_of(spec.get("volumeMode"), volume_claims.VOLUME_MODES, "spec.volumeMode")
    yield from _attributes_class(spec)


def _access_modes(spec: Object, path: str) -> Iterator[FieldError]:
    modes = spec.get("accessModes") or []
    if not modes:
        yield fields.required(path)
    yield from volume_claims.access_modes(modes, path)


def _recycled_root(spec: Object, path: str) -> Iterator[FieldError]:
    where = (spec.get("hostPath") or {}).get("path") or "."
    if spec.get("persistentVolumeReclaimPolicy") == "Recycle" and posixpath.normpath(where) == "/":
        words = "may not be 'recycle' for a hostPath mount of '/'"
        yield fields.forbidden(fields.child(path, "persistentVolumeReclaimPolicy"), words)


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
    after, before = (
        {name: deepcopy(spec[name]) for name in volume_sources.SOURCES if name in spec} for spec in (new, old)
    )
    added_once = "controllerExpandSecretRef"
    if "csi" in after and "csi" in before and before["csi"].get(added_once) is None:
        after["csi"].pop(added_once, None)
    if after != before:
        difference = internal.diff("PersistentVolumeSource", before, after)
        words = "spec.persistentvolumesource is immutable after creation"
        yield fields.forbidden("spec.persistentvolumesource", f"{words}\n{difference}")
    yield from checks.immutable(new.get("volumeMode"), old.get("volumeMode"), "volumeMode")
    yield from _moved(new.get("nodeAffinity"), old.get("nodeAffinity"))
    name = "volumeAttributesClassName"
    if old.get(name) is not None and new.get(name) is None:
        yield fields.forbidden(f"spec.{name}", "update from non-nil value to nil is forbidden")


def _moved(new: Object | None, old: Object | None) -> Iterator[FieldError]:
    """Refuse other nodes; only labels that have got a name for good may be named so."""
    if old is None:
        return
    after, before = (_affinity(one) for one in (new, old))
    if after not in (before, _affinity(_renamed(old))):
        words = "field is immutable, except for updating from beta label to GA"
        yield fields.invalid("nodeAffinity", after, words)


def _affinity(affinity: Object | None) -> Object | None:
    return None if affinity is None else internal.shown("VolumeNodeAffinity", affinity)


def _renamed(affinity: Object) -> Object:
    renamed = deepcopy(affinity)
    for term in (renamed.get("required") or {}).get("nodeSelectorTerms") or ():
        for requirement in (*(term.get("matchExpressions") or ()), *(term.get("matchFields") or ())):
            requirement["key"] = _STABLE_LABELS.get(requirement.get("key", ""), requirement.get("key", ""))
    return renamed


BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {("", "PersistentVolume"): PersistentVolumeRules}
