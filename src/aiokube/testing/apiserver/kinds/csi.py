"""What drivers of volumes tell of themselves: CSINodes, CSIStorageCapacities and VolumeAttachments.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/storage/validation/validation.go
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import (
    checks,
    internal,
    label_selectors,
    names,
    node_labels,
    quantities,
    volume_sources,
    volumes,
)
from aiokube.testing.apiserver.kinds.fixed_metadata import FixedMetadataRules
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = ["BEHAVIOUR", "CSINodeRules", "CSIStorageCapacityRules", "VolumeAttachmentRules"]

_NODE_ID_LIMIT: Final = 256
_ATTACHMENT_LIMIT: Final = 256 * 1024
_ERROR_LIMIT: Final = 1024
_ONE_SOURCE = "must specify exactly one of inlineVolumeSpec and persistentVolumeName"


class CSINodeRules(Rules):
    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        seen: set[str] = set()
        for index, driver in enumerate((new.get("spec") or {}).get("drivers") or ()):
            path, name = fields.item("spec.drivers", index), driver.get("name") or ""
            yield from volume_sources.driver_name(name, fields.child(path, "name"))
            yield from _node_id(driver.get("nodeID") or "", fields.child(path, "nodeID"))
            count = (driver.get("allocatable") or {}).get("count")
            yield from checks.not_negative(count, fields.child(path, "allocatable.count"))
            if name in seen:
                yield fields.duplicate(fields.child(path, "name"), name)
            seen.add(name)
            yield from _topology_keys(driver.get("topologyKeys") or [], path)

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        yield from self.validate_create(new, context)
        for before in (old.get("spec") or {}).get("drivers") or ():
            for after in (new.get("spec") or {}).get("drivers") or ():
                if before.get("name") == after.get("name"):
                    yield from checks.immutable(_fixed(after), _fixed(before), "spec.drivers")


class CSIStorageCapacityRules(Rules):
    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        yield from label_selectors.validate(new.get("nodeTopology"), "nodeTopology")
        yield from checks.matching(names.dns_subdomain, new.get("storageClassName") or "", "storageClassName")
        capacity = new.get("capacity")
        if capacity is not None and quantities.amount(capacity) < 0:
            yield fields.invalid("capacity", capacity, "must be greater than or equal to 0")

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        yield from self.validate_create(new, context)
        for name in ("nodeTopology", "storageClassName"):
            yield from checks.immutable(new.get(name), old.get(name), name)

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        topology = new.get("nodeTopology") or {}
        yield from node_labels.warnings(topology.get("matchExpressions") or (), "nodeTopology.matchExpressions")
        for name in topology.get("matchLabels") or ():
            if name in node_labels.OLD:
                yield f"{fields.child('nodeTopology.matchLabels', name)}: {node_labels.OLD[name]}"


class VolumeAttachmentRules(FixedMetadataRules):
    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        spec, status = new.get("spec") or {}, new.get("status") or {}
        source = spec.get("source") or {}
        yield from volume_sources.driver_name(spec.get("attacher") or "", "spec.attacher")
        yield from _source(source)
        yield from checks.matching(names.dns_subdomain, spec.get("nodeName") or "", "spec.nodeName")
        yield from _attachment(status)
        if (name := source.get("persistentVolumeName")) is not None:
            yield from checks.matching(names.dns_subdomain, name, "spec.source.persistentVolumeName")

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        yield from self.validate_create(new, context)
        yield from internal.unchanged("VolumeAttachmentSpec", new.get("spec") or {}, old.get("spec") or {}, "spec")

    def validate_status(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        return self.validate_update(new, old, context)


def _fixed(driver: Object) -> Object:
    """Return what may not change of a driver, as messages show it."""
    return internal.shown("CSINodeDriver", driver) | {"Allocatable": None}


def _node_id(value: str, path: str) -> Iterator[FieldError]:
    yield from checks.present(value, path)
    if len(value.encode()) > _NODE_ID_LIMIT:
        yield fields.invalid(path, value, f"must be {_NODE_ID_LIMIT} characters or less")


def _topology_keys(keys: Sequence[str], path: str) -> Iterator[FieldError]:
    for index, key in enumerate(keys):
        yield from checks.present(key, path)
        if key in keys[:index]:
            yield fields.duplicate(path, key)
        yield from checks.matching(names.qualified_name, key, path)


def _source(source: Object) -> Iterator[FieldError]:
    path = "spec.source"
    name, inline = source.get("persistentVolumeName"), source.get("inlineVolumeSpec")
    if name is None and inline is None:
        yield fields.required(path, _ONE_SOURCE)
    elif name is not None and inline is not None:
        yield fields.forbidden(path, _ONE_SOURCE)
    elif inline is not None:
        yield from volumes.validate_inline(inline, fields.child(path, "inlineVolumeSpec"))
    elif not name:
        yield fields.required(fields.child(path, "persistentVolumeName"), "must specify non empty persistentVolumeName")


def _attachment(status: Object) -> Iterator[FieldError]:
    metadata = status.get("attachmentMetadata") or {}
    if sum(len(key.encode()) + len(value.encode()) for key, value in metadata.items()) > _ATTACHMENT_LIMIT:
        yield fields.too_long("status.attachmentMetadata", _ATTACHMENT_LIMIT)
    for name in ("attachError", "detachError"):
        error, path = status.get(name) or {}, fields.child("status", name)
        if len((error.get("message") or "").encode()) > _ERROR_LIMIT:
            yield fields.too_long(fields.child(path, "message"), _ATTACHMENT_LIMIT)  # kube-apiserver's own slip
        yield from checks.in_range(error.get("errorCode"), 0, 2**31 - 1, fields.child(path, "errorCode"))


_GROUP = "storage.k8s.io"

BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {
    (_GROUP, "CSINode"): CSINodeRules,
    (_GROUP, "CSIStorageCapacity"): CSIStorageCapacityRules,
    (_GROUP, "VolumeAttachment"): VolumeAttachmentRules,
}
