"""`Warning:` headers reach the caller: as Python warnings at the line that asked, and by a callback."""

from __future__ import annotations

import asyncio
import json
import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from aiokube._machinery.requests import Request, build
from aiokube.client import ApiClient, Configuration
from aiokube.client.exceptions import UnprocessibleEntityError
from aiokube.client.rest import RestClient
from aiokube.client.server_warnings import ServerWarning, surface
from aiokube.testing import KubeServer
from scripted import Exchange, Script, ScriptedServer

READ = build("GET", "/version")
DEPRECATED = '299 - "v1 Binding is deprecated"'


def warns(*values: str, status: int = 200) -> Script:
    async def play(exchange: Exchange) -> None:
        lines = [f"HTTP/1.1 {status} Scripted", "Content-Type: application/json", "Content-Length: 2"]
        lines += [f"Warning: {value}" for value in values]
        await exchange.send("\r\n".join((*lines, "\r\n")).encode() + b"{}")

    return play


@pytest.fixture
def heard(configuration: Configuration) -> Iterator[list[ServerWarning]]:
    """What the handler is called with; Python's warnings are let through, and not checked."""
    heard: list[ServerWarning] = []
    configuration.warnings_handler = heard.append
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ServerWarning)
        yield heard


async def test_a_warning_is_one_of_python_at_the_callers_line(server: ScriptedServer, client: RestClient) -> None:
    server.play(warns('299 kube-apiserver "v1 Binding is deprecated"'))
    with pytest.warns(ServerWarning, match="v1 Binding is deprecated") as caught:
        await client.send(READ, {})
    (warning,) = caught
    assert Path(warning.filename) == Path(__file__)
    assert isinstance(warning.message, ServerWarning)
    assert isinstance(warning.message, UserWarning), "shown by default"
    assert (warning.message.code, warning.message.agent) == (299, "kube-apiserver")
    assert warning.message.text == str(warning.message) == "v1 Binding is deprecated"


async def test_the_callers_line_is_found_below_any_method(server: ScriptedServer) -> None:
    server.otherwise = warns(DEPRECATED)
    async with ApiClient(Configuration(host=server.url)) as api:
        for call in (partial(api.call_api, "/version", "GET"), partial(api.request, "GET", f"{server.url}/version")):
            with pytest.warns(ServerWarning) as caught:
                await call()
            assert Path(caught[0].filename) == Path(__file__)


async def test_a_handler_hears_each_warning_of_an_answer_once(
    server: ScriptedServer, client: RestClient, heard: list[ServerWarning]
) -> None:
    server.play(
        warns(
            '299 - "one"',
            '299 - "two", 299 - "one"',
            '299 - "quoted \\"three\\""',
            '299 other "one"',
            'garbage "four"',
            '299 - "five" "Sat, 25 Aug 2012 23:34:45 GMT"',
        ),
        warns('299 - "one"'),
    )
    await client.send(READ, {})
    assert [(warning.agent, warning.text) for warning in heard] == [
        ("-", "one"),
        ("-", "two"),
        ("-", 'quoted "three"'),
        ("other", "one"),
        ("-", "five"),
    ]
    await client.send(READ, {})
    assert heard[-1].text == "one", "another answer may say it again"
    assert len(heard) == 6


async def test_a_refusal_warns_too(
    server: ScriptedServer, client: RestClient, heard: list[ServerWarning], waits: list[float]
) -> None:
    """The one that stands, not those that were repeated."""

    async def busy(exchange: Exchange) -> None:
        await exchange.answer(429, b"{}", {"Retry-After": "0", "Warning": '299 - "busy"'})

    server.play(busy, warns(DEPRECATED, status=422))
    with pytest.raises(UnprocessibleEntityError):
        await client.send(READ, {})
    assert [warning.text for warning in heard] == ["v1 Binding is deprecated"]


async def test_a_warning_that_is_an_error_keeps_the_refusal(server: ScriptedServer, client: RestClient) -> None:
    server.play(warns(DEPRECATED, status=422))
    with pytest.raises(ServerWarning) as caught:
        await client.send(READ, {})
    assert isinstance(caught.value.__context__, UnprocessibleEntityError)


async def test_a_stream_warns_when_it_begins(
    server: ScriptedServer, client: RestClient, heard: list[ServerWarning]
) -> None:
    server.play(warns(DEPRECATED))
    async with await client.stream(build("GET", "/a", stream=True), {}):
        assert len(heard) == 1


async def test_a_stream_whose_warning_is_an_error_is_closed(server: ScriptedServer, client: RestClient) -> None:
    async def warns_and_waits(exchange: Exchange) -> None:
        await exchange.start(200, {"Warning": DEPRECATED})

    server.play(warns_and_waits)
    with pytest.raises(ServerWarning):
        await client.stream(build("GET", "/a", stream=True), {})
    async with asyncio.timeout(60):
        await server.drained()


async def test_whoever_reads_the_headers_itself_is_not_warned(
    server: ScriptedServer, client: RestClient, heard: list[ServerWarning]
) -> None:
    server.play(warns(DEPRECATED))
    answer = await client.send(Request(method="GET", path="/a", surface_warnings=False), {})
    assert answer.headers["Warning"] == DEPRECATED
    assert not heard


def test_nothing_to_say_is_nothing_said() -> None:
    surface([], None)
    surface(["", "nonsense", '29 - "x"'], None)


async def test_the_real_server_warns_of_unknown_fields(kube_server: KubeServer, namespace: str) -> None:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "dta": {}}
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    async with ApiClient(kube_server.configuration) as api:
        with pytest.warns(ServerWarning, match='unknown field "dta"'):
            answer = await api.send(build("POST", path, body=body, headers={"Content-Type": "application/json"}))
    assert json.loads(answer.body)["metadata"]["name"] == "a"
