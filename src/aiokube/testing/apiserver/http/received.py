"""A request as it came, with what is read of it only when it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from aiohttp import HttpVersion11, web

from aiokube.testing.apiserver import errors
from aiokube.testing.apiserver.faults import Fault
from aiokube.testing.apiserver.verbs.options import Query

__all__ = ["BODY_LIMIT", "Received"]

BODY_LIMIT = 3 * 1024 * 1024
"""Bytes of a body, as kube-apiserver has it."""


class Received:
    """One request.

    Args:
        query: all values of each parameter.
        fault: what goes wrong on purpose.
        note_body: is called with the body when it is read.
    """

    def __init__(
        self,
        request: web.BaseRequest,
        query: Query,
        fault: Fault | None = None,
        note_body: Callable[[bytes], None] = lambda body: None,
    ) -> None:
        self.request = request
        self.query = query
        self.fault = fault
        self._note_body = note_body

    @property
    def method(self) -> str:
        return self.request.method

    @property
    def headers(self) -> Iterable[tuple[str, str]]:
        """All headers, those that stand twice twice."""
        return self.request.headers.items()

    def header(self, name: str) -> str:
        """Return a header, "" when it is not there."""
        return self.request.headers.get(name, "")

    @property
    def certificate(self) -> bytes | None:
        """The client's certificate, DER; None when it showed none."""
        transport = self.request.transport
        connection = transport.get_extra_info("ssl_object") if transport is not None else None
        return connection.getpeercert(binary_form=True) if connection is not None else None

    async def body(self) -> bytes:
        """Read the body.

        Raises:
            StatusError: it is too large (413).
        """
        await self._invite()
        chunks, size = [], 0
        async for chunk in self.request.content.iter_any():
            size += len(chunk)
            if size > BODY_LIMIT:
                raise errors.request_entity_too_large(f"limit is {BODY_LIMIT}")
            chunks.append(chunk)
        body = b"".join(chunks)
        self._note_body(body)
        return body

    async def _invite(self) -> None:
        """Tell a client to go on that waits with its body until it is wanted."""
        if self.header("Expect").lower() == "100-continue" and self.request.version >= HttpVersion11:
            await self.request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.request.writer.output_size = 0  # the answer has not begun
