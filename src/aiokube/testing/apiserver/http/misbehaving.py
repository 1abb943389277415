"""Misbehaving: what a fault does to a connection; `faults` decided that it does.

An answer that is whole is cut or held back by its bytes, one that goes on by its events too.
"""

from __future__ import annotations

import asyncio

from aiohttp import web

from aiokube.testing.apiserver.faults import Fault, FaultKind

from .answer import Answer

__all__ = ["Ended", "Writer", "before", "reset", "respond"]


class Ended(Exception):
    """Raised when a fault has ended an answer."""


async def before(request: web.BaseRequest, fault: Fault | None) -> Answer | None:
    """Do what a fault does before a request is handled; return the answer if it is not to be handled.

    Raises:
        Ended: the connection is gone.
    """
    if fault is None:
        return None
    if fault.kind is FaultKind.REFUSE:
        reset(request)
        raise Ended
    if fault.kind is FaultKind.DELAY:
        await asyncio.sleep(fault.seconds)
    if fault.kind is FaultKind.ANSWER:
        media_type = fault.headers["Content-Type"]
        return Answer(fault.code, fault.body, media_type, fault.headers)
    return None


async def respond(
    request: web.BaseRequest, response: web.Response, fault: Fault, closing: asyncio.Event
) -> web.StreamResponse:
    """Send an answer as far as a fault lets it go.

    Raises:
        Ended: the connection is gone.
    """
    if fault.kind is FaultKind.LOSE_ANSWER:
        reset(request)
        raise Ended
    if fault.kind not in {FaultKind.CUT, FaultKind.STALL}:
        return response
    if fault.kind is FaultKind.STALL and fault.after_bytes is None:
        await closing.wait()
        reset(request)
        raise Ended
    body = response.body if isinstance(response.body, bytes) else b""
    partial = web.StreamResponse(status=response.status, headers=response.headers)
    partial.content_length = len(body)
    await partial.prepare(request)
    shown = len(body) // 2 if fault.after_bytes is None else fault.after_bytes
    await partial.write(body[:shown])
    if fault.kind is FaultKind.STALL:
        await closing.wait()
    reset(request)
    raise Ended


def reset(request: web.BaseRequest) -> None:
    """Break the connection."""
    if request.transport is not None:
        request.transport.abort()


class Writer:
    """Writes the lines of a watch, as far as a fault lets them go.

    Args:
        fault: None writes everything.
        closing: is set when the server closes, which ends whatever holds the connection open.
    """

    def __init__(
        self, request: web.BaseRequest, response: web.StreamResponse, fault: Fault | None, closing: asyncio.Event
    ) -> None:
        self._request = request
        self._response = response
        self._fault = fault if fault is not None and fault.kind in _IN_STREAMS else None
        self._closing = closing
        self._events = 0
        self._bytes = 0

    async def begin(self) -> None:
        """Send the head.

        Raises:
            Ended: nothing is sent at all, or nothing but the fault.
        """
        fault = self._fault
        if fault is not None and fault.kind is FaultKind.STALL and fault.after_bytes is fault.after_events is None:
            await self._closing.wait()
            reset(self._request)
            raise Ended
        await self._response.prepare(self._request)
        if fault is not None:
            await self._end_between_events(fault)

    async def write(self, lines: bytes) -> None:
        """Send lines.

        Raises:
            Ended: the fault came, and nothing more can be sent.
        """
        if self._fault is None:
            await self._response.write(lines)
            return
        for line in lines.splitlines(keepends=True):
            await self._write_line(line, self._fault)

    async def _write_line(self, line: bytes, fault: Fault) -> None:
        room = None if fault.after_bytes is None else fault.after_bytes - self._bytes
        if room is not None and room < len(line):
            await self._response.write(line[:room])
            await self._end(b"", fault)
        if room is None and self._events >= (fault.after_events or 0):
            await self._end(line, fault)
        await self._response.write(line)
        self._events += 1
        self._bytes += len(line)
        await self._end_between_events(fault)

    async def _end_between_events(self, fault: Fault) -> None:
        """End at once what does not wait for an event that it could break."""
        if fault.kind is not FaultKind.CUT and fault.after_bytes is None and self._events >= (fault.after_events or 0):
            await self._end(b"", fault)

    async def _end(self, line: bytes, fault: Fault) -> None:
        if fault.kind is FaultKind.ERROR_EVENT:
            await self._response.write(fault.body)
            await self._response.write_eof()
            raise Ended
        if fault.kind is FaultKind.STALL:
            await self._closing.wait()
        else:
            await self._response.write(line[: len(line) // 2])
        reset(self._request)
        raise Ended


_IN_STREAMS = {FaultKind.CUT, FaultKind.STALL, FaultKind.ERROR_EVENT}
