"""The blank object of a kind: what kube-apiserver compares a new object with.

Of a built-in kind it is Go's zero value, as it is written; of a custom kind it is nothing.

Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/endpoints/handlers/create.go
"""

from __future__ import annotations

from functools import cache
from typing import Any

from aiokube.testing.apiserver.schema.node import Field, Node, Omit, Shape

__all__ = ["blank"]

_ZEROS: dict[Shape, Any] = {
    Shape.STRING: "",
    Shape.INTEGER: 0,
    Shape.NUMBER: 0,
    Shape.BOOLEAN: False,
    Shape.INT_OR_STRING: 0,
    Shape.QUANTITY: "0",
    Shape.DURATION: "0s",
}


@cache
def blank(node: Node) -> dict[str, Any]:
    """Return the blank object of a kind, which must not be changed."""
    if not node.name:
        return {}
    return {name: _zero(field) for name, field in node.fields.items() if _written(field)}


def _written(field: Field) -> bool:
    # Go leaves out what is empty, and a struct never is.
    return field.omit is Omit.NEVER or (
        field.omit is Omit.EMPTY and field.node.shape is Shape.STRUCT and not field.pointer
    )


def _zero(field: Field) -> Any:
    if field.pointer:
        return None
    return blank(field.node) if field.node.shape is Shape.STRUCT else _ZEROS.get(field.node.shape)
