"""What ReplicaSets, Deployments and ReplicationControllers have in common: numbered pods of one template.

Sources:
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/apps/validation/validation.go
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aiokube.testing.apiserver.field_errors import (
    FieldError,
    child,
    forbidden,
    invalid,
    not_supported,
    required,
)
from aiokube.testing.apiserver.kinds import label_selectors
from aiokube.testing.apiserver.kinds.checks import not_negative, shown
from aiokube.testing.apiserver.kinds.pods.spec import validate_template

__all__ = [
    "validate_counts",
    "validate_endless",
    "validate_not_more",
    "validate_not_rolled_back",
    "validate_selected_template",
    "validate_selector",
]

Object = Mapping[str, Any]


def validate_selector(selector: Object | None, path: str, kind: str) -> Iterator[FieldError]:
    """Return what is wrong with a selector that must be there and select something.

    Args:
        kind: for the message, such as `deployment`.
    """
    if selector is None:
        yield required(path)
        return
    yield from label_selectors.validate(selector, path)
    if label_selectors.is_empty(selector):
        yield invalid(path, selector, f"empty selector is invalid for {kind}")


def validate_selected_template(template: Object, selector: Object | None, path: str, kind: str) -> Iterator[FieldError]:
    """Return what is wrong with a template whose pods the selector must select, and which run without end.

    Args:
        kind: for the message, such as `ReplicaSet`.
    """
    labels = (template.get("metadata") or {}).get("labels")
    if selector is None or not (label_selectors.is_empty(selector) or label_selectors.matches(selector, labels)):
        at = child(path, "metadata", "labels")
        yield invalid(at, shown(labels), "`selector` does not match template `labels`")
    yield from validate_template(template, path)
    yield from validate_endless(template, path, kind)


def validate_endless(template: Object, path: str, kind: str) -> Iterator[FieldError]:
    """Refuse a template of pods that end.

    Args:
        kind: for the message, such as `ReplicaSet`.
    """
    spec, at = template.get("spec") or {}, child(path, "spec")
    if spec.get("restartPolicy") != "Always":
        yield not_supported(child(at, "restartPolicy"), spec.get("restartPolicy") or "", ["Always"])
    if spec.get("activeDeadlineSeconds") is not None:
        what = f"activeDeadlineSeconds in {kind} is not Supported"
        yield forbidden(child(at, "activeDeadlineSeconds"), what)


def validate_counts(status: Object, fields: Iterable[str]) -> Iterator[FieldError]:
    """Refuse counts below zero."""
    for field in fields:
        yield from not_negative(status.get(field), child("status", field))


def validate_not_more(status: Object, fields: Iterable[str], than_ready: str = "") -> Iterator[FieldError]:
    """Refuse counts of some replicas that are above that of all.

    Args:
        than_ready: what those available may not be above, as the message says it; "" when they may.
    """
    for field in fields:
        count = status.get(field) or 0
        if count > (status.get("replicas") or 0):
            yield invalid(child("status", field), count, "cannot be greater than status.replicas")
    available = status.get("availableReplicas") or 0
    if than_ready and available > (status.get("readyReplicas") or 0):
        yield invalid("status.availableReplicas", available, f"cannot be greater than {than_ready}")


def validate_not_rolled_back(new: Object, old: Object) -> Iterator[FieldError]:
    """Refuse a count of collisions that goes down, so that names would come again."""
    before = (old.get("status") or {}).get("collisionCount")
    now = (new.get("status") or {}).get("collisionCount")
    if before is not None and (now is None or now < before):
        yield invalid("status.collisionCount", now or 0, "cannot be decremented")
