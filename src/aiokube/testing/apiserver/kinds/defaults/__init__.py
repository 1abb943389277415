"""Defaults: what kube-apiserver fills in when it reads an object, by the component of the OpenAPI documents.

A function completes one object of its component in place; parents come before their parts, so that a part which
the parent made is completed too. What conversion to the server's own types does to an object is here as well,
because it cannot be told apart from defaulting by anyone who looks from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["Default", "absent", "zero"]

Default = Callable[[dict[str, Any]], None]
"""Completes an object of one component in place."""


def absent(values: Mapping[str, Any]) -> Default:
    """Return the default that sets fields which are not there; a zero that is there is a value."""

    def complete(obj: dict[str, Any]) -> None:
        for name, value in values.items():
            if obj.get(name) is None:
                obj[name] = value

    return complete


def zero(values: Mapping[str, Any]) -> Default:
    """Return the default that sets fields which are not there or have the zero value of their type."""

    def complete(obj: dict[str, Any]) -> None:
        for name, value in values.items():
            if not obj.get(name):
                obj[name] = value

    return complete
