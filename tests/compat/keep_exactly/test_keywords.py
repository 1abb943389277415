"""Keywords: every one of them, given to every verb, reaches the wire under its right name."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from aiokube.dynamic import IgnoredKeywordWarning
from compat.keep_exactly import recorder
from compat.keep_exactly.recorder import CONFIG_MAP, Recorder
from scripted import Exchange

Verb = Callable[..., Any]

VERBS: dict[str, Callable[[Recorder], Verb]] = {
    "get": lambda it: lambda **keywords: it.config_maps.get(name="one", namespace="web", **keywords),
    "get of all": lambda it: lambda **keywords: it.config_maps.get(namespace="web", **keywords),
    "create": lambda it: lambda **keywords: it.config_maps.create(body=body(), namespace="web", **keywords),
    "replace": lambda it: lambda **keywords: it.config_maps.replace(body=body(), namespace="web", **keywords),
    "patch": lambda it: lambda **keywords: it.config_maps.patch(body=body(), namespace="web", **keywords),
    "server_side_apply": lambda it: (
        lambda **keywords: it.config_maps.server_side_apply(body=body(), namespace="web", **keywords)
    ),
    "delete": lambda it: lambda **keywords: it.config_maps.delete(name="one", namespace="web", **keywords),
    "request": lambda it: lambda **keywords: it.client.request("get", "/api/v1/configmaps", **keywords),
    "get of a subresource": lambda it: (
        lambda **keywords: it.deployments.scale.get(name="one", namespace="web", **keywords)
    ),
    "create of a subresource": lambda it: (
        lambda **keywords: it.deployments.scale.create(body=body(), namespace="web", **keywords)
    ),
    "patch of a subresource": lambda it: (
        lambda **keywords: it.client.patch(it.deployments.scale, body(), "one", "web", **keywords)
    ),
}

# The keyword -> a value, and what stands in the query.
KEPT: dict[str, tuple[object, str]] = {
    "pretty": ("true", "pretty=true"),
    "_continue": ("abc", "continue=abc"),
    "include_uninitialized": ("true", "includeUninitialized=true"),
    "field_selector": ("metadata.name!=a", "fieldSelector=metadata.name!=a"),
    "label_selector": ("app in (a, b)", "labelSelector=app in (a, b)"),
    "limit": (5, "limit=5"),
    "resource_version": (0, "resourceVersion=0"),
    "timeout_seconds": (30, "timeoutSeconds=30"),
    "grace_period_seconds": (0, "gracePeriodSeconds=0"),
    "propagation_policy": ("Foreground", "propagationPolicy=Foreground"),
    "orphan_dependents": ("true", "orphanDependents=true"),
    "dry_run": ("All", "dryRun=All"),
    "field_manager": ("me", "fieldManager=me"),
    "force_conflicts": ("true", "force=true"),
}
ADDED: dict[str, tuple[object, str]] = {
    "allow_watch_bookmarks": (True, "allowWatchBookmarks=true"),
    "send_initial_events": (False, "sendInitialEvents=false"),
    "resource_version_match": ("Exact", "resourceVersionMatch=Exact"),
    "field_validation": ("Strict", "fieldValidation=Strict"),
    "container": ("main", "container=main"),
    "follow": (False, "follow=false"),
    "previous": (True, "previous=true"),
    "since_seconds": (60, "sinceSeconds=60"),
    "since_time": ("2026-01-01T00:00:00Z", "sinceTime=2026-01-01T00:00:00Z"),
    "tail_lines": (10, "tailLines=10"),
    "limit_bytes": (1000, "limitBytes=1000"),
    "timestamps": (True, "timestamps=true"),
}


def body() -> dict[str, Any]:
    return copy.deepcopy(CONFIG_MAP)


async def query_of(it: Recorder, verb: str, **keywords: Any) -> list[str]:
    """The query that a verb sends when it is given these keywords."""
    request = await it.sent(VERBS[verb](it)(**keywords))
    return sorted(f"{name}={value}" for name, value in request.query.items())


@pytest.mark.parametrize("verb", VERBS)
async def test_a_keyword_reaches_the_wire(both: Recorder, verb: str) -> None:
    keywords = {keyword: value for keyword, (value, _) in KEPT.items()}
    assert await query_of(both, verb, **keywords) == sorted(sent for _, sent in KEPT.values())


@pytest.mark.parametrize("verb", VERBS)
async def test_a_keyword_that_is_none_is_not_sent(both: Recorder, verb: str) -> None:
    keywords = dict.fromkeys(KEPT) | {"field_manager": "me"}
    assert await query_of(both, verb, **keywords) == ["fieldManager=me"]


@pytest.mark.parametrize("verb", VERBS)
async def test_an_added_keyword_reaches_the_wire(wire: Recorder, verb: str) -> None:
    """Names that kubernetes has, or that the API has and kubernetes_asyncio ignores; booleans as the API has them."""
    keywords = {keyword: value for keyword, (value, _) in ADDED.items()} | {"field_manager": "me"}
    sent = [sent for _, sent in ADDED.values()]
    assert await query_of(wire, verb, **keywords) == sorted([*sent, "fieldManager=me"])


async def test_watch_is_sent_as_the_api_has_it(wire: Recorder) -> None:
    response = await wire.answered(wire.config_maps.get(watch=True, serialize=False))
    response.close()
    assert wire.server.requests[0].query == {"watch": "true"}


@pytest.mark.parametrize("version", [0, "0", "5"])
async def test_a_resource_version_is_sent(both: Recorder, version: object) -> None:
    assert await query_of(both, "get of all", resource_version=version) == [f"resourceVersion={version}"]


@pytest.mark.parametrize(
    ("value", "query"),
    [(True, ["dryRun=All"]), ("All", ["dryRun=All"]), (["All"], ["dryRun=All"]), (False, []), (None, [])],
)
async def test_dry_run_may_be_a_boolean(wire: Recorder, value: object, query: list[str]) -> None:
    assert await query_of(wire, "create", dry_run=value) == query


async def test_apply_has_a_field_manager_by_default(wire: Recorder) -> None:
    assert await query_of(wire, "server_side_apply") == ["fieldManager=aiokube"]


@pytest.mark.parametrize("verb", VERBS)
async def test_header_params_are_headers(both: Recorder, verb: str) -> None:
    keywords = {"header_params": {"Accept": "application/yaml", "Impersonate-User": "jane"}}
    request = await both.sent(VERBS[verb](both)(**keywords, field_manager="me"))
    assert (request.headers["accept"], request.headers["impersonate-user"]) == ("application/yaml", "jane")


@pytest.mark.parametrize("verb", VERBS)
async def test_query_params_are_added_to_the_query(both: Recorder, verb: str) -> None:
    keywords = {"query_params": [("answer", 42)], "limit": 5, "field_manager": "me"}
    assert await query_of(both, verb, **keywords) == ["answer=42", "fieldManager=me", "limit=5"]


async def test_path_params_fill_the_path(both: Recorder) -> None:
    path_params = {"namespace": "web", "name": "one"}
    call = both.client.request("get", "/api/v1/namespaces/{namespace}/configmaps/{name}", path_params=path_params)
    assert (await both.sent(call)).path == "/api/v1/namespaces/web/configmaps/one"


async def test_content_type_is_the_bodys(both: Recorder) -> None:
    merge = "application/merge-patch+json"
    request = await both.sent(both.config_maps.patch({}, "one", "web", content_type=merge))
    assert request.headers["content-type"] == merge


async def test_the_content_type_is_json_by_default(both: Recorder) -> None:
    request = await both.sent(both.config_maps.create(body(), "web"))
    assert request.headers["content-type"] == "application/json"


async def test_apply_has_a_content_type_of_its_own(both: Recorder) -> None:
    request = await both.sent(both.config_maps.server_side_apply(body(), "one", "web", content_type="text/plain"))
    assert request.headers["content-type"] == "application/apply-patch+yaml"


@pytest.mark.parametrize("keywords", [{"_return_http_data_only": False}, {"_return_http_data_only": True}])
async def test_return_http_data_only_changes_nothing(both: Recorder, keywords: dict[str, Any]) -> None:
    read = await both.answered(both.config_maps.get("one", "web", **keywords))
    assert read.metadata.name == "one"
    assert both.server.requests[0].query == {}


@pytest.mark.parametrize("verb", VERBS)
async def test_async_req_is_ignored(wire: Recorder, verb: str) -> None:
    read = await wire.answered(VERBS[verb](wire)(async_req=True, field_manager="me"))
    assert read.metadata.name == "one"
    assert wire.server.requests[0].query == {"fieldManager": "me"}


@pytest.mark.parametrize(
    "timeout",
    [0.05, (5, 0.05), aiohttp.ClientTimeout(total=0.05), aiohttp.ClientTimeout(sock_read=0.05)],
    ids=["seconds", "connect and read", "total", "sock_read"],
)
async def test_request_timeout_ends_the_waiting(wire: Recorder, timeout: Any) -> None:
    async def silent(exchange: Exchange) -> None:
        await exchange.start(200)

    wire.server.play(silent)
    with pytest.raises(TimeoutError):
        await wire.config_maps.create(body(), "web", _request_timeout=timeout)
    assert len(wire.server.requests) == 1


async def test_a_request_timeout_that_is_not_reached_is_no_matter(both: Recorder) -> None:
    read = await both.answered(both.config_maps.get("one", "web", _request_timeout=(60, 60)))
    assert read.metadata.name == "one"


# --- keywords that nobody knows


@pytest.mark.parametrize("verb", VERBS)
async def test_a_mistyped_keyword_is_warned_about(wire: Recorder, verb: str) -> None:
    """It has no effect, as before; a dry run that was mistyped would otherwise write without a word."""
    with pytest.warns(IgnoredKeywordWarning) as caught:
        query = await query_of(wire, verb, dryrun="All", field_manager="me")
    assert query == ["fieldManager=me"]
    (warning,) = caught
    assert str(warning.message) == "keyword dryrun is not known and has no effect; did you mean dry_run?"
    assert warning.filename == recorder.__file__  # where the verb is awaited


async def test_a_keyword_near_to_none_is_warned_about(wire: Recorder) -> None:
    with pytest.warns(IgnoredKeywordWarning, match="^keyword zzz is not known and has no effect$"):
        await query_of(wire, "get", zzz=1)


@pytest.mark.filterwarnings("ignore::aiokube.dynamic.IgnoredKeywordWarning")
async def test_an_unknown_keyword_has_no_effect(both: Recorder) -> None:
    assert await query_of(both, "create", zzz=1) == []


# --- what the caller passes in


@pytest.mark.parametrize("verb", VERBS)
async def test_what_the_caller_passes_in_is_not_changed(wire: Recorder, verb: str) -> None:
    keywords = {
        "header_params": {"X-One": "1"},
        "query_params": [("answer", "42")],
        "path_params": {"name": "one"},
        "field_manager": "me",
        "dry_run": True,
    }
    before = copy.deepcopy(keywords)
    await wire.sent(VERBS[verb](wire)(**keywords))
    assert keywords == before


@pytest.mark.parametrize("verb", ["create", "replace", "patch", "server_side_apply"])
async def test_a_body_is_not_changed(wire: Recorder, verb: str) -> None:
    given: dict[str, Any] = {"metadata": {"name": "one", "namespace": "web"}, "data": {"list": [{"a": 1}]}}
    before = copy.deepcopy(given)
    request = await wire.sent(getattr(wire.config_maps, verb)(body=given))
    assert given == before
    assert json.loads(request.body).items() >= before.items()


async def test_delete_options_are_not_changed(wire: Recorder) -> None:
    given = {"gracePeriodSeconds": 0}
    preconditions = {"resource_version": "5"}
    request = await wire.sent(wire.config_maps.delete("one", "web", given, preconditions=preconditions))
    assert (given, preconditions) == ({"gracePeriodSeconds": 0}, {"resource_version": "5"})
    assert json.loads(request.body).items() >= given.items()
