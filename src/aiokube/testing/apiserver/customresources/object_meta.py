"""The metadata of an object, read as Go reads it."""

from __future__ import annotations

from typing import Any

from .embedded import Reading

__all__ = ["read"]


def read(value: Any) -> Reading:
    if value is None:
        return Reading({}, [])
    if not isinstance(value, dict):
        raise ValueError("json: cannot unmarshal")
    return Reading({name: part for name, part in value.items() if part}, [])
