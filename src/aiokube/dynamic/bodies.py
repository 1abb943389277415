"""Bodies: what a verb was given to send, in whichever form, and what it is completed with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiokube._machinery.objects import ResourceField, is_model, model_to_dict, plain
from aiokube.dynamic.instance import ResourceInstance
from aiokube.dynamic.resource import Resource, Subresource


def metadata_of(body: Any, key: str) -> str | None:
    """Return a member of a body's metadata; None when there is none, or the body has no metadata, as a JSON patch."""
    metadata = _member(body, "metadata")
    return None if metadata is None else _member(metadata, key)


def with_type(body: Any, resource: Resource) -> Any:
    """Return a body with apiVersion and kind, which the server asks of what is applied."""
    if isinstance(resource, Subresource) or isinstance(body, str | bytes):
        return body
    return {"apiVersion": resource.group_version, "kind": resource.kind, **_document(body)}


def delete_options(body: Any, preconditions: Mapping[str, Any] | None) -> Any:
    """Return DeleteOptions with preconditions, which may be named as in Python; None when there is nothing to say."""
    if preconditions is None:
        return body or None
    wanted = {"resourceVersion" if key == "resource_version" else key: value for key, value in preconditions.items()}
    return {"apiVersion": "v1", "kind": "DeleteOptions", **_document(body), "preconditions": wanted}


def _document(body: Any) -> dict[str, Any]:
    document: dict[str, Any] = model_to_dict(body) if is_model(body) else plain(body or {})
    return document


def _member(value: Any, key: str) -> Any:
    if is_model(value):
        return getattr(value, key, None)
    if isinstance(value, Mapping):
        return value.get(key)
    return value[key] if isinstance(value, ResourceField | ResourceInstance) else None
