"""JSON values as Go's fmt prints them with `%v`, in messages that show one.

Source: https://pkg.go.dev/fmt
"""

from __future__ import annotations

from typing import Any

from .text import number

__all__ = ["formatted", "type_name"]

_TYPES: dict[type, str] = {
    dict: "map[string]interface {}",
    list: "[]interface {}",
    str: "string",
    bool: "bool",
    int: "int64",
    float: "float64",
    type(None): "%!s(<nil>)",
}


def formatted(value: Any) -> str:
    """Return what `%v` prints of a JSON value: `map[a:1 b:[x y] c:<nil>]`."""
    if isinstance(value, dict):
        return f"map[{' '.join(f'{name}:{formatted(value[name])}' for name in sorted(value))}]"
    if isinstance(value, list):
        return f"[{' '.join(map(formatted, value))}]"
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number(value)
    return str(value)


def type_name(value: Any) -> str:
    """Return the name of the Go type that holds a JSON value."""
    return _TYPES[type(value)]
