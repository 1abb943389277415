"""ApiClient: its defaults, its headers, and the calls that programs for kubernetes_asyncio make on it."""

from __future__ import annotations

import asyncio
import datetime as dt
import platform
from collections.abc import AsyncIterator, Iterator
from importlib import metadata
from typing import Any

import aiohttp
import kubernetes_asyncio.client as typed
import pytest

from aiokube._machinery.requests import Timeouts
from aiokube.client import ApiClient, Configuration
from aiokube.client.answer import Answer
from aiokube.client.exceptions import (
    InvalidHeader,
    InvalidParameter,
    InvalidSegment,
    MalformedObject,
    NotFoundError,
    UnencodableValue,
)
from scripted import Exchange, Script, ScriptedRequest, ScriptedServer

CANARY = "canary-1a7f"


def answers(body: bytes = b"{}", content_type: str = "application/json", status: int = 200) -> Script:
    return lambda exchange: exchange.answer(status, body, {"Content-Type": content_type})


@pytest.fixture
async def api(server: ScriptedServer, configuration: Configuration) -> AsyncIterator[ApiClient]:
    server.otherwise = answers()
    async with ApiClient(configuration) as api:
        yield api


@pytest.fixture
def default() -> Iterator[Configuration]:
    """The default Configuration, and a fresh one afterwards."""
    Configuration.set_default(Configuration())
    yield Configuration.get_default()
    Configuration.set_default(None)


async def sent(server: ScriptedServer, api: ApiClient, method: str = "POST", **keywords: Any) -> ScriptedRequest:
    await api.call_api("/a", method, **keywords)
    return server.requests[-1]


# --- the client itself


async def test_a_bare_client_takes_a_copy_of_the_default(server: ScriptedServer, default: Configuration) -> None:
    default.host = server.url
    default.api_key["BearerToken"] = "Bearer one"
    server.otherwise = answers()
    async with ApiClient() as api:
        default.host, default.api_key["BearerToken"] = "http://elsewhere", "Bearer two"
        await api.call_api("/version", "GET")
    assert server.requests[0].headers["authorization"] == "Bearer one"


async def test_a_configuration_that_was_given_is_used_itself(api: ApiClient, configuration: Configuration) -> None:
    assert api.configuration is configuration


async def test_what_every_request_has(server: ScriptedServer, configuration: Configuration) -> None:
    server.otherwise = answers()
    async with ApiClient(configuration, "X-One", "1", "session=1", 4) as api:
        request = await sent(server, api, "GET")
    version = metadata.version("aiokube")
    assert request.headers["user-agent"] == f"aiokube/{version} python/{platform.python_version()}"
    assert request.headers["accept"] == "application/json"
    assert (request.headers["x-one"], request.headers["cookie"]) == ("1", "session=1")
    assert api.pool_threads == 4


async def test_default_headers_are_replaced_in_any_case(server: ScriptedServer, api: ApiClient) -> None:
    api.set_default_header("accept", "text/plain")
    api.user_agent = "mine/1"
    assert api.user_agent == "mine/1"
    request = await sent(server, api, "GET", header_params={"USER-AGENT": "this/1"})
    assert (request.headers["accept"], request.headers["user-agent"]) == ("text/plain", "this/1")


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\n", "\x00"])
async def test_a_default_header_cannot_break_requests_apart(api: ApiClient, value: str) -> None:
    for change in (
        lambda: api.set_default_header("X-One", CANARY + value),
        lambda: setattr(api, "user_agent", CANARY + value),
        lambda: ApiClient(api.configuration, "X-One", CANARY + value),
        lambda: ApiClient(api.configuration, cookie=CANARY + value),
    ):
        with pytest.raises(InvalidHeader) as caught:
            change()
        assert CANARY not in str(caught.value)
    with pytest.raises(InvalidHeader):
        api.set_default_header("X One", "1")


async def test_the_repr_shows_no_secret() -> None:
    configuration = Configuration(host=f"https://me:{CANARY}@a.example", password=CANARY)
    configuration.api_key["BearerToken"] = f"Bearer {CANARY}"
    configuration.key_data = CANARY.encode()
    async with ApiClient(configuration) as api:
        shown = repr(api) + repr(api.rest_client)
    assert "https://a.example" in shown
    assert CANARY not in shown


async def test_a_closed_client_is_refused_and_closed_again(api: ApiClient) -> None:
    await api.call_api("/version", "GET")
    await api.close()
    await api.close()
    with pytest.raises(RuntimeError, match="closed"):
        await api.call_api("/version", "GET")


# --- call_api: what goes out


async def test_path_params_become_one_segment_each(server: ScriptedServer, api: ApiClient) -> None:
    await api.call_api("/api/v1/namespaces/{namespace}/pods/{name}", "get", {"namespace": "a", "name": "é b"})
    assert server.requests[0].target == "/api/v1/namespaces/a/pods/%C3%A9%20b"
    assert server.requests[0].method == "GET"


@pytest.mark.parametrize("name", ["..", ".", "", "a/b", "a%2Fb", "a?b", "a#b", "a\\b", "a\n", 7])
async def test_a_name_that_could_be_another_path_is_refused(server: ScriptedServer, api: ApiClient, name: Any) -> None:
    with pytest.raises(InvalidSegment):
        await api.call_api("/pods/{name}", "DELETE", {"name": name})
    assert not server.requests


@pytest.mark.parametrize("path", ["/api/../version", "/api/%2e%2e/version", "/a%zz", "/a\\b", "/a#b", "/a\r\nX: 1"])
async def test_a_path_that_could_be_another_is_refused(server: ScriptedServer, api: ApiClient, path: str) -> None:
    with pytest.raises(InvalidSegment):
        await api.call_api(path, "GET")
    assert not server.requests


@pytest.mark.parametrize(
    "query_params", [{"limit": 1, "watch": True, "q": "a&b=c"}, [("limit", 1), ("watch", True), ("q", "a&b=c")]]
)
async def test_query_params_are_a_mapping_or_pairs(server: ScriptedServer, api: ApiClient, query_params: Any) -> None:
    await api.call_api("/a", "GET", query_params=query_params)
    assert server.requests[0].target == "/a?limit=1&watch=true&q=a%26b%3Dc"


async def test_a_path_may_bring_its_query(server: ScriptedServer, api: ApiClient) -> None:
    await api.call_api("/a?limit=1", "GET", query_params={"pretty": None, "continue": "x y"})
    assert server.requests[0].target == "/a?limit=1&continue=x+y"


async def test_a_query_param_that_has_no_form_is_refused(server: ScriptedServer, api: ApiClient) -> None:
    with pytest.raises(InvalidParameter):
        await api.call_api("/a", "GET", query_params={"limit": object()})
    assert not server.requests


@pytest.mark.parametrize(
    ("body", "sent_body"),
    [
        ({"a": [1, None]}, b'{"a":[1,null]}'),
        ([{"op": "remove"}], b'[{"op":"remove"}]'),
        ({}, b"{}"),
        (b"\x00raw", b"\x00raw"),
        ("text", b"text"),
        (typed.V1Pod(metadata=typed.V1ObjectMeta(name="a")), b'{"metadata":{"name":"a"}}'),
        ({"at": dt.datetime(2026, 1, 2, tzinfo=dt.UTC)}, b'{"at":"2026-01-02T00:00:00+00:00"}'),
    ],
)
async def test_a_body_goes_out_as_json_unless_it_is_text(
    server: ScriptedServer, api: ApiClient, body: Any, sent_body: bytes
) -> None:
    request = await sent(server, api, body=body)
    assert (request.body, request.headers["content-type"]) == (sent_body, "application/json")


async def test_a_body_that_json_cannot_carry_is_refused(server: ScriptedServer, api: ApiClient) -> None:
    with pytest.raises(UnencodableValue):
        await api.call_api("/a", "POST", body={"a": float("nan")})
    assert not server.requests


@pytest.mark.parametrize("name", ["Content-Type", "content-type"])
async def test_the_callers_content_type_is_kept(server: ScriptedServer, api: ApiClient, name: str) -> None:
    request = await sent(server, api, "PATCH", body=[], header_params={name: "application/json-patch+json"})
    assert request.headers["content-type"] == "application/json-patch+json"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_what_has_no_body_is_sent_without(server: ScriptedServer, api: ApiClient, method: str) -> None:
    server.play(answers(b"" if method == "HEAD" else b"{}"))
    request = await sent(server, api, method, body={"a": 1})
    assert request.body == b""
    assert "content-type" not in request.headers


async def test_form_fields(server: ScriptedServer, api: ApiClient) -> None:
    request = await sent(server, api, post_params=[("a", "1&2"), ("b", True)])
    assert request.body == b"a=1%262&b=true"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    with pytest.raises(ValueError, match="body and post_params cannot be sent together"):
        await api.call_api("/a", "POST", body={}, post_params={"a": 1})


async def test_files_are_refused(api: ApiClient) -> None:
    with pytest.raises(ValueError, match="files cannot be sent"):
        await api.call_api("/a", "POST", files={"a": "b"})


@pytest.mark.parametrize("given", [{"X-One": "1", "X-None": None}, [("X-One", "1")]])
async def test_what_the_caller_gives_is_not_changed(server: ScriptedServer, api: ApiClient, given: Any) -> None:
    before = given.copy()
    request = await sent(server, api, header_params=given, body={})
    assert given == before
    assert request.headers["x-one"] == "1"
    assert "x-none" not in request.headers


async def test_credentials_of_one_call(server: ScriptedServer, api: ApiClient, configuration: Configuration) -> None:
    other = Configuration()
    other.api_key["BearerToken"] = "Bearer other"
    configuration.api_key["BearerToken"] = "Bearer own"
    setting = (await other.auth_settings())["BearerToken"]
    assert (await sent(server, api, _request_auth=setting)).headers["authorization"] == "Bearer other"
    assert (await sent(server, api, auth_settings=["BearerToken"])).headers["authorization"] == "Bearer own"


@pytest.mark.parametrize("host", ["https://elsewhere.example", "http://127.0.0.1:1", "", "http://127.0.0.1"])
async def test_no_other_host_is_asked(server: ScriptedServer, api: ApiClient, host: str) -> None:
    """Not even one whose name begins like ours: the credentials would go there."""
    for other in (host, f"{server.url}.example", f"{server.url}@elsewhere.example", f"{server.url}0"):
        with pytest.raises(ValueError, match="sends its credentials to"):
            await api.call_api("/a", "GET", _host=other)
        with pytest.raises(ValueError, match="sends its credentials to"):
            await api.request("GET", f"{other}/a")
    assert not server.requests
    await api.call_api("/a", "GET", _host=server.url)
    assert len(server.requests) == 1


async def test_a_request_timeout_is_obeyed(server: ScriptedServer, api: ApiClient) -> None:
    async def silent(exchange: Exchange) -> None:
        """Never answers."""

    server.play(silent, silent)
    with pytest.raises(TimeoutError):
        await api.call_api("/a", "GET", _request_timeout=0.05)
    with pytest.raises(aiohttp.SocketTimeoutError):
        await api.call_api("/a", "GET", _request_timeout=(5, 0.05))
    await api.call_api("/a", "GET", _request_timeout=Timeouts(total=60))


# --- call_api: what comes back


@pytest.mark.parametrize(
    ("script", "wanted", "data"),
    [
        (answers(b'{"a":1}'), None, {"a": 1}),
        (answers(b'{"a":1}'), {200: "object"}, {"a": 1}),
        (answers(b'{"a":1}'), {200: "str"}, '{"a":1}'),
        (answers(b'{"a":1}'), {200: "bytes"}, b'{"a":1}'),
        (answers(b'{"a":1}'), {201: "bytes"}, {"a": 1}),
        (answers(b"log\xff", "text/plain"), None, "log\ufffd"),
        (answers(b"ok", "text/plain; charset=utf-8"), {200: "object"}, "ok"),
        (answers(b"", "text/plain", 204), None, ""),
        (answers(b"{}", "", 200), None, "{}"),
        (answers(b"[1]", "application/merge-patch+json"), None, [1]),
    ],
)
async def test_data_are_decoded_as_they_are_wanted(
    server: ScriptedServer, api: ApiClient, script: Script, wanted: Any, data: Any
) -> None:
    server.play(script)
    assert await api.call_api("/a", "GET", response_types_map=wanted, _return_http_data_only=True) == data


async def test_a_head_has_no_data(server: ScriptedServer, api: ApiClient) -> None:
    server.play(lambda exchange: exchange.answer(200, b"", {"Content-Length": "17"}))
    data, status, headers = await api.call_api("/a", "HEAD")
    assert (data, status, headers["content-length"]) == (None, 200, "17")


@pytest.mark.parametrize("only", [None, False])
async def test_status_and_headers_come_with_the_data(server: ScriptedServer, api: ApiClient, only: bool | None) -> None:
    """As in kubernetes_asyncio, unless they are not wanted."""
    server.play(answers(b"[]", status=201))
    data, status, headers = await api.call_api("/a", "POST", _return_http_data_only=only)
    assert (data, status, headers["content-type"]) == ([], 201, "application/json")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000])
async def test_an_answer_that_is_no_json_is_an_error(server: ScriptedServer, api: ApiClient, body: bytes) -> None:
    server.play(answers(body))
    with pytest.raises(MalformedObject, match="malformed answer"):
        await api.call_api("/a", "GET")


async def test_an_unread_response_is_aiohttps(server: ScriptedServer, api: ApiClient) -> None:
    server.play(answers(b'{"a":1}\nmore', "text/plain"))
    response = await api.call_api("/a", "GET", _preload_content=False)
    assert isinstance(response, aiohttp.ClientResponse)
    assert response.status == 200
    assert await response.content.readline() == b'{"a":1}\n'
    assert await response.text() == "more"


@pytest.mark.parametrize("preload", [True, False])
async def test_a_refusal_is_raised_however_the_answer_is_wanted(
    server: ScriptedServer, api: ApiClient, preload: bool
) -> None:
    server.otherwise = answers(b'{"kind":"Status","message":"no such thing"}', status=404)
    with pytest.raises(NotFoundError, match="no such thing"):
        await api.call_api("/a", "GET", _preload_content=preload)
    with pytest.raises(NotFoundError, match="no such thing"):
        await api.request("GET", f"{server.url}/a", _preload_content=preload)


async def test_async_req_is_ignored(api: ApiClient) -> None:
    call = api.call_api("/a", "GET", async_req=True, collection_formats={"a": "multi"})
    assert asyncio.iscoroutine(call)
    assert (await call)[1] == 200


# --- request


async def test_request_takes_a_url_of_the_host(server: ScriptedServer, api: ApiClient) -> None:
    answer = await api.request(
        "POST", f"{server.url}/a?b=c", query_params={"d": 1}, headers={"X-One": "1"}, body={"e": 2}
    )
    assert isinstance(answer, Answer)
    assert (answer.status, answer.reason, answer.data) == (200, "Scripted", b"{}")
    (request,) = server.requests
    assert (request.target, request.body, request.headers["x-one"]) == ("/a?b=c&d=1", b'{"e":2}', "1")


async def test_request_is_repeated_like_any_other(server: ScriptedServer, api: ApiClient, waits: list[float]) -> None:
    async def cut(exchange: Exchange) -> None:
        await exchange.start()
        exchange.close()

    server.play(cut, answers(b"[]"))
    assert (await api.request("GET", f"{server.url}/a")).data == b"[]"


async def test_request_gives_the_response_unread_on_request(server: ScriptedServer, api: ApiClient) -> None:
    response = await api.request("GET", f"{server.url}/a", _preload_content=False)
    assert await response.json() == {}


# --- media types


@pytest.mark.parametrize(
    ("accepts", "header"),
    [
        ([], None),
        (["application/yaml", "Application/JSON"], "application/json"),
        (["Text/Plain", "*/*"], "text/plain, */*"),
    ],
)
async def test_select_header_accept(api: ApiClient, accepts: list[str], header: str | None) -> None:
    async with typed.ApiClient() as theirs:
        assert api.select_header_accept(accepts) == theirs.select_header_accept(accepts) == header


JSON_PATCH, STRATEGIC, MERGE = (
    f"application/{kind}+json" for kind in ("json-patch", "strategic-merge-patch", "merge-patch")
)


@pytest.mark.parametrize(
    ("types", "method", "body", "header"),
    [
        ([], None, None, "application/json"),
        (["Application/JSON", "application/yaml"], "POST", {}, "application/json"),
        (["*/*"], "POST", {}, "application/json"),
        (["Application/Yaml"], "POST", {}, "application/yaml"),
        ([JSON_PATCH, MERGE, STRATEGIC], "PATCH", [], JSON_PATCH),
        ([JSON_PATCH, MERGE, STRATEGIC], "PATCH", {}, STRATEGIC),
        ([JSON_PATCH, MERGE], "PATCH", {}, JSON_PATCH),
        ([MERGE], "PATCH", {}, MERGE),
    ],
)
async def test_select_header_content_type(
    api: ApiClient, types: list[str], method: str | None, body: Any, header: str
) -> None:
    async with typed.ApiClient() as theirs:
        assert theirs.select_header_content_type(types, method, body) == header
    assert api.select_header_content_type(types, method, body) == header
