"""Leases.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/coordination/validation/validation.go
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = ["BEHAVIOUR", "LeaseRules"]


class LeaseRules(Rules):
    def prepare_create(self, new: Object, context: Context) -> None:
        _drop_coordination(new, {})

    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        spec = new.get("spec") or {}
        seconds, transitions = spec.get("leaseDurationSeconds"), spec.get("leaseTransitions")
        if seconds is not None and seconds <= 0:
            yield fields.invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0")
        if transitions is not None and transitions < 0:
            yield fields.invalid("spec.leaseTransitions", transitions, "must be greater than or equal to 0")

    def prepare_update(self, new: Object, old: Object, context: Context) -> None:
        _drop_coordination(new, old)


def _drop_coordination(new: Object, old: Object) -> None:
    """Drop what belongs to coordinated leader election, which is off by default."""
    for name in ("strategy", "preferredHolder"):
        if (old.get("spec") or {}).get(name) is None:
            (new.get("spec") or {}).pop(name, None)


BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {("coordination.k8s.io", "Lease"): LeaseRules}
