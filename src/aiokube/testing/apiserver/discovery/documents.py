"""Documents: the answers about what is served, kept until a custom kind comes or goes.

Source: https://kubernetes.io/docs/concepts/overview/kubernetes-api/
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

from aiokube.testing.apiserver import snapshot
from aiokube.testing.apiserver.storage import encode

from . import swagger, swagger_protobuf

__all__ = ["CustomDocuments", "Document", "Documents"]

Json = Mapping[str, Any]


class CustomDocuments(NamedTuple):
    """What is said of custom kinds.

    Attributes:
        groups: APIGroup objects, in the order in which they are listed.
        resource_lists: APIResourceList objects by group and version.
        aggregated: APIGroupDiscovery objects.
        schemas: makes the OpenAPI document of a group and version, by the name of the document.
    """

    groups: tuple[Json, ...] = ()
    resource_lists: Mapping[tuple[str, str], Json] = {}
    aggregated: tuple[Json, ...] = ()
    schemas: Mapping[str, Callable[[], Json]] = {}


class Document(NamedTuple):
    """One document and its hash, which says whether a client has it already."""

    body: bytes
    hash: str


class Documents:
    """All documents of one server."""

    def __init__(self) -> None:
        self._custom = CustomDocuments()
        self._made: dict[tuple[str, str], Document] = {}
        self._added: dict[str, Any] | None = None

    def replace_custom(self, custom: CustomDocuments) -> None:
        """Speak of these custom kinds from now on."""
        self._custom = custom
        self._made.clear()
        self._added = None

    @staticmethod
    def version() -> Json:
        """Return what the server says of itself."""
        return snapshot.version()

    def legacy(self, path: str) -> Json | None:
        """Return the answer to a path such as /apis/apps/v1, None when there is nothing."""
        built_in = _or_none(snapshot.legacy, path)
        if path == "/apis" and built_in is not None:
            return {**built_in, "groups": [*built_in["groups"], *self._custom.groups]}
        if built_in is not None:
            return built_in
        root, _, rest = path.strip("/").partition("/")
        group, _, version = rest.partition("/")
        if root != "apis":
            return None
        if version:
            return self._custom.resource_lists.get((group, version))
        found = next((known for known in self._custom.groups if known["name"] == group), None)
        return None if found is None else {"kind": "APIGroup", "apiVersion": "v1", **found}

    @staticmethod
    def is_built_in(path: str) -> bool:
        """Return whether a path is below a group that is built in, whether or not there is anything."""
        root, _, rest = path.strip("/").partition("/")
        return bool(rest) and (
            root == "api" or _or_none(snapshot.legacy, f"/apis/{rest.partition('/')[0]}") is not None
        )

    def aggregated(self, path: str) -> Document | None:
        """Return the aggregated discovery of /api or /apis; None for other paths."""
        built_in = _or_none(snapshot.aggregated, path)
        if built_in is None:
            return None
        made = self._made.get(("aggregated", path))
        if made is None:
            more = self._custom.aggregated if path == "/apis" else ()
            body = encode({**built_in, "items": [*built_in["items"], *more]})
            made = self._made["aggregated", path] = Document(body, _hash(body))
        return made

    def openapi_index(self) -> Json:
        """Return where the OpenAPI document of each group and version is, with its hash."""
        paths = dict(snapshot.openapi_index()["paths"])
        for name in self._custom.schemas:
            document = self.openapi(name)
            if document is not None:
                paths[name] = {"serverRelativeURL": f"/openapi/v3/{name}?hash={document.hash}"}
        return {"paths": dict(sorted(paths.items()))}

    def openapi(self, name: str) -> Document | None:
        """Return the OpenAPI document of a group and version, named such as apis/apps/v1; None when there is none."""
        made = self._made.get(("openapi", name))
        if made is None:
            made = self._openapi(name)
            if made is not None:
                self._made["openapi", name] = made
        return made

    def swagger(self) -> Document:
        """Return the OpenAPI v2 document of everything."""
        made = self._made.get(("swagger", "json"))
        if made is None:
            body = encode(swagger.swagger(self._additions()))
            made = self._made["swagger", "json"] = Document(body, _hash(body))
        return made

    def swagger_protobuf(self) -> Document:
        """Return the OpenAPI v2 document as a protobuf message, with the hash of the JSON."""
        made = self._made.get(("swagger", "protobuf"))
        if made is None:
            # Of two messages, one behind the other, readers make one that has the members of both.
            body = _built_in_swagger_protobuf() + swagger_protobuf.encoded(self._additions())
            made = self._made["swagger", "protobuf"] = Document(body, self.swagger().hash)
        return made

    def _additions(self) -> dict[str, Any]:
        """Return what custom kinds add to OpenAPI v2, which both of its forms are made of."""
        if self._added is None:
            self._added = swagger.additions(make() for make in self._custom.schemas.values())
        return self._added

    def _openapi(self, name: str) -> Document | None:
        place = snapshot.openapi_index()["paths"].get(name)
        if place is not None:
            return Document(snapshot.openapi(name), place["serverRelativeURL"].partition("?hash=")[2])
        make = self._custom.schemas.get(name)
        if make is None:
            return None
        body = encode(make())
        return Document(body, _hash(body))


@cache
def _built_in_swagger_protobuf() -> bytes:
    return swagger_protobuf.encoded(swagger.built_in())


def _or_none(read: Callable[[str], Json], path: str) -> Json | None:
    try:
        return read(path)
    except KeyError:
        return None


def _hash(body: bytes) -> str:
    return hashlib.sha512(body).hexdigest().upper()
