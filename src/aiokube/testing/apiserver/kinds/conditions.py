"""Conditions of the type that all kinds share, metav1.Condition.

Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/apis/meta/v1/validation/validation.go
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import checks, names
from aiokube.testing.apiserver.kinds.rules import Object

__all__ = ["validate"]

_STATUSES = ("False", "True", "Unknown")
_REASON_LIMIT: Final = 1024
_MESSAGE_LIMIT: Final = 32 * 1024
_REASON = "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?"
_REASON_WORDS = "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'"  # noqa: E501


def validate(conditions: Sequence[Object], path: str) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, condition in enumerate(conditions):
        at, kind = fields.item(path, index), condition.get("type") or ""
        if kind in seen:
            yield fields.duplicate(fields.child(at, "type"), kind)
        seen.add(kind)
        yield from _condition(condition, at)


def _condition(condition: Object, path: str) -> Iterator[FieldError]:
    yield from checks.matching(names.label_key, condition.get("type") or "", fields.child(path, "type"))
    yield from checks.one_of(condition.get("status") or "", _STATUSES, fields.child(path, "status"))
    generation = condition.get("observedGeneration") or 0
    if generation < 0:
        at = fields.child(path, "observedGeneration")
        yield fields.invalid(at, generation, "must be greater than or equal to zero")
    if not condition.get("lastTransitionTime"):
        yield fields.required(fields.child(path, "lastTransitionTime"))
    reason, at = condition.get("reason") or "", fields.child(path, "reason")
    yield from checks.present(reason, at, _reason)
    if len(reason.encode()) > _REASON_LIMIT:
        yield fields.too_long(at, _REASON_LIMIT)
    if len((condition.get("message") or "").encode()) > _MESSAGE_LIMIT:
        yield fields.too_long(fields.child(path, "message"), _MESSAGE_LIMIT)


def _reason(value: str) -> list[str]:
    if re.fullmatch(_REASON, value):
        return []
    return [
        names.pattern_error(
            _REASON_WORDS, _REASON, "my_name", "MY_NAME", "MyName", "ReasonA,ReasonB", "ReasonA:ReasonB"
        )
    ]
