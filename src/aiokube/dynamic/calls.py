"""Calls: a verb and its keywords become a Request, and an Answer becomes what the caller gets."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import msgspec

from aiokube._machinery.errors import MalformedObject
from aiokube._machinery.headers import checked_headers
from aiokube._machinery.objects import encode
from aiokube._machinery.params import extra_pairs, query_pairs, unknown
from aiokube._machinery.paths import quote_query, quote_sub_path
from aiokube._machinery.requests import Request, Target, build
from aiokube.client.answer import Answer
from aiokube.client.callers import callers_stacklevel
from aiokube.client.timeouts import timeouts_from
from aiokube.dynamic.instance import ResourceInstance, instance_from_json
from aiokube.dynamic.resource import Resource, Subresource

_METHODS = {
    "get": "GET",
    "list": "GET",
    "create": "POST",
    "replace": "PUT",
    "patch": "PATCH",
    "apply": "PATCH",
    "delete": "DELETE",
    "deletecollection": "DELETE",
}


class IgnoredKeywordWarning(UserWarning):
    """A verb was given a keyword that it does not know; it had no effect."""


def verb_request(
    verb: str,
    resource: Resource,
    name: str | None,
    namespace: str | None,
    body: Any,
    keywords: Mapping[str, Any],
) -> Request:
    """Return the request of a verb on a resource.

    Raises:
        ValueError: A keyword makes no sense for the verb.
        InvalidSegment: A name could be read as another path.
    """
    path = resource.path(name, namespace)
    target = Target(verb, resource.qualified_name, name, namespace)
    if not keywords and body is None:  # the most common request needs none of what follows
        return Request(method=_METHODS[verb], path=path, target=target)
    if (below := keywords.get("path")) is not None:
        if not isinstance(resource, Subresource):
            raise ValueError(f"{resource!r} has no paths below it; only subresources such as proxy do")
        path = f"{path}/{quote_sub_path(below)}"
    return Request(
        method=_METHODS[verb],
        path=path,
        query=quote_query(_pairs(keywords)),
        headers=_headers(keywords, body),
        body=None if body is None else encode(body),
        target=target,
        stream=_is_stream(keywords),
        retry=not keywords.get("watch"),
        timeouts=timeouts_from(keywords.get("_request_timeout")),
    )


def path_request(method: str, path: str, body: Any, keywords: Mapping[str, Any]) -> Request:
    """Return the request for a path that the caller wrote. Raises as `verb_request` does."""
    return build(
        method,
        path,
        path_params=keywords.get("path_params"),
        query=_pairs(keywords),
        headers=_headers(keywords, body),
        body=body,
        stream=_is_stream(keywords),
        retry=not keywords.get("watch"),
        timeouts=timeouts_from(keywords.get("_request_timeout")),
    )


def refuse_endless(keywords: Mapping[str, Any]) -> None:
    """Refuse to read to its end what has none."""
    if keywords.get("watch") and not _is_stream(keywords):
        raise ValueError("watch=True gives a stream: use watch() instead, or serialize=False to read it yourself")


def result_of(client: Any, answer: Answer, serializer: Any) -> Any:
    """Return what a verb returns: an instance, a text where the server sent text, or what the serializer makes."""
    plainly = serializer is None or serializer is ResourceInstance
    if not answer.content_type.endswith("json"):
        text = answer.body.decode("utf-8", "replace")
        return text if plainly else serializer(client, text)
    if plainly and answer.body[:1] == b"{":
        return instance_from_json(client, answer.body)
    try:
        data = msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedObject("answer", str(error)) from None
    return data if plainly else serializer(client, data)


def _pairs(keywords: Mapping[str, Any]) -> list[tuple[str, str]]:
    for keyword, near in unknown(keywords).items():
        hint = f"; did you mean {near}?" if near else ""
        text = f"keyword {keyword} is not known and has no effect{hint}"
        warnings.warn(text, IgnoredKeywordWarning, stacklevel=callers_stacklevel())
    return query_pairs(keywords) + extra_pairs(keywords.get("query_params"))


def _headers(keywords: Mapping[str, Any], body: Any) -> tuple[tuple[str, str], ...]:
    given = keywords.get("header_params")
    headers = checked_headers(given) if given else ()
    if body is None or any(name.lower() == "content-type" for name, _ in headers):
        return headers
    return (*headers, *checked_headers([("Content-Type", keywords.get("content_type") or "application/json")]))


def _is_stream(keywords: Mapping[str, Any]) -> bool:
    return keywords.get("serialize", True) is False or keywords.get("_preload_content", True) is False
