"""The rules of DaemonSets.

Sources:
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/registry/apps/daemonset/strategy.go
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/apps/validation/validation.go (ValidateDaemonSet)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from aiokube.testing.apiserver.field_errors import FieldError, child, invalid, not_supported, required
from aiokube.testing.apiserver.go.numbers import parse_int
from aiokube.testing.apiserver.kinds import internal, label_selectors
from aiokube.testing.apiserver.kinds.checks import immutable, not_negative, shown
from aiokube.testing.apiserver.kinds.defaults.workloads import TEMPLATE_GENERATION
from aiokube.testing.apiserver.kinds.pods.spec import validate_template
from aiokube.testing.apiserver.kinds.pods.warnings import template_warnings
from aiokube.testing.apiserver.kinds.rules import Context, Object

from .replicas import validate_counts, validate_endless, validate_not_rolled_back
from .rollouts import at_most_all, is_zero, number_or_share
from .templates import TemplateRules

__all__ = ["DaemonSetRules"]

_COUNTS = (
    "currentNumberScheduled",
    "numberMisscheduled",
    "desiredNumberScheduled",
    "numberReady",
    "observedGeneration",
    "updatedNumberScheduled",
    "numberAvailable",
    "numberUnavailable",
    "collisionCount",
)


class DaemonSetRules(TemplateRules):
    blank: ClassVar[Object] = {"metadata": {"annotations": {TEMPLATE_GENERATION: "0"}}}

    def prepare_create(self, new: Object, context: Context) -> None:
        super().prepare_create(new, context)
        _count_template(new, max(_template_generation(new), 1))

    def prepare_update(self, new: Object, old: Object, context: Context) -> None:
        super().prepare_update(new, old, context)
        changed = new["spec"].get("template") != old["spec"].get("template")
        _count_template(new, _template_generation(old) + changed)

    def validate_create(self, new: Object, context: Context) -> Iterator[FieldError]:
        return _spec(new["spec"], "spec")

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterator[FieldError]:
        yield from immutable(new["spec"].get("selector"), old["spec"].get("selector"), "spec.selector")
        yield from _spec(new["spec"], "spec")

    def validate_status(self, new: Object, old: Object, context: Context) -> Iterator[FieldError]:
        yield from validate_counts(new.get("status") or {}, _COUNTS)
        yield from validate_not_rolled_back(new, old)

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        if old is None or _template_generation(new) != _template_generation(old):
            yield from template_warnings(new["spec"]["template"], "spec.template")


def _template_generation(daemon_set: Object) -> int:
    annotations = daemon_set["metadata"].get("annotations") or {}
    return parse_int(annotations.get(TEMPLATE_GENERATION) or "0")  # defaulting has refused what is none


def _count_template(daemon_set: Object, generation: int) -> None:
    annotations = daemon_set["metadata"].get("annotations") or {}
    daemon_set["metadata"]["annotations"] = {**annotations, TEMPLATE_GENERATION: str(generation)}


def _spec(spec: Object, path: str) -> Iterator[FieldError]:
    selector, template = spec.get("selector"), spec.get("template") or {}
    labels, at = (template.get("metadata") or {}).get("labels"), child(path, "template")
    yield from label_selectors.validate(selector, child(path, "selector"))
    if label_selectors.readable(selector) and not label_selectors.matches(selector, labels):
        what = "`selector` does not match template `labels`"
        yield invalid(child(at, "metadata", "labels"), shown(labels), what)
    if selector is not None and label_selectors.is_empty(selector):
        yield invalid(child(path, "selector"), selector, "empty selector is invalid for daemonset")
    yield from validate_template(template, at)
    yield from validate_endless(template, at, "DaemonSet")
    yield from not_negative(spec.get("minReadySeconds"), child(path, "minReadySeconds"))
    yield from _strategy(spec.get("updateStrategy") or {}, child(path, "updateStrategy"))
    yield from not_negative(spec.get("revisionHistoryLimit"), child(path, "revisionHistoryLimit"))


def _strategy(strategy: Object, path: str) -> Iterator[FieldError]:
    match strategy.get("type"):
        case "OnDelete":
            pass
        case "RollingUpdate":
            yield from _rolling(strategy.get("rollingUpdate") or {}, child(path, "rollingUpdate"))
        case _:
            what = internal.shown("DaemonSetUpdateStrategy", strategy)
            yield not_supported(path, what, ("RollingUpdate", "OnDelete"))


def _rolling(update: Object, path: str) -> Iterator[FieldError]:
    unavailable, surge = update.get("maxUnavailable") or 0, update.get("maxSurge") or 0
    for check in (number_or_share, at_most_all):
        yield from check(unavailable, child(path, "maxUnavailable"))
        yield from check(surge, child(path, "maxSurge"))
    if not is_zero(unavailable) and not is_zero(surge):
        yield invalid(child(path, "maxSurge"), surge, "may not be set when maxUnavailable is non-zero")
    elif is_zero(unavailable) and is_zero(surge):
        yield required(child(path, "maxUnavailable"), "cannot be 0 when maxSurge is 0")
