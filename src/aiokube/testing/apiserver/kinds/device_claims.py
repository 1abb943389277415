"""ResourceClaims, their templates, and the DeviceClasses that they name. No device is allocated here.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/resource/validation/validation.go
    and https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/registry/resource/resourceclaim/strategy.go
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import (
    checks,
    conditions,
    device_requests,
    internal,
    resource_names,
    resource_slices,
)
from aiokube.testing.apiserver.kinds.device_requests import Names
from aiokube.testing.apiserver.kinds.fixed_metadata import FixedMetadataRules
from aiokube.testing.apiserver.kinds.metadata import validate_template_metadata
from aiokube.testing.apiserver.kinds.pods import scheduling
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = ["BEHAVIOUR", "ClaimRules", "ClassRules", "TemplateRules"]

_NAMESPACES = GroupResource("", "namespaces")
_ADMIN_LABEL = "resource.kubernetes.io/admin-access"
_LIMIT: Final = 32
_CONSUMERS_LIMIT: Final = 256
_CONDITIONS_LIMIT: Final = 8
_DATA_LIMIT: Final = 10 * 1024


class ClaimRules(FixedMetadataRules):
    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        devices = (new.get("spec") or {}).get("devices") or {}
        yield from _administrators(devices, new["metadata"].get("namespace", ""), context)
        yield from device_requests.validate(devices, "spec.devices")

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        return internal.unchanged("ResourceClaimSpec", new.get("spec") or {}, old.get("spec") or {}, "spec")

    def prepare_status(self, new: Object, old: Object, context: Context) -> None:
        """Forget what was said of devices that the claim has no longer."""
        super().prepare_status(new, old, context)
        kept = _allocated(new)
        gone = [device for device in _allocated(old) if device not in kept]
        status = new.get("status") or {}
        if left := [device for device in status.get("devices") or () if _identity(device) not in gone]:
            status["devices"] = left
        else:
            status.pop("devices", None)

    def validate_status(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        status, before = new.get("status") or {}, old.get("status") or {}
        consumers, allocation = status.get("reservedFor") or [], status.get("allocation")
        yield from checks.each_once(
            consumers, _CONSUMERS_LIMIT, _consumer, "status.reservedFor", lambda one: one.get("uid") or ""
        )
        devices, check = status.get("devices") or [], partial(_device, allocated=_allocated(new))
        yield from checks.each_once(devices, len(devices), check, "status.devices", _identity)
        if consumers and allocation is None:
            yield fields.forbidden("status.reservedFor", "may not be specified when `allocated` is not set")
        added = [one for one in consumers if one not in (before.get("reservedFor") or ())]
        if allocation is not None and new["metadata"].get("deletionTimestamp") and added:
            words = "new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set"
            yield fields.forbidden("status.reservedFor", words)
        if allocation is not None and before.get("allocation") is not None:
            yield from internal.unchanged("AllocationResult", allocation, before["allocation"], "status.allocation")
        elif allocation is not None:
            known = device_requests.known_names((new.get("spec") or {}).get("devices") or {})
            yield from _allocation(allocation, "status.allocation", known)


class TemplateRules(Rules):
    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        devices = ((new.get("spec") or {}).get("spec") or {}).get("devices") or {}
        yield from _administrators(devices, new["metadata"].get("namespace", ""), context)
        yield from _template(new)

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        yield from _template(new)
        yield from internal.unchanged("ResourceClaimTemplateSpec", new.get("spec") or {}, old.get("spec") or {}, "spec")


class ClassRules(Rules):
    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        spec = new.get("spec") or {}
        yield from device_requests.validate_selectors(spec.get("selectors"), "spec.selectors")
        yield from checks.each(spec.get("config"), _LIMIT, device_requests.validate_configuration, "spec.config")
        name = spec.get("extendedResourceName")
        if name is not None and not resource_names.is_extended(name):
            yield fields.invalid("spec.extendedResourceName", name, "must be a valid extended resource name")


def _administrators(devices: Object, namespace: str, context: Context) -> Iterator[FieldError]:
    """Refuse access to devices that others use, outside of namespaces that are for it."""
    for index, request in enumerate(devices.get("requests") or ()):
        if (request.get("exactly") or {}).get("adminAccess"):
            found = context.get(_NAMESPACES, namespace) or {"metadata": {}}
            if (found["metadata"].get("labels") or {}).get(_ADMIN_LABEL) != "true":
                words = f"admin access to devices requires the `{_ADMIN_LABEL}: true` label on the containing namespace"
                yield fields.forbidden(fields.child(fields.item("spec.devices.requests", index), "adminAccess"), words)
            return


def _template(template: Object) -> Iterator[FieldError]:
    spec = template.get("spec") or {}
    yield from validate_template_metadata(spec.get("metadata") or {}, "spec.metadata")
    yield from device_requests.validate((spec.get("spec") or {}).get("devices") or {}, "spec.spec.devices")


def _identity(device: Object) -> Object:
    """Return what tells a device from all others, as messages show it."""
    return {name[:1].upper() + name[1:]: device.get(name) or "" for name in ("driver", "pool", "device", "shareID")}


def _allocated(claim: Object) -> list[Object]:
    allocation = (claim.get("status") or {}).get("allocation") or {}
    return [_identity(one) for one in (allocation.get("devices") or {}).get("results") or ()]


def _consumer(consumer: Object, path: str) -> Iterator[FieldError]:
    for name in ("resource", "name", "uid"):
        yield from checks.present(consumer.get(name), fields.child(path, name))


def _device(device: Object, path: str, *, allocated: Sequence[Object]) -> Iterator[FieldError]:
    yield from resource_slices.validate_identity(device, path)
    if _identity(device) not in allocated:
        yield fields.invalid(path, _identity(device), "must be an allocated device in the claim")
    given = device.get("conditions") or []
    if len(given) > _CONDITIONS_LIMIT:
        yield fields.too_many(fields.child(path, "conditions"), len(given), _CONDITIONS_LIMIT)
    yield from conditions.validate(given, fields.child(path, "conditions"))
    if device.get("data") is not None:
        yield from device_requests.json_object(device["data"], _DATA_LIMIT, fields.child(path, "data"))


def _allocation(allocation: Object, path: str, known: Names) -> Iterator[FieldError]:
    devices, at = allocation.get("devices") or {}, fields.child(path, "devices")
    results, config = devices.get("results"), devices.get("config")
    yield from checks.each(results, _LIMIT, partial(_result, known=known), fields.child(at, "results"))
    yield from checks.each(config, 2 * _LIMIT, partial(_config, known=known), fields.child(at, "config"))
    if (selector := allocation.get("nodeSelector")) is not None:
        yield from scheduling.validate_node_selector(selector, fields.child(path, "nodeSelector"))


def _result(result: Object, path: str, *, known: Names) -> Iterator[FieldError]:
    name = result.get("request") or ""
    yield from device_requests.request_name(name, fields.child(path, "request"), known=known)
    yield from resource_slices.validate_identity(result, path)
    yield from resource_slices.validate_bindings(result, path)


def _config(config: Object, path: str, *, known: Names) -> Iterator[FieldError]:
    source, at = config.get("source") or "", fields.child(path, "source")
    yield from checks.one_of(source, ("FromClaim", "FromClass"), at, needed=True)
    yield from checks.each_once(
        config.get("requests"),
        _LIMIT,
        partial(device_requests.request_name, known=known),
        fields.child(path, "requests"),
        str,
    )
    yield from device_requests.validate_configuration(config, path)


_GROUP = "resource.k8s.io"

BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {
    (_GROUP, "DeviceClass"): ClassRules,
    (_GROUP, "ResourceClaim"): ClaimRules,
    (_GROUP, "ResourceClaimTemplate"): TemplateRules,
}
