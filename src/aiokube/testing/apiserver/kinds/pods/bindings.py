"""Bindings, which give a pod its node.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
"""

from __future__ import annotations

from collections.abc import Iterator

from aiokube.testing.apiserver.field_errors import FieldError, not_supported, required
from aiokube.testing.apiserver.kinds.rules import Object

__all__ = ["validate_binding"]


def validate_binding(binding: Object) -> Iterator[FieldError]:
    """Return what is wrong with a binding; kube-apiserver answers it as an internal error (500), not as 422."""
    target = binding.get("target") or {}
    if target.get("kind") not in {None, "", "Node"}:
        yield not_supported("target.kind", target["kind"], ("Node", "<empty>"))
    if not target.get("name"):
        yield required("target.name")
