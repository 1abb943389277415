"""One request on one connection."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from aiokube.testing.http10 import Answer, Endpoint, request


class Server:
    """Answers every connection with the same bytes, after the head of a request."""

    def __init__(self, path: Path) -> None:
        self.endpoint = Endpoint(unix_socket=path)
        self.answer: bytes | None = b""
        self.head = b""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.head = await reader.readuntil(b"\r\n\r\n")
        if self.answer is None:
            await reader.read()
        else:
            writer.write(self.answer)
        writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    with tempfile.TemporaryDirectory(prefix="http10-") as folder:
        server = Server(Path(folder, "socket"))
        async with await asyncio.start_unix_server(server.serve, folder + "/socket"):
            yield server


async def test_reads_the_answer_to_its_end(server: Server) -> None:
    server.answer = b"HTTP/1.0 201 Created\r\nA: b\r\n\r\n" + b"x" * 200_000
    assert await request(server.endpoint, "POST", "/a?b=c") == Answer(201, b"x" * 200_000)
    assert server.head.startswith(b"POST /a?b=c HTTP/1.0\r\n")


async def test_a_connection_that_is_closed_before_is_an_error(server: Server) -> None:
    server.answer = b"HTTP/1.0 200"
    with pytest.raises(ConnectionResetError, match="before it answered"):
        await request(server.endpoint, "GET", "/")


async def test_a_server_that_does_not_answer_is_an_error(server: Server) -> None:
    server.answer = None
    with pytest.raises(TimeoutError):
        await request(server.endpoint, "GET", "/", timeout_seconds=0.05)
