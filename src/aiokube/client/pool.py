"""Pool: an open session with one server. The one module that makes one, with what aiohttp would do otherwise:

- no netrc, no cookies, no environment;
- no silent repetition: aiohttp resends PUT and DELETE on a lost connection (`_retry_connection`);
- one connector without a limit: ordinary requests are bounded by a semaphore of ours, streams are not, so that
  watches cannot starve requests;
- connections end at once when they are closed (see `connector`);
- TCP looks after connections that are silent by right.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import Any, NamedTuple

import aiohttp

from aiokube.client.configuration import Configuration
from aiokube.client.connector import Connector
from aiokube.client.proxies import proxy_for
from aiokube.client.secret import Secret

_NO_LIMIT = 1_000_000  # requests at once
_KEEPALIVE = 30.0  # seconds; a kube-apiserver closes idle connections after 90

# A connection whose peer has vanished ends within 90 seconds, whoever waits on it. Each system has some of these.
_TCP_KEEPALIVE = (("TCP_KEEPIDLE", 30), ("TCP_KEEPALIVE", 30), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4))


class Pool(NamedTuple):
    """What an open client holds; it belongs to one event loop."""

    loop: asyncio.AbstractEventLoop
    session: aiohttp.ClientSession
    slots: asyncio.Semaphore  # of ordinary requests
    base: str  # the server's URL without a slash at its end
    headers: dict[str, Secret]  # for a proxy that reads the requests themselves
    arguments: dict[str, Any]  # of every request: proxy, name for TLS


def open_pool(configuration: Configuration, base: str, tls: ssl.SSLContext | bool) -> Pool:
    headers: dict[str, Secret] = {}
    arguments: dict[str, Any] = {}
    if (proxy := proxy_for(configuration)) is not None:
        arguments["proxy"] = proxy.url
        proxy_headers = {name: Secret(value) for name, value in proxy.headers.items()}
        if base.startswith("https:"):
            arguments["proxy_headers"] = proxy_headers
        else:  # there is no tunnel: the proxy reads each request
            headers = proxy_headers
    if configuration.tls_server_name:
        arguments["server_hostname"] = configuration.tls_server_name
    session = aiohttp.ClientSession(
        connector=Connector(
            limit=0,
            ssl=tls,
            keepalive_timeout=_KEEPALIVE,
            socket_factory=_socket_factory(configuration.socket_options),
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        skip_auto_headers=[] if configuration.compression else ["Accept-Encoding"],
    )
    # RFC 9110 lets a client repeat PUT and DELETE; a Kubernetes server may have carried them out, and the second
    # one then fails or removes something else. aiohttp has no public switch; a test pins that this one works.
    session._retry_connection = False
    slots = asyncio.Semaphore(configuration.connection_pool_maxsize or _NO_LIMIT)
    return Pool(asyncio.get_running_loop(), session, slots, base, headers, arguments)


def base_url(host: str) -> str:
    """Return a configuration's host without a slash at its end.

    Raises:
        ValueError: It has no scheme.
    """
    base = host.rstrip("/")
    if not base.startswith(("http://", "https://")):
        shown = base.rpartition("@")[2]  # without a password that may stand there
        raise ValueError(f"host {shown!r} of the configuration has no scheme; write https://… or http://…")
    return base


def _socket_factory(options: Any) -> Callable[[Any], socket.socket]:
    """Return what makes sockets, with the options of a configuration if it has some."""
    keepalive = [(socket.IPPROTO_TCP, getattr(socket, name, None), value) for name, value in _TCP_KEEPALIVE]
    wanted = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1), *keepalive, *(options or ())]

    def make(address: Any) -> socket.socket:
        family, kind, protocol, _, _ = address
        made = socket.socket(family, kind, protocol)
        try:
            for level, name, value in wanted:
                if name is not None:
                    made.setsockopt(level, name, value)
        except BaseException:
            made.close()
            raise
        return made

    return make
