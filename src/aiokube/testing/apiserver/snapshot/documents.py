"""OpenAPI v3: the index and the documents. Documents repeat each other's schemas; the archive has each once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from .files import FOLDER

__all__ = ["openapi", "openapi_index", "schemas"]


class _Document(msgspec.Struct):
    document: dict[str, msgspec.Raw]
    schemas: dict[str, int]


def openapi_index() -> dict[str, Any]:
    """Return the answer of `/openapi/v3`: documents by name, such as `apis/apps/v1`, with their hashes."""
    index: dict[str, Any] = msgspec.json.decode(_read("index.json"))
    return index


def openapi(name: str) -> bytes:
    """Return an OpenAPI document, JSON.

    Args:
        name: as in the index, such as `apis/apps/v1`.

    Raises:
        KeyError: there is no such document.
    """
    content = msgspec.json.decode(_read(f"documents/{name}.json"), type=_Document)
    components = msgspec.json.decode(content.document["components"], type=dict[str, msgspec.Raw])
    if content.schemas:
        variants = _variants()
        schemas = {name: variants[name][number] for name, number in content.schemas.items()}
        components = {"schemas": msgspec.Raw(msgspec.json.encode(schemas)), **components}
    return msgspec.json.encode({**content.document, "components": components})


def schemas() -> Mapping[str, Any]:
    """Return the schemas of all documents by the names of their components.

    A name that does not mean quite the same in all documents, such as DeleteOptions, has its first meaning.
    """
    return {name: msgspec.json.decode(variants[0]) for name, variants in _variants().items()}


@cache
def _variants() -> dict[str, list[msgspec.Raw]]:
    return msgspec.json.decode(_read("schemas.json"), type=dict[str, list[msgspec.Raw]])


def _read(name: str) -> bytes:
    import zipfile  # costs ten milliseconds, and most programs read no document

    with zipfile.ZipFile(FOLDER / "openapi.zip") as archive:
        return archive.read(name)
