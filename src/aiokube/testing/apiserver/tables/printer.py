"""A printer: the columns of a kind, and what stands in them for an object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .cells import Cells, Object
from .columns import Column

__all__ = ["Printer"]


def _no_conditions(obj: Object) -> list[Object]:
    return []


@dataclass(frozen=True, slots=True)
class Printer:
    """How objects of a kind become rows.

    Attributes:
        columns: what a table says of itself.
        cells: of one object; has as many as there are columns.
        conditions: of the row of an object; most kinds have none.
        order: by what rows are sorted; None leaves them as the objects are.
        empty_rows: what stands for no rows at all; some tables of kube-apiserver have null there.
    """

    columns: tuple[Column, ...]
    cells: Cells
    conditions: Callable[[Object], list[Object]] = _no_conditions
    order: Callable[[Object], Any] | None = None
    empty_rows: Callable[[], list[Object] | None] = list
