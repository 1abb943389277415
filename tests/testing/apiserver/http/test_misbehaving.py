"""Faults as a client has them, on real connections."""

import asyncio
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest

from aiokube.testing import APIServer, Fault

PATH = "/api/v1/namespaces/default/configmaps"
WATCH = f"{PATH}?watch=1&resourceVersion=0&sendInitialEvents=false&resourceVersionMatch=NotOlderThan"


@pytest.fixture
async def server() -> AsyncIterator[APIServer]:
    async with APIServer(tls=False) as server:
        yield server


@pytest.fixture
async def session(server: APIServer) -> AsyncIterator[aiohttp.ClientSession]:
    """Sends everything once."""
    headers = {"Authorization": f"Bearer {server.admin.token}"}
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(server.url, headers=headers, connector=connector) as session:
        yield session


async def create(server: APIServer, name: str) -> None:
    await server.request("POST", PATH, {"metadata": {"name": name}})


async def names(server: APIServer) -> list[str]:
    found = await server.request("GET", PATH)
    return [item["metadata"]["name"] for item in found["items"] if item["metadata"]["name"] != "kube-root-ca.crt"]


async def test_a_refused_request_is_not_done(server: APIServer, session: aiohttp.ClientSession) -> None:
    server.faults.add(Fault.refuse(), verb="create", times=1)
    with pytest.raises(aiohttp.ClientConnectionError):
        await session.post(PATH, json={"metadata": {"name": "a"}})
    assert await names(server) == []
    (entry,) = server.requests.matching(verb="create")
    assert (entry.status, entry.fault) == (None, "refuse")


async def test_a_write_whose_answer_is_lost_is_done(server: APIServer, session: aiohttp.ClientSession) -> None:
    server.faults.add(Fault.lose_answer(), verb="create", times=1)
    with pytest.raises(aiohttp.ClientConnectionError):
        await session.post(PATH, json={"metadata": {"name": "a"}})
    assert await names(server) == ["a"]
    assert server.requests.matching(verb="create")[0].json["metadata"]["name"] == "a"


async def test_a_status_is_answered_instead(server: APIServer, session: aiohttp.ClientSession) -> None:
    server.faults.add(Fault.status(429, retry_after_seconds=3), resource="configmaps", times=1)
    async with session.get(PATH) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "3")
        assert answer.content_type == "application/json"
        assert (await answer.json())["details"] == {"retryAfterSeconds": 3}
    async with session.get(PATH) as answer:
        assert answer.status == 200


async def test_a_page_for_people_is_answered_instead(server: APIServer, session: aiohttp.ClientSession) -> None:
    server.faults.add(Fault.html(502), path="/version")
    async with session.get("/version") as answer:
        assert (answer.status, answer.content_type) == (502, "text/html")
        assert "<h1>502</h1>" in await answer.text()


async def test_a_body_is_cut(server: APIServer, session: aiohttp.ClientSession) -> None:
    server.faults.add(Fault.cut(after_bytes=10), verb="list")
    async with session.get(PATH) as answer:
        assert int(answer.headers["Content-Length"]) > 10
        assert await answer.content.readexactly(10) == b'{"kind":"C'
        with pytest.raises(aiohttp.ClientError):
            await answer.read()


async def test_a_request_can_be_late(server: APIServer, session: aiohttp.ClientSession) -> None:
    server.faults.add(Fault.delay(3600), verb="list", times=1)
    with pytest.raises(TimeoutError):
        await session.get(PATH, timeout=aiohttp.ClientTimeout(total=0.2))
    async with session.get(PATH) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("after_bytes", [None, 0, 10])
async def test_an_answer_can_stall(server: APIServer, session: aiohttp.ClientSession, after_bytes: int | None) -> None:
    """Until the server closes, which it does at once."""
    server.faults.add(Fault.stall(after_bytes=after_bytes), verb="list")

    async def ask() -> bytes:
        async with session.get(PATH) as answer:
            return await answer.read()

    asking = asyncio.create_task(ask())
    async with asyncio.timeout(60):
        while not server.requests.count(verb="list"):  # noqa: ASYNC110 - the journal calls nobody
            await asyncio.sleep(0)
        done, _ = await asyncio.wait([asking], timeout=0.2)
        assert not done
        await server.close()
        with pytest.raises(aiohttp.ClientError):
            await asking


async def lines(session: aiohttp.ClientSession, query: str = "") -> tuple[list[bytes], bool]:
    """Return what a watch sends, and whether it ends as it should."""
    received = b""
    try:
        async with asyncio.timeout(60), session.get(f"{PATH}?watch=1&timeoutSeconds=3{query}") as answer:
            async for chunk in answer.content.iter_any():
                received += chunk
    except aiohttp.ClientPayloadError:
        return received.splitlines(keepends=True), False
    return received.splitlines(keepends=True), True


async def test_a_watch_is_cut_in_the_middle_of_a_line(server: APIServer, session: aiohttp.ClientSession) -> None:
    await create(server, "a")
    await create(server, "b")
    server.faults.add(Fault.cut(after_events=1), verb="watch")
    (whole, half), ended = await lines(session)
    assert not ended
    assert json.loads(whole)["type"] == "ADDED"
    assert half
    assert not half.endswith(b"\n")


@pytest.mark.parametrize("after_events", [0, 1])
async def test_a_watch_says_error_and_ends(
    server: APIServer, session: aiohttp.ClientSession, after_events: int
) -> None:
    """At once, and not only when there would be another event."""
    server.faults.add(Fault.error_event(410, after_events=after_events), verb="watch")
    found, ended = await lines(session)
    events = [json.loads(line) for line in found]
    assert ended
    assert [event["type"] for event in events] == ["ADDED"] * after_events + ["ERROR"]
    assert (events[-1]["object"]["code"], events[-1]["object"]["reason"]) == (410, "Expired")


async def test_a_watch_stalls(server: APIServer, session: aiohttp.ClientSession) -> None:
    server.faults.add(Fault.stall(after_events=1), verb="watch")
    async with session.get(f"{PATH}?watch=1") as answer:
        assert await answer.content.readline()
        await create(server, "a")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await answer.content.readline()


async def test_the_journal_says_what_came(server: APIServer, session: aiohttp.ClientSession) -> None:
    async with session.post(f"{PATH}?fieldManager=m", json={"metadata": {"name": "a"}}):
        pass
    (entry,) = server.requests
    assert str(entry) == f"POST {PATH}?fieldManager=m -> 201 by {server.admin.name}"
    assert (entry.info.namespace, entry.info.resource) == ("default", "configmaps")
    assert "Bearer" not in repr(entry)
