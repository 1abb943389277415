"""KA-W1 to KA-W6: defects of kubernetes_asyncio's Watch."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from aiohttp.http_exceptions import LineTooLong
from kubernetes_asyncio.client.exceptions import ApiException

from aiokube._machinery.listwatch import Pace
from aiokube.watch import Watch
from compat.defects.defect import defect
from compat.packages import Package
from scripted import Exchange, Script, ScriptedServer

QUICK = Pace(backoff_start=0.01, backoff_cap=1.0, restart=0.01, connection_min=1, connection_max=1, margin=0.1)

EXPIRED = {
    "kind": "Status",
    "apiVersion": "v1",
    "status": "Failure",
    "reason": "Expired",
    "message": "too old resource version: 5 (1000)",
    "code": 410,
}


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that a watch makes, in seconds; aiokube's are a hundredth of what they are."""
    pauses = []
    sleep = asyncio.sleep

    async def noted(seconds: float, result: Any = None) -> Any:
        if seconds > 0.001:  # a timer may fire a moment too soon, and is set again for that moment
            pauses.append(seconds)
        return await sleep(seconds, result)

    monkeypatch.setattr(asyncio, "sleep", noted)
    monkeypatch.setattr(Watch, "_pace", QUICK)
    return pauses


def line(event_type: str, resource_version: int, **more: Any) -> bytes:
    metadata = {"name": f"pod-{resource_version}", "uid": f"uid-{resource_version}"}
    metadata["resourceVersion"] = str(resource_version)
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, **more}
    return json.dumps({"type": event_type, "object": pod}).encode() + b"\n"


def error_line(**status: Any) -> bytes:
    return json.dumps({"type": "ERROR", "object": {"kind": "Status", "apiVersion": "v1", **status}}).encode() + b"\n"


def sends(*lines: bytes) -> Script:
    """Send lines, and nothing more."""

    async def script(exchange: Exchange) -> None:
        await exchange.start()
        for each in lines:
            await exchange.chunk(each)

    return script


def ends_after(*lines: bytes) -> Script:
    """Send lines, and end the answer as servers do from time to time."""

    async def script(exchange: Exchange) -> None:
        await sends(*lines)(exchange)
        await exchange.end()

    return script


def breaks_after(*lines: bytes) -> Script:
    """Send lines, and lose the connection."""

    async def script(exchange: Exchange) -> None:
        await sends(*lines)(exchange)
        exchange.close()

    return script


def answers(status: int, body: dict[str, Any]) -> Script:
    """Answer with a whole body."""

    async def script(exchange: Exchange) -> None:
        await exchange.answer(status, json.dumps(body).encode())

    return script


async def versions(package: Package, pods: Any, count: int, **keywords: Any) -> list[str]:
    """The resourceVersions of the first so many events."""
    found = []
    async with package.watch.Watch() as watch:
        async for event in pods.watch(watcher=watch, **keywords):
            found.append(event["object"].metadata.resourceVersion)
            if len(found) == count:
                break
    return found


# --- KA-W1: clients of its own


@defect("KA-W1", fails_with=FileNotFoundError, saying="No such file or directory")
async def test_ka_w1_a_watch_needs_no_configuration(package: Package) -> None:
    """The other package opens a client with the default Configuration, whatever is watched with."""
    configuration = package.client.Configuration()
    configuration.ssl_ca_cert = "/there/is/no/such/file"
    package.client.Configuration.set_default(configuration)
    try:
        package.watch.Watch()
    finally:
        package.client.Configuration.set_default(None)


# --- KA-W2: stop


@defect("KA-W2", fails_with=TimeoutError, saying="^$")
async def test_ka_w2_stop_wakes_who_waits(package: Package, pods: Any, server: ScriptedServer) -> None:
    server.play(sends(line("ADDED", 1)))
    first = asyncio.Event()

    async def read_all(watch: Any) -> None:
        async for _ in pods.watch(watcher=watch):
            first.set()

    async with package.watch.Watch() as watch:
        reading = asyncio.create_task(read_all(watch))
        await first.wait()
        watch.stop()
        async with asyncio.timeout(package.patience_seconds):
            await reading


# --- KA-W3: where it resumes


@defect("KA-W3", fails_with=AssertionError, saying="'5' not in")
async def test_ka_w3_a_watch_does_not_resume_at_an_object_of_the_start(
    package: Package, pods: Any, server: ScriptedServer
) -> None:
    """The objects that are there at the start come in no order: 5 came after 100, and is older than it."""
    server.play(ends_after(line("ADDED", 100), line("ADDED", 5)), sends(line("ADDED", 101)))
    async with asyncio.timeout(30):
        assert (await versions(package, pods, 3))[:2] == ["100", "5"]
    assert server.requests[1].query.get("resourceVersion") not in ("5", "100")


@defect("KA-W3", fails_with=AssertionError, saying="'5', '101'")
async def test_ka_w3_what_was_there_at_the_start_comes_once(
    package: Package, pods: Any, server: ScriptedServer
) -> None:
    start = line("ADDED", 100), line("ADDED", 5)
    server.play(ends_after(*start), sends(*start, line("MODIFIED", 101)))
    async with asyncio.timeout(30):
        assert await versions(package, pods, 3) == ["100", "5", "101"]


# --- KA-W4: lost history, and a server that is not ready


@defect("KA-W4", fails_with=ApiException, saying="too old resource version")
async def test_ka_w4_history_lost_in_the_stream_is_a_gone_error(
    package: Package, pods: Any, server: ScriptedServer
) -> None:
    """The other package asks again for what is gone, and then raises what its users do not catch."""
    server.play(*[ends_after(error_line(**EXPIRED))] * 2)
    with pytest.raises(package.exceptions.GoneError, match="too old resource version"):
        await versions(package, pods, 1, resource_version=5)
    assert len(server.requests) == 1


@defect("KA-W4", fails_with=ApiException, saying="too old resource version")
async def test_ka_w4_history_lost_before_the_stream_is_a_gone_error(
    package: Package, pods: Any, server: ScriptedServer
) -> None:
    server.play(*[answers(410, EXPIRED)] * 2)
    with pytest.raises(package.exceptions.GoneError, match="too old resource version"):
        await versions(package, pods, 1, resource_version=5)
    assert len(server.requests) == 1


@defect("KA-W4", fails_with=ApiException, saying="storage is")
async def test_ka_w4_a_server_that_is_not_ready_is_asked_again(
    package: Package, pods: Any, server: ScriptedServer
) -> None:
    busy = {"kind": "Status", "reason": "TooManyRequests", "message": "storage is (re)initializing", "code": 429}
    server.play(answers(429, busy), sends(line("ADDED", 1)))
    assert await versions(package, pods, 1) == ["1"]


# --- KA-W5: lost connections


@defect("KA-W5", fails_with=AssertionError, saying=r"len\(\[\]\)")
async def test_ka_w5_connections_that_end_at_once_are_followed_by_growing_pauses(
    package: Package, pods: Any, server: ScriptedServer, pauses: list[float]
) -> None:
    server.play(*[ends_after()] * 4, sends(line("ADDED", 1)))
    assert await versions(package, pods, 1) == ["1"]
    assert len(pauses) == 4
    # Random parts included, a pause is one to two times what it would be without, and that doubles.
    assert all(pause >= QUICK.backoff_start * 2**number * 0.9 for number, pause in enumerate(pauses))


@defect("KA-W5", fails_with=aiohttp.ClientPayloadError, saying="Response payload is not completed")
async def test_ka_w5_a_lost_connection_is_made_again(package: Package, pods: Any, server: ScriptedServer) -> None:
    server.play(breaks_after(line("MODIFIED", 6)), sends(line("MODIFIED", 7)))
    assert await versions(package, pods, 2, resource_version=5) == ["6", "7"]
    assert server.requests[1].query["resourceVersion"] == "6"


@defect("KA-W5", fails_with=TimeoutError, saying="^$")
async def test_ka_w5_a_silent_connection_is_given_up(package: Package, pods: Any, server: ScriptedServer) -> None:
    """A server that was asked to end an answer after a second, and has not, is not there any more."""
    server.play(sends(), sends(line("ADDED", 1)))
    async with asyncio.timeout(package.patience_seconds + 1.5):
        assert await versions(package, pods, 1) == ["1"]


# --- KA-W6: what can come on a line


@defect("KA-W6", fails_with=KeyError, saying="reason")
async def test_ka_w6_an_error_may_say_little(package: Package, pods: Any, server: ScriptedServer) -> None:
    server.play(sends(error_line(code=403, message="no")))
    with pytest.raises(package.exceptions.ForbiddenError, match="no"):
        await versions(package, pods, 1)


@defect("KA-W6", fails_with=TypeError, saying="string indices must be integers")
async def test_ka_w6_a_line_that_is_no_event_is_told(package: Package, pods: Any, server: ScriptedServer) -> None:
    server.play(sends(b"upstream connect error\n"))
    with pytest.raises(ValueError, match="watch event"):
        await versions(package, pods, 1)


@defect("KA-W6", fails_with=(LineTooLong, ValueError), saying="4194304|Chunk too big")  # as aiohttp says it
async def test_ka_w6_an_event_may_be_large(package: Package, pods: Any, server: ScriptedServer) -> None:
    large = line("ADDED", 1, data="x" * (5 << 20))
    pieces = [large[start : start + (1 << 20)] for start in range(0, len(large), 1 << 20)]
    server.play(sends(*pieces))
    assert await versions(package, pods, 1) == ["1"]
