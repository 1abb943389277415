"""PersistentVolumeClaims.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
    and https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/api/persistentvolumeclaim/util.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from fractions import Fraction
from typing import Any, ClassVar, Final

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.errors import GroupResource, forbidden
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import checks, internal, label_selectors, names, quantities
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = ["ACCESS_MODES", "BEHAVIOUR", "VOLUME_MODES", "PersistentVolumeClaimRules", "access_modes", "validate_spec"]

ACCESS_MODES: Final = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
VOLUME_MODES: Final = ("Block", "Filesystem")

_CLAIMS = GroupResource("", "persistentvolumeclaims")
_CLASSES = GroupResource("storage.k8s.io", "storageclasses")
_PROTECTION = "kubernetes.io/pvc-protection"
_CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class"
_DEFAULT_ANNOTATIONS = (
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
)
_RESIZE_STATUSES = (
    "ControllerResizeInProgress",
    "ControllerResizeInfeasible",
    "NodeResizeInProgress",
    "NodeResizeInfeasible",
    "NodeResizePending",
)
_FROM_CLAIM_OR_SNAPSHOT = {("PersistentVolumeClaim", ""), ("VolumeSnapshot", "snapshot.storage.k8s.io")}


class PersistentVolumeClaimRules(Rules):
    field_labels: ClassVar[Mapping[str, Callable[[Object], str]]] = {}

    def admit_create(self, new: Object, context: Context) -> None:
        """Name the default class, and keep a claim from going while a pod has it."""
        spec = new["spec"] = new.get("spec") or {}
        if spec.get("storageClassName") is None and _CLASS_ANNOTATION not in _annotations(new):
            defaults = [one for one in context.list(_CLASSES) if _is_default(one)]
            if defaults:
                defaults.sort(key=lambda one: str(one["metadata"]["name"]))
                newest = max(defaults, key=lambda one: str(one["metadata"]["creationTimestamp"]))
                spec["storageClassName"] = newest["metadata"]["name"]
        finalizers = new["metadata"].setdefault("finalizers", [])
        if _PROTECTION not in finalizers:
            finalizers.append(_PROTECTION)

    def prepare_create(self, new: Object, context: Context) -> None:
        new["status"] = {"phase": "Pending"}
        _set_data_sources(new["spec"], None)

    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        return validate_spec(new["spec"], "spec")

    def prepare_update(self, new: Object, old: Object, context: Context) -> None:
        new["spec"] = new.get("spec") or {}
        _set_data_sources(new["spec"], old["spec"])

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        readable = label_selectors.readable(old["spec"].get("selector"))
        yield from validate_spec(new["spec"], "spec", check_values=readable)
        yield from _change(new, old)

    def review_update(self, new: Object, old: Object, context: Context) -> None:
        """Let only bound claims of classes that allow it grow."""
        if _requested(new) <= _requested(old):
            return
        if (old.get("status") or {}).get("phase") != "Bound":
            raise forbidden(_CLAIMS, _name(old), "Only bound persistent volume claims can be expanded")
        name = _class(new)
        storage_class = context.get(_CLASSES, name) if name and name == _class(old) else None
        if not (storage_class or {}).get("allowVolumeExpansion"):
            why = (
                "only dynamically provisioned pvc can be resized and "
                "the storageclass that provisions the pvc must support resize"
            )
            raise forbidden(_CLAIMS, _name(old), why)

    def validate_status(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        status = new.get("status") or {}
        if not new["spec"].get("accessModes"):
            yield fields.required("Spec.accessModes")
        for name, amount in (status.get("capacity") or {}).items():
            yield from _valid_amount(amount, fields.key("status.capacity", name))
        for name, state in (status.get("allocatedResourceStatuses") or {}).items():
            yield from _resource_key(name, "status.allocatedResourceStatuses")
            if state not in _RESIZE_STATUSES:
                yield fields.not_supported("status.allocatedResourceStatuses", name, sorted(_RESIZE_STATUSES))
        for name, amount in (status.get("allocatedResources") or {}).items():
            if wrong := list(_resource_key(name, "status.allocatedResources")):
                yield from wrong
            else:
                yield from _valid_amount(amount, fields.key("status.allocatedResources", name))

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        if _CLASS_ANNOTATION in _annotations(new):
            words = 'deprecated since v1.8; use "storageClassName" attribute instead'
            yield f"{fields.key('metadata.annotations', _CLASS_ANNOTATION)}: {words}"
        resources = new["spec"].get("resources") or {}
        for part in ("requests", "limits"):
            amount = (resources.get(part) or {}).get("storage")
            if amount is not None and not quantities.is_whole(amount):
                at = fields.key(fields.child("spec.resources", part), "storage")
                yield f'{at}: fractional byte value "{amount}" is invalid, must be an integer'


def validate_spec(spec: Object, path: str, *, check_values: bool = True) -> Iterator[FieldError]:
    """Return what is wrong with the spec of a claim, or of the template of one.

    Args:
        check_values: of labels in the selector.
    """
    modes = spec.get("accessModes") or []
    if not modes:
        yield fields.required(fields.child(path, "accessModes"), "at least 1 access mode is required")
    yield from label_selectors.validate(spec.get("selector"), fields.child(path, "selector"), check_values=check_values)
    yield from access_modes(modes, fields.child(path, "accessModes"))
    yield from _storage(spec, fields.key(fields.child(path, "resources"), "storage"))
    for name in ("storageClassName", "volumeAttributesClassName"):
        if name == "volumeAttributesClassName":
            yield from checks.one_of(spec.get("volumeMode"), VOLUME_MODES, fields.child(path, "volumeMode"))
            yield from _data_sources(spec, path)
        if class_name := spec.get(name):
            yield from checks.matching(names.dns_subdomain, class_name, fields.child(path, name))


def access_modes(modes: list[str], path: str) -> Iterator[FieldError]:
    """Refuse modes that are unknown or exclude each other."""
    for mode in modes:
        yield from checks.one_of(mode, ACCESS_MODES, path)
    if "ReadWriteOncePod" in modes and {*modes} & {*ACCESS_MODES} != {"ReadWriteOncePod"}:
        yield fields.forbidden(path, "may not use ReadWriteOncePod with other access modes")


def _storage(spec: Object, path: str) -> Iterator[FieldError]:
    amount = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
    if amount is None:
        yield fields.required(path)
    elif quantities.amount(amount) <= 0:
        yield fields.invalid(path, amount, "must be greater than zero")


def _data_sources(spec: Object, path: str) -> Iterator[FieldError]:
    source, reference = spec.get("dataSource"), spec.get("dataSourceRef")
    if source is not None:
        yield from _data_source(source, fields.child(path, "dataSource"))
    if reference is not None:
        at = fields.child(path, "dataSourceRef")
        yield from _data_source(reference, at)
        if namespace := reference.get("namespace"):
            yield from checks.matching(names.dns_label, namespace, fields.child(at, "namespace"))
    if source is not None and reference is not None and not _equal(source, reference):
        # Go shows the path as a value here, which has no JSON fields.
        yield fields.invalid(path, {}, "must match dataSourceRef")


def _data_source(source: Object, path: str) -> Iterator[FieldError]:
    for name in ("name", "kind"):
        yield from checks.present(source.get(name), fields.child(path, name))
    group, kind = source.get("apiGroup") or "", source.get("kind") or ""
    if not group and kind != "PersistentVolumeClaim":
        yield fields.invalid(path, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup")
    if group:
        yield from checks.matching(names.dns_subdomain, group, fields.child(path, "apiGroup"))


def _equal(source: Object, reference: Object) -> bool:
    return all(source.get(name) == reference.get(name) for name in ("apiGroup", "kind", "name"))


def _set_data_sources(spec: Object, old: Object | None) -> None:
    """Keep dataSource and dataSourceRef alike, and drop what the older of them never took."""
    source, reference = spec.get("dataSource"), spec.get("dataSourceRef")
    in_use = old is not None and (old.get("dataSource") or old.get("dataSourceRef"))
    if reference is not None and reference.get("namespace") and not (old or {}).get("dataSourceRef"):
        reference = spec.pop("dataSourceRef") and None  # references across namespaces are not enabled by default
    if source is not None and reference is None and not in_use and _kind(source) not in _FROM_CLAIM_OR_SNAPSHOT:
        source = spec.pop("dataSource") and None
    if source is not None and reference is None:
        spec["dataSourceRef"] = dict(source)
    elif reference is not None and source is None and not reference.get("namespace"):
        spec["dataSource"] = {name: value for name, value in reference.items() if name != "namespace"}


def _kind(source: Object) -> tuple[str, str]:
    return source.get("kind") or "", source.get("apiGroup") or ""


def _change(new: Object, old: Object) -> Iterator[FieldError]:
    after, before = deepcopy(new["spec"]), deepcopy(old["spec"])
    if not before.get("volumeName"):
        before["volumeName"] = after.get("volumeName")
    yield from _class_change(new, old, after, before)
    if (new.get("status") or {}).get("phase") == "Bound":
        _copy(after, before, "volumeAttributesClassName")
        if requests := (after.get("resources") or {}).get("requests"):
            requests["storage"] = before["resources"]["requests"]["storage"]
    if not _same_spec(after, before):
        words = (
            "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
        )
        difference = internal.diff("PersistentVolumeClaimSpec", before, after)
        yield fields.forbidden("spec", f"{words}\n{difference}")
    yield from _shrinking(new, old)
    mode = new["spec"].get("volumeMode")
    yield from checks.immutable(mode, old["spec"].get("volumeMode"), "volumeMode")
    yield from _attributes_change(new, old)


def _class_change(new: Object, old: Object, after: Object, before: Object) -> Iterator[FieldError]:
    name, annotation = new["spec"].get("storageClassName"), _annotations(old).get(_CLASS_ANNOTATION)
    if old["spec"].get("storageClassName") is None and name is not None and name == annotation:
        after.pop("storageClassName", None)
        return
    now = _annotations(new).get(_CLASS_ANNOTATION, "")
    if now != (annotation or ""):
        at = fields.key("metadata.annotations", _CLASS_ANNOTATION)
        yield fields.invalid(at, now, "field is immutable")
    if name is not None and old["spec"].get("storageClassName") is None and annotation in (None, name):
        after.pop("storageClassName", None)


def _same_spec(after: Object, before: Object) -> bool:
    return all(checks.same(after.get(name), before.get(name)) for name in {*after, *before})


def _shrinking(new: Object, old: Object) -> Iterator[FieldError]:
    if _requested(new) < _requested(old):
        capacity = ((old.get("status") or {}).get("capacity") or {}).get("storage", "0")
        if _requested(new) <= quantities.amount(capacity):
            yield fields.forbidden("spec.resources.requests.storage", "field can not be less than status.capacity")


def _attributes_change(new: Object, old: Object) -> Iterator[FieldError]:
    name = new["spec"].get("volumeAttributesClassName")
    if name == old["spec"].get("volumeAttributesClassName"):
        return
    if (old.get("status") or {}).get("currentVolumeAttributesClassName") is not None and not name:
        to = "nil" if name is None else "empty string"
        words = f"update to {to} is forbidden when status.currentVolumeAttributesClassName is not nil"
        yield fields.forbidden("spec.volumeAttributesClassName", words)


def _copy(to: Object, source: Object, name: str) -> None:
    if source.get(name) is not None:
        to[name] = source[name]
    else:
        to.pop(name, None)


def _valid_amount(amount: str, path: str) -> Iterator[FieldError]:
    value = quantities.amount(amount)
    if value < 0:
        yield fields.invalid(path, int(value), "must be a valid resource quantity")


def _resource_key(name: str, path: str) -> Iterator[FieldError]:
    if wrong := list(checks.matching(names.qualified_name, name, path)):
        yield from wrong
    elif name != "storage" and ("/" not in name or name.startswith("kubernetes.io/")):
        yield fields.not_supported(path, name, ["storage"])


def _requested(claim: Object) -> Fraction:
    amount = ((claim["spec"].get("resources") or {}).get("requests") or {}).get("storage", "0")
    return quantities.amount(amount)


def _class(claim: Object) -> str:
    name: str = _annotations(claim).get(_CLASS_ANNOTATION) or claim["spec"].get("storageClassName") or ""
    return name


def _is_default(storage_class: Object) -> bool:
    return any(_annotations(storage_class).get(name) == "true" for name in _DEFAULT_ANNOTATIONS)


def _annotations(obj: Object) -> Mapping[str, Any]:
    return obj["metadata"].get("annotations") or {}


def _name(claim: Object) -> str:
    return str(claim["metadata"].get("name", ""))


BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {("", "PersistentVolumeClaim"): PersistentVolumeClaimRules}
