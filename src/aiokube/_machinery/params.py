"""Parameters: the keywords of every verb, and what each is called on the wire. One table.

Source: https://kubernetes.io/docs/reference/kubernetes-api/common-parameters/common-parameters/
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from aiokube._machinery.errors import InvalidParameter

QUERY: dict[str, str] = {
    "pretty": "pretty",
    "_continue": "continue",
    "include_uninitialized": "includeUninitialized",
    "field_selector": "fieldSelector",
    "label_selector": "labelSelector",
    "limit": "limit",
    "resource_version": "resourceVersion",
    "resource_version_match": "resourceVersionMatch",
    "timeout_seconds": "timeoutSeconds",
    "watch": "watch",
    "allow_watch_bookmarks": "allowWatchBookmarks",
    "send_initial_events": "sendInitialEvents",
    "grace_period_seconds": "gracePeriodSeconds",
    "propagation_policy": "propagationPolicy",
    "orphan_dependents": "orphanDependents",
    "dry_run": "dryRun",
    "field_manager": "fieldManager",
    "field_validation": "fieldValidation",
    "force_conflicts": "force",
    # logs
    "container": "container",
    "follow": "follow",
    "previous": "previous",
    "since_seconds": "sinceSeconds",
    "since_time": "sinceTime",
    "tail_lines": "tailLines",
    "limit_bytes": "limitBytes",
    "timestamps": "timestamps",
    "insecure_skip_tls_verify_backend": "insecureSkipTLSVerifyBackend",
}

# Keywords that steer the client; they are not sent as query parameters.
CONTROL = frozenset(
    {
        "async_req",  # accepted and ignored: everything here is asynchronous
        "body",
        "content_type",
        "header_params",
        "patch_type",
        "path",
        "path_params",
        "query_params",
        "serialize",
        "serializer",
        "_preload_content",
        "_request_timeout",
        "_return_http_data_only",
    }
)

KNOWN = frozenset(QUERY) | CONTROL


def query_pairs(keywords: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the query parameters among keywords; None is left out, 0 and "" are sent.

    Raises:
        InvalidParameter: A value has no form on the wire.
    """
    return [
        pair
        for keyword, value in keywords.items()
        if value is not None and keyword in QUERY
        for pair in _pairs(keyword, QUERY[keyword], value)
    ]


def extra_pairs(query_params: Mapping[str, Any] | Iterable[tuple[str, Any]] | None) -> list[tuple[str, str]]:
    """Return `query_params` as the caller gave them, a mapping or pairs, in the form of the wire."""
    if not query_params:
        return []
    items = query_params.items() if isinstance(query_params, Mapping) else query_params
    return [(str(name), _text(str(name), value)) for name, value in items if value is not None]


def unknown(keywords: Iterable[str]) -> dict[str, str | None]:
    """Return the keywords that nobody knows, each with the nearest known one or None."""
    return {
        keyword: next(iter(difflib.get_close_matches(keyword, KNOWN, n=1)), None)
        for keyword in keywords
        if keyword not in KNOWN
    }


def _pairs(keyword: str, name: str, value: Any) -> list[tuple[str, str]]:
    if keyword == "dry_run":
        return _dry_run(name, value)
    text = _text(keyword, value)
    if keyword == "field_manager" and not text.isprintable():  # the server's rule; it stands in every object's history
        raise InvalidParameter(keyword, value, "it holds a line break or another character that cannot be printed")
    return [(name, text)]


def _dry_run(name: str, value: Any) -> list[tuple[str, str]]:
    """True means "All", which is all there is; False means no dry run, and must not be sent as a text."""
    if isinstance(value, bool):
        return [(name, "All")] if value else []
    values = value if isinstance(value, list | tuple) else [value]
    return [(name, _text("dry_run", item)) for item in values]


def _text(keyword: str, value: Any) -> str:
    if isinstance(value, Enum):
        value = value.value  # str() would give "Name.MEMBER", of one that is a text too
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    raise InvalidParameter(keyword, value, f"expected a text, a number or a boolean, got {type(value).__name__}")
