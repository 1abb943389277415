"""Watch against a server that answers byte by byte as the test says."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, TypeAlias

import aiohttp
import kubernetes_asyncio.client as ka
import pytest

from aiokube._machinery.listwatch import Pace
from aiokube.client.exceptions import (
    DynamicApiError,
    ForbiddenError,
    GoneError,
    InternalServerError,
    LineTooLong,
    MalformedObject,
    NotFoundError,
    UnauthorizedError,
)
from aiokube.watch import Watch
from scripted import Exchange, Script, ScriptedServer

Lister: TypeAlias = Callable[..., Awaitable[aiohttp.ClientResponse]]

AT_ONCE = Pace(backoff_start=0, backoff_cap=0, restart=0, very_short=0)


def line(event_type: str, version: int, name: str = "a") -> bytes:
    metadata = {"name": name, "uid": name, "resourceVersion": str(version)}
    return json.dumps({"type": event_type, "object": {"kind": "Pod", "metadata": metadata}}).encode() + b"\n"


def error(code: int, reason: str = "") -> bytes:
    status = {"kind": "Status", "code": code, "reason": reason, "message": "no"}
    return json.dumps({"type": "ERROR", "object": status}).encode() + b"\n"


def sends(*chunks: bytes, then: Callable[[Exchange], Any] | None = None) -> Script:
    """A script: these chunks, then something else, or silence."""

    async def play(exchange: Exchange) -> None:
        await exchange.start()
        for chunk in chunks:
            await exchange.chunk(chunk)
        if then is not None and (waiting := then(exchange)) is not None:
            await waiting

    return play


def refuses(code: int, reason: str = "", headers: dict[str, str] | None = None) -> Script:
    body = json.dumps({"kind": "Status", "code": code, "reason": reason, "message": "no"}).encode()
    return lambda exchange: exchange.answer(code, body, headers)


def said(event: Any) -> tuple[str, str]:
    return event["type"], event["object"]["metadata"]["resourceVersion"]


async def take(events: Any, count: int) -> list[tuple[str, str]]:
    """The next events of a watch that goes on."""
    iterator = aiter(events)
    return [said(await anext(iterator)) for _ in range(count)]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits for a backoff."""
    monkeypatch.setattr(Watch, "_pace", AT_ONCE)


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as server:
        yield server


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:
        yield session


@pytest.fixture
def pods(server: ScriptedServer, session: aiohttp.ClientSession) -> Lister:
    """A user's own function around plain aiohttp."""

    async def pods(
        *,
        watch: bool,
        _preload_content: bool,
        resource_version: str | None = None,
        allow_watch_bookmarks: bool | None = None,
        timeout_seconds: int | None = None,
    ) -> aiohttp.ClientResponse:
        params = {
            "resourceVersion": resource_version,
            "allowWatchBookmarks": allow_watch_bookmarks,
            "timeoutSeconds": timeout_seconds,
        }
        return await session.get(
            server.url + "/pods", params={name: str(value) for name, value in params.items() if value is not None}
        )

    return pods


@pytest.fixture
def interruptions() -> Iterator[asyncio.Queue[str]]:
    """What watches say when they are interrupted, as they say it."""
    queue: asyncio.Queue[str] = asyncio.Queue()
    handler = logging.Handler()
    handler.emit = lambda record: queue.put_nowait(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("aiokube.watch")
    logger.addHandler(handler)
    yield queue
    logger.removeHandler(handler)


# --- events ------------------------------------------------------------------------------------------------------


async def test_events_are_dicts_with_the_object_as_a_plain_dict(server: ScriptedServer, pods: Lister) -> None:
    server.play(sends(line("ADDED", 6)))
    event = await anext(Watch().stream(pods, resource_version="5"))
    assert isinstance(event, dict)
    assert type(event["raw_object"]) is dict
    assert event["object"] is event["raw_object"]
    assert event == {"type": "ADDED", "object": event["raw_object"], "raw_object": event["raw_object"]}
    assert server.requests[0].query["resourceVersion"] == "5"


async def test_the_resource_version_is_that_of_the_event_at_hand(server: ScriptedServer, pods: Lister) -> None:
    server.play(sends(line("ADDED", 6) + line("MODIFIED", 8) + line("BOOKMARK", 9) + line("DELETED", 10)))
    assert Watch().resource_version is None
    watch = Watch()
    iterator = aiter(watch.stream(pods, resource_version=5))
    assert watch.resource_version == "5"
    seen = [(said(await anext(iterator))[1], watch.resource_version) for _ in range(3)]
    assert seen == [("6", "6"), ("8", "8"), ("10", "10")]


async def test_of_initial_objects_none_is_a_place_to_go_on_from(server: ScriptedServer, pods: Lister) -> None:
    server.play(sends(line("ADDED", 100, "a") + line("ADDED", 5, "b"), line("BOOKMARK", 120), line("ADDED", 121, "c")))
    watch = Watch()
    iterator = aiter(watch.stream(pods))
    seen: list[tuple[str, str | None]] = [(said(await anext(iterator))[1], watch.resource_version) for _ in range(3)]
    expected: list[tuple[str, str | None]] = [("100", None), ("5", None), ("121", "121")]
    assert seen == expected


@pytest.mark.parametrize(("asked", "shown"), [(None, 1), (True, 2)])
async def test_bookmarks_are_always_requested_and_shown_to_who_asked(
    server: ScriptedServer, pods: Lister, asked: bool | None, shown: int
) -> None:
    server.play(sends(line("BOOKMARK", 6) + line("ADDED", 7), then=Exchange.end))
    keywords = {} if asked is None else {"allow_watch_bookmarks": asked}
    stream = Watch().stream(pods, resource_version="5", timeout_seconds=1, **keywords)
    assert len([event async for event in stream]) == shown
    assert server.requests[0].query["allowWatchBookmarks"] == "True"


async def test_object_can_be_made_of_the_text_of_the_object(server: ScriptedServer, pods: Lister) -> None:
    server.play(sends(line("ADDED", 6)))
    event = await anext(Watch().stream_as(len, pods, resource_version="5"))
    assert event["object"] == len(json.dumps(event["raw_object"]))


async def test_a_watch_with_a_time_ends_in_good_order(server: ScriptedServer, pods: Lister) -> None:
    server.play(sends(line("ADDED", 6), then=Exchange.end))
    stream = Watch().stream(pods, resource_version="5", timeout_seconds=1)
    assert [said(event) async for event in stream] == [("ADDED", "6")]
    assert [event async for event in stream] == []
    assert server.requests[0].query["timeoutSeconds"] == "1"


# --- faults ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [Exchange.reset, Exchange.close, Exchange.end], ids=["RST", "FIN", "end"])
async def test_rows_1_and_2_every_event_is_handed_out_once_however_the_connection_ends(
    server: ScriptedServer, pods: Lister, how: Callable[[Exchange], Any]
) -> None:
    """Events that were in the connection's buffer when it broke come again on the next one, and only those."""
    history = [line("ADDED", version, f"pod-{version}") for version in range(11, 18)]

    async def serve(exchange: Exchange) -> None:
        since = int(exchange.request.query["resourceVersion"]) - 10
        await exchange.start()
        await exchange.chunk(b"".join(history[since : since + 3]) + b'{"type":"ADD')
        await exchange.send(b"" if how is Exchange.end else b"fff\r\n{")
        if (waiting := how(exchange)) is not None:
            await waiting

    server.otherwise = serve
    events = await take(Watch().stream(pods, resource_version="10"), 7)
    assert events == [("ADDED", str(version)) for version in range(11, 18)]


@pytest.mark.parametrize("fragment", [b"{}", line("ADDED", 9).rstrip()])
async def test_rows_3_and_4_half_a_line_before_a_clean_end_is_no_event(
    server: ScriptedServer, pods: Lister, fragment: bytes
) -> None:
    server.play(sends(line("ADDED", 6) + fragment, then=Exchange.end), sends(line("ADDED", 7)))
    assert await take(Watch().stream(pods, resource_version="5"), 2) == [("ADDED", "6"), ("ADDED", "7")]
    assert server.requests[1].query["resourceVersion"] == "6"


async def test_row_5_bytes_that_come_one_by_one_are_the_same_event(server: ScriptedServer, pods: Lister) -> None:
    text = '{"type":"ADDED","object":{"metadata":{"resourceVersion":"6","name":"é😀"}}}\n'.encode()
    server.play(sends(*(text[at : at + 1] for at in range(len(text)))))
    event = await anext(Watch().stream(pods, resource_version="5"))
    assert event["object"]["metadata"]["name"] == "é😀"


def large(size: int) -> list[bytes]:
    """One event of about that size, in chunks."""
    text = b'{"type":"ADDED","object":{"metadata":{"resourceVersion":"6"},"data":"' + b"x" * size + b'"}}\n'
    return [text[at : at + 65536] for at in range(0, len(text), 65536)]


@pytest.mark.parametrize("size", [1_500_000, 3_000_000, 16_000_000])
async def test_row_7_large_objects_come_whole(server: ScriptedServer, pods: Lister, size: int) -> None:
    server.play(sends(*large(size)))
    event = await anext(Watch().stream(pods, resource_version="5"))
    assert len(event["object"]["data"]) == size


async def test_row_7_an_object_beyond_the_limit_is_a_typed_error(server: ScriptedServer, pods: Lister) -> None:
    server.play(sends(line("ADDED", 6), *large(20_000_000)))
    watch = Watch()
    iterator = aiter(watch.stream(pods, resource_version="5"))
    await anext(iterator)
    with pytest.raises(LineTooLong, match=r"too long.* allowed"):
        await anext(iterator)
    assert watch.resource_version == "6"
    with pytest.raises(StopAsyncIteration):
        await anext(iterator)
    await server.drained()


async def test_the_limit_can_be_set(server: ScriptedServer, pods: Lister) -> None:
    server.play(sends(*large(10_000)))
    with pytest.raises(LineTooLong):
        await anext(Watch(line_limit=1000).stream(pods, resource_version="5"))


@pytest.mark.parametrize("headers", [True, False], ids=["row 8: after the headers", "row 9: before them"])
async def test_a_silent_connection_is_left_and_the_watch_goes_on(
    server: ScriptedServer, pods: Lister, monkeypatch: pytest.MonkeyPatch, headers: bool
) -> None:
    monkeypatch.setattr(Watch, "_pace", Pace(connection_min=1, connection_max=1, margin=-0.9, backoff_start=0))
    silent_left = asyncio.Event()

    async def silent(exchange: Exchange) -> None:
        if headers:
            await exchange.start()
        await exchange.gone()
        silent_left.set()

    server.play(silent)
    server.otherwise = sends(line("ADDED", 6))
    assert await take(Watch().stream(pods, resource_version="5"), 1) == [("ADDED", "6")]
    await silent_left.wait()
    assert server.requests[1].query["resourceVersion"] == "5"


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(refuses(410, "Expired"), id="row 10: Expired at the start"),
        pytest.param(refuses(410), id="row 10: no reason"),
        pytest.param(sends(error(410, "Expired")), id="row 11: Expired in the stream"),
        pytest.param(sends(error(410, "Gone")), id="row 11: Gone"),
        pytest.param(sends(error(0, "Expired")), id="row 11: no code"),
        pytest.param(sends(json.dumps({"kind": "Status", "code": 410}).encode() + b"\n"), id="a bare Status"),
    ],
)
async def test_lost_history_is_a_gone_error_and_not_tried_again(
    server: ScriptedServer, pods: Lister, script: Script
) -> None:
    server.play(script)
    iterator = aiter(Watch().stream(pods, resource_version="5"))
    with pytest.raises(GoneError) as caught:
        await anext(iterator)
    assert caught.value.status == 410
    with pytest.raises(StopAsyncIteration):
        await anext(iterator)
    assert len(server.requests) == 1
    await server.drained()


async def test_history_that_is_lost_while_starting_over_is_a_gone_error(server: ScriptedServer, pods: Lister) -> None:
    """An object that was handed out and then deleted while there was no connection cannot be told of."""
    server_may_go_on = asyncio.Event()

    async def later(exchange: Exchange) -> None:
        await server_may_go_on.wait()
        exchange.reset()

    server.play(
        sends(line("ADDED", 3, "a") + line("ADDED", 2, "b"), then=later),
        sends(line("ADDED", 3, "a") + line("BOOKMARK", 9)),
    )
    iterator = aiter(Watch().stream(pods))
    assert said(await anext(iterator)) == ("ADDED", "3")
    assert said(await anext(iterator)) == ("ADDED", "2")
    server_may_go_on.set()
    with pytest.raises(GoneError, match="deleted since") as caught:
        await anext(iterator)
    assert caught.value.status_reason == "Expired"


@pytest.mark.parametrize("code", [429, 500, 503, 504])
async def test_rows_16_and_17_a_server_that_cannot_just_now_is_asked_again(
    server: ScriptedServer, pods: Lister, code: int
) -> None:
    server.play(refuses(code), sends(line("ADDED", 6) + error(code)), sends(line("ADDED", 7)))
    assert await take(Watch().stream(pods, resource_version="5"), 2) == [("ADDED", "6"), ("ADDED", "7")]
    assert [request.query["resourceVersion"] for request in server.requests] == ["5", "5", "6"]


async def test_row_16_retry_after_is_waited_for(
    server: ScriptedServer, pods: Lister, interruptions: asyncio.Queue[str]
) -> None:
    server.play(refuses(429, headers={"Retry-After": "100"}))
    watch = Watch()
    task = await blocked(server, watch.stream(pods, resource_version="5"))
    said = await interruptions.get()
    assert "going on at resourceVersion '5' in 100.0 s: TooManyRequestsError" in said
    watch.stop()
    with pytest.raises(StopAsyncIteration):
        await task


@pytest.mark.parametrize(
    ("code", "expected"),
    [(400, DynamicApiError), (401, UnauthorizedError), (403, ForbiddenError), (404, NotFoundError)],
)
async def test_rows_18_and_19_what_is_not_allowed_is_raised(
    server: ScriptedServer, pods: Lister, code: int, expected: type[Exception]
) -> None:
    server.play(sends(line("ADDED", 6), then=Exchange.end), refuses(code))
    iterator = aiter(Watch().stream(pods, resource_version="5"))
    await anext(iterator)
    with pytest.raises(expected, match="no"):
        await anext(iterator)


async def test_an_error_that_stays_is_raised_with_what_the_server_said(
    server: ScriptedServer, pods: Lister, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Watch, "_pace", Pace(backoff_start=0, backoff_cap=0, brief=0))
    server.play(sends(error(500, "InternalError")))
    with pytest.raises(InternalServerError, match="no") as caught:
        await anext(Watch().stream(pods, resource_version="5"))
    assert caught.value.status_reason == "InternalError"


@pytest.mark.parametrize(
    "bad",
    [
        line("RENAMED", 9),
        b'{"type":"ERROR","object":{}}\n',
        b'{"type":"ADDED","object":{}}\n',
        b'{"kind":"PodList","items":[]}\n',
        b"<html>\n",
    ],
)
async def test_row_20_what_is_no_event_is_a_typed_error(server: ScriptedServer, pods: Lister, bad: bytes) -> None:
    server.play(sends(bad))
    with pytest.raises(MalformedObject):
        await anext(Watch().stream(pods, resource_version="5"))


async def test_a_server_that_is_not_there_is_an_error_when_the_time_is_over(
    session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It must not look as if nothing happened in the cluster."""
    monkeypatch.setattr(Watch, "_pace", Pace(backoff_start=100))
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"

        async def nowhere(**_: Any) -> aiohttp.ClientResponse:
            return await session.get(url)

        with pytest.raises(aiohttp.ClientConnectorError):
            await anext(Watch().stream(nowhere, timeout_seconds=5))


async def test_errors_that_no_retry_cures_pass_as_they_are(server: ScriptedServer) -> None:
    async def broken(**_: Any) -> aiohttp.ClientResponse:
        raise RuntimeError("Session is closed")

    with pytest.raises(RuntimeError, match="Session is closed"):
        await anext(Watch().stream(broken))


async def test_what_interrupts_a_watch_is_logged(
    server: ScriptedServer, pods: Lister, interruptions: asyncio.Queue[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Watch, "_pace", Pace(backoff_start=0.001, restart=0))
    server.play(sends(then=Exchange.reset), sends(line("ADDED", 7)))
    assert await take(Watch().stream(pods, resource_version="5"), 1) == [("ADDED", "7")]
    assert (await interruptions.get()).startswith("watch interrupted, going on at resourceVersion '5' in 0.0 s: Client")
    assert interruptions.empty()


# --- stop, break, cancel -----------------------------------------------------------------------------------------


async def blocked(server: ScriptedServer, stream: Any) -> asyncio.Task[Any]:
    """A task that waits for the next event of a watch, at the end of what the server sent."""
    task: asyncio.Task[Any] = asyncio.ensure_future(anext(aiter(stream)))
    await server.arrived(1)
    for _ in range(50):
        await asyncio.sleep(0)
    assert not task.done()
    return task


@pytest.mark.parametrize("script", [sends(), lambda exchange: exchange.gone()], ids=["reading", "opening"])
async def test_stop_wakes_a_blocked_task_and_closes_the_connection(
    server: ScriptedServer, pods: Lister, script: Script
) -> None:
    server.play(script)
    watch = Watch()
    task = await blocked(server, watch.stream(pods, resource_version="5"))
    watch.stop()
    watch.stop()
    with pytest.raises(StopAsyncIteration):
        await task
    await server.drained()


async def test_stop_wakes_a_watch_that_waits_to_try_again(
    server: ScriptedServer, pods: Lister, interruptions: asyncio.Queue[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Watch, "_pace", Pace(backoff_start=1000))
    server.play(refuses(503))
    watch = Watch()
    task = await blocked(server, watch.stream(pods, resource_version="5"))
    await interruptions.get()
    watch.stop()
    with pytest.raises(StopAsyncIteration):
        await task


async def test_a_connection_is_not_kept_while_the_watch_waits_to_try_again(
    server: ScriptedServer, pods: Lister, interruptions: asyncio.Queue[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Watch, "_pace", Pace(backoff_start=1000))
    server.play(sends(error(429)))
    watch = Watch()
    task = await blocked(server, watch.stream(pods, resource_version="5"))
    await interruptions.get()
    await server.drained()
    watch.stop()
    with pytest.raises(StopAsyncIteration):
        await task


async def test_stop_in_the_body_ends_the_loop(server: ScriptedServer, pods: Lister) -> None:
    server.play(sends(line("ADDED", 6) + line("ADDED", 7)))
    watch, seen = Watch(), []
    async for event in watch.stream(pods, resource_version="5"):
        seen.append(said(event))
        watch.stop()
        await server.drained()
    assert seen == [("ADDED", "6")]


@pytest.mark.parametrize("return_type", [None, "str"])
async def test_stop_before_the_first_event_is_asked_for_sends_nothing(
    server: ScriptedServer, pods: Lister, return_type: str | None
) -> None:
    watch = Watch(return_type)
    stream = watch.stream(pods)
    watch.stop()
    assert [event async for event in stream] == []
    assert server.requests == []


async def test_a_stopped_watch_can_stream_again(server: ScriptedServer, pods: Lister) -> None:
    server.play(sends(line("ADDED", 6)), sends(line("ADDED", 8)))
    watch = Watch()
    watch.stop()
    assert await take(watch.stream(pods, resource_version="5"), 1) == [("ADDED", "6")]
    await watch.close()
    await watch.close()
    assert watch.resource_version == "6"
    assert await take(watch.stream(pods, resource_version="7"), 1) == [("ADDED", "8")]


async def test_a_new_stream_ends_the_one_before(server: ScriptedServer, pods: Lister) -> None:
    server.play(sends(), sends(line("ADDED", 8)))
    watch = Watch()
    task = await blocked(server, watch.stream(pods, resource_version="5"))
    assert await take(watch.stream(pods, resource_version="7"), 1) == [("ADDED", "8")]
    with pytest.raises(StopAsyncIteration):
        await task


async def test_break_closes_the_connection_at_once_while_the_watch_lives_on(
    server: ScriptedServer, pods: Lister
) -> None:
    server.play(sends(line("ADDED", 6) + line("ADDED", 7)), sends(line("ADDED", 7)))
    watch = Watch()
    stream = watch.stream(pods, resource_version="5")
    gc.disable()
    try:
        async for _ in stream:
            break
        await server.drained()
    finally:
        gc.enable()
    async for event in stream:
        assert said(event) == ("ADDED", "7"), "iterating again goes on"
        break
    assert server.requests[1].query["resourceVersion"] == "6"


async def test_break_closes_the_connection_also_after_failures(server: ScriptedServer, pods: Lister) -> None:
    """An error that is kept must not keep the consumer's frames, and with them the stream."""
    server.play(refuses(503), sends(line("ADDED", 6), then=Exchange.reset), sends(line("ADDED", 7)))
    server.otherwise = sends(line("ADDED", 8))
    gc.collect()
    gc.disable()
    try:
        async for event in Watch().stream(pods, resource_version="5"):
            if said(event)[1] != "6":
                break
        await server.drained()
    finally:
        gc.enable()


async def test_an_exception_in_the_body_closes_the_connection(server: ScriptedServer, pods: Lister) -> None:
    server.play(sends(line("ADDED", 6)))
    with contextlib.suppress(ZeroDivisionError):
        async for _ in Watch().stream(pods, resource_version="5"):
            raise ZeroDivisionError
    await server.drained()


@pytest.mark.parametrize("end", ["async with", "aclosing", "close"])
async def test_the_ways_to_end_a_stream_by_hand(server: ScriptedServer, pods: Lister, end: str) -> None:
    server.play(sends(line("ADDED", 6)))
    watch = Watch()
    stream = watch.stream(pods, resource_version="5")
    if end == "async with":
        async with stream as entered:
            assert entered is watch
            assert said(await anext(entered)) == ("ADDED", "6")
    elif end == "aclosing":
        async with contextlib.aclosing(stream) as closing:
            assert said(await anext(closing)) == ("ADDED", "6")
    else:
        assert said(await anext(stream)) == ("ADDED", "6")
        await watch.close()
    await server.drained()
    with pytest.raises(StopAsyncIteration):
        await anext(stream)


async def test_row_34_cancelled_at_any_point_nothing_is_left(server: ScriptedServer, pods: Lister) -> None:
    """The task is kept on purpose: what its traceback keeps must be closed all the same."""
    server.otherwise = sends(line("ADDED", 6), line("ADDED", 7), then=Exchange.reset)
    kept: list[asyncio.Task[None]] = []
    completed: list[int] = []

    async def consume(step: int) -> None:
        async for event in Watch().stream(pods, resource_version="5"):
            assert said(event)[1] in {"6", "7"}
            await asyncio.sleep(0)
            if len(server.requests) % 3 == 2 and said(event)[1] == "7":
                break
        completed.append(step)

    for step in range(400):
        task = asyncio.ensure_future(consume(step))
        kept.append(task)
        for _ in range(step):
            await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        assert task.cancelled() == (step not in completed), "a cancellation is never swallowed"
        await server.drained()
        if len(completed) >= 3:
            break
    assert completed, "the sweep went past the end"


async def test_a_cancelled_wait_can_be_taken_up_again(server: ScriptedServer, pods: Lister) -> None:
    server.play(sends(line("ADDED", 6)), sends(line("ADDED", 7)))
    iterator = aiter(Watch().stream(pods, resource_version="5"))
    assert said(await anext(iterator)) == ("ADDED", "6")
    task = asyncio.ensure_future(anext(iterator))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert said(await anext(iterator)) == ("ADDED", "7")
    assert server.requests[1].query["resourceVersion"] == "6"


async def test_a_second_reader_is_refused_and_the_first_goes_on(server: ScriptedServer, pods: Lister) -> None:
    go_on = asyncio.Event()

    async def waits(exchange: Exchange) -> None:
        await exchange.start()
        await go_on.wait()
        await exchange.chunk(line("ADDED", 6))

    server.play(waits)
    watch = Watch()
    stream = watch.stream(pods, resource_version="5")
    first = await blocked(server, stream)
    with pytest.raises(RuntimeError, match="another task is waiting"):
        await anext(stream)
    go_on.set()
    assert said(await first) == ("ADDED", "6")


async def test_iterating_before_stream_says_what_is_missing() -> None:
    with pytest.raises(RuntimeError, match=r"call stream\(\) first"):
        aiter(Watch())


async def test_a_watch_opens_no_client_and_closes_none(
    server: ScriptedServer, pods: Lister, session: aiohttp.ClientSession
) -> None:
    server.play(sends(line("ADDED", 6)))
    async with Watch() as watch:
        await take(watch.stream(pods, resource_version="5"), 1)
    assert not session.closed


# --- text --------------------------------------------------------------------------------------------------------


async def test_lines_of_a_log_come_with_their_newlines_as_they_are(server: ScriptedServer, pods: Lister) -> None:
    text = "first\n\nthird é😀\r\nlast".encode()
    server.play(sends(*(text[at : at + 3] for at in range(0, len(text), 3)), then=Exchange.end))
    stream = Watch("str").stream(pods)
    assert [text async for text in stream] == ["first\n", "\n", "third é😀\r\n", "last"]


async def test_a_log_may_have_long_lines_and_broken_text(server: ScriptedServer, pods: Lister) -> None:
    server.play(sends(*[b"x" * 65536] * 80, b"\n", b"\xff\n", then=Exchange.end))
    first, second = [text async for text in Watch("str").stream(pods)]
    assert (len(first), second) == (65536 * 80 + 1, "\ufffd\n")


async def test_stop_wakes_who_waits_for_a_line(server: ScriptedServer, pods: Lister) -> None:
    server.play(sends())
    watch = Watch("str")
    task = await blocked(server, watch.stream(pods))
    watch.stop()
    with pytest.raises(StopAsyncIteration):
        await task
    await server.drained()


async def test_a_log_is_not_resumed(server: ScriptedServer, pods: Lister) -> None:
    """What was lost cannot be asked for, and what came would come twice."""
    server.play(sends(b"first\n", then=Exchange.reset))
    iterator = aiter(Watch("str").stream(pods))
    with pytest.raises(aiohttp.ClientError):  # noqa: PT012 whether the line comes first is the network's choice
        while True:
            assert await anext(iterator) == "first\n"
    with pytest.raises(StopAsyncIteration):
        await anext(iterator)


# --- typed methods of kubernetes_asyncio -------------------------------------------------------------------------


@pytest.fixture
async def typed(server: ScriptedServer) -> AsyncIterator[ka.CoreV1Api]:
    configuration = ka.Configuration(host=server.url)
    async with ka.ApiClient(configuration) as client:
        yield ka.CoreV1Api(client)


async def test_a_typed_method_gives_models(server: ScriptedServer, typed: ka.CoreV1Api) -> None:
    server.play(sends(line("ADDED", 6) + line("BOOKMARK", 7), then=Exchange.end))
    stream = Watch().stream(
        typed.list_namespace, resource_version="5", timeout_seconds=1, allow_watch_bookmarks=True, label_selector="a=b"
    )
    added, bookmark = [event async for event in stream]
    assert isinstance(added["object"], ka.V1Namespace)
    assert added["object"].metadata.resource_version == "6"
    assert added["raw_object"]["metadata"]["resourceVersion"] == "6"
    assert type(bookmark["object"]) is dict
    assert server.requests[0].query == {
        "watch": "True",
        "resourceVersion": "5",
        "timeoutSeconds": "1",
        "allowWatchBookmarks": "True",
        "labelSelector": "a=b",
    }


async def test_a_typed_method_that_is_refused_raises_a_typed_error(server: ScriptedServer, typed: ka.CoreV1Api) -> None:
    server.play(refuses(403, "Forbidden"))
    with pytest.raises(ForbiddenError):
        await anext(Watch().stream(typed.list_namespace))


async def test_a_typed_method_resumes(server: ScriptedServer, typed: ka.CoreV1Api) -> None:
    server.play(sends(line("MODIFIED", 6), then=Exchange.end), sends(line("MODIFIED", 7)))
    stream = Watch().stream(typed.list_namespaced_pod, "web", resource_version="5")
    assert [(event["type"], event["object"].metadata.resource_version) async for event in first(stream, 2)] == [
        ("MODIFIED", "6"),
        ("MODIFIED", "7"),
    ]
    assert {request.path for request in server.requests} == {"/api/v1/namespaces/web/pods"}
    assert server.requests[1].query["resourceVersion"] == "6"


async def first(stream: Any, count: int) -> AsyncIterator[Any]:
    iterator = aiter(stream)
    for _ in range(count):
        yield await anext(iterator)


async def test_the_log_of_a_typed_method_is_followed(server: ScriptedServer, typed: ka.CoreV1Api) -> None:
    server.play(sends(b"hello\n", then=Exchange.end))
    stream = Watch().stream(typed.read_namespaced_pod_log, "a", "web", container="c")
    assert [text async for text in stream] == ["hello\n"]
    assert server.requests[0].query == {"follow": "True", "container": "c"}
