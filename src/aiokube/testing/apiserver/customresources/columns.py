"""The columns of a custom kind: those its definition names, or its age.

Source: https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/apiserver/helpers.go
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiokube.testing.apiserver.tables.columns import Column, builtin_columns
from aiokube.testing.apiserver.tables.custom import CustomColumn, custom_printer
from aiokube.testing.apiserver.tables.printer import Printer

from .json_path import JSONPath, JSONPathError

__all__ = ["printer"]


def printer(columns: Sequence[Mapping[str, Any]]) -> Printer:
    """Return what prints objects.

    Args:
        columns: the `additionalPrinterColumns` of a version. From the first whose path is none, kube-apiserver
            leaves them out.
    """
    shown: list[CustomColumn] = []
    for column in columns or [_age()]:
        try:
            path = JSONPath(column["jsonPath"])
        except JSONPathError:
            break
        shown.append(CustomColumn(_column(column), _finder(path)))
    return custom_printer(shown)


def _column(column: Mapping[str, Any]) -> Column:
    path = column["jsonPath"]
    return Column(
        column["name"],
        column["type"],
        column.get("format", ""),
        column.get("description") or f"Custom resource definition column (in JSONPath format): {path}",
        column.get("priority", 0),
    )


def _age() -> dict[str, Any]:
    # What kube-apiserver says of an age, it says of a namespace's too.
    described = next(column for column in builtin_columns("", "Namespace") or () if column.name == "Age")
    path = ".metadata.creationTimestamp"
    return {"name": "Age", "type": "date", "description": described.description, "jsonPath": path}


def _finder(path: JSONPath) -> Callable[[dict[str, Any]], Sequence[Any]]:
    def find(obj: dict[str, Any]) -> Sequence[Any]:
        try:
            return path.find(obj)
        except JSONPathError:
            return ()  # kube-apiserver shows null then, as for what is missing

    return find
