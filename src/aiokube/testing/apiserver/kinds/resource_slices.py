"""ResourceSlices: the devices that a driver has, and what they are like.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/resource/validation/validation.go
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.go.text import quoted
from aiokube.testing.apiserver.kinds import capacity_policies, checks, device_requests, internal, names, volume_sources
from aiokube.testing.apiserver.kinds.device_requests import name_of
from aiokube.testing.apiserver.kinds.pods import scheduling
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = ["BEHAVIOUR", "SliceRules", "validate_bindings", "validate_identity"]

_DEVICES_LIMIT: Final = 128
_ADVANCED_DEVICES_LIMIT: Final = 64
_POOL_NAME_LIMIT: Final = 253
_COUNTER_SETS_LIMIT: Final = 8
_COUNTERS_LIMIT: Final = 32
_CONSUMED_LIMIT: Final = 2
_TAINTS_LIMIT: Final = 16
_BINDINGS_LIMIT: Final = 4
_PROPERTIES_LIMIT: Final = 32
_VALUE_LIMIT: Final = 64
_NUMBER = "(?:0|[1-9][0-9]*)"
_PRERELEASE = "(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)"
_BUILD = "[0-9a-zA-Z-]+"
_VERSION = (
    rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}"
    rf"(?:-{_PRERELEASE}(?:\.{_PRERELEASE})*)?"
    rf"(?:\+{_BUILD}(?:\.{_BUILD})*)?"
)
_ON_SLICE = "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required"
_ON_DEVICE = (
    "exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required "
    "when `perDeviceNodeSelection` is set to true in the ResourceSlice spec"
)
_NOT_ON_DEVICE = (
    "`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true "
    "in the ResourceSlice spec"
)


class SliceRules(Rules):
    def prepare_create(self, new: Object, context: Context) -> None:
        """Say of taints when they were added."""
        for device in (new.get("spec") or {}).get("devices") or ():
            for taint in device.get("taints") or ():
                taint.setdefault("timeAdded", context.now())

    def prepare_update(self, new: Object, old: Object, context: Context) -> None:
        self.prepare_create(new, context)

    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        return _spec(new.get("spec") or {}, {}, "spec")

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        return _spec(new.get("spec") or {}, old["spec"], "spec")

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        driver = (new.get("spec") or {}).get("driver") or ""
        if driver != driver.lower():
            yield f"spec.driver: driver names should be lowercase; {quoted(driver)} contains uppercase characters"


def validate_identity(device: Object, path: str) -> Iterator[FieldError]:
    """Refuse what cannot be the driver, the pool and the name of a device."""
    yield from volume_sources.driver_name(device.get("driver") or "", fields.child(path, "driver"))
    yield from _pool_name(device.get("pool") or "", fields.child(path, "pool"))
    yield from checks.matching(names.dns_label, device.get("device") or "", fields.child(path, "device"))


def validate_bindings(device: Object, path: str) -> Iterator[FieldError]:
    """Refuse conditions for binding, and for its failure, of which there are not both, or some twice."""
    good, bad = (device.get(name) or [] for name in ("bindingConditions", "bindingFailureConditions"))
    at, bad_at = fields.child(path, "bindingConditions"), fields.child(path, "bindingFailureConditions")
    yield from checks.each(good, _BINDINGS_LIMIT, device_requests.label_key, at)
    yield from checks.each(bad, _BINDINGS_LIMIT, device_requests.label_key, bad_at)
    for index, condition in enumerate(good):
        if condition in good[:index]:
            yield fields.duplicate(fields.item(at, index), condition)
    for index, condition in enumerate(bad):
        if condition in bad[:index]:
            yield fields.duplicate(fields.item(bad_at, index), condition)
        if condition in good:
            words = "bindingFailureConditions must not overlap with bindingConditions"
            yield fields.invalid(fields.item(bad_at, index), condition, words)
    if bad and not good:
        yield fields.invalid(at, None, "bindingConditions are required to use bindingFailureConditions")
    if good and not bad:
        yield fields.invalid(bad_at, None, "bindingFailureConditions are required to use bindingConditions")


def _spec(spec: Object, old: Object, path: str) -> Iterator[FieldError]:
    pool = spec.get("pool") or {}
    yield from volume_sources.driver_name(spec.get("driver") or "", fields.child(path, "driver"))
    yield from _pool(pool, fields.child(path, "pool"))
    if old:
        yield from checks.immutable(pool.get("name"), old["pool"].get("name"), fields.child(path, "pool", "name"))
        for name in ("driver", "nodeName"):
            yield from checks.immutable(spec.get(name), old.get(name), fields.child(path, name))
    yield from _nodes(spec, path)
    devices, counters = spec.get("devices") or [], spec.get("sharedCounters") or []
    if devices and counters:
        yield fields.invalid(path, "", "only one of `sharedCounters` or `devices` is allowed")
    advanced = any(device.get("taints") or device.get("consumesCounters") for device in devices)
    limit = _ADVANCED_DEVICES_LIMIT if advanced else _DEVICES_LIMIT
    check = partial(_device, old=old, chosen=bool(spec.get("perDeviceNodeSelection")))
    yield from checks.each_once(devices, limit, check, fields.child(path, "devices"), name_of)
    at = fields.child(path, "sharedCounters")
    yield from checks.each_once(counters, _COUNTER_SETS_LIMIT, partial(_counters, name="name"), at, name_of)


def _pool(pool: Object, path: str) -> Iterator[FieldError]:
    yield from _pool_name(pool.get("name") or "", fields.child(path, "name"))
    yield from checks.positive(pool.get("resourceSliceCount") or 0, fields.child(path, "resourceSliceCount"))
    if (generation := pool.get("generation") or 0) < 0:
        yield fields.invalid(fields.child(path, "generation"), generation, "must be greater than or equal to zero")


def _pool_name(name: str, path: str) -> Iterator[FieldError]:
    if not name:
        yield fields.required(path)
        return
    if len(name.encode()) > _POOL_NAME_LIMIT:
        yield fields.too_long(path, _POOL_NAME_LIMIT)
    for part in name.split("/"):
        yield from checks.matching(names.dns_subdomain, part, path)


def _nodes(spec: Object, path: str) -> Iterator[FieldError]:
    flags = ("allNodes", "perDeviceNodeSelection")
    yield from _node_name(spec, path, "must be either unset or set to a non-empty string")
    if (selector := spec.get("nodeSelector")) is not None:
        at, terms = fields.child(path, "nodeSelector"), selector.get("nodeSelectorTerms") or []
        yield from scheduling.validate_node_selector(selector, at)
        if len(terms) != 1:
            shown = [internal.shown("NodeSelectorTerm", term) for term in terms] or None
            words = "must have exactly one node selector term"
            yield fields.invalid(fields.child(at, "nodeSelectorTerms"), shown, words)
    yield from _flags(spec, path, flags)
    given = _given(spec, flags)
    if not given:
        yield fields.required(path, _ON_SLICE)
    elif len(given) > 1:
        yield fields.invalid(path, f"{{{', '.join(given)}}}", f"{_ON_SLICE}, but multiple fields are set")


def _device_nodes(device: Object, path: str, chosen: bool) -> Iterator[FieldError]:
    if not chosen:
        if any(device.get(name) is not None for name in ("nodeName", "nodeSelector", "allNodes")):
            yield fields.invalid(path, None, _NOT_ON_DEVICE)
        return
    yield from _node_name(device, path, "must not be empty")
    if (selector := device.get("nodeSelector")) is not None:
        yield from scheduling.validate_node_selector(selector, fields.child(path, "nodeSelector"))
    yield from _flags(device, path, ("allNodes",))
    given = _given(device, ("allNodes",))
    if not given:
        yield fields.required(path, _ON_DEVICE)
    elif len(given) > 1:
        yield fields.invalid(path, f"{{{', '.join(given)}}}", _ON_DEVICE)


def _node_name(obj: Object, path: str, words: str) -> Iterator[FieldError]:
    name, at = obj.get("nodeName"), fields.child(path, "nodeName")
    if name == "":
        yield fields.invalid(at, name, words)
    elif name is not None:
        yield from checks.matching(names.dns_subdomain, name, at)


def _flags(obj: Object, path: str, flags: Sequence[str]) -> Iterator[FieldError]:
    for name in flags:
        if obj.get(name) is False:
            yield fields.invalid(fields.child(path, name), False, "must be either unset or set to true")


def _given(obj: Object, flags: Sequence[str]) -> list[str]:
    return [f"`{name}`" for name in ("nodeName", "nodeSelector", *flags) if obj.get(name) not in (None, "", False)]


def _device(device: Object, path: str, *, old: Object, chosen: bool) -> Iterator[FieldError]:
    yield from checks.matching(names.dns_label, name_of(device), fields.child(path, "name"))
    attributes, capacity = device.get("attributes") or {}, device.get("capacity") or {}
    if (count := len(attributes) + len(capacity)) > _PROPERTIES_LIMIT:
        words = f"the total number of attributes and capacities must not exceed {_PROPERTIES_LIMIT}"
        yield fields.invalid(path, count, words)
    yield from _map(attributes, _attribute, fields.child(path, "attributes"))
    check = partial(capacity_policies.validate, shared=bool(device.get("allowMultipleAllocations")))
    yield from _map(capacity, check, fields.child(path, "capacity"))
    before: Object = next((one for one in old.get("devices") or () if one.get("name") == device.get("name")), {})
    if not checks.same(device.get("taints"), before.get("taints")):
        yield from checks.each(device.get("taints"), _TAINTS_LIMIT, _taint, fields.child(path, "taints"))
    consumed, check_set = device.get("consumesCounters"), partial(_counters, name="counterSet")
    yield from checks.each_once(
        consumed, _CONSUMED_LIMIT, check_set, fields.child(path, "consumesCounters"), lambda one: one.get("counterSet")
    )
    yield from _device_nodes(device, path, chosen)
    yield from validate_bindings(device, path)


def _map(
    values: Mapping[str, Any], check: Callable[[Any, str], Iterator[FieldError]], path: str
) -> Iterator[FieldError]:
    for key, value in values.items():
        yield from device_requests.qualified_name(key, path)
        yield from check(value, fields.key(path, key))


def _attribute(attribute: Object, path: str) -> Iterator[FieldError]:
    text, version = attribute.get("string"), attribute.get("version")
    if text is not None and len(text.encode()) > _VALUE_LIMIT:
        yield fields.too_long(fields.child(path, "string"), _VALUE_LIMIT)
    if version is not None:
        at = fields.child(path, "version")
        if not re.fullmatch(_VERSION, version):
            yield fields.invalid(at, version, "must be a string compatible with semver.org spec 2.0.0")
        if len(version.encode()) > _VALUE_LIMIT:
            yield fields.too_long(at, _VALUE_LIMIT)
    if len(attribute) != 1:
        shown = internal.shown("DeviceAttribute", attribute) if attribute else ""
        yield fields.invalid(path, shown, "exactly one value must be specified")


def _taint(taint: Object, path: str) -> Iterator[FieldError]:
    yield from device_requests.label_key(taint.get("key") or "", fields.child(path, "key"))
    yield from checks.matching(names.label_value, taint.get("value") or "", fields.child(path, "value"))
    at = fields.child(path, "effect")
    yield from checks.one_of(taint.get("effect"), device_requests.TAINT_EFFECTS, at, needed=True)


def _counters(counters: Object, path: str, *, name: str) -> Iterator[FieldError]:
    yield from checks.present(counters.get(name), fields.child(path, name), names.dns_label)
    given, at = counters.get("counters") or {}, fields.child(path, "counters")
    if not given:
        yield fields.required(at)
    elif len(given) > _COUNTERS_LIMIT:
        yield fields.too_many(at, len(given), _COUNTERS_LIMIT)
    else:
        for key in given:
            yield from checks.matching(names.dns_label, key, at)


BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {("resource.k8s.io", "ResourceSlice"): SliceRules}
