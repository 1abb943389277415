"""One HTTP request on one connection, for the few that a control plane needs about itself.

HTTP/1.0 on purpose: a server answers it without chunks and closes the connection at the end, so that reading to
the end is all there is to it. aiokube's own client is not used: it is what control planes test.
"""

import asyncio
import contextlib
import ssl
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Answer", "Endpoint", "request"]


@dataclass(frozen=True)
class Answer:
    """The status and body of a response."""

    status: int
    body: bytes


@dataclass(frozen=True)
class Endpoint:
    """Where to connect: a unix socket, or a port of 127.0.0.1 with TLS."""

    unix_socket: Path | None = None
    port: int | None = None
    tls: ssl.SSLContext | None = None

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.unix_socket is not None:
            return await asyncio.open_unix_connection(str(self.unix_socket))
        return await asyncio.open_connection("127.0.0.1", self.port, ssl=self.tls)


async def request(
    endpoint: Endpoint,
    method: str,
    path: str,
    body: bytes = b"",
    *,
    content_type: str = "application/json",
    timeout_seconds: float = 30,
) -> Answer:
    """Send one request and read the whole answer.

    Raises:
        OSError: the server cannot be reached, or went away (TimeoutError is one).
    """
    async with asyncio.timeout(timeout_seconds):
        reader, writer = await endpoint.connect()
        try:
            writer.write(_head(method, path, content_type, len(body)) + body)
            return _answer(await reader.read())
        finally:
            writer.transport.abort()
            with contextlib.suppress(OSError):  # all that was wanted of this connection has been read
                await writer.wait_closed()


def _head(method: str, path: str, content_type: str, length: int) -> bytes:
    lines = (
        f"{method} {path} HTTP/1.0",
        "Host: 127.0.0.1",
        "Accept: application/json",
        f"Content-Type: {content_type}",
        f"Content-Length: {length}",
    )
    return "\r\n".join((*lines, "", "")).encode()


def _answer(data: bytes) -> Answer:
    head, separator, body = data.partition(b"\r\n\r\n")
    if not separator:
        raise ConnectionResetError("the server closed the connection before it answered")
    return Answer(int(head.split(b" ", 2)[1]), body)
