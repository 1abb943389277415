"""ScriptedServer: an HTTP server that answers byte by byte as a test says.

It is for faults that a real server cannot be made to have.

    async with ScriptedServer() as server:
        async def cut(exchange: Exchange) -> None:
            await exchange.start(200)
            await exchange.chunk(b'{"type":')
            exchange.reset()

        server.play(cut, other)          # the first request is answered by `cut`, the second by `other`
        ...
        assert server.requests[1].query["resourceVersion"] == "5"

A script goes on when the test lets it (`asyncio.Event`), never after a time. When it returns without having ended
the answer, the connection stays as it is: open and silent.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple, Self, TypeAlias
from urllib.parse import parse_qsl, urlsplit


class ScriptedRequest(NamedTuple):
    """A request as it arrived. `target` is what stood on the request line; header names are lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The path, quoted as it came."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The query, decoded; of a name that comes twice the last value."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


class Exchange:
    """One request, and the means to answer it."""

    def __init__(self, request: ScriptedRequest, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.request = request
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._writer.write(data)
        await self._writer.drain()

    async def start(self, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """Send the head of an answer whose body comes in chunks."""
        lines = [f"HTTP/1.1 {status} Scripted", "Transfer-Encoding: chunked"]
        fields = {"Content-Type": "application/json", **(headers or {})}
        lines += [f"{name}: {value}" for name, value in fields.items()]
        await self.send("\r\n".join((*lines, "\r\n")).encode())

    async def chunk(self, data: bytes) -> None:
        """Send a piece of the body."""
        await self.send(b"%x\r\n%b\r\n" % (len(data), data))

    async def end(self) -> None:
        """End a body that came in chunks."""
        await self.send(b"0\r\n\r\n")

    async def answer(self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        """Send a whole answer."""
        fields = {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})}
        lines = [f"HTTP/1.1 {status} Scripted", *(f"{name}: {value}" for name, value in fields.items())]
        await self.send("\r\n".join((*lines, "\r\n")).encode() + body)

    def close(self) -> None:
        """End the connection in good order (FIN)."""
        self._writer.close()

    def reset(self) -> None:
        """Tear the connection down (RST)."""
        connection = self._writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    def turn_away(self) -> None:
        """Read nothing any more: not even that the connection ends is noticed."""
        self._writer.transport.pause_reading()  # type: ignore[attr-defined]  # a writer's transport is a whole one

    async def gone(self) -> None:
        """Wait until the client has closed the connection; what it may still send is lost."""
        with contextlib.suppress(ConnectionError):
            while await self._reader.read(65536):
                pass


Script: TypeAlias = Callable[[Exchange], Awaitable[None]]


async def begins_and_turns_away(exchange: Exchange) -> None:
    """Begin an answer; from then on read nothing, not even that the connection ends."""
    await exchange.start()
    await exchange.chunk(b"{}")
    exchange.turn_away()


class ScriptedServer:
    """Listens on loopback and answers the n-th request by the n-th script.

    Args:
        tls: What it serves https with, None to serve http.

    Attributes:
        requests: What arrived, in order.
        otherwise: Answers what there is no script for; None makes that a failure of the test.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.requests: list[ScriptedRequest] = []
        self.otherwise: Script | None = None
        self._scripts: deque[Script] = deque()
        self._arrival = asyncio.Condition()
        self._connections: set[asyncio.Task[None]] = set()
        self._failures: list[BaseException] = []

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"{'http' if self._tls is None else 'https'}://{host}:{port}"

    @property
    def open_connections(self) -> int:
        """How many connections clients hold."""
        return len(self._connections)

    def play(self, *scripts: Script) -> None:
        """Add scripts for the requests to come."""
        self._scripts.extend(scripts)

    async def arrived(self, count: int) -> None:
        """Wait until so many requests have arrived, from the beginning."""
        async with self._arrival:
            await self._arrival.wait_for(lambda: len(self.requests) >= count)

    async def drained(self) -> None:
        """Wait until clients have closed all connections."""
        while self._connections:
            await asyncio.wait(self._connections)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._tls)
        return self

    async def __aexit__(self, exc_type: type[BaseException] | None, *exc_info: object) -> None:
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()
        if self._failures and exc_type is None:
            raise self._failures[0]

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await _read_request(reader)) is not None:
                async with self._arrival:
                    self.requests.append(request)
                    self._arrival.notify_all()
                await self._next_script(request)(Exchange(request, reader, writer))
        except ConnectionError:
            pass  # the client left, or the script tore the connection down
        except Exception as error:  # noqa: BLE001 raised again where the test sees it
            self._failures.append(error)
        finally:
            writer.transport.abort()  # over TLS, closing would wait for what a client does

    def _next_script(self, request: ScriptedRequest) -> Script:
        if self._scripts:
            return self._scripts.popleft()
        if self.otherwise is not None:
            return self.otherwise
        unexpected = f"no script for request {len(self.requests)}: {request.method} {request.target}"
        self._failures.append(AssertionError(unexpected))
        return lambda exchange: exchange.answer(418, unexpected.encode())  # no client asks a teapot again


async def _read_request(reader: asyncio.StreamReader) -> ScriptedRequest | None:
    """Return the next request of a connection, None when the client has closed it."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    request_line, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = request_line.split(" ", 2)
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
    }
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return ScriptedRequest(method, target, headers, body)
