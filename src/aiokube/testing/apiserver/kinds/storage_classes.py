"""StorageClasses, VolumeAttributesClasses and CSIDrivers.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/storage/validation/validation.go
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import checks, names, node_labels
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = ["BEHAVIOUR", "CSIDriverRules", "StorageClassRules", "VolumeAttributesClassRules"]

_RECLAIM_POLICIES = ("Delete", "Retain")
_BINDING_MODES = ("Immediate", "WaitForFirstConsumer")
_GROUP_POLICIES = ("File", "None", "ReadWriteOnceWithFSType")
_LIFECYCLE_MODES = ("Persistent", "Ephemeral")
_PARAMETERS_LIMIT: Final = 512
_PARAMETERS_SIZE_LIMIT: Final = 256 * 1024
_SHORTEST_TOKEN_SECONDS: Final = 600
_LONGEST_TOKEN_SECONDS: Final = 2**32
_PROTECTION = "kubernetes.io/vac-protection"
_TOKENS_ELSEWHERE = (
    "spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible "
    "logging of tokens in volume attributes"
)


class StorageClassRules(Rules):
    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        yield from _provisioner(new.get("provisioner") or "", "provisioner")
        yield from _parameters(new.get("parameters") or {}, may_be_empty=True)
        if new.get("reclaimPolicy"):
            yield from checks.one_of(new["reclaimPolicy"], _RECLAIM_POLICIES, "reclaimPolicy")
        mode = new.get("volumeBindingMode")
        if mode is None:
            yield fields.required("volumeBindingMode")
        else:
            yield from checks.one_of(mode, _BINDING_MODES, "volumeBindingMode")
        yield from _topologies(new.get("allowedTopologies") or [])

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        yield from self.validate_create(new, context)
        for name in ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"):
            yield from checks.immutable(new.get(name), old.get(name), name)

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        for index, term in enumerate(new.get("allowedTopologies") or ()):
            path = fields.child(fields.item("allowedTopologies", index), "matchLabelExpressions")
            for number, expression in enumerate(term.get("matchLabelExpressions") or ()):
                if words := node_labels.OLD.get(expression.get("key") or ""):
                    yield f"{fields.child(fields.item(path, number), 'key')}: {words}"


class VolumeAttributesClassRules(Rules):
    def admit_create(self, new: Object, context: Context) -> None:
        finalizers = new["metadata"].setdefault("finalizers", [])
        if _PROTECTION not in finalizers:
            finalizers.append(_PROTECTION)

    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        yield from _provisioner(new.get("driverName") or "", "driverName")
        yield from _parameters(new.get("parameters") or {}, may_be_empty=False)

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        for name in ("driverName", "parameters"):
            if not checks.same(new.get(name), old.get(name)):
                yield fields.forbidden(name, f"updates to {name} are forbidden.")
        yield from self.validate_create(new, context)


class CSIDriverRules(Rules):
    """CSIDrivers have no generation at first: the first change of the spec makes it 1."""

    def prepare_update(self, new: Object, old: Object, context: Context) -> None:
        if self.changes_generation(new, old):
            new["metadata"]["generation"] = old["metadata"].get("generation", 0) + 1

    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        spec = new.get("spec") or {}
        for name, at in (("attachRequired", "attachedRequired"), ("podInfoOnMount", ""), ("storageCapacity", "")):
            if spec.get(name) is None:
                yield fields.required(f"spec.{at or name}")
        yield from checks.one_of(spec.get("fsGroupPolicy"), _GROUP_POLICIES, "spec.fsGroupPolicy")
        yield from _token_requests(spec.get("tokenRequests") or [])
        for mode in spec.get("volumeLifecycleModes") or ():
            yield from checks.one_of(mode, _LIFECYCLE_MODES, "spec.volumeLifecycleModes")
        if spec.get("seLinuxMount") is None:
            yield fields.required("spec.seLinuxMount")
        period, at = spec.get("nodeAllocatableUpdatePeriodSeconds"), "spec.nodeAllocatableUpdatePeriodSeconds"
        if period is not None and period < 10:
            yield fields.invalid(at, period, "must be greater than or equal to 10 seconds")
        in_secrets = spec.get("serviceAccountTokenInSecrets")
        if in_secrets is not None and not spec.get("tokenRequests"):
            words = "serviceAccountTokenInSecrets is set but no tokenRequests are specified"
            yield fields.invalid("spec.serviceAccountTokenInSecrets", in_secrets, words)

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        yield from self.validate_create(new, context)
        after, before = new.get("spec") or {}, old.get("spec") or {}
        for name, at in (("attachRequired", "attachedRequired"), ("volumeLifecycleModes", "volumeLifecycleModes")):
            yield from checks.immutable(after.get(name), before.get(name), f"spec.{at}")

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        spec, before = new.get("spec") or {}, (old or {}).get("spec") or {}
        requests = spec.get("tokenRequests") or []
        changed = requests != (before.get("tokenRequests") or [])
        if requests and changed and spec.get("serviceAccountTokenInSecrets") is None:
            yield _TOKENS_ELSEWHERE


def _provisioner(name: str, path: str) -> Iterator[FieldError]:
    return checks.present(name.lower(), path, names.qualified_name)


def _parameters(parameters: Mapping[str, str], *, may_be_empty: bool) -> Iterator[FieldError]:
    if len(parameters) > _PARAMETERS_LIMIT:
        yield fields.too_long("parameters", _PARAMETERS_LIMIT)
        return
    if "" in parameters:
        yield fields.invalid("parameters", "", "field can not be empty.")
    if sum(len(name.encode()) + len(value.encode()) for name, value in parameters.items()) > _PARAMETERS_SIZE_LIMIT:
        yield fields.too_long("parameters", _PARAMETERS_SIZE_LIMIT)
    if not may_be_empty and not parameters:
        yield fields.required("parameters", "must contain at least one key/value pair")


def _topologies(terms: list[Object]) -> Iterator[FieldError]:
    # An empty term is equal to each of those that Go has reserved room for.
    seen: list[Mapping[str, set[str]]] = [{} for _ in terms]
    for index, term in enumerate(terms):
        path, values_by_key = fields.item("allowedTopologies", index), dict[str, set[str]]()
        for number, expression in enumerate(term.get("matchLabelExpressions") or ()):
            at = fields.item(fields.child(path, "matchLabelExpressions"), number)
            key, values = expression.get("key") or "", expression.get("values") or []
            yield from _topology_values(values, fields.child(at, "values"))
            yield from checks.matching(names.label_key, key, fields.child(at, "key"))
            if key in values_by_key:
                yield fields.duplicate(fields.child(at, "key"), key)
            values_by_key[key] = set(values)
        for _ in range(seen.count(values_by_key)):
            yield fields.duplicate(fields.child(path, "matchLabelExpressions"), "")
        seen.append(values_by_key)


def _topology_values(values: list[str], path: str) -> Iterator[FieldError]:
    if not values:
        yield fields.required(path)
    for index, value in enumerate(values):
        if value in values[:index]:
            yield fields.duplicate(fields.item(path, index), value)


def _token_requests(requests: list[Object]) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, request in enumerate(requests):
        path, audience = fields.item("spec.tokenRequests", index), request.get("audience") or ""
        if audience in seen:
            yield fields.duplicate(fields.child(path, "audience"), audience)
            continue
        seen.add(audience)
        seconds, at = request.get("expirationSeconds"), fields.child(path, "expirationSeconds")
        if seconds is not None and seconds < _SHORTEST_TOKEN_SECONDS:
            yield fields.invalid(at, seconds, "may not specify a duration less than 10 minutes")
        if seconds is not None and seconds > _LONGEST_TOKEN_SECONDS:
            yield fields.invalid(at, seconds, "may not specify a duration larger than 2^32 seconds")


BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {
    ("storage.k8s.io", "CSIDriver"): CSIDriverRules,
    ("storage.k8s.io", "StorageClass"): StorageClassRules,
    ("storage.k8s.io", "VolumeAttributesClass"): VolumeAttributesClassRules,
}
