"""EventStream and LineStream: what `async for` runs over.

The rules of a watch are in `_machinery.listwatch`; here is the I/O that it asks for.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Self

from aiokube._machinery.headers import retry_after
from aiokube._machinery.listwatch import GONE, Action, Cause, End, Fail, Open, PlainWatch, Read, Sleep
from aiokube._machinery.watching import ErrorEvent, LineSplitter, WatchEvent
from aiokube.client.exceptions import ApiException, api_exception
from aiokube.watch.event import Event
from aiokube.watch.opener import Opener
from aiokube.watch.wire import LOST, NOT_TRUSTED, Wire

_log = logging.getLogger("aiokube.watch")


class EventStream:
    """The events of a watch, over as many connections as it takes.

    Args:
        machine: Decides what to do. It may have been run before; the stream goes on where that one left.
        opener: Opens a connection.
        make: Makes what is handed out.
    """

    def __init__(self, machine: PlainWatch, opener: Opener, make: Callable[[WatchEvent], Event]) -> None:
        self._machine = machine
        self._opener = opener
        self._make = make
        self._wire = Wire()

    def __del__(self) -> None:
        self._machine.abandoned()  # the wire closes the connection

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        while (event := self._machine.next_event()) is None:
            await self._act()
        return self._make(event)

    async def aclose(self) -> None:
        """End the stream and close its connection."""
        self.stop()

    def stop(self) -> None:
        """End the stream: a task that waits for its next event is woken, and the iteration is over."""
        self._machine.end()
        self._wire.stop()

    async def _act(self) -> None:
        """Do the next thing that the machine asks for."""
        self._wire.claim()
        action = self._machine.next_action(_now())
        if not isinstance(action, Read):
            self._wire.close()
        try:
            await self._do(action)
        except BaseException:
            # Above all a cancelled wait: the consumer may never come back, and its task may be kept, with this frame.
            self._wire.close()
            self._machine.abandoned()
            raise

    async def _do(self, action: Action) -> None:
        match action:
            case Read():
                await self._read(action)
            case Open():
                await self._open(action)
            case Sleep():
                self._report(action)
                await self._wire.sleep(action.seconds)
            case Fail(cause):
                raise _error(cause)
            case End():
                raise StopAsyncIteration

    async def _open(self, action: Open) -> None:
        try:
            await self._wire.open(partial(self._opener.open, action), action.silence_seconds)
        except ApiException as error:
            asked = retry_after((error.headers or {}).get("Retry-After"), now=time.time())
            self._machine.refused(error.status or 0, error.status_object, _kept(error), retry_after=asked or 0.0)
        except NOT_TRUSTED:
            raise
        except LOST as error:
            self._machine.broken(_kept(error))
        else:
            self._machine.opened(_now())

    async def _read(self, action: Read) -> None:
        try:
            chunk = await self._wire.read(action.silence_seconds)
        except LOST as error:
            self._machine.broken(_kept(error))
        else:
            if chunk:
                self._machine.received(chunk)
            else:
                self._machine.ended()

    def _report(self, pause: Sleep) -> None:
        if pause.cause is not None:
            version = self._machine.resource_version
            _log.warning(
                "watch interrupted, going on at resourceVersion %r in %.1f s: %s",
                version,
                pause.seconds,
                _said(pause.cause),
            )


class LineStream:
    """The lines of a text that is followed, each with its newline; the last one may have none.

    Args:
        opener: Opens it, once: a text cannot be resumed.
        line_limit: Bytes that a line may have.
    """

    def __init__(self, opener: Opener, *, line_limit: int) -> None:
        self._opener: Opener | None = opener  # None: it was opened
        self._lines = LineSplitter(line_limit)
        self._wire = Wire()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        self._wire.claim()
        try:
            return (await self._next_line()).decode("utf-8", "replace")
        except BaseException:
            self._wire.stop()
            raise

    async def aclose(self) -> None:
        """End the stream and close its connection."""
        self.stop()

    def stop(self) -> None:
        """End the stream: a task that waits for its next line is woken, and the iteration is over."""
        self._wire.stop()

    async def _next_line(self) -> bytes:
        if self._opener is not None:
            opener, self._opener = self._opener, None
            await self._wire.open(opener.follow)
        while (line := self._lines.next_line()) is None:
            chunk = await self._wire.read()
            if not chunk:
                return self._last_line()
            self._lines.feed(chunk)
        return line + b"\n"

    def _last_line(self) -> bytes:
        line = self._lines.rest
        self._wire.stop()
        if not line:
            raise StopAsyncIteration
        return line


def _now() -> float:
    return asyncio.get_running_loop().time()


def _error(cause: Cause) -> Exception:
    """What to raise for what ended a watch."""
    if not isinstance(cause, ErrorEvent):
        return api_exception(cause) if isinstance(cause, ApiException) and type(cause) is ApiException else cause
    status = cause.status
    code = 410 if status.reason in GONE else status.code
    return api_exception(ApiException(code, body=cause.raw))


def _said(cause: Cause) -> str:
    if isinstance(cause, ErrorEvent):
        return f"{cause.status.code} {cause.status.reason}: {cause.status.message}"
    return f"{type(cause).__name__}: {cause}"


def _kept(error: Exception) -> Exception:
    """An error to keep, without the frames that it went through: these hold the consumer, and with it this stream."""
    link: BaseException | None = error
    while link is not None:
        link.__traceback__ = None
        link = link.__cause__ or link.__context__
    return error
