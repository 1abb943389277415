"""Connector: makes connections that end at once when they are closed.

aiohttp closes a connection gently, and forgets it in the same breath: over TLS its socket then stays open until the
other side has said farewell, over plain TCP until it has taken all that was written; asyncio allows that 30 seconds, or
for ever. No client owes a server such patience, and the socket of a stream that was closed in the middle would outlive
the client, and the event loop.

Its tests pin what of aiohttp this relies on: that `_factory` makes every connection, that `close` is how each of them
ends, and that the session's `close` gives the loop a round, in which the sockets are closed.
"""

from __future__ import annotations

import functools
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler


class _Connection(ResponseHandler):
    """A connection that ends at once when it is closed; its socket is closed in the loop's next round."""

    def close(self) -> None:
        self.abort()


class Connector(aiohttp.TCPConnector):
    """A TCPConnector that leaves no socket open when it closes, not even of a connection closed just before.

    Args:
        arguments: Those of TCPConnector.
    """

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        kind: type[ResponseHandler] = _Connection
        self._factory = functools.partial(kind, loop=self._loop)
