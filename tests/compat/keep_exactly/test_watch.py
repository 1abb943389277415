"""Watch: what its events are, and when it ends."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from aiokube import watch
from aiokube._machinery.listwatch import Pace
from aiokube.dynamic import ResourceInstance
from aiokube.testing import KubeServer
from compat.keep_exactly.recorder import Recorder, configuration_of
from compat.packages import Package, connected
from scripted import Exchange

ADDED = {"type": "ADDED", "object": {"kind": "ConfigMap", "metadata": {"name": "one", "resourceVersion": "5"}}}
BOOKMARK = {"type": "BOOKMARK", "object": {"kind": "ConfigMap", "metadata": {"resourceVersion": "7"}}}


async def events_then_silence(exchange: Exchange) -> None:
    """Send an event and a bookmark, and keep the connection open."""
    await exchange.start()
    for event in (BOOKMARK, ADDED):
        await exchange.chunk(json.dumps(event).encode() + b"\n")


@pytest.fixture
async def config_maps(package: Package, kube_server: KubeServer) -> AsyncIterator[Any]:
    """The config maps of the cluster, for each package, one after the other."""
    async with connected(configuration_of(package, kube_server), package) as client:
        yield await client.resources.get(api_version="v1", kind="ConfigMap")


async def test_an_event_is_a_dict(config_maps: Any, package: Package, namespace: str) -> None:
    created = await config_maps.create({"metadata": {"name": "one"}}, namespace)
    watcher = package.watch.Watch()
    events = []
    async for event in config_maps.watch(namespace=namespace, name="one", timeout=30, watcher=watcher):
        events.append(event)
        watcher.stop()
        break
    await watcher.close()
    (event,) = events
    assert isinstance(event, dict)
    assert (event["type"], sorted(event)) == ("ADDED", ["object", "raw_object", "type"])
    assert isinstance(event["raw_object"], dict)
    assert type(event["object"]).__name__ == "ResourceInstance"
    assert event["object"].metadata.uid == created.metadata.uid
    assert json.loads(json.dumps(event["raw_object"])) == event["object"].to_dict()


async def test_a_watch_ends_on_its_timeout(config_maps: Any, package: Package, namespace: str) -> None:
    await config_maps.create({"metadata": {"name": "one"}}, namespace)
    watcher = package.watch.Watch()
    stream = config_maps.watch(namespace=namespace, name="one", timeout=1, watcher=watcher)
    assert [event["type"] async for event in stream] == ["ADDED"]
    await watcher.close()


async def test_stream_goes_around_a_verb(config_maps: Any, package: Package, namespace: str) -> None:
    """`Watch.stream`: objects are plain dicts, and the version goes along."""
    start = (await config_maps.get(namespace=namespace)).metadata.resourceVersion
    created = await config_maps.create({"metadata": {"name": "one"}}, namespace)
    async with package.watch.Watch() as watcher:
        selected = {"namespace": namespace, "field_selector": "metadata.name=one", "resource_version": start}
        async for event in watcher.stream(config_maps.get, serialize=False, timeout_seconds=30, **selected):
            assert event["object"]["metadata"]["name"] == "one"
            break
        assert watcher.resource_version == created.metadata.resourceVersion
        watcher.stop()


async def test_an_event_is_copied_as_a_plain_dict(wire: Recorder) -> None:
    wire.server.play(events_then_silence)
    watcher = watch.Watch()
    event = await anext(wire.config_maps.watch(namespace="web", watcher=watcher))
    watcher.stop()
    assert set(dict(event)) == {"type", "object", "raw_object"}
    assert json.loads(json.dumps(event["raw_object"])) == ADDED["object"]
    assert event["object"] == ResourceInstance(None, ADDED["object"])  # type: ignore[arg-type]
    assert event["object"].client is wire.config_maps


@pytest.mark.parametrize("asked", [True, False, None])
async def test_bookmarks_come_only_when_asked_for(wire: Recorder, asked: bool | None) -> None:
    wire.server.play(events_then_silence)
    async with watch.Watch() as watcher:
        keywords = {} if asked is None else {"allow_watch_bookmarks": asked}
        first = await anext(watcher.stream(wire.config_maps.get, namespace="web", **keywords))
    assert first["type"] == ("BOOKMARK" if asked else "ADDED")


@pytest.mark.parametrize("namespace", ["", None])
async def test_an_empty_namespace_means_all(wire: Recorder, namespace: str | None) -> None:
    wire.server.play(events_then_silence)
    async with watch.Watch() as watcher:
        await anext(wire.config_maps.watch(namespace=namespace, watcher=watcher))
    assert wire.server.requests[0].path == "/api/v1/configmaps"


async def test_lines_of_text_are_streamed(both: Recorder, package: Package) -> None:
    """`Watch("str")` around a text that the server sends as it comes."""

    async def two_lines(exchange: Exchange) -> None:
        await exchange.start(200, {"Content-Type": "text/plain"})
        await exchange.chunk(b"first\nsec")
        await exchange.chunk(b"ond\n")
        await exchange.end()

    both.server.play(two_lines)
    async with package.watch.Watch("str") as watcher:
        stream = watcher.stream(both.config_maps.get, name="one", namespace="web", follow=True, serialize=False)
        assert [line async for line in stream] == ["first\n", "second\n"]


async def test_what_a_watch_sets_itself_may_be_given(both: Recorder, package: Package) -> None:
    both.server.play(events_then_silence)
    async with package.watch.Watch() as watcher:
        stream = watcher.stream(both.config_maps.get, watch=True, _preload_content=False, serialize=False)
        assert (await anext(stream))["object"]["metadata"]["resourceVersion"] in ("5", "7")


async def test_a_watch_without_a_timeout_goes_on(wire: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server ends a watch now and then; the next one begins where it was."""
    monkeypatch.setattr(watch.Watch, "_pace", Pace(restart=0, very_short=0))

    async def one_event(exchange: Exchange) -> None:
        await exchange.start()
        await exchange.chunk(json.dumps(ADDED).encode() + b"\n")
        await exchange.end()

    async def another_event(exchange: Exchange) -> None:
        await exchange.start()
        changed = {"kind": "ConfigMap", "metadata": {"name": "one", "resourceVersion": "6"}}
        await exchange.chunk(json.dumps({"type": "MODIFIED", "object": changed}).encode() + b"\n")

    wire.server.play(one_event, another_event)
    async with watch.Watch() as watcher:
        stream = wire.config_maps.watch(namespace="web", resource_version=4, watcher=watcher)
        events = [await anext(stream), await anext(stream)]
    assert [event["type"] for event in events] == ["ADDED", "MODIFIED"]
    assert [request.query["resourceVersion"] for request in wire.server.requests] == ["4", "5"]
    assert watcher.resource_version == "6"
