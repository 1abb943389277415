"""The session against a server that answers byte by byte as the test says."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import itertools
import json
import logging
import socket
import time
import traceback
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from email.utils import formatdate
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from aiokube._machinery.requests import Request, Timeouts, build
from aiokube.client import ApiClient, Configuration, PlaintextCredentialsWarning, rest
from aiokube.client.answer import Answer
from aiokube.client.credentials import TokenCredentials
from aiokube.client.exceptions import (
    ApiException,
    CredentialsError,
    ForbiddenError,
    InternalServerError,
    InvalidHeader,
    OutcomeUnknownError,
    OutcomeUnknownTimeoutError,
    ServiceUnavailableError,
    TooManyRequestsError,
    UnauthorizedError,
)
from aiokube.client.rest import RestClient
from aiokube.client.timeouts import timeouts_from
from aiokube.testing import KubeServer
from scripted import Exchange, Script, ScriptedServer

WRITES = ["POST", "PUT", "PATCH", "DELETE"]
CANARY = "canary-5c1d"
READ = build("GET", "/api/v1/pods")
SHORT = 0.05  # seconds of deadlines that pass: nothing else happens, so nothing depends on how short it is


def write(method: str = "PUT", **keywords: Any) -> Request:
    return build(method, "/api/v1/namespaces/a/pods/b", body={"a": 1}, **keywords)


def answers(status: int = 200, body: bytes = b"{}", headers: dict[str, str] | None = None) -> Script:
    return lambda exchange: exchange.answer(status, body, headers)


def refuses(status: int, headers: dict[str, str] | None = None) -> Script:
    return answers(status, json.dumps({"kind": "Status", "code": status, "message": f"no {status}"}).encode(), headers)


async def silent(exchange: Exchange) -> None:
    """Never answers."""


async def closes(exchange: Exchange) -> None:
    exchange.close()


async def resets(exchange: Exchange) -> None:
    exchange.reset()


async def cuts_the_body(exchange: Exchange) -> None:
    await exchange.start()
    await exchange.chunk(b'{"kind":')
    exchange.close()


async def stops_in_the_body(exchange: Exchange) -> None:
    await exchange.start()
    await exchange.chunk(b'{"kind":')


async def speaks_something_else(exchange: Exchange) -> None:
    await exchange.send(b"220 smtp.example.com ready\r\n\r\n")
    exchange.close()


# --- what is sent


async def test_an_answer_as_it_came(server: ScriptedServer, client: RestClient) -> None:
    server.play(answers(201, b'{"a":1}', {"Content-Type": "Application/JSON; charset=utf-8", "X-One": "1"}))
    answer = await client.send(write("POST"), {"User-Agent": "test"})
    assert (answer.status, answer.reason, answer.body, answer.data) == (201, "Scripted", b'{"a":1}', b'{"a":1}')
    assert answer.content_type == "application/json"
    assert answer.getheader("x-one") == answer.getheaders()["X-One"] == "1"
    assert answer.getheader("x-two", "none") == "none"
    assert repr(answer) == "<Answer 201 application/json, 7 bytes>"
    (request,) = server.requests
    assert (request.method, request.target, request.body) == ("POST", "/api/v1/namespaces/a/pods/b", b'{"a":1}')
    assert request.headers["user-agent"] == "test"


async def test_the_path_goes_out_as_it_was_quoted(server: ScriptedServer, client: RestClient) -> None:
    """The HTTP library would make one path of `%2e%2e`, and sign for a space."""
    server.otherwise = answers()
    for path in ("/a/%2E%2E/b", "/a/%c3%a9%20x", "/a/b:c@d;e=f,g"):
        await client.send(Request(method="GET", path=path, query="x=a%2Cb+c"), {})
        assert server.requests[-1].target == f"{path}?x=a%2Cb+c"


async def test_a_host_with_a_path_keeps_it(server: ScriptedServer) -> None:
    server.play(answers())
    async with ApiClient(Configuration(host=f"{server.url}/k8s/clusters/c-1/")) as api:
        await api.send(READ)
    assert server.requests[0].target == "/k8s/clusters/c-1/api/v1/pods"


async def test_headers_of_the_request_replace_those_of_the_client_in_any_case(
    server: ScriptedServer, client: RestClient
) -> None:
    server.play(answers())
    await client.send(build("GET", "/version", headers={"accept": "text/plain"}), {"Accept": "application/json"})
    assert server.requests[0].headers["accept"] == "text/plain"


@pytest.mark.parametrize("name", ["Authorization", "authorization"])
async def test_a_requests_own_credentials_are_the_only_ones(
    server: ScriptedServer, configuration: Configuration, client: RestClient, name: str
) -> None:
    """The configuration is not even asked: an exec plugin must not run for it. Nor is a 401 its business."""
    configuration.refresh_api_key_hook = lambda _: pytest.fail("asked for credentials")
    server.play(refuses(401))
    with pytest.raises(UnauthorizedError):
        await client.send(build("GET", "/version", headers={name: "Bearer own"}), {})
    assert server.requests[0].headers["authorization"] == "Bearer own"


async def test_no_more_headers_than_needed(server: ScriptedServer, client: RestClient) -> None:
    server.play(answers())
    await client.send(READ, {"User-Agent": "test", "Accept": "application/json"})
    assert set(server.requests[0].headers) == {"host", "user-agent", "accept"}


async def test_compression_is_asked_for_when_it_is_wanted(
    server: ScriptedServer, configuration: Configuration, client: RestClient
) -> None:
    configuration.compression = True
    server.play(answers(200, gzip.compress(b'{"a":1}'), {"Content-Encoding": "gzip"}))
    answer = await client.send(READ, {})
    assert "gzip" in server.requests[0].headers["accept-encoding"]
    assert answer.body == b'{"a":1}'


async def test_a_large_body_is_sent_whole(server: ScriptedServer, client: RestClient) -> None:
    """aiohttp warns about large bodies that are bytes, and warnings are errors here; it may be sent twice."""
    body = bytes(range(256)) * 5000
    server.play(refuses(429, {"Retry-After": "0"}), answers())
    await client.send(build("PUT", "/a", body=body), {})
    assert [request.body for request in server.requests] == [body, body]


async def test_cookies_are_neither_kept_nor_sent(server: ScriptedServer, client: RestClient) -> None:
    server.otherwise = answers(headers={"Set-Cookie": "session=1"})
    await client.send(READ, {})
    await client.send(READ, {})
    assert "cookie" not in server.requests[1].headers


async def test_netrc_is_never_used(
    server: ScriptedServer, client: RestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\ndefault login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    server.play(answers())
    await client.send(READ, {})
    assert "authorization" not in server.requests[0].headers


async def test_connections_are_kept(server: ScriptedServer, client: RestClient) -> None:
    server.otherwise = answers()
    for _ in range(3):
        await client.send(READ, {})
    assert server.open_connections == 1


@pytest.mark.parametrize("host", ["localhost:6443", "user:canary-5c1d@localhost", "ftp://localhost", ""])
async def test_a_host_that_is_no_http_url_is_refused(host: str) -> None:
    async with ApiClient(Configuration(host=host)) as api:
        with pytest.raises(ValueError, match="no scheme") as caught:
            await api.send(READ)
    assert CANARY not in str(caught.value)


# --- writes are sent once


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize("cut", [closes, resets, cuts_the_body, speaks_something_else])
async def test_a_write_without_an_answer_is_sent_once(
    server: ScriptedServer, client: RestClient, waits: list[float], method: str, cut: Script
) -> None:
    server.play(cut)
    with pytest.raises(OutcomeUnknownError, match="may have been carried out") as caught:
        await client.send(write(method), {})
    assert [request.method for request in server.requests] == [method]
    assert caught.value.target is not None
    assert not waits


@pytest.mark.parametrize("method", WRITES)
async def test_a_write_on_a_kept_connection_that_died_is_sent_once(
    server: ScriptedServer, client: RestClient, method: str
) -> None:
    server.play(answers(), closes)
    await client.send(READ, {})
    with pytest.raises(OutcomeUnknownError):
        await client.send(write(method), {})
    assert [request.method for request in server.requests] == ["GET", method]


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_it_is_our_switch_that_keeps_aiohttp_from_sending_writes_twice(
    server: ScriptedServer, client: RestClient, method: str
) -> None:
    """`_retry_connection` is private: should aiohttp rename it, the tests above must not be the only witnesses."""
    server.play(answers(), closes, answers())
    await client.send(READ, {})
    assert client._pool is not None
    assert client._pool.session._retry_connection is False
    client._pool.session._retry_connection = True
    await client.send(write(method), {})
    assert [request.method for request in server.requests] == ["GET", method, method]


async def test_after_the_server_closed_an_idle_connection_a_write_takes_a_new_one(
    server: ScriptedServer, client: RestClient
) -> None:
    async def answers_and_closes(exchange: Exchange) -> None:
        await exchange.answer(200, b"{}")
        exchange.close()

    server.play(answers_and_closes, answers())
    await client.send(READ, {})
    await server.drained()
    await client.send(write(), {})
    assert [request.method for request in server.requests] == ["GET", "PUT"]


@pytest.mark.parametrize("hang", [silent, stops_in_the_body])
async def test_a_write_that_is_not_answered_in_time_has_an_unknown_outcome(
    server: ScriptedServer, client: RestClient, hang: Script
) -> None:
    server.play(hang)
    with pytest.raises(OutcomeUnknownTimeoutError) as caught:
        await client.send(write(timeouts=Timeouts(first_byte=SHORT, idle=SHORT)), {})
    assert isinstance(caught.value, TimeoutError)
    assert isinstance(caught.value.__cause__, aiohttp.SocketTimeoutError)
    assert len(server.requests) == 1


# --- reads are repeated


@pytest.mark.parametrize("cut", [closes, resets, cuts_the_body])
async def test_a_read_is_repeated_when_the_connection_is_lost(
    server: ScriptedServer, client: RestClient, waits: list[float], cut: Script
) -> None:
    server.play(cut, cut, cut, answers(200, b"[]"))
    assert (await client.send(READ, {})).body == b"[]"
    assert waits == [0.0, 1.0, 1.0], "the first time at once: an idle connection may have been closed"


async def test_a_read_is_repeated_ten_times_and_no_more(
    server: ScriptedServer, client: RestClient, waits: list[float]
) -> None:
    server.otherwise = resets
    with pytest.raises(aiohttp.ClientError):
        await client.send(READ, {})
    assert len(server.requests) == 11
    assert waits == [0.0, *[1.0] * 9]


@pytest.mark.parametrize(("retries", "requests"), [(0, 1), (2, 3), (None, 11), (False, 11), (object(), 11)])
async def test_the_configuration_says_how_often(
    server: ScriptedServer,
    configuration: Configuration,
    client: RestClient,
    waits: list[float],
    retries: Any,
    requests: int,
) -> None:
    configuration.retries = retries
    server.otherwise = closes
    with pytest.raises(aiohttp.ClientError):
        await client.send(READ, {})
    assert len(server.requests) == requests


async def test_a_read_with_rules_of_its_own_is_not_repeated(server: ScriptedServer, client: RestClient) -> None:
    server.play(closes)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.stream(build("GET", "/api/v1/pods", stream=True, retry=False), {})
    assert len(server.requests) == 1


async def test_a_refused_connection_is_not_tried_again(waits: list[float], unused_tcp_port: int) -> None:
    async with ApiClient(Configuration(host=f"http://127.0.0.1:{unused_tcp_port}")) as api:
        for request in (READ, write()):
            with pytest.raises(aiohttp.ClientConnectorError):
                await api.send(request)
    assert not waits


async def test_an_answer_that_is_not_http_is_not_asked_for_again(
    server: ScriptedServer, client: RestClient, waits: list[float]
) -> None:
    server.play(speaks_something_else)
    with pytest.raises(aiohttp.ClientResponseError, match="Expected HTTP/") as caught:
        await client.send(build("GET", "/a", headers={"X-One": "1"}), {})
    assert not waits
    assert not caught.value.request_info.headers
    assert caught.value.__context__ is None, "aiohttp's own error has the headers"


async def test_the_error_before_the_last_one_is_attached(
    server: ScriptedServer, client: RestClient, waits: list[float]
) -> None:
    server.play(refuses(503, {"Retry-After": "1"}), speaks_something_else)
    with pytest.raises(aiohttp.ClientResponseError) as caught:
        await client.send(READ, {})
    assert isinstance(caught.value.__cause__, ServiceUnavailableError)


# --- Retry-After


@pytest.mark.parametrize("method", ["GET", *WRITES])
@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_a_server_that_asks_for_it_is_asked_again(
    server: ScriptedServer, client: RestClient, waits: list[float], method: str, status: int
) -> None:
    """It says itself that it did nothing, so writes are among them."""
    server.play(refuses(status, {"Retry-After": "7"}), answers())
    await client.send(write(method), {})
    assert [request.method for request in server.requests] == [method, method]
    assert waits == [7.0]


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (429, {}),
        (503, {}),
        (404, {"Retry-After": "1"}),
        (409, {"Retry-After": "1"}),
        (307, {"Retry-After": "1", "Location": "/"}),
    ],
)
async def test_without_being_asked_nothing_is_repeated(
    server: ScriptedServer, client: RestClient, status: int, headers: dict[str, str]
) -> None:
    server.play(refuses(status, headers))
    with pytest.raises(ApiException) as caught:
        await client.send(READ, {})
    assert caught.value.status == status


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("0", 0.0),
        ("1.5", 1.5),
        ("30", 30.0),
        ("1000000000", 30.0),
        (formatdate(0, usegmt=True), 0.0),
        (formatdate(time.time() + 86400, usegmt=True), 30.0),
        ("-1", None),
        ("1e9", None),
        ("soon", None),
        ("", None),
        ("9" * 5000, None),
        ("Fri, 99 Foo 99999 99:99:99 GMT", None),
    ],
)
async def test_how_long_a_server_may_make_its_clients_wait(
    server: ScriptedServer, client: RestClient, waits: list[float], value: str, wait: float | None
) -> None:
    """What makes no sense counts as not said."""
    server.play(refuses(503, {"Retry-After": value}), answers())
    if wait is None:
        with pytest.raises(ServiceUnavailableError):
            await client.send(READ, {})
    else:
        await client.send(READ, {})
    assert waits == ([] if wait is None else [wait])


async def test_of_two_answers_to_the_same_question_the_first_counts(
    server: ScriptedServer, client: RestClient, waits: list[float]
) -> None:
    async def twice(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 503 No\r\nRetry-After: 2\r\nRetry-After: 9\r\nContent-Length: 0\r\n\r\n")

    server.play(twice, answers())
    await client.send(READ, {})
    assert waits == [2.0]


async def test_a_server_that_is_always_busy_is_given_up(
    server: ScriptedServer, client: RestClient, waits: list[float]
) -> None:
    server.otherwise = refuses(429, {"Retry-After": "1"})
    with pytest.raises(TooManyRequestsError):
        await client.send(write(), {})
    assert len(server.requests) == 11
    assert waits == [1.0] * 10


# --- refusals with odd bodies


ODD_BODIES = {
    "a status": (b'{"kind":"Status","message":"no such pod"}', {}, "no such pod"),
    "html": (b"<html>Bad Gateway</html>", {"Content-Type": "text/html"}, "<html>Bad Gateway</html>"),
    "nothing": (b"", {}, "502 Reason: Scripted"),
    "not utf-8": (b"\xff\xfe no", {"Content-Type": "text/plain"}, "\ufffd\ufffd no"),
    "not what it says": (b"<html>", {"Content-Type": "application/json"}, "<html>"),
    "control characters": (b"\x1b[31mno\x00\r", {"Content-Type": "text/plain"}, "[31mno"),
    "json of another kind": (b"[1]", {}, "[1]"),
    "a list of a status": (b'{"kind":"Status","message":[1],"code":"x"}', {}, '"message":[1]'),
    "a broken content type": (b"no", {"Content-Type": ";;=\xff"}, "no"),
    "gzip": (gzip.compress(b'{"kind":"Status","message":"zipped"}'), {"Content-Encoding": "gzip"}, "zipped"),
    "not gzip": (b"plain", {"Content-Encoding": "gzip"}, "502 Reason: Scripted"),
    "deep": (b'{"kind":' + b"[" * 100_000, {}, '{"kind":[['),
}


@pytest.mark.parametrize("case", ODD_BODIES)
async def test_a_refusal_is_an_error_with_a_summary_whatever_its_body(
    server: ScriptedServer, client: RestClient, case: str
) -> None:
    body, headers, said = ODD_BODIES[case]
    server.play(answers(502, body, headers))
    with pytest.raises(ApiException) as caught:
        await client.send(READ, {})
    assert caught.value.status == 502
    assert said in caught.value.summary()
    assert len(caught.value.summary()) <= 2100
    assert str(caught.value)


async def test_what_came_of_a_refusal_that_was_cut_is_kept(server: ScriptedServer, client: RestClient) -> None:
    async def cut(exchange: Exchange) -> None:
        await exchange.answer(500, b'{"kind":"Status","message":"whole"}', {"Content-Length": "100"})
        exchange.close()

    server.play(cut)
    with pytest.raises(InternalServerError, match="whole"):
        await client.send(READ, {})


async def test_a_refusal_that_stops_in_its_body_is_an_error_in_time(server: ScriptedServer, client: RestClient) -> None:
    async def stops(exchange: Exchange) -> None:
        await exchange.start(500, {"Content-Type": "text/plain"})
        await exchange.chunk(b"so far")

    server.play(stops)
    with pytest.raises(InternalServerError, match="so far"):
        await client.send(build("GET", "/a", timeouts=Timeouts(idle=SHORT)), {})


@pytest.mark.parametrize("content_type", ["text/plain", "application/json"])
async def test_an_endless_refusal_is_read_to_a_bound(
    server: ScriptedServer, client: RestClient, content_type: str
) -> None:
    async def endless(exchange: Exchange) -> None:
        await exchange.start(500, {"Content-Type": content_type})
        for _ in range(100):
            await exchange.chunk(b"x" * (1 << 20))

    server.play(endless)
    with pytest.raises(InternalServerError) as caught:
        await client.send(READ, {})
    assert caught.value.body is not None
    assert len(caught.value.body) == (2048 if content_type == "text/plain" else 1 << 20)
    assert len(caught.value.summary()) <= 2100
    await server.drained()  # the connection was closed, not read to its end


async def test_a_bomb_of_gzip_is_not_unpacked(
    server: ScriptedServer, configuration: Configuration, client: RestClient
) -> None:
    configuration.compression = True
    bomb = gzip.compress(bytes(100 << 20), compresslevel=1)
    server.play(answers(500, bomb, {"Content-Encoding": "gzip", "Content-Type": "text/plain"}))
    tracemalloc.start()
    try:
        with pytest.raises(InternalServerError):
            await client.send(READ, {})
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 16 << 20


# --- redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_a_redirect_is_an_error_and_its_target_sees_nothing(
    server: ScriptedServer, client: RestClient, status: int, method: str
) -> None:
    async with ScriptedServer() as target:
        server.play(answers(status, b"", {"Location": f"{target.url}/stolen"}))
        with pytest.raises(ApiException) as caught:
            await client.send(write(method), {})
        assert caught.value.status == status
        assert len(server.requests) == 1
        assert not target.requests
        assert not target.open_connections


# --- deadlines of the phases


async def test_a_connection_that_does_not_come_about_has_a_deadline() -> None:
    """A listener whose queue is full lets further connections hang."""
    with contextlib.ExitStack() as sockets:
        listener = sockets.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        address = listener.getsockname()
        for _ in range(8):
            waiting = sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(address)
        async with ApiClient(Configuration(host=f"http://127.0.0.1:{address[1]}")) as api:
            for request in (READ, write()):
                with pytest.raises(aiohttp.ConnectionTimeoutError):
                    await api.send(_with(request, Timeouts(connect=SHORT)))


async def test_a_tls_handshake_that_hangs_has_a_deadline(server: ScriptedServer) -> None:
    configuration = Configuration(host=server.url.replace("http:", "https:"))
    configuration.connect_timeout = SHORT
    async with ApiClient(configuration) as api:
        for request in (READ, write()):
            with pytest.raises(aiohttp.ConnectionTimeoutError):
                await api.send(request)
    assert not server.requests


async def test_the_first_byte_has_a_deadline(
    server: ScriptedServer, configuration: Configuration, client: RestClient, waits: list[float]
) -> None:
    configuration.first_byte_timeout = SHORT
    server.play(silent)
    with pytest.raises(aiohttp.SocketTimeoutError):
        await client.send(READ, {})
    assert not waits, "who does not answer once is not asked again"
    await server.drained()


async def test_a_body_that_stops_has_a_deadline(
    server: ScriptedServer, configuration: Configuration, client: RestClient, waits: list[float]
) -> None:
    configuration.idle_timeout = SHORT
    server.play(stops_in_the_body)
    with pytest.raises(aiohttp.SocketTimeoutError):
        await client.send(READ, {})
    assert not waits
    await server.drained()


async def test_a_stream_may_be_silent_for_longer_than_its_first_byte(
    server: ScriptedServer, configuration: Configuration, client: RestClient
) -> None:
    configuration.first_byte_timeout = configuration.idle_timeout = SHORT
    go_on = asyncio.Event()

    async def pauses(exchange: Exchange) -> None:
        await exchange.start()
        await go_on.wait()
        await exchange.chunk(b"late")
        await exchange.end()

    server.play(pauses)
    response = await client.stream(build("GET", "/a", stream=True), {})
    asyncio.get_running_loop().call_later(3 * SHORT, go_on.set)
    assert await response.read() == b"late"


async def test_a_stream_may_have_a_deadline_between_reads(server: ScriptedServer, client: RestClient) -> None:
    server.play(stops_in_the_body)
    response = await client.stream(build("GET", "/a", stream=True, timeouts=timeouts_from((9, SHORT))), {})
    assert await response.content.readany()
    with pytest.raises(aiohttp.SocketTimeoutError):
        await response.content.readany()
    response.close()


# --- the caller's deadline


async def test_the_callers_deadline_covers_the_wait_for_the_server(server: ScriptedServer, client: RestClient) -> None:
    server.play(refuses(503, {"Retry-After": "30"}))
    with pytest.raises(TimeoutError, match=r"no answer to get /api/v1/pods: the deadline of 0.05 s passed") as caught:
        await client.send(_with(READ, Timeouts(total=SHORT)), {})
    assert isinstance(caught.value.__cause__, ServiceUnavailableError)
    assert not isinstance(caught.value, aiohttp.ClientError)


async def test_the_callers_deadline_covers_the_wait_of_a_write_that_was_refused(
    server: ScriptedServer, client: RestClient
) -> None:
    """Its outcome is known: nothing happened."""
    server.play(refuses(429, {"Retry-After": "30"}))
    with pytest.raises(TimeoutError) as caught:
        await client.send(write(timeouts=Timeouts(total=SHORT)), {})
    assert not isinstance(caught.value, OutcomeUnknownError)


async def test_the_callers_deadline_covers_repetitions(
    server: ScriptedServer, client: RestClient, waits: list[float]
) -> None:
    server.play(closes, closes, silent)
    with pytest.raises(TimeoutError) as caught:
        await client.send(_with(READ, Timeouts(total=SHORT)), {})
    assert isinstance(caught.value.__cause__, aiohttp.ServerDisconnectedError)
    assert len(waits) == 2


@pytest.mark.parametrize("hang", [silent, stops_in_the_body])
async def test_the_callers_deadline_leaves_the_outcome_of_a_write_unknown(
    server: ScriptedServer, client: RestClient, hang: Script
) -> None:
    server.play(hang)
    with pytest.raises(OutcomeUnknownTimeoutError, match=r"deadline of 0\.05 s"):
        await client.send(write(timeouts=Timeouts(total=SHORT)), {})


async def test_the_callers_deadline_covers_the_wait_for_a_slot(
    server: ScriptedServer, configuration: Configuration, client: RestClient
) -> None:
    configuration.connection_pool_maxsize = 1
    server.play(silent)
    first = asyncio.create_task(client.send(READ, {}))
    await server.arrived(1)
    with pytest.raises(TimeoutError) as caught:
        await client.send(write(timeouts=Timeouts(total=SHORT)), {})
    assert not isinstance(caught.value, OutcomeUnknownError), "it was never sent"
    first.cancel()
    await asyncio.wait([first])


async def test_the_callers_deadline_covers_the_credentials(
    server: ScriptedServer, configuration: Configuration, client: RestClient
) -> None:
    async def never(_: Configuration) -> None:
        await asyncio.Event().wait()

    configuration.refresh_api_key_hook = never
    with pytest.raises(TimeoutError):
        await client.send(_with(READ, Timeouts(total=SHORT)), {})


@pytest.mark.parametrize("hang", [silent, stops_in_the_body])
async def test_the_callers_deadline_covers_a_stream_and_its_reader(
    server: ScriptedServer, client: RestClient, hang: Script
) -> None:
    async def read() -> None:
        response = await client.stream(build("GET", "/a", stream=True, timeouts=Timeouts(total=SHORT)), {})
        await response.read()

    server.play(hang)
    with pytest.raises(TimeoutError):
        await read()
    await server.drained()


async def test_a_deadline_of_a_phase_is_not_the_callers(server: ScriptedServer, client: RestClient) -> None:
    server.play(silent)
    with pytest.raises(aiohttp.SocketTimeoutError) as caught:
        await client.send(_with(READ, Timeouts(total=60, first_byte=SHORT)), {})
    assert caught.value.__cause__ is not caught.value, "whoever follows the chain would never come to its end"


@pytest.mark.parametrize(
    ("value", "timeouts"),
    [
        (None, None),
        (0, None),
        (5, Timeouts(total=5.0)),
        (0.5, Timeouts(total=0.5)),
        ((1, 2), Timeouts(connect=1, first_byte=2, idle=2)),
        ([1, None], Timeouts(connect=1)),
        (aiohttp.ClientTimeout(total=9, connect=1, sock_read=2), Timeouts(total=9, connect=1, first_byte=2, idle=2)),
        (aiohttp.ClientTimeout(connect=1, sock_connect=3), Timeouts(connect=3)),
        (Timeouts(idle=1), Timeouts(idle=1)),
    ],
)
def test_what_a_request_timeout_means(value: Any, timeouts: Timeouts | None) -> None:
    assert timeouts_from(value) == timeouts


@pytest.mark.parametrize("value", ["5", True, (1,), (1, 2, 3), object()])
def test_what_a_request_timeout_cannot_be(value: Any) -> None:
    with pytest.raises(TypeError, match="_request_timeout is seconds"):
        timeouts_from(value)


# --- credentials


class Renewing:
    """A provider whose next credential is fetched when one was refused, as often as `supply` says."""

    def __init__(self, supply: int) -> None:
        self.supply = supply
        self.generation = 1
        self.refused: list[str | None] = []

    async def authorization(self) -> str:
        return f"Bearer {self.generation}"

    async def refresh(self, rejected: str | None) -> bool:
        self.refused.append(rejected)
        if not self.supply:
            return False
        self.supply -= 1
        self.generation += 1
        return True


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_credentials_that_were_refused_are_renewed_once_and_the_request_replayed(
    server: ScriptedServer, configuration: Configuration, client: RestClient, method: str
) -> None:
    configuration.credentials = provider = Renewing(9)
    server.play(refuses(401), answers())
    await client.send(write(method), {})
    assert [request.headers["authorization"] for request in server.requests] == ["Bearer 1", "Bearer 2"]
    assert provider.refused == ["Bearer 1"]


async def test_the_second_refusal_of_credentials_stands(
    server: ScriptedServer, configuration: Configuration, client: RestClient
) -> None:
    configuration.credentials = provider = Renewing(9)
    server.otherwise = refuses(401)
    with pytest.raises(UnauthorizedError):
        await client.send(READ, {})
    assert len(server.requests) == 2
    assert provider.refused == ["Bearer 1"]


async def test_without_newer_credentials_nothing_is_replayed(
    server: ScriptedServer, configuration: Configuration, client: RestClient
) -> None:
    configuration.credentials = Renewing(0)
    server.play(refuses(401))
    with pytest.raises(UnauthorizedError):
        await client.stream(build("GET", "/a", stream=True), {})
    assert len(server.requests) == 1


async def test_what_is_forbidden_stays_so(
    server: ScriptedServer, configuration: Configuration, client: RestClient
) -> None:
    configuration.credentials = provider = Renewing(9)
    server.play(refuses(403))
    with pytest.raises(ForbiddenError):
        await client.send(READ, {})
    assert not provider.refused


async def test_credentials_are_asked_for_at_every_request(
    server: ScriptedServer, configuration: Configuration, client: RestClient
) -> None:
    server.otherwise = answers()
    for token in ("one", "two"):
        configuration.api_key["BearerToken"] = f"Bearer {token}"
        await client.send(READ, {})
    assert [request.headers["authorization"] for request in server.requests] == ["Bearer one", "Bearer two"]


async def test_credentials_over_plain_http_are_warned_about_once(
    server: ScriptedServer, configuration: Configuration, client: RestClient
) -> None:
    """A proxy stands in for the network: loopback would be no reason to warn."""
    configuration.host, configuration.proxy = "http://cluster.example", server.url
    configuration.credentials = TokenCredentials(CANARY)
    server.otherwise = answers()
    with pytest.warns(PlaintextCredentialsWarning, match="unencrypted to http://cluster.example; use https") as caught:
        await client.send(READ, {})
    assert [Path(warning.filename).name for warning in caught] == [Path(__file__).name]
    await client.send(READ, {})


async def test_no_warning_without_credentials_nor_on_this_machine(
    server: ScriptedServer, configuration: Configuration, client: RestClient
) -> None:
    server.otherwise = answers()
    configuration.credentials = TokenCredentials(CANARY)
    await client.send(READ, {})
    configuration = Configuration(host="http://cluster.example")
    configuration.proxy = server.url
    async with ApiClient(configuration) as api:
        await api.send(READ)
        configuration.credentials = TokenCredentials(CANARY)
        with pytest.warns(PlaintextCredentialsWarning):
            await api.send(READ)


# --- many at once


async def test_a_thousand_requests_are_bounded(
    server: ScriptedServer, configuration: Configuration, client: RestClient
) -> None:
    configuration.connection_pool_maxsize = 7
    now: set[int] = set()
    peak = 0

    async def counted(exchange: Exchange) -> None:
        nonlocal peak
        now.add(id(exchange))
        peak = max(peak, len(now))
        await asyncio.sleep(0)
        now.discard(id(exchange))
        await exchange.answer(200, b"{}")

    server.otherwise = counted
    got = await asyncio.gather(*(client.send(READ, {}) for _ in range(1000)))
    assert {answer.status for answer in got} == {200}
    assert len(server.requests) == 1000
    assert 1 < peak <= 7
    assert server.open_connections <= 7


@pytest.mark.parametrize("limit", [None, 0])
async def test_no_bound_at_all(
    server: ScriptedServer, configuration: Configuration, client: RestClient, limit: int | None
) -> None:
    configuration.connection_pool_maxsize = limit
    everybody = asyncio.Event()

    async def together(exchange: Exchange) -> None:
        if len(server.requests) == 120:
            everybody.set()
        await everybody.wait()
        await exchange.answer(200, b"{}")

    server.otherwise = together
    assert len(await asyncio.gather(*(client.send(READ, {}) for _ in range(120)))) == 120


async def test_open_streams_do_not_starve_requests(
    server: ScriptedServer, configuration: Configuration, client: RestClient
) -> None:
    configuration.connection_pool_maxsize = 1
    server.play(*[stops_in_the_body] * 120)
    server.otherwise = answers()
    watch = build("GET", "/api/v1/pods", query=[("watch", "true")], stream=True)
    streams = await asyncio.gather(*(client.stream(watch, {}) for _ in range(120)))
    assert (await client.send(READ, {})).status == 200
    for stream in streams:
        stream.close()


async def test_an_unread_stream_counts_nowhere_once_it_is_closed(server: ScriptedServer, client: RestClient) -> None:
    server.play(stops_in_the_body)
    (await client.stream(build("GET", "/a", stream=True), {})).close()
    await server.drained()


# --- the life of a client


async def test_a_closed_client_says_so(server: ScriptedServer, client: RestClient) -> None:
    server.play(answers())
    await client.send(READ, {})
    await client.close()
    await client.close()
    assert "closed" in repr(client)
    for call in (client.send, client.stream):
        with pytest.raises(RuntimeError, match="this client is closed; make a new one"):
            await call(READ, {})


async def test_a_client_that_was_never_opened_can_be_closed() -> None:
    client = RestClient(Configuration(host="https://localhost:1"))
    assert "new" in repr(client)
    await client.close()
    with pytest.raises(RuntimeError, match="closed"):
        await client.send(READ, {})


async def test_a_client_that_is_closed_while_it_opens_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    client = RestClient(Configuration(host="https://localhost:1"))
    request = asyncio.create_task(client.send(READ, {}))
    await asyncio.sleep(0)  # it is reading certificates now
    await client.close()
    with pytest.raises(RuntimeError, match="closed"):
        await request


async def test_a_request_under_way_ends_when_the_client_is_closed(server: ScriptedServer, client: RestClient) -> None:
    server.play(silent, silent)
    read = asyncio.create_task(client.send(READ, {}))
    change = asyncio.create_task(client.send(write(), {}))
    await server.arrived(2)
    await client.close()
    with pytest.raises(RuntimeError, match="closed"):
        await read
    with pytest.raises(OutcomeUnknownError):
        await change


async def test_many_first_requests_open_one_session(
    server: ScriptedServer, client: RestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []

    def counted(*args: Any) -> Any:
        opened.append(open_pool(*args))
        return opened[-1]

    open_pool = rest.open_pool
    monkeypatch.setattr(rest, "open_pool", counted)
    server.otherwise = answers()
    await asyncio.gather(*(client.send(READ, {}) for _ in range(20)))
    assert len(opened) == 1


def test_a_client_belongs_to_the_loop_that_opened_it() -> None:
    async def opened() -> tuple[ScriptedServer, ApiClient]:
        server = await ScriptedServer().__aenter__()
        server.otherwise = answers()
        api = ApiClient(Configuration(host=server.url))
        await api.send(READ)
        return server, api

    async def used_elsewhere(api: ApiClient) -> None:
        for call in (api.send, api.stream):
            with pytest.raises(RuntimeError, match="opened in another event loop; use one client for each loop"):
                await call(READ)
        await asyncio.gather(*(_fails(api.send(READ)) for _ in range(5)))

    async def closed(server: ScriptedServer, api: ApiClient) -> None:
        await api.close()
        await server.__aexit__(None)

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as first:
        server, api = first.run(opened())
        with asyncio.Runner(loop_factory=asyncio.new_event_loop) as second:
            second.run(used_elsewhere(api))
        first.run(closed(server, api))


async def _fails(call: Awaitable[Any]) -> None:
    with pytest.raises(RuntimeError, match="another event loop"):
        await call


def test_closing_after_its_loop_has_ended_does_not_hang() -> None:
    """Its connections ended with the loop; the loop's own complaint about them is not repeated."""

    async def opened() -> ApiClient:
        async with ScriptedServer() as server:
            server.play(answers(headers={"Connection": "close"}))
            api = ApiClient(Configuration(host=server.url))
            await api.send(READ)
            await server.drained()
            return api

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as first:
        api = first.run(opened())
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as second:
        with pytest.raises(RuntimeError, match="another event loop"):
            second.run(api.send(READ))
        second.run(api.close())
        with pytest.raises(RuntimeError, match="closed"):
            second.run(api.send(READ))


# --- cancellation


def _swept() -> dict[str, tuple[list[Script], Callable[[RestClient], Awaitable[Any]]]]:
    async def refused(client: RestClient) -> None:
        with contextlib.suppress(ApiException):
            await client.send(READ, {})

    async def streamed(client: RestClient) -> None:
        async with await client.stream(build("GET", "/a", stream=True), {}) as response:
            await response.read()

    busy = refuses(503, {"Retry-After": "0"})
    return {
        "read": ([answers()], lambda client: client.send(READ, {})),
        "write": ([answers()], lambda client: client.send(write(), {})),
        "stream": ([answers()], streamed),
        "refusal": ([refuses(500)], refused),
        "renewal": ([refuses(401), answers()], lambda client: client.send(READ, {})),
        "repetition": ([busy, closes, busy, answers()], lambda client: client.send(READ, {})),
        "deadline": ([answers()], lambda client: client.send(_with(READ, Timeouts(total=60)), {})),
    }


@pytest.mark.parametrize("case", ["read", "write", "stream", "refusal", "renewal", "repetition", "deadline"])
async def test_a_cancelled_request_leaves_nothing_wherever_it_was(
    server: ScriptedServer, configuration: Configuration, waits: list[float], case: str
) -> None:
    """Cancelled at each of its steps in turn; then the only slot must be free and every connection gone."""
    configuration.connection_pool_maxsize = 1
    for steps in itertools.count():
        scripts, call = _swept()[case]
        configuration.credentials = Renewing(1)
        client = RestClient(configuration)
        server._scripts.clear()
        server.play(*scripts)
        server.otherwise = answers()
        task = asyncio.ensure_future(call(client))
        for _ in range(steps):
            await asyncio.sleep(0)
        cancelled = task.cancel()
        await asyncio.wait([task])
        assert task.cancelled() is cancelled
        server._scripts.clear()
        assert (await client.send(READ, {})).status == 200
        await client.close()
        await server.drained()
        if not cancelled:
            break
    assert steps > 5


# --- secrets


def everything_in(error: BaseException | None) -> str:
    """Whatever an error and what it is chained to can show, its frames' locals included."""
    parts = []
    while error is not None:
        shown = traceback.TracebackException.from_exception(error, capture_locals=True)
        parts += [str(error), repr(error), repr(error.args), repr(vars(error)), *shown.format(chain=False)]
        error = error.__cause__ or error.__context__
    return "\n".join(parts)


@pytest.mark.parametrize(
    "script",
    [
        refuses(401),
        refuses(403),
        refuses(500),
        answers(307, b"", {"Location": "https://elsewhere.example/"}),
        answers(502, b"<html>", {"Content-Type": "text/html"}),
        closes,
        resets,
        cuts_the_body,
        stops_in_the_body,
        silent,
        speaks_something_else,
    ],
)
@pytest.mark.parametrize("request_", [READ, write()], ids=["read", "write"])
async def test_no_error_shows_the_token(
    server: ScriptedServer,
    configuration: Configuration,
    client: RestClient,
    waits: list[float],
    caplog: pytest.LogCaptureFixture,
    script: Script,
    request_: Request,
) -> None:
    caplog.set_level(logging.DEBUG)
    configuration.retries = 1
    configuration.first_byte_timeout = configuration.idle_timeout = SHORT
    configuration.credentials = TokenCredentials(CANARY)
    server.otherwise = script
    with pytest.raises((ApiException, aiohttp.ClientError, TimeoutError)) as caught:
        await client.send(request_, {})
    assert server.requests[0].headers["authorization"] == f"Bearer {CANARY}"
    assert CANARY not in everything_in(caught.value)
    assert CANARY not in caplog.text
    assert CANARY not in repr(client) + repr(client._pool)


async def test_no_error_shows_a_password_or_the_token_of_a_refused_connection(unused_tcp_port: int) -> None:
    configuration = Configuration(host=f"http://127.0.0.1:{unused_tcp_port}", username="me", password=CANARY)
    async with ApiClient(configuration) as api:
        with pytest.raises(aiohttp.ClientConnectorError) as caught:
            await api.send(READ)
        said = everything_in(caught.value)
        assert CANARY not in said
        assert configuration.get_basic_auth_token().removeprefix("Basic ") not in said


# --- headers that could break a request apart


@pytest.mark.parametrize("end", ["\r\nX-Evil: 1", "\n", "\x00", "\r"])
@pytest.mark.parametrize("name", ["User-Agent", "Impersonate-User", "Content-Type", "Authorization"])
def test_a_header_with_a_line_break_is_refused_before_anything_is_sent(name: str, end: str) -> None:
    with pytest.raises(InvalidHeader) as caught:
        write(headers={name: f"{CANARY}{end}"})
    assert CANARY not in f"{caught.value} {caught.value!r}"


@pytest.mark.parametrize("end", ["\r\nX-Evil: 1", "\n", "\x00", "\r"])
async def test_a_token_with_a_line_break_is_refused_before_anything_is_sent(
    server: ScriptedServer, configuration: Configuration, client: RestClient, end: str
) -> None:
    configuration.api_key["BearerToken"] = f"Bearer {CANARY}{end}"
    with pytest.raises(CredentialsError) as caught:
        await client.send(READ, {})
    assert CANARY not in "".join(traceback.format_exception(caught.value))
    assert not server.open_connections


# --- sockets


async def test_tcp_looks_after_silent_connections(server: ScriptedServer, client: RestClient) -> None:
    server.play(stops_in_the_body)
    response = await client.stream(build("GET", "/a", stream=True), {})
    assert response.connection is not None
    assert response.connection.transport is not None
    connection = response.connection.transport.get_extra_info("socket")
    assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 30
    assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL) == 15
    assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT) == 4
    response.close()


async def test_the_configurations_socket_options_win(
    server: ScriptedServer, configuration: Configuration, client: RestClient
) -> None:
    configuration.socket_options = [(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 77)]
    server.play(stops_in_the_body)
    response = await client.stream(build("GET", "/a", stream=True), {})
    assert response.connection is not None
    assert response.connection.transport is not None
    connection = response.connection.transport.get_extra_info("socket")
    assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 77
    response.close()


async def test_a_socket_option_that_cannot_be_set_is_an_error(
    server: ScriptedServer, configuration: Configuration, client: RestClient
) -> None:
    configuration.socket_options = [(socket.SOL_SOCKET, 99999, 1)]
    with pytest.raises(aiohttp.ClientConnectorError):
        await client.send(READ, {})


# --- the real thing


@pytest.fixture
async def api(kube_server: KubeServer) -> AsyncIterator[ApiClient]:
    async with ApiClient(kube_server.configuration) as api:
        yield api


async def test_the_real_server_answers(api: ApiClient) -> None:
    answer = await api.send(build("GET", "/version"))
    assert isinstance(answer, Answer)
    assert json.loads(answer.body)["major"] == "1"


async def test_the_real_server_refuses(api: ApiClient) -> None:
    with pytest.raises(ApiException, match='namespaces "nobody" not found') as caught:
        await api.send(build("GET", "/api/v1/namespaces/nobody"))
    assert caught.value.status_reason == "NotFound"


async def test_the_real_server_answers_beside_many_open_watches(kube_server: KubeServer) -> None:
    configuration = kube_server.configuration
    configuration.connection_pool_maxsize = 2
    watch = build("GET", "/api/v1/namespaces", query=[("watch", "true")], stream=True)
    async with ApiClient(configuration) as api:
        streams = await asyncio.gather(*(api.stream(watch) for _ in range(32)))
        got = await asyncio.gather(*(api.send(build("GET", "/version")) for _ in range(50)))
        assert {answer.status for answer in got} == {200}
    for stream in streams:  # whose connections the client has closed, and waited for that
        stream.close()


def _with(request: Request, timeouts: Timeouts) -> Request:
    return msgspec.structs.replace(request, timeouts=timeouts)
