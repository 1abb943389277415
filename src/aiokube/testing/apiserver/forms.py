"""Forms: how objects look in an answer: as they are, as their metadata, or as rows of a table.

Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/endpoints/handlers/response.go
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from . import tables
from .codec import Object
from .page import Page
from .resources import Resource
from .storage import Stored, encode

__all__ = ["Form", "Shown", "list_body", "object_body"]

Shown = Stored | Mapping[str, Any]


class Form(NamedTuple):
    """What a client asked for.

    Attributes:
        kind: "" for objects as they are, "PartialObjectMetadata", "PartialObjectMetadataList" or "Table".
        version: of meta.k8s.io: "v1" or "v1beta1".
        include: what the rows of a Table have of their objects.
    """

    kind: str = ""
    version: str = "v1"
    include: tables.Include = tables.Include.METADATA

    @property
    def is_table(self) -> bool:
        return self.kind == "Table"

    @property
    def api_version(self) -> str:
        return f"meta.k8s.io/{self.version}"


class _OnlyMetadata(msgspec.Struct):
    metadata: msgspec.Raw


_only_metadata = msgspec.json.Decoder(_OnlyMetadata)


def object_body(resource: Resource, shown: Shown, form: Form, now: dt.datetime, *, headers: bool = True) -> bytes:
    """Return the bytes of one object.

    Args:
        headers: a Table says what its columns are.
    """
    if not form.kind or _is_status(shown):
        return _plain(resource, shown)
    if form.is_table:
        metadata = decoded(resource, shown)["metadata"]
        return encode(_table(resource, [shown], metadata, form, now, headed=headers))
    return b'{"kind":"PartialObjectMetadata","apiVersion":"%s","metadata":%s}' % (
        form.api_version.encode(),
        _only_metadata.decode(_plain(resource, shown)).metadata,
    )


def list_body(resource: Resource, page: Page, form: Form, now: dt.datetime) -> bytes:
    """Return the bytes of a list."""
    metadata: dict[str, Any] = {"resourceVersion": str(page.resource_version)}
    if page.continue_ or (resource.custom and not form.kind):
        metadata["continue"] = page.continue_
    if page.remaining is not None:
        metadata["remainingItemCount"] = page.remaining
    if form.is_table:
        return encode(_table(resource, page.objects, metadata, form, now))
    if form.kind:
        item = Form("PartialObjectMetadata", form.version)
        items: Iterable[bytes] = (object_body(resource, stored, item, now) for stored in page.objects)
        return _list("PartialObjectMetadataList", form.api_version, metadata, items)
    return _list(resource.list_kind, resource.api_version, metadata, _items(resource, page.objects))


def decoded(resource: Resource, shown: Shown) -> Object:
    """Return an object in the version of a resource."""
    return resource.codec.from_storage(shown.object()) if isinstance(shown, Stored) else dict(shown)


def _plain(resource: Resource, shown: Shown) -> bytes:
    if isinstance(shown, Stored):
        if resource.as_stored and resource.stored_api_version == resource.api_version:
            return shown.body
        return encode(resource.codec.from_storage(shown.object()))
    return encode(shown)


def _items(resource: Resource, objects: Sequence[Stored]) -> Iterable[bytes]:
    """Return the items of a list: those of built-in kinds say neither what they are nor of which version."""
    if resource.custom:
        return (_plain(resource, stored) for stored in objects)
    skipped = len(encode({"kind": resource.kind, "apiVersion": resource.api_version})) - 1
    return (b"{" + _plain(resource, stored)[skipped + 1 :] for stored in objects)


def _list(kind: str, api_version: str, metadata: Mapping[str, Any], items: Iterable[bytes]) -> bytes:
    head = encode({"kind": kind, "apiVersion": api_version, "metadata": metadata})
    return b'%s,"items":[%s]}' % (head[:-1], b",".join(items))


def _table(
    resource: Resource,
    shown: Sequence[Shown],
    metadata: Mapping[str, Any],
    form: Form,
    now: dt.datetime,
    *,
    headed: bool = True,
) -> Object:
    """Return a table; built-in kinds look the same in all versions, for which it needs what is stored."""
    custom, codec = resource.custom, resource.codec
    return tables.table(
        resource.make_printer(),
        [decoded(resource, each) if custom else _stored_form(resource, each) for each in shown],
        metadata=metadata,
        now=now,
        include=form.include,
        served=(lambda obj: obj) if custom else codec.from_storage,
        version=form.version,
        headed=headed,
    )


def _stored_form(resource: Resource, shown: Shown) -> Object:
    return shown.object() if isinstance(shown, Stored) else resource.codec.to_storage(dict(shown))


def _is_status(shown: Shown) -> bool:
    return not isinstance(shown, Stored) and shown.get("kind") == "Status"
