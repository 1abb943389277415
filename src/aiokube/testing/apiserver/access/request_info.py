"""What a request is about, as far as its method, path and query say it: which verb, on what.

This is before it is known whether anything is served there: authorization comes first.

Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/endpoints/request/requestinfo.go
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .identity import UserInfo

__all__ = ["Attributes", "RequestInfo", "attributes", "request_info"]

_VERBS = {
    "POST": "create",
    "GET": "get",
    "HEAD": "get",
    "PUT": "update",
    "PATCH": "patch",
    "DELETE": "delete",
}
_VERBS_IN_PATHS = {"proxy", "watch"}
_SUBRESOURCES_OF_NAMESPACES = {"status", "finalize"}
_SELECTING = {"list", "watch", "deletecollection"}
_NAME_TERMS = ("metadata.name==", "metadata.name=")


@dataclass(frozen=True, kw_only=True)
class RequestInfo:
    """A request, as authorization sees it.

    Attributes:
        verb: such as "list"; the method in small letters for what is no resource.
        path: unquoted, without the query.
        is_resource: it is about a resource, whose group and so on follow; otherwise about the path alone.
        namespace: "" for none and for all; that of a namespace is itself.
        name: "" for none; that of a list is the one its field selector asks for.
    """

    verb: str
    path: str = ""
    is_resource: bool = True
    group: str = ""
    version: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    label_selector: str = ""
    field_selector: str = ""


@dataclass(frozen=True, kw_only=True)
class Attributes(RequestInfo):
    """What somebody wants to do: a request and who makes it."""

    user: UserInfo


def attributes(info: RequestInfo, user: UserInfo) -> Attributes:
    """Return what `user` wants by a request."""
    return Attributes(user=user, **vars(info))


def request_info(method: str, path: str, query: Mapping[str, Sequence[str]] | None = None) -> RequestInfo:
    """Return what a request is about.

    Args:
        method: HTTP's.
        path: unquoted.
        query: all values of each parameter, unquoted.
    """
    parts = [part for part in path.strip("/").split("/") if path.strip("/")]
    needed = {"api": 3, "apis": 4}.get(parts[0], 0) if parts else 0
    if not needed or len(parts) < needed:
        return RequestInfo(verb=method.lower(), path=path, is_resource=False)
    group = parts[1] if parts[0] == "apis" else ""
    version, rest = parts[needed - 2], parts[needed - 1 :]
    verb = _VERBS.get(method, "")
    in_path = rest[0] in _VERBS_IN_PATHS
    if in_path:
        verb, rest = rest[0], rest[1:]
    namespace = ""
    if rest[:1] == ["namespaces"] and len(rest) > 1:
        namespace = rest[1]
        if len(rest) > 2 and rest[2] not in _SUBRESOURCES_OF_NAMESPACES:
            rest = rest[2:]
    resource, name, subresource = (*rest[:3], "", "", "")[:3]
    query = query or {}
    labels, fields = _first(query, "labelSelector"), _first(query, "fieldSelector")
    if not name and verb == "get":
        verb = "watch" if _is_on(query, "watch") else "list"
        name = _selected_name(fields)
    if not name and verb == "delete":
        verb = "deletecollection"
    selects = verb in _SELECTING and not in_path
    return RequestInfo(
        verb=verb,
        path=path,
        group=group,
        version=version,
        resource=resource,
        subresource="" if verb == "proxy" else subresource,
        namespace=namespace,
        name=name,
        label_selector=labels if selects else "",
        field_selector=fields if selects else "",
    )


def _selected_name(field_selector: str) -> str:
    for term in field_selector.split(","):
        for start in _NAME_TERMS:
            if term.startswith(start):
                name = term.removeprefix(start)
                return "" if name in {".", ".."} or "/" in name or "%" in name else name
    return ""


def _first(query: Mapping[str, Sequence[str]], name: str) -> str:
    return (query.get(name) or [""])[0]


def _is_on(query: Mapping[str, Sequence[str]], name: str) -> bool:
    return bool(query.get(name)) and query[name][0].lower() not in {"false", "0"}
