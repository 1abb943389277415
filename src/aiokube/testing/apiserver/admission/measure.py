"""A measure: how much of what quotas count an object of one resource uses.

Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/quota/v1/generic/evaluator.go
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.kinds.rules import Object

from .amounts import Amounts, number
from .change import Change

__all__ = ["Measure", "Requirement", "count_name", "labels_match"]

Requirement = Mapping[str, Any]
"""One of a quota's scopes, as its scopeSelector would say it: scopeName, operator and values."""


def count_name(resource: GroupResource) -> str:
    """Return the name by which quotas count the objects of a resource."""
    return f"count/{resource}"


class Measure:
    """Counts objects. Subclasses measure what else their objects use.

    Args:
        resource: whose objects are measured.
        alias: the older name of their count, "" if it has none.
    """

    def __init__(self, resource: GroupResource, alias: str = "") -> None:
        self.resource = resource
        self.names = frozenset(filter(None, (count_name(resource), alias)))

    def covers(self, name: str) -> bool:
        """Return whether objects use what a quota has by this name."""
        return name in self.names

    def looks_at(self, change: Change) -> bool:
        """Return whether more may be used after a change."""
        return change.is_new and not change.subresource

    def is_freed(self, new: Object, old: Object) -> bool:
        """Return whether less may be used after an update, so that quotas are counted anew."""
        return False

    def usage(self, obj: Object, now: dt.datetime) -> Amounts:
        """Return what an object uses."""
        return dict.fromkeys(self.names, number(1))

    def is_in_scope(self, obj: Object, requirement: Requirement) -> bool:
        """Return whether a quota of a scope is about an object."""
        return False

    def unspecified(self, obj: Object, names: Iterable[str]) -> str:
        """Return what an object does not say that it must where a quota limits these; "" for nothing."""
        return ""


def labels_match(requirement: Requirement, value: str) -> bool:
    """Return whether a scope with values is about what has this one; "" is none."""
    values: list[str] = requirement.get("values") or []
    match requirement.get("operator"):
        case "In":
            return bool(value) and value in values
        case "NotIn":
            return not value or value not in values
        case "Exists":
            return bool(value)
        case _:
            return not value
