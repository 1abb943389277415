"""Columns: what a table says of itself before its rows.

Those of built-in kinds are what a real kube-apiserver said, kept in columns.json by scripts/table_columns.py:
most of their descriptions are the API's own documentation, word for word.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

__all__ = ["Column", "builtin_columns"]


@dataclass(frozen=True, slots=True)
class Column:
    """A metav1.TableColumnDefinition.

    Attributes:
        name: its heading.
        type: of OpenAPI, or "date".
        format: of OpenAPI; "name" marks the column with the object's name.
        description: for people.
        priority: 0 is always shown, more only when there is room (`kubectl get -o wide`).
    """

    name: str
    type: str = "string"
    format: str = ""
    description: str = ""
    priority: int = 0

    def definition(self) -> dict[str, Any]:
        """Return it as a Table has it."""
        return asdict(self)


def builtin_columns(group: str, kind: str) -> tuple[Column, ...] | None:
    """Return the columns of a built-in kind, which are the same in all its versions; None if there are none."""
    rows = _snapshot().kinds.get(f"{group}/{kind}")
    if rows is None:
        return None
    return tuple(Column(n, t, f, _snapshot().descriptions[d], p) for n, t, f, d, p in rows)


class _Snapshot(msgspec.Struct, frozen=True):
    descriptions: list[str]
    kinds: dict[str, list[tuple[str, str, str, int, int]]]


@cache
def _snapshot() -> _Snapshot:
    data = files(__package__).joinpath("columns.json").read_bytes()
    return msgspec.json.decode(data, type=_Snapshot)
