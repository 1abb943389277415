"""The rules of ReplicaSets, ReplicationControllers and PodTemplates.

Sources:
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/apps/validation/validation.go (ValidateReplicaSet)
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
    (ValidateReplicationController)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from aiokube.testing.apiserver.field_errors import FieldError, child, invalid, required
from aiokube.testing.apiserver.kinds import label_selectors
from aiokube.testing.apiserver.kinds.checks import immutable, not_negative
from aiokube.testing.apiserver.kinds.pods.spec import validate_template
from aiokube.testing.apiserver.kinds.pods.warnings import hostname_warnings, template_warnings
from aiokube.testing.apiserver.kinds.rules import Context, Object

from .replicas import validate_counts, validate_not_more, validate_selected_template, validate_selector
from .templates import TemplateRules

__all__ = ["PodTemplateRules", "ReplicaSetRules", "ReplicationControllerRules"]

_COUNTS = ("replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas", "observedGeneration")
_OF_ALL = ("fullyLabeledReplicas", "readyReplicas", "availableReplicas")


class ReplicaSetRules(TemplateRules):
    blank: ClassVar[Object] = {"spec": {"replicas": 0}}

    def validate_create(self, new: Object, context: Context) -> Iterator[FieldError]:
        spec = new["spec"]
        selector = spec.get("selector")
        yield from not_negative(spec.get("replicas"), "spec.replicas")
        yield from not_negative(spec.get("minReadySeconds"), "spec.minReadySeconds")
        # kube-apiserver says deployment here as well.
        yield from validate_selector(selector, "spec.selector", "deployment")
        if not label_selectors.readable(selector):
            yield invalid("spec.selector", selector, "invalid label selector")
        else:
            template = spec.get("template") or {}
            yield from validate_selected_template(template, selector, "spec.template", "ReplicaSet")

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterator[FieldError]:
        yield from self.validate_create(new, context)
        yield from immutable(new["spec"].get("selector"), old["spec"].get("selector"), "spec.selector")

    def validate_status(self, new: Object, old: Object, context: Context) -> Iterator[FieldError]:
        status = new.get("status") or {}
        yield from validate_counts(status, (*_COUNTS, "terminatingReplicas"))
        yield from validate_not_more(status, _OF_ALL, than_ready="readyReplicas")

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        return _warnings(new, old, (new["spec"].get("template") or {}))


class ReplicationControllerRules(TemplateRules):
    default_propagation = "Orphan"
    field_labels: ClassVar[Mapping[str, Callable[[Object], str]]] = {
        "status.replicas": lambda controller: str((controller.get("status") or {}).get("replicas") or 0),
    }

    def unknown_field_label(self, label: str) -> str:
        return f"field label not supported: {label}"

    def validate_create(self, new: Object, context: Context) -> Iterator[FieldError]:
        spec = new["spec"]
        selector, template = spec.get("selector") or {}, spec.get("template")
        yield from not_negative(spec.get("minReadySeconds"), "spec.minReadySeconds")
        if not selector:
            yield required("spec.selector")
        yield from not_negative(spec.get("replicas"), "spec.replicas")
        if template is None:
            yield required("spec.template")
        else:
            labels = {"matchLabels": selector}
            yield from validate_selected_template(template, labels, "spec.template", "ReplicationController")

    def validate_status(self, new: Object, old: Object, context: Context) -> Iterator[FieldError]:
        status = new.get("status") or {}
        yield from validate_counts(status, _COUNTS)
        yield from validate_not_more(status, _OF_ALL, than_ready="readyReplicas")

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        return _warnings(new, old, (new["spec"].get("template") or {}))


class PodTemplateRules(TemplateRules):
    template_path: ClassVar[tuple[str, ...]] = ("template",)

    def validate_create(self, new: Object, context: Context) -> Iterator[FieldError]:
        return validate_template(new.get("template") or {}, "template")

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterator[FieldError]:
        return validate_template(new.get("template") or {}, "template")

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        if old is None or new["metadata"].get("generation") != old["metadata"].get("generation"):
            yield from template_warnings(new.get("template") or {}, "template")


def _warnings(new: Object, old: Object | None, template: Mapping[str, Any]) -> Iterator[str]:
    if old is None:
        yield from hostname_warnings(new)
    elif new["metadata"].get("generation") == old["metadata"].get("generation"):
        return
    yield from template_warnings(template, child("spec", "template"))
