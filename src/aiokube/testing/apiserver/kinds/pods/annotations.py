"""Annotations that mean something in a pod, and in the template of one.

Tolerations in an annotation, as Kubernetes 1.5 had them, are not looked at.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
(ValidatePodSpecificAnnotations, ValidatePodSpecificAnnotationUpdates)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aiokube.testing.apiserver.field_errors import FieldError, forbidden, invalid, key
from aiokube.testing.apiserver.go.numbers import int_or

from .profiles import APP_ARMOR, validate_profile_annotations

__all__ = ["MIRROR", "validate_annotation_change", "validate_pod_annotations"]

Object = Mapping[str, Any]

MIRROR = "kubernetes.io/config.mirror"
"""Stands at a pod that a kubelet has from a file, and shows here."""

_DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
_INT32 = range(-(2**31), 2**31)


def validate_pod_annotations(annotations: Mapping[str, str], spec: Object, path: str) -> Iterator[FieldError]:
    """Return what is wrong with the annotations that mean something in a pod."""
    if MIRROR in annotations and not spec.get("nodeName"):
        what = "must set spec.nodeName if mirror pod annotation is set"
        yield invalid(key(path, MIRROR), annotations[MIRROR], what)
    cost = annotations.get(_DELETION_COST)
    if cost is not None and not _is_int32(cost):
        yield invalid(key(path, _DELETION_COST), cost, "must be a 32bit integer")
    yield from validate_profile_annotations(annotations, spec, path)


def validate_annotation_change(new: Object, old: Object) -> Iterator[FieldError]:
    """Refuse changes of the annotations of a pod that may not change."""
    now, before = new["metadata"].get("annotations") or {}, old["metadata"].get("annotations") or {}
    for name in [*before, *(name for name in now if name not in before)]:
        if now.get(name) == before.get(name):
            continue
        done = "remove or update" if name in before else "add"
        path = key("metadata.annotations", name)
        if name.startswith(APP_ARMOR):
            yield forbidden(path, f"may not {done} AppArmor annotations")
        if name == MIRROR:
            yield forbidden(path, f"may not {done} mirror pod annotation")
    yield from validate_pod_annotations(now, new["spec"], "metadata.annotations")


def _is_int32(text: str) -> bool:
    """Whether a text is a number of 32 bits; only a negative one may begin with zeros."""
    if text.startswith("+") or (text.startswith("0") and text != "0"):
        return False
    return int_or(text, _INT32.stop) in _INT32
