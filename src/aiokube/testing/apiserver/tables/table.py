"""Table and PartialObjectMetadata: objects in the forms that a client may ask for instead of their own.

Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/endpoints/handlers/response.go
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any

from aiokube.testing.apiserver import field_errors
from aiokube.testing.apiserver.errors import bad_request

from .cells import Object, at
from .printer import Printer

__all__ = ["Include", "parse_include", "partial_metadata", "table"]

_INITIAL_EVENTS_END = "k8s.io/initial-events-end"


class Include(Enum):
    """What a row has of its object: the parameter includeObject."""

    METADATA = "Metadata"
    OBJECT = "Object"
    NONE = "None"


def parse_include(text: str) -> Include:
    """Return what the parameter includeObject says; "" is the default.

    Raises:
        StatusError: 400; it is none of the words that there are.
    """
    try:
        return Include(text or "Metadata")
    except ValueError:
        error = field_errors.invalid("includeObject", text, "must be 'Metadata', 'Object', 'None', or empty")
        raise bad_request(f"Unable to convert to Table as requested: {error}") from None


def table(
    printer: Printer,
    objects: Sequence[Object],
    *,
    metadata: Mapping[str, Any],
    now: datetime,
    include: Include = Include.METADATA,
    served: Callable[[Object], Object] = lambda obj: obj,
    version: str = "v1",
    headed: bool = True,
) -> Object:
    """Return a metav1.Table.

    Args:
        printer: of the objects' kind.
        objects: complete; one for what is not a list. In the version that all versions of the kind are shown by,
            which matters for HorizontalPodAutoscaler alone: autoscaling/v2.
        metadata: of the list, or of the one object.
        now: the server's time, which ages are relative to.
        served: returns an object in the version that was asked for, as the rows have it.
        version: of meta.k8s.io, "v1" or "v1beta1".
        headed: False in a watch for all events but the first, whose columns hold for the others.
    """

    def included(obj: Object) -> Object | None:
        if include is Include.OBJECT:
            return served(obj)
        is_mark = at(obj, "metadata", "annotations", _INITIAL_EVENTS_END) == "true"
        return partial_metadata(served(obj), version=version) if include is Include.METADATA or is_mark else None

    in_order = objects if printer.order is None else sorted(objects, key=printer.order)
    return {
        "kind": "Table",
        "apiVersion": f"meta.k8s.io/{version}",
        "metadata": {key: metadata[key] for key in _LIST_METADATA if metadata.get(key)},
        "columnDefinitions": [column.definition() for column in printer.columns] if headed else None,
        "rows": [_row(printer, obj, included(obj), now) for obj in in_order] or printer.empty_rows(),
    }


_LIST_METADATA = ("resourceVersion", "continue", "remainingItemCount")


def _row(printer: Printer, obj: Object, included: Object | None, now: datetime) -> Object:
    row: Object = {"cells": printer.cells(obj, now)}
    if conditions := printer.conditions(obj):
        row["conditions"] = conditions
    return row | {"object": included}


def partial_metadata(obj: Object, *, version: str = "v1") -> Object:
    """Return the PartialObjectMetadata of an object.

    Args:
        version: of meta.k8s.io, "v1" or "v1beta1".
    """
    metadata = obj.get("metadata", {})
    return {"kind": "PartialObjectMetadata", "apiVersion": f"meta.k8s.io/{version}", "metadata": metadata}
