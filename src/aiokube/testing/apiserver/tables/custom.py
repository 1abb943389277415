"""Rows of custom kinds, whose columns their definition names.

Source: https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/registry/customresource/tableconvertor/tableconvertor.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiokube.testing.apiserver.go import text as go_text

from .ages import UNKNOWN, parse_time, since
from .cells import Object, name
from .columns import Column, builtin_columns
from .printer import Printer

__all__ = ["CustomColumn", "custom_printer"]


@dataclass(frozen=True, slots=True)
class CustomColumn:
    """One of the additionalPrinterColumns.

    Attributes:
        column: its definition; the description is never empty.
        find: returns the values that its JSONPath finds in an object; the first is shown.
    """

    column: Column
    find: Callable[[Object], Sequence[Any]]


def custom_printer(columns: Iterable[CustomColumn]) -> Printer:
    """Return what prints the objects of a custom kind: their names and its columns."""
    shown = tuple(columns)
    first = next(iter(builtin_columns("", "Namespace") or ()))  # Name, as all kinds have it

    def cells(obj: Object, now: datetime) -> list[Any]:
        return [name(obj), *(_cell(column.column.type, column.find(obj), now) for column in shown)]

    return Printer((first, *(column.column for column in shown)), cells)


def _cell(column_type: str, found: Sequence[Any], now: datetime) -> Any:
    """Return a found value as a cell; null for none, or for one of another type than the column's."""
    if not found:
        return None
    if column_type == "string":
        return _text(found[0])
    return None if found[0] is None else _CELLS[column_type](found[0], now)


def _integer(value: Any, now: datetime) -> Any:
    return int(value) if _is_number(value) else None


def _number(value: Any, now: datetime) -> Any:
    return value if _is_number(value) else None


def _boolean(value: Any, now: datetime) -> Any:
    return value if isinstance(value, bool) else None


def _date(value: Any, now: datetime) -> Any:
    if not isinstance(value, str):
        return None
    if value in ("", "null"):
        return UNKNOWN
    try:
        parse_time(value)
    except ValueError:
        return "<invalid>"
    return since(value, now)


_CELLS: Mapping[str, Callable[[Any, datetime], Any]] = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: Any) -> str:
    """Return a value as JSONPath prints it."""
    if value is None:
        return "<no value>"
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return go_text.number(value)
    return go_text.json_text(go_text.sorted_keys(value))
