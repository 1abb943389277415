"""The rules of Jobs.

Sources:
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/registry/batch/job/strategy.go
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/batch/validation/validation.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from aiokube.testing.apiserver.field_errors import FieldError, child, invalid, key, required
from aiokube.testing.apiserver.kinds import internal, label_selectors, names
from aiokube.testing.apiserver.kinds.checks import immutable, same, shown
from aiokube.testing.apiserver.kinds.metadata import validate_create
from aiokube.testing.apiserver.kinds.pods.warnings import hostname_warnings
from aiokube.testing.apiserver.kinds.rules import Context, Object

from .job_spec import job_warnings, validate_job_spec
from .job_status import validate_job_status
from .templates import TemplateRules

__all__ = ["JobRules"]

_NAME_LABELS = ("job-name", "batch.kubernetes.io/job-name")
_UID_LABELS = ("controller-uid", "batch.kubernetes.io/controller-uid")
_SELECTED = "batch.kubernetes.io/controller-uid"
_SCHEDULING = ("nodeSelector", "tolerations", "schedulingGates")


class JobRules(TemplateRules):
    default_propagation = "Orphan"
    orphaning_warning = (
        "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them "
        "or set propagationPolicy=Orphan to suppress this warning"
    )
    field_labels: ClassVar[Mapping[str, Callable[[Object], str]]] = {
        "status.successful": lambda job: str((job.get("status") or {}).get("succeeded") or 0),
    }

    def unknown_field_label(self, label: str) -> str:
        return f'field label "{label}" not supported for Job'

    def as_owned(self, obj: Object) -> Object:
        labelled = {**obj, "metadata": dict(obj["metadata"])}
        _label_as_pods(labelled)
        return labelled

    def prepare_create(self, new: Object, context: Context) -> None:
        super().prepare_create(new, context)
        if not new["spec"].get("manualSelector"):
            _select_own_pods(new)
        _label_as_pods(new)

    def prepare_update(self, new: Object, old: Object, context: Context) -> None:
        super().prepare_update(new, old, context)
        _label_as_pods(new)

    def validate_create(self, new: Object, context: Context) -> Iterator[FieldError]:
        return _job(new, prefixed=True)

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterator[FieldError]:
        prefixed = {_NAME_LABELS[1], _UID_LABELS[1]} <= _template_labels(old).keys()
        yield from validate_create(new, namespaced=True, name_rule=_name)
        yield from _job(new, prefixed=prefixed)
        yield from _change(new, old)

    def validate_status(self, new: Object, old: Object, context: Context) -> Iterator[FieldError]:
        return validate_job_status(new, old)

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        if old is None:
            yield from hostname_warnings(new)
        elif new["metadata"].get("generation") == old["metadata"].get("generation"):
            return
        yield from job_warnings(new["spec"], "spec")


def _name(name: str, prefix: bool) -> list[str]:
    return names.dns_subdomain(name, prefix=prefix)


def _template_labels(job: Object) -> Mapping[str, str]:
    metadata = (job["spec"].get("template") or {}).get("metadata") or {}
    labels: Mapping[str, str] = metadata.get("labels") or {}
    return labels


def _label_as_pods(job: Object) -> None:
    # A default, but one that is seen only when a job is read again, with the labels that were made in between.
    if not job["metadata"].get("labels") and _template_labels(job):
        job["metadata"]["labels"] = dict(_template_labels(job))


def _select_own_pods(job: Object) -> None:
    """Label the pods of a job so that no other job has pods of these labels, and select them."""
    metadata, spec = job["metadata"], job["spec"]
    labels = dict(_template_labels(job))
    for label in _NAME_LABELS:
        labels.setdefault(label, metadata.get("name", ""))
    for label in _UID_LABELS:
        labels.setdefault(label, metadata["uid"])
    template = spec.setdefault("template", {})
    template["metadata"] = {**(template.get("metadata") or {}), "labels": labels}
    selector = spec.get("selector") or {}
    selected = {_SELECTED: metadata["uid"], **(selector.get("matchLabels") or {})}
    spec["selector"] = {**selector, "matchLabels": selected}


def _job(job: Object, *, prefixed: bool) -> Iterator[FieldError]:
    metadata, spec = job["metadata"], job["spec"]
    yield from _generated(job, prefixed)
    yield from _selected_spec(job)
    if spec.get("completionMode") == "Indexed" and (spec.get("completions") or 0) > 0:
        name = metadata.get("name") or ""
        last = f"{name}-{spec['completions'] - 1}"
        if names.dns_label(last):
            yield invalid("metadata.name", name, f"will not able to create pod with invalid DNS label: {last}")


def _selected_spec(job: Object) -> Iterator[FieldError]:
    selector, labels = job["spec"].get("selector"), _template_labels(job)
    yield from validate_job_spec(job["spec"], "spec")
    if selector is None:
        yield required("spec.selector")
    else:
        yield from label_selectors.validate(selector, "spec.selector")
    if label_selectors.readable(selector) and not label_selectors.matches(selector, labels):
        yield invalid("spec.template.metadata.labels", shown(labels), "`selector` does not match template `labels`")


def _generated(job: Object, prefixed: bool) -> Iterator[FieldError]:
    """Hold the labels and the selector that the server makes to be what it makes them."""
    spec, metadata = job["spec"], job["metadata"]
    selector = spec.get("selector")
    if spec.get("manualSelector") or selector is None:
        return
    uid, name = metadata.get("uid") or "", metadata.get("name") or ""
    if not uid:
        yield required("metadata.uid")
    expected = {_UID_LABELS[0]: uid, _NAME_LABELS[0]: name}
    if prefixed:
        expected |= {_UID_LABELS[1]: uid, _NAME_LABELS[1]: name}
    labels = _template_labels(job)
    for label, value in expected.items():
        path = key("spec.template.metadata.labels", label)
        if label not in labels:
            yield required(path, f"must be '{value}'")
        elif labels[label] != value:
            yield invalid(path, shown(labels), f"must be '{value}'")
    if label_selectors.readable(selector) and not label_selectors.matches(selector, expected):
        yield invalid("spec.selector", selector, "`selector` not auto-generated")


def _change(new: Object, old: Object) -> Iterator[FieldError]:
    now, before = new["spec"], old["spec"]
    yield from _selected_spec(new)
    yield from _completions(now, before)
    yield from immutable(now.get("selector"), before.get("selector"), "spec.selector")
    yield from _template(now, old)
    yield from _fixed(now, before, "completionMode")
    yield from _unchanged(now, before, "podFailurePolicy", "PodFailurePolicy")
    yield from _fixed(now, before, "backoffLimitPerIndex")
    yield from _fixed(now, before, "managedBy")
    yield from _unchanged(now, before, "successPolicy", "SuccessPolicy")


def _fixed(new: Object, old: Object, field: str) -> Iterator[FieldError]:
    return immutable(new.get(field), old.get(field), child("spec", field))


def _unchanged(new: Object, old: Object, field: str, kind: str) -> Iterator[FieldError]:
    if not same(new.get(field), old.get(field)):
        value = new.get(field)
        what = None if value is None else internal.shown(kind, value)
        yield invalid(child("spec", field), what, "field is immutable")


def _completions(new: Object, old: Object) -> Iterator[FieldError]:
    now, before = new.get("completions"), old.get("completions")
    if new.get("completionMode") != "Indexed":
        yield from immutable(now, before, "spec.completions")
    elif now not in (None, before) and now != new.get("parallelism"):
        yield invalid("spec.completions", now, "can only be modified in tandem with spec.parallelism")


def _template(new: Object, old: Object) -> Iterator[FieldError]:
    now, before = new.get("template") or {}, old["spec"].get("template") or {}
    if _is_idle(old):
        yield from _idle_template(now, before)
    elif now != before:
        yield invalid("spec.template", internal.shown("PodTemplateSpec", now), "field is immutable")


def _is_idle(job: Object) -> bool:
    """Whether a job is suspended and has no pods, so that its template may still be fitted to a cluster."""
    status = job.get("status") or {}
    suspended = any(
        condition.get("type") == "Suspended" and condition.get("status") == "True"
        for condition in status.get("conditions") or []
    )
    waits = status.get("startTime") is None or suspended
    return bool(job["spec"].get("suspend")) and waits and not status.get("active")


def _idle_template(new: Mapping[str, Any], old: Mapping[str, Any]) -> Iterator[FieldError]:
    # Only the spec is compared: labels and annotations are among what may change.
    now, before = new.get("spec") or {}, dict(old.get("spec") or {})
    before |= {field: now[field] for field in _SCHEDULING if field in now}
    before = {name: value for name, value in before.items() if name not in _SCHEDULING or name in now}
    affinity = {**(before.get("affinity") or {})}
    affinity.pop("nodeAffinity", None)
    if "nodeAffinity" in (now.get("affinity") or {}):
        affinity["nodeAffinity"] = now["affinity"]["nodeAffinity"]
    if affinity or now.get("affinity") == {}:
        before["affinity"] = affinity
    else:
        before.pop("affinity", None)
    for field in ("containers", "initContainers"):
        if field in before:
            before[field] = _with_resources_of(now.get(field) or [], before[field] or [])
    if now != before:
        yield invalid("spec.template.spec", internal.shown("PodSpec", now), "field is immutable")


def _with_resources_of(new: list[Any], old: list[Any]) -> list[Any]:
    if [container.get("name") for container in new] != [container.get("name") for container in old]:
        return old
    return [
        {**before, "resources": now["resources"]} if "resources" in now else before
        for now, before in zip(new, old, strict=True)
    ]
