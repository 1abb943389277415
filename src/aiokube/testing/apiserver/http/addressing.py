"""Addressing: what a request is about, from its method and its path.

Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/endpoints/request/requestinfo.go
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qs, unquote

from aiokube.testing.apiserver import errors, selectors
from aiokube.testing.apiserver.verbs.options import Query, flag

__all__ = ["Address", "address", "read_query"]

_VERBS = {"POST": "create", "GET": "get", "HEAD": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
_NAMESPACE_SUBRESOURCES = {"status", "finalize"}


class Address(NamedTuple):
    """What a request is about.

    Attributes:
        verb: of Kubernetes for resources, such as "deletecollection"; the method in lower case for other paths.
        path: decoded.
        is_resource: it is about a resource; else only verb and path say something.
        rest: what follows the subresource, such as the path behind a proxy.
    """

    verb: str
    path: str
    is_resource: bool = False
    group: str = ""
    version: str = ""
    resource: str = ""
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    rest: tuple[str, ...] = ()


def read_query(text: str) -> dict[str, list[str]]:
    """Return all values of all parameters of a query."""
    return parse_qs(text, keep_blank_values=True)


def address(method: str, raw_path: str, query: Query) -> Address:
    """Return what a request is about.

    Args:
        raw_path: as on the wire.
    """
    path = unquote(raw_path, errors="replace")
    segments = path.strip("/").split("/")
    if len(segments) < 3 or segments[0] not in {"api", "apis"}:
        return Address(method.lower(), path)
    group, rest = "", segments[1:]
    if segments[0] == "apis":
        if len(segments) < 4:
            return Address(method.lower(), path)
        group, rest = segments[1], segments[2:]
    version, rest = rest[0], rest[1:]
    verb = _VERBS.get(method, "")
    watches_by_path = rest[0] == "watch" and len(rest) > 1
    if watches_by_path:
        verb, rest = "watch", rest[1:]
    namespace, rest = _namespace(rest)
    resource, name, subresource = (*rest[:3], "", "")[:3]
    if not name:
        verb = _of_collection(verb, query)
        name = "" if verb == "create" else _selected_name(query)
    return Address(verb, path, True, group, version, resource, namespace, name, subresource, tuple(rest[3:]))


def _namespace(segments: list[str]) -> tuple[str, list[str]]:
    """Split the namespace off; `namespaces/x` alone is the namespace itself, which is in itself."""
    if segments[0] != "namespaces" or len(segments) < 2:
        return "", segments
    if len(segments) > 2 and segments[2] not in _NAMESPACE_SUBRESOURCES:
        return segments[1], segments[2:]
    return segments[1], segments


def _of_collection(verb: str, query: Query) -> str:
    if verb == "get":
        return "watch" if flag(query, "watch") else "list"
    return "deletecollection" if verb == "delete" else verb


def _selected_name(query: Mapping[str, list[str]] | Query) -> str:
    """Return the one name that a field selector asks for; authorization goes by it."""
    text = (query.get("fieldSelector") or [""])[0]
    try:
        return selectors.parse_fields(text).exact("metadata.name") or ""
    except errors.StatusError:
        return ""
