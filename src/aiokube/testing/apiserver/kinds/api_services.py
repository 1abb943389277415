"""APIServices: which server answers for a version of a group. Those that name a service lead nowhere here.

Source: https://github.com/kubernetes/kube-aggregator/blob/v0.36.3/pkg/apis/apiregistration/validation/validation.go
    and https://github.com/kubernetes/kube-aggregator/blob/v0.36.3/pkg/registry/apiservice/strategy.go
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.go.text import quoted
from aiokube.testing.apiserver.kinds import checks, names
from aiokube.testing.apiserver.kinds.fixed_metadata import FixedMetadataRules
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = ["BEHAVIOUR", "APIServiceRules"]

_HIGHEST_GROUP_PRIORITY: Final = 20_000
_HIGHEST_VERSION_PRIORITY: Final = 1_000
_STATUSES = ("True", "False", "Unknown")


class APIServiceRules(FixedMetadataRules):
    def prepare_create(self, new: Object, context: Context) -> None:
        if (new.get("spec") or {}).get("service") is not None:
            new["status"] = {}
            return
        local = {
            "type": "Available",
            "status": "True",
            "lastTransitionTime": context.now(),
            "reason": "Local",
            "message": "Local APIServices are always available",
        }
        new["status"] = {"conditions": [local]}

    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        spec = new.get("spec") or {}
        yield from _name(new["metadata"], spec)
        yield from _version(spec.get("group") or "", spec.get("version") or "")
        yield from _priorities(spec)
        if (service := spec.get("service")) is None:
            yield from _local(spec)
        else:
            yield from _remote(spec, service)

    def validate_status(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        for index, condition in enumerate((new.get("status") or {}).get("conditions") or ()):
            at = fields.child(fields.item("status.conditions", index), "status")
            yield from checks.one_of(condition.get("status") or "", _STATUSES, at)


def _name(metadata: Object, spec: Object) -> Iterator[FieldError]:
    right = f"{spec.get('version') or ''}.{spec.get('group') or ''}"
    for at in ("generateName", "name"):
        given = metadata.get(at)
        if given and given != right and not names.path_segment(given):
            yield fields.invalid(f"metadata.{at}", given, f'must be `spec.version+"."+spec.group`: {quoted(right)}')


def _version(group: str, version: str) -> Iterator[FieldError]:
    if not group and version != "v1":
        yield fields.required("spec.group", "only v1 may have an empty group and it better be legacy kube")
    if group:
        yield from checks.matching(names.dns_subdomain, group, "spec.group")
    yield from checks.matching(names.dns_1035_label, version, "spec.version")


def _priorities(spec: Object) -> Iterator[FieldError]:
    for name, highest in (
        ("groupPriorityMinimum", _HIGHEST_GROUP_PRIORITY),
        ("versionPriority", _HIGHEST_VERSION_PRIORITY),
    ):
        value = spec.get(name) or 0
        if not 0 < value <= highest:
            yield fields.invalid(f"spec.{name}", value, f"must be positive and less than {highest}")


def _local(spec: Object) -> Iterator[FieldError]:
    if bundle := base64.b64decode(spec.get("caBundle") or ""):
        yield fields.invalid("spec.caBundle", f"{len(bundle)} bytes", "local APIServices may not have a caBundle")
    if spec.get("insecureSkipTLSVerify"):
        words = "local APIServices may not have insecureSkipTLSVerify"
        yield fields.invalid("spec.insecureSkipTLSVerify", True, words)


def _remote(spec: Object, service: Object) -> Iterator[FieldError]:
    yield from checks.present(service.get("namespace"), "spec.service.namespace")
    yield from checks.present(service.get("name"), "spec.service.name")
    yield from checks.port(service.get("port") or 0, "spec.service.port")
    if spec.get("insecureSkipTLSVerify") and spec.get("caBundle"):
        yield fields.invalid("spec.insecureSkipTLSVerify", True, "may not be true if caBundle is present")


BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {("apiregistration.k8s.io", "APIService"): APIServiceRules}
