"""Connector: whatever a connection is in the middle of, its socket is closed when `close` returns.

The other side does nothing that would help: it reads nothing any more.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

import pki
from aiokube.client.connector import Connector
from scripted import Exchange, ScriptedServer, begins_and_turns_away

AUTHORITY = pki.authority()
MORE_THAN_BUFFERS_HOLD = 32 << 20  # bytes


class Sockets(list[socket.socket]):
    """The sockets that were made, as a connector's socket_factory."""

    def __call__(self, address: Any) -> socket.socket:
        family, kind, protocol, _, _ = address
        self.append(socket.socket(family, kind, protocol))
        return self[-1]

    @property
    def open(self) -> int:
        """How many of them are open."""
        return sum(made.fileno() != -1 for made in self)


@pytest.fixture
def sockets() -> Sockets:
    return Sockets()


@pytest.fixture
async def connector(sockets: Sockets) -> Connector:
    context = ssl.create_default_context(cadata=AUTHORITY.pem.decode())
    return Connector(limit=0, ssl=context, socket_factory=sockets)


@pytest.fixture
async def session(connector: Connector) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(connector=connector) as session:
        yield session


@pytest.fixture(params=["http", "https"])
async def server(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ScriptedServer]:
    context = None if request.param == "http" else pki.server(AUTHORITY).server_context(tmp_path)
    async with ScriptedServer(context) as server:
        yield server


@pytest.fixture
def absent() -> Iterator[str]:
    """Where a server takes connections, and neither reads nor writes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


async def answers_and_turns_away(exchange: Exchange) -> None:
    await exchange.answer(200, b"{}")
    exchange.turn_away()


async def test_no_socket_of_an_answer_closed_in_the_middle_outlives_the_session(
    server: ScriptedServer, session: aiohttp.ClientSession, sockets: Sockets
) -> None:
    """Over TLS, its socket would otherwise wait for the server's farewell, and nobody would know of it."""
    server.play(*[begins_and_turns_away] * 3)
    for response in await asyncio.gather(*(session.get(server.url) for _ in range(3))):
        response.close()
    await session.close()
    assert len(sockets) == 3
    assert sockets.open == 0


async def test_an_answer_closed_in_the_middle_closes_its_socket_while_the_client_lives_on(
    server: ScriptedServer, session: aiohttp.ClientSession, sockets: Sockets
) -> None:
    """Watches that come and go do not pile up sockets."""
    server.play(begins_and_turns_away)
    (await session.get(server.url)).close()
    await asyncio.sleep(0)
    assert sockets.open == 0


async def test_the_socket_of_an_answer_in_the_middle_is_closed_with_the_session(
    server: ScriptedServer, session: aiohttp.ClientSession, sockets: Sockets
) -> None:
    server.play(begins_and_turns_away)
    response = await session.get(server.url)
    await session.close()
    assert sockets.open == 0
    response.close()


async def test_an_idle_connection_is_kept_until_the_session_closes(
    server: ScriptedServer, session: aiohttp.ClientSession, sockets: Sockets
) -> None:
    server.play(answers_and_turns_away)
    async with session.get(server.url) as response:
        await response.read()
    assert sockets.open == 1
    await session.close()
    assert sockets.open == 0


@pytest.mark.parametrize("cancelled", [True, False])
async def test_a_body_that_nobody_takes_does_not_keep_its_socket_open(
    absent: str, session: aiohttp.ClientSession, sockets: Sockets, cancelled: bool
) -> None:
    """What was written would otherwise keep the connection, and `close`, until it is taken."""
    going_out = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        going_out.set()
        yield bytes(MORE_THAN_BUFFERS_HOLD)

    request = asyncio.create_task(session.post(absent, data=body()))
    await going_out.wait()
    if cancelled:
        request.cancel()
        await asyncio.wait([request])
    await session.close()
    assert sockets.open == 0
    with pytest.raises((asyncio.CancelledError, aiohttp.ClientConnectionError)):
        await request
