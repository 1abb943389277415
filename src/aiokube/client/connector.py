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
import ssl as ssl_module

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import SocketFactoryType


class _Connection(ResponseHandler):
    """A connection that ends at once when it is closed; its socket is closed in the loop's next round."""

    def close(self) -> None:
        self.abort()


class Connector(aiohttp.TCPConnector):
    """A TCPConnector that leaves no socket open when it closes, not even of a connection closed just before.

    Args:
        limit: how many connections there may be at once; 0 for any number.
        ssl: how TLS is done; False accepts any certificate.
        keepalive_timeout: for how many seconds a connection that is idle is kept.
        socket_factory: makes sockets; None has asyncio make them.
    """

    def __init__(
        self,
        *,
        limit: int,
        ssl: ssl_module.SSLContext | bool,
        keepalive_timeout: float = 15.0,
        socket_factory: SocketFactoryType | None = None,
    ) -> None:
        super().__init__(limit=limit, ssl=ssl, keepalive_timeout=keepalive_timeout, socket_factory=socket_factory)
        kind: type[ResponseHandler] = _Connection
        self._factory = functools.partial(kind, loop=self._loop)
