"""Conditions of a status, as controllers keep them."""

from __future__ import annotations

from typing import Any

from aiokube.testing.apiserver.codec import Object

__all__ = ["condition_of", "is_true", "set_condition", "without"]


def condition_of(obj: Object, kind: str) -> Object | None:
    """Return the condition of a type, None when there is none."""
    conditions = obj.get("status", {}).get("conditions") or ()
    return next((condition for condition in conditions if condition["type"] == kind), None)


def is_true(obj: Object, kind: str) -> bool:
    condition = condition_of(obj, kind)
    return condition is not None and condition["status"] == "True"


def without(conditions: list[Object], kind: str) -> list[Object]:
    return [condition for condition in conditions if condition["type"] != kind]


def set_condition(conditions: list[Object], now: str, *, type: str, status: str, **fields: Any) -> bool:
    """Put a condition at the end of a list, and say whether anything changed.

    It stays where and as it is if its status and reason are the same; it keeps the time of its transition while
    its status is the same.
    """
    old = next((condition for condition in conditions if condition["type"] == type), None)
    if old is not None and old["status"] == status and old.get("reason") == fields.get("reason"):
        return False
    since = old.get("lastTransitionTime") if old is not None and old["status"] == status else now
    conditions[:] = without(conditions, type)
    conditions.append({"type": type, "status": status, **fields, "lastTransitionTime": since or now})
    return True
