"""Checks: the shapes of validation that many kinds share."""

from __future__ import annotations

import json
from typing import Any

from aiokube.testing.apiserver.field_errors import FieldError, invalid

__all__ = ["immutable", "not_negative", "quoted"]


def immutable(new: Any, old: Any, path: str) -> list[FieldError]:
    """Return an error when a field that may not change has changed; empty and absent are the same."""
    return [] if new == old or not (new or old) else [invalid(path, new, "field is immutable")]


def not_negative(value: int | None, path: str) -> list[FieldError]:
    return [invalid(path, value, "must be greater than or equal to 0")] if value is not None and value < 0 else []


def quoted(value: str) -> str:
    """Return a text as Go prints it in quotes."""
    return json.dumps(value, ensure_ascii=False)
