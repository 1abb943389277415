"""Definitions: what a caller wants checked, as the JSON that a verb would send."""

from __future__ import annotations

from typing import Any

import msgspec

from aiokube._machinery.objects import encode
from aiokube.validation.findings import REQUIRED, finding


def json_of(definition: Any) -> dict[str, Any]:
    """Return a definition as a fresh JSON object; dates become texts as on the wire, and the caller's stays as it is.

    Args:
        definition: A dict, ResourceInstance, ResourceField or typed model.

    Raises:
        UnencodableValue: It holds what JSON cannot carry.
        TypeError: It is not an object.
    """
    document = msgspec.json.decode(encode(definition))
    if not isinstance(document, dict):
        raise TypeError(f"a definition is an object, got {type(definition).__name__}")
    return document


def type_findings(document: dict[str, Any]) -> list[str]:
    """Return what keeps a definition from saying which kind it is of."""
    return [
        finding(key, REQUIRED if document.get(key) in (None, "") else f"{document[key]!r} is not of type 'string'")
        for key in ("apiVersion", "kind")
        if not isinstance(document.get(key), str) or not document[key]
    ]
