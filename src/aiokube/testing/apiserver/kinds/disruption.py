"""PodDisruptionBudgets.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/policy/validation/validation.go
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import checks, conditions, internal, label_selectors
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules
from aiokube.testing.apiserver.kinds.workloads.rollouts import at_most_all, number_or_share

__all__ = ["BEHAVIOUR", "PodDisruptionBudgetRules"]

_EVICTION_POLICIES = ("AlwaysAllow", "IfHealthyBudget")
_COUNTS = ("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods")


class PodDisruptionBudgetRules(Rules):
    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        return _spec(new.get("spec") or {}, check_values=True)

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        readable = label_selectors.readable((old.get("spec") or {}).get("selector"))
        return _spec(new.get("spec") or {}, check_values=readable)

    def validate_status(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        status = new.get("status") or {}
        yield from conditions.validate(status.get("conditions") or [], "status.conditions")
        for name in _COUNTS:
            yield from checks.not_negative(status.get(name), f"status.{name}")


def _spec(spec: Object, *, check_values: bool) -> Iterator[FieldError]:
    available, unavailable = spec.get("minAvailable"), spec.get("maxUnavailable")
    if available is not None and unavailable is not None:
        shown = internal.shown("PodDisruptionBudgetSpec", spec)
        yield fields.invalid("spec", shown, "minAvailable and maxUnavailable cannot be both set")
    for name in ("minAvailable", "maxUnavailable"):
        if (amount := spec.get(name)) is not None:
            yield from number_or_share(amount, f"spec.{name}")
            yield from at_most_all(amount, f"spec.{name}")
    yield from label_selectors.validate(spec.get("selector"), "spec.selector", check_values=check_values)
    policy = spec.get("unhealthyPodEvictionPolicy")
    yield from checks.one_of(policy, _EVICTION_POLICIES, "spec.unhealthyPodEvictionPolicy")


BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {("policy", "PodDisruptionBudget"): PodDisruptionBudgetRules}
