"""The rules of Deployments.

Sources:
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/registry/apps/deployment/strategy.go
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/apps/validation/validation.go (ValidateDeployment)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar

from aiokube.testing.apiserver.field_errors import FieldError, child, forbidden, invalid, not_supported
from aiokube.testing.apiserver.kinds import internal, label_selectors
from aiokube.testing.apiserver.kinds.checks import immutable, not_negative
from aiokube.testing.apiserver.kinds.pods.warnings import hostname_warnings, template_warnings
from aiokube.testing.apiserver.kinds.rules import Context, Object

from .replicas import (
    validate_counts,
    validate_not_more,
    validate_not_rolled_back,
    validate_selected_template,
    validate_selector,
)
from .rollouts import at_most_all, is_zero, number_or_share
from .templates import TemplateRules

__all__ = ["DeploymentRules"]

_COUNTS = (
    "observedGeneration",
    "replicas",
    "updatedReplicas",
    "readyReplicas",
    "availableReplicas",
    "unavailableReplicas",
    "terminatingReplicas",
    "collisionCount",
)
_OF_ALL = ("updatedReplicas", "readyReplicas", "availableReplicas")


class DeploymentRules(TemplateRules):
    blank: ClassVar[Object] = {"spec": {"replicas": 0}}
    reset_fields: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "": ("status",),
        "status": ("spec", "metadata.labels"),
    }

    def changes_generation(self, new: Object, old: Object) -> bool:
        # Annotations are copied to ReplicaSets, so that a change of them is one of what is wanted.
        annotations = (new["metadata"].get("annotations") or {}, old["metadata"].get("annotations") or {})
        return super().changes_generation(new, old) or annotations[0] != annotations[1]

    def validate_create(self, new: Object, context: Context) -> Iterator[FieldError]:
        yield from _spec(new["spec"], "spec")

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterator[FieldError]:
        yield from _spec(new["spec"], "spec")
        yield from immutable(new["spec"].get("selector"), old["spec"].get("selector"), "spec.selector")

    def prepare_status(self, new: Object, old: Object, context: Context) -> None:
        new["metadata"].pop("labels", None)
        if "labels" in old["metadata"]:
            new["metadata"]["labels"] = old["metadata"]["labels"]

    def validate_status(self, new: Object, old: Object, context: Context) -> Iterator[FieldError]:
        status = new.get("status") or {}
        yield from validate_counts(status, _COUNTS)
        yield from validate_not_more(status, _OF_ALL, than_ready="readyReplicas")
        yield from validate_not_rolled_back(new, old)

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        if old is None:
            yield from hostname_warnings(new)
        elif new["metadata"].get("generation") == old["metadata"].get("generation"):
            return
        yield from template_warnings(new["spec"]["template"], "spec.template")


def _spec(spec: Object, path: str) -> Iterator[FieldError]:
    selector = spec.get("selector")
    yield from not_negative(spec.get("replicas"), child(path, "replicas"))
    yield from validate_selector(selector, child(path, "selector"), "deployment")
    if not label_selectors.readable(selector):
        yield invalid(child(path, "selector"), selector, "invalid label selector")
    else:
        template = spec.get("template") or {}
        yield from validate_selected_template(template, selector, child(path, "template"), "ReplicaSet")
    yield from _strategy(spec.get("strategy") or {}, child(path, "strategy"))
    seconds = spec.get("minReadySeconds") or 0
    yield from not_negative(seconds, child(path, "minReadySeconds"))
    yield from not_negative(spec.get("revisionHistoryLimit"), child(path, "revisionHistoryLimit"))
    deadline, at = spec.get("progressDeadlineSeconds"), child(path, "progressDeadlineSeconds")
    yield from not_negative(deadline, at)
    if deadline is not None and deadline <= seconds:
        yield invalid(at, deadline, "must be greater than minReadySeconds")


def _strategy(strategy: Object, path: str) -> Iterator[FieldError]:
    match strategy.get("type"):
        case "Recreate":
            if strategy.get("rollingUpdate") is not None:
                what = "may not be specified when strategy `type` is 'Recreate'"
                yield forbidden(child(path, "rollingUpdate"), what)
        case "RollingUpdate":
            yield from _rolling(strategy.get("rollingUpdate") or {}, child(path, "rollingUpdate"))
        case _:
            shown = internal.shown("DeploymentStrategy", strategy)
            yield not_supported(path, shown, ("Recreate", "RollingUpdate"))


def _rolling(update: Object, path: str) -> Iterator[FieldError]:
    unavailable, surge = update.get("maxUnavailable") or 0, update.get("maxSurge") or 0
    yield from number_or_share(unavailable, child(path, "maxUnavailable"))
    yield from number_or_share(surge, child(path, "maxSurge"))
    if is_zero(unavailable) and is_zero(surge):
        yield invalid(child(path, "maxUnavailable"), unavailable, "may not be 0 when `maxSurge` is 0")
    yield from at_most_all(unavailable, child(path, "maxUnavailable"))
