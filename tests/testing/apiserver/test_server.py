"""APIServer: started, used and closed, with nothing left; and what hostile or clumsy clients cannot do to it."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import ssl
import urllib.request
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from aiokube.testing import APIServer, DrivenClock
from aiokube.testing.apiserver import APIServerError
from aiokube.testing.controlplane.exceptions import RequestError
from realserver import context_of, session_of

CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"


@pytest.fixture
async def server() -> AsyncIterator[APIServer]:
    async with APIServer() as server:
        yield server


@pytest.fixture
async def session(server: APIServer) -> AsyncIterator[aiohttp.ClientSession]:
    async with session_of(server) as session:
        yield session


# Beginning and ending.


async def test_it_answers_when_it_has_started(server: APIServer) -> None:
    version = await server.request("GET", "/version")
    assert (version["major"], version["minor"]) == ("1", "36")


async def test_it_begins_with_the_namespaces_of_a_cluster(server: APIServer) -> None:
    found = await server.request("GET", "/api/v1/namespaces")
    names = [namespace["metadata"]["name"] for namespace in found["items"]]
    assert names == ["default", "kube-node-lease", "kube-public", "kube-system"]


def test_what_is_not_running_says_so() -> None:
    server = APIServer()
    with pytest.raises(APIServerError, match="not running"):
        server.url  # noqa: B018


async def test_it_cannot_be_started_twice(server: APIServer) -> None:
    with pytest.raises(APIServerError, match="running already"):
        await server.start()


async def test_a_port_that_is_taken_is_an_error_and_leaves_nothing(server: APIServer) -> None:
    port = int(server.url.rpartition(":")[2])
    other = APIServer(port=port)
    with pytest.raises(OSError, match="in use"):
        await other.start()
    async with APIServer():
        pass


async def test_it_can_be_started_again_and_has_forgotten_everything() -> None:
    server = APIServer()
    async with server:
        await server.request("POST", CONFIG_MAPS, {"metadata": {"name": "a"}})
    async with server:
        with pytest.raises(RequestError, match="not found"):
            await server.request("GET", f"{CONFIG_MAPS}/a")


def test_a_thread_serves_programs_that_block() -> None:
    with APIServer() as server:
        url = f"{server.url}/version"
        with urllib.request.urlopen(url, context=context_of(server)) as answer:  # noqa: S310 - it is https
            assert json.load(answer)["gitVersion"] == "v1.36.3"


async def test_without_tls_one_signs_in_by_token() -> None:
    async with APIServer(tls=False) as server, aiohttp.ClientSession(server.url) as session:
        headers = {"Authorization": f"Bearer {server.admin.token}"}
        async with session.get("/api/v1/namespaces", headers=headers) as answer:
            assert answer.status == 200


async def test_closing_ends_watches(server: APIServer, session: aiohttp.ClientSession) -> None:
    async with session.get(CONFIG_MAPS, params={"watch": "true"}) as answer:
        assert await answer.content.readline()
        await server.close()
        assert b"BOOKMARK" not in await answer.content.read()


async def test_a_kubeconfig_is_written_where_it_is_wanted(server: APIServer, tmp_path: Any) -> None:
    path = server.kubeconfig(tmp_path / "config")
    assert json.loads(path.read_text())["clusters"][0]["cluster"]["server"] == server.url
    assert path.stat().st_mode & 0o777 == 0o600


# What a test does to it.


async def test_history_can_be_forgotten(server: APIServer, session: aiohttp.ClientSession) -> None:
    before = server.resource_version
    await server.request("POST", CONFIG_MAPS, {"metadata": {"name": "a"}})
    server.compact()
    async with session.get(CONFIG_MAPS, params={"watch": "true", "resourceVersion": before}) as answer:
        event = json.loads(await answer.content.readline())
    assert (event["type"], event["object"]["code"], event["object"]["reason"]) == ("ERROR", 410, "Expired")


async def test_its_clock_dates_what_is_written() -> None:
    clock = DrivenClock()
    async with APIServer(clock=clock) as server:
        server.advance(3600)
        made = await server.request("POST", CONFIG_MAPS, {"metadata": {"name": "a"}})
    assert made["metadata"]["creationTimestamp"] == "2026-01-01T01:00:00Z"


async def test_the_walls_clock_cannot_be_moved(server: APIServer) -> None:
    with pytest.raises(APIServerError, match="DrivenClock"):
        server.advance(1)


async def test_requests_are_written_down_without_credentials(server: APIServer, session: aiohttp.ClientSession) -> None:
    server.requests.clear()
    headers = {"Authorization": f"Bearer {server.admin.token}"}
    async with session.get(f"{CONFIG_MAPS}/a", headers=headers) as answer:
        assert answer.status == 404
    assert server.requests.count(verb="get", resource="configmaps", name="a") == 1
    assert server.admin.token not in repr(server.requests)


# What nobody can do to it.


async def test_a_body_that_is_too_large_is_refused_and_others_go_on(
    server: APIServer, session: aiohttp.ClientSession
) -> None:
    async with session.post(CONFIG_MAPS, data=io.BytesIO(b" " * (3 * 1024 * 1024 + 1))) as answer:
        status = await answer.json()
    assert (status["code"], status["reason"]) == (413, "RequestEntityTooLarge")
    assert status["message"] == "Request entity too large: limit is 3145728"
    await server.request("GET", CONFIG_MAPS)


@pytest.mark.parametrize(
    "text",
    [
        b"nonsense\r\n\r\n",
        b"GET\r\n\r\n",
        b"POST /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"GET /%zz/%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /api/v1/namespaces/%00/pods HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"\x00" * 100,
    ],
)
async def test_what_is_no_request_is_nobodys_loss(text: bytes, caplog: pytest.LogCaptureFixture) -> None:
    async with APIServer(tls=False) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
        writer.write(text)
        async with asyncio.timeout(60):
            await reader.read(64)
        writer.close()
        await writer.wait_closed()
        await server.request("GET", "/version")
    assert [record.message for record in caplog.records if record.levelno > logging.INFO] == []


async def test_a_client_that_goes_in_the_middle_of_a_body_changes_nothing(server: APIServer) -> None:
    before = server.resource_version
    port = int(server.url.rpartition(":")[2])
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context_of(server))
    writer.write(f"POST {CONFIG_MAPS} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n".encode() + b'{"metadata"')
    await writer.drain()
    writer.transport.abort()
    await server.request("GET", "/version")
    assert server.resource_version == before


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 20_000, b'{"metadata":{"name":1}}', b"{}" * 2]
)
async def test_a_body_of_any_kind_gets_a_status(
    server: APIServer, session: aiohttp.ClientSession, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """And never the one that says the server has a bug."""
    for method, path in (("POST", CONFIG_MAPS), ("PUT", f"{CONFIG_MAPS}/a"), ("POST", "/apis/apps/v1/deployments")):
        headers = {"Content-Type": "application/json"}
        async with session.request(method, path, data=body, headers=headers) as answer:
            status = await answer.json()
        assert status["kind"] == "Status"
        assert 400 <= answer.status < 500
    assert [record.message for record in caplog.records if record.levelno > logging.INFO] == []


async def test_many_watches_come_and_go(server: APIServer, session: aiohttp.ClientSession) -> None:
    """Row 65: none of them stays behind in the server."""

    async def watch() -> None:
        async with session.get(CONFIG_MAPS, params={"watch": "true"}) as answer:
            await answer.content.readline()

    for _ in range(5):
        await asyncio.gather(*(watch() for _ in range(100)))
    collection = server._up.cluster.collection(_group_resource())
    async with asyncio.timeout(60):
        while collection._listeners:  # noqa: ASYNC110 - the server hears of closed connections in its own time
            await asyncio.sleep(0)


async def test_a_slow_watcher_is_cut_off_and_others_are_not(
    server: APIServer, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who does not read loses the connection when the bounded queue is full; a reader beside it gets everything."""
    monkeypatch.setattr("aiokube.testing.apiserver.verbs.watch._LIMIT", 20)
    text = "x" * 200_000
    port = int(server.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context_of(server), limit=1)
    head = f"GET {CONFIG_MAPS}?watch=true&resourceVersion={server.resource_version} HTTP/1.1\r\nHost: x\r\n\r\n"
    writer.write(head.encode())
    assert await reader.read(1)
    async with session.get(CONFIG_MAPS, params={"watch": "true"}) as answer:
        await answer.content.readline()  # the certificate of every namespace
        names = [f"big-{number}" for number in range(80)]
        for name in names:
            await server.request("POST", CONFIG_MAPS, {"metadata": {"name": name}, "data": {"text": text}})
            event = b""
            while not event.endswith(b"\n"):
                event += await answer.content.readany()
            assert json.loads(event)["object"]["metadata"]["name"] == name
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError, ssl.SSLError)):
        await _read_to_the_end(reader)
    writer.transport.abort()


async def _read_to_the_end(reader: asyncio.StreamReader) -> None:
    async with asyncio.timeout(60):
        while await reader.read(1 << 20):
            pass  # what had come before the end
    raise ConnectionError("the stream ended without its last chunk")


def _group_resource() -> Any:
    from aiokube.testing.apiserver.errors import GroupResource

    return GroupResource("", "configmaps")
