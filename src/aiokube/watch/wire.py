"""Wire: one response at a time, read in waits that another task can end at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp

# What a lost connection, or one that was not to be had, looks like; a watch resumes after these.
LOST = (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError, OSError)
# … except after this: the server is not who it should be, and asking again would not make it so.
NOT_TRUSTED = aiohttp.ClientConnectorCertificateError

_T = TypeVar("_T")


class Wire:
    """Holds the response of a stream, and closes it whatever happens.

    No tasks: waits are those of the consumer, and `stop` ends them the way a timeout would. So nothing can be left
    behind, and a stream that is dropped, by `break` for instance, closes its connection at that moment.
    """

    __slots__ = ("_response", "_scope", "_stopped")

    def __init__(self) -> None:
        self._response: aiohttp.ClientResponse | None = None
        self._scope: asyncio.Timeout | None = None  # of the wait that is going on
        self._stopped = False

    def __del__(self) -> None:
        self.close()

    def claim(self) -> None:
        """Raise RuntimeError when another task is waiting: there can be one."""
        if self._scope is not None:
            raise RuntimeError("another task is waiting for the next item of this watch; let one task read it")

    async def open(self, call: Callable[[], Awaitable[aiohttp.ClientResponse]], seconds: float | None = None) -> None:
        """Get a response.

        Args:
            call: Gives it.
            seconds: How long to wait at most, None for ever.

        Raises:
            TimeoutError: It took longer.
            StopAsyncIteration: `stop` was called.
        """
        self.close()
        self._response = await self._wait(call, seconds)
        if self._stopped:
            self.close()

    async def read(self, seconds: float | None = None) -> bytes:
        """Return what has come of the body, b"" when it has ended. Raises as `open` does, and errors of the network."""
        if self._response is None:
            raise StopAsyncIteration
        return await self._wait(self._response.content.readany, seconds)

    async def sleep(self, seconds: float) -> None:
        """Do nothing for a while. Raises StopAsyncIteration as `open` does."""
        await self._wait(lambda: asyncio.sleep(seconds), None)

    def close(self) -> None:
        """Close the response, if there is one."""
        response, self._response = self._response, None
        if response is not None:
            response.close()

    def stop(self) -> None:
        """End the wait that is going on, and all that would follow, with StopAsyncIteration; close the response."""
        self._stopped = True
        if self._scope is None:
            self.close()
        elif not self._scope.expired():
            self._scope.reschedule(0.0)  # who waits closes the response: one that is read from must not be pulled away

    async def _wait(self, call: Callable[[], Awaitable[_T]], seconds: float | None) -> _T:
        if self._stopped:
            raise StopAsyncIteration
        scope = asyncio.timeout(seconds)
        try:
            async with scope:
                self._scope = scope
                return await call()
        except TimeoutError as error:
            if self._stopped:
                raise StopAsyncIteration from None
            if scope.expired():
                raise TimeoutError(f"nothing came for {seconds:g} s") from None
            raise error from None
        finally:
            self._scope = None
            if self._stopped:
                self.close()
