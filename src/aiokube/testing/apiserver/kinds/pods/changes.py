"""What may change of a pod.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go (ValidatePodUpdate)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aiokube.testing.apiserver.field_errors import FieldError, child, forbidden, invalid, item, required
from aiokube.testing.apiserver.kinds import internal, names
from aiokube.testing.apiserver.kinds.checks import same
from aiokube.testing.apiserver.kinds.metadata import validate_create
from aiokube.testing.apiserver.kinds.rules import Object

from .annotations import validate_pod_annotations
from .containers import validate_images
from .scheduling import validate_tolerations
from .spec import validate_spec

__all__ = ["validate_metadata_and_spec", "validate_spec_change", "validate_whole"]

_MAY_CHANGE = (
    "`spec.containers[*].image`",
    "`spec.initContainers[*].image`",
    "`spec.activeDeadlineSeconds`",
    "`spec.tolerations` (only additions to existing tolerations)",
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
)
_HIGHEST_INT32 = 2**31 - 1


def validate_whole(pod: Object) -> Iterator[FieldError]:
    """Return what is wrong with a pod that is there already: kube-apiserver looks at its metadata once more."""
    yield from validate_create(pod, namespaced=True, name_rule=_name)
    yield from validate_metadata_and_spec(pod)


def _name(name: str, prefix: bool) -> list[str]:
    return names.dns_subdomain(name, prefix=prefix)


def validate_metadata_and_spec(pod: Object) -> Iterator[FieldError]:
    """Return what is wrong with a pod, but for the metadata that all kinds have."""
    metadata, spec = pod["metadata"], pod["spec"]
    yield from validate_pod_annotations(metadata.get("annotations") or {}, spec, "metadata.annotations")
    yield from validate_spec(spec, "spec", is_pod=True, name=metadata.get("name") or "")
    if not spec.get("serviceAccountName"):
        yield from _tokens_without_account(spec)
    for field in ("containers", "initContainers"):
        yield from validate_images(spec.get(field) or [], child("spec", field))


def _tokens_without_account(spec: Object) -> Iterator[FieldError]:
    for index, volume in enumerate(spec.get("volumes") or []):
        for number, source in enumerate((volume.get("projected") or {}).get("sources") or []):
            if source.get("serviceAccountToken") is not None:
                sources = child(item("spec.volumes", index), "projected", "sources")
                what = "must not be specified when serviceAccountName is not set"
                yield forbidden(child(item(sources, number), "serviceAccountToken"), what)


def validate_spec_change(new: Object, old: Object) -> Iterator[FieldError]:
    """Refuse changes of what may not change, and those that may not be so."""
    for field in ("containers", "initContainers"):
        path = child("spec", field)
        if len(new.get(field) or []) != len(old.get(field) or []):
            yield forbidden(path, "pod updates may not add or remove containers")
            return
        yield from _images(new.get(field) or [], path)
    deadline = list(_deadline(new.get("activeDeadlineSeconds"), old.get("activeDeadlineSeconds")))
    yield from deadline
    if deadline and new.get("activeDeadlineSeconds") is not None:
        return
    yield from _tolerations(new.get("tolerations") or [], old.get("tolerations") or [])
    yield from _gates(new.get("schedulingGates") or [], old.get("schedulingGates") or [])
    yield from _rest(new, old)


def _images(containers: Sequence[Mapping[str, Any]], path: str) -> Iterator[FieldError]:
    for index, container in enumerate(containers):
        if not container.get("image"):
            yield required(child(item(path, index), "image"))
    yield from validate_images(containers, path)


def _deadline(new: int | None, old: int | None) -> Iterator[FieldError]:
    path = "spec.activeDeadlineSeconds"
    if new is None:
        if old is not None:
            yield invalid(path, None, "must not update from a positive integer to nil value")
    elif wrong := names.in_range(new, 0, _HIGHEST_INT32):
        yield invalid(path, new, wrong[0])
    elif old is not None and old < new:
        yield invalid(path, new, "must be less than or equal to previous value")


def _tolerations(new: list[Any], old: list[Any]) -> Iterator[FieldError]:
    kept = [{**toleration, "tolerationSeconds": None} for toleration in new]
    if any({**toleration, "tolerationSeconds": None} not in kept for toleration in old):
        yield forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds")
        return
    yield from validate_tolerations(new, "spec.tolerations")


def _gates(new: list[Any], old: list[Any]) -> Iterator[FieldError]:
    before = {gate.get("name") for gate in old}
    for index, gate in enumerate(new):
        if gate.get("name") not in before:
            what = f"only deletion is allowed, but found new scheduling gate '{gate.get('name') or ''}'"
            yield forbidden(child(item("spec.schedulingGates", index), "name"), what)


def _rest(new: Object, old: Object) -> Iterator[FieldError]:
    """Refuse a change of anything that may not change, and show it."""
    masked: dict[str, Any] = {
        **new,
        **{field: _with_images_of(new.get(field), old.get(field)) for field in ("containers", "initContainers")},
        **{field: old.get(field) for field in ("activeDeadlineSeconds", "schedulingGates", "tolerations")},
    }
    if old.get("schedulingGates"):
        yield from _gated_change(masked, old)
    if not all(same(masked.get(field), old.get(field)) for field in {*masked, *old}):
        what = f"pod updates may not change fields other than {','.join(_MAY_CHANGE)}"
        yield forbidden("spec", f"{what}\n{internal.diff('PodSpec', old, masked)}")


def _with_images_of(new: list[Any] | None, old: list[Any] | None) -> list[Any] | None:
    return new and [{**now, "image": before.get("image")} for now, before in zip(new or [], old or [], strict=True)]


def _gated_change(masked: dict[str, Any], old: Object) -> Iterator[FieldError]:
    """Look at what may change only before a pod is scheduled, and put it back."""
    now, before = masked.get("nodeSelector") or {}, old.get("nodeSelector") or {}
    if any(now.get(name) != value for name, value in before.items()):
        what = "only additions to spec.nodeSelector are allowed (no mutations or deletions)"
        yield invalid("spec.nodeSelector", dict(sorted(now.items())), what)
    masked["nodeSelector"] = old.get("nodeSelector")
    affinity, former = masked.get("affinity") or {}, old.get("affinity") or {}
    if affinity.get("nodeAffinity") == former.get("nodeAffinity"):
        return
    yield from _node_affinity_change(affinity.get("nodeAffinity") or {}, former.get("nodeAffinity") or {})
    others = _without_node(affinity)
    kept = {"nodeAffinity": former["nodeAffinity"]} if "nodeAffinity" in former else {}
    masked["affinity"] = old.get("affinity") if others == _without_node(former) else {**kept, **others}


def _without_node(affinity: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in affinity.items() if name != "nodeAffinity"}


def _node_affinity_change(new: Mapping[str, Any], old: Mapping[str, Any]) -> Iterator[FieldError]:
    field = "requiredDuringSchedulingIgnoredDuringExecution"
    now = (new.get(field) or {}).get("nodeSelectorTerms") or []
    before = (old.get(field) or {}).get("nodeSelectorTerms") or []
    path = f"spec.affinity.nodeAffinity.{field}.nodeSelectorTerms"
    if before and len(before) != len(now):
        terms = [internal.shown("NodeSelectorTerm", term) for term in now] or None
        yield invalid(path, terms, "no additions/deletions to non-empty NodeSelectorTerms list are allowed")
        return
    for index, (term, former) in enumerate(zip(now, before, strict=False)):
        if not _only_added(term, former):
            shown = internal.shown("NodeSelectorTerm", term)
            yield invalid(item(path, index), shown, "only additions are allowed (no mutations or deletions)")


def _only_added(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    fields = ("matchExpressions", "matchFields")
    if not any(old.get(field) for field in fields):
        return not any(new.get(field) for field in fields)
    return all((new.get(field) or [])[: len(old.get(field) or [])] == (old.get(field) or []) for field in fields)
