"""The one module that opens an aiohttp session: requests go out here, answers come in.

Rules, each because aiohttp does otherwise by default:

- no redirects: they carry bodies and headers to other origins; no netrc, no cookies, no environment;
- no silent repetition: aiohttp resends PUT and DELETE on a lost connection (`_retry_connection`); what is repeated
  is said in `_machinery.retries`;
- URLs are built from quoted segments and passed as already encoded, so that nothing is normalised;
- one connector without a limit: ordinary requests are bounded by a semaphore of ours, streams are not, so that
  watches cannot starve requests;
- deadlines for connecting, for the first byte and between bytes; no total one unless the caller sets it, because it
  would end every watch.

Errors of the network pass as aiohttp raises them, except that a write without an answer is an OutcomeUnknownError.
"""

from __future__ import annotations

import asyncio
import enum
import socket
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import aiohttp
from yarl import URL

from aiokube._machinery.headers import retry_after
from aiokube._machinery.requests import Request, Timeouts
from aiokube._machinery.retries import LIMIT, wait_after_answer, wait_after_loss
from aiokube._machinery.status import TEXT_LIMIT
from aiokube.client import server_warnings
from aiokube.client.configuration import Configuration
from aiokube.client.exceptions import (
    ApiException,
    OutcomeUnknownError,
    OutcomeUnknownTimeoutError,
    api_exception,
)
from aiokube.client.proxies import proxy_for
from aiokube.client.tls import ssl_context

__all__ = ["Answer", "ApiException", "RestClient", "timeouts_from"]

_ERROR_BODY_LIMIT = 1 << 20  # bytes; a Status is a few kB, and a body that is none is cut to TEXT_LIMIT anyway
_NO_LIMIT = 1_000_000  # requests at once
_KEEPALIVE = 30.0  # seconds; a kube-apiserver closes idle connections after 90

# Nothing was sent: the connection did not come about, or its certificate is not trusted.
_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientProxyConnectionError)
_LOST = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, aiohttp.ClientPayloadError)


class _State(enum.Enum):
    NEW = "new"
    OPEN = "open"
    CLOSED = "closed"


class _Pool(NamedTuple):
    """What an open client holds; it belongs to one event loop."""

    loop: asyncio.AbstractEventLoop
    session: aiohttp.ClientSession
    slots: asyncio.Semaphore  # of ordinary requests
    base: str  # the server's URL without a slash at its end
    arguments: dict[str, Any]  # of every request: proxy, name for TLS


class Answer:
    """A whole answer with a status of 200 to 299.

    Attributes:
        status: Its HTTP status.
        reason: The phrase beside it.
        headers: Its headers, case-insensitive.
        body: Its body.
    """

    __slots__ = ("body", "headers", "reason", "status")

    def __init__(self, status: int, reason: str | None, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body

    @property
    def content_type(self) -> str:
        """The media type, lower case, without parameters."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def data(self) -> bytes:
        """The body, under the name that kubernetes_asyncio's answers have."""
        return self.body

    def getheaders(self) -> Mapping[str, str]:
        """Return the headers, as kubernetes_asyncio's answers do."""
        return self.headers

    def getheader(self, name: str, default: str | None = None) -> str | None:
        """Return one header, as kubernetes_asyncio's answers do."""
        return self.headers.get(name, default)

    def __repr__(self) -> str:
        return f"<Answer {self.status} {self.content_type or 'without type'}, {len(self.body)} bytes>"


class _Course:
    """What has happened to one request so far, and whether it goes out again."""

    __slots__ = ("last", "limit", "renewed", "repeated", "request")

    def __init__(self, request: Request, limit: int) -> None:
        self.request = request
        self.limit = limit
        self.repeated = 0
        self.renewed = False  # the credentials, after a 401
        self.last: Exception | None = None

    def wait_after_answer(self, error: ApiException, asked: str | None) -> float:
        """Return the seconds to wait before the request is sent again; raise the error if it is not."""
        seconds = retry_after(asked, now=time.time())
        wait = wait_after_answer(self.request, error.status or 0, seconds) if self.repeated < self.limit else None
        return self._repeat(wait, error)

    def wait_after_loss(self, error: Exception) -> float:
        """The same after the connection was lost."""
        wait = wait_after_loss(self.request, attempt=self.repeated) if self.repeated < self.limit else None
        if wait is None and not self.request.safe:
            raise OutcomeUnknownError(self.request.target, str(error) or type(error).__name__) from error
        return self._repeat(wait, error)

    def timed_out(self, error: TimeoutError) -> Exception:
        """Return what to raise when a deadline passed: for a write, that its outcome is not known."""
        if not self.request.safe and not isinstance(error, OutcomeUnknownTimeoutError):
            return OutcomeUnknownTimeoutError(self.request.target, str(error) or "the deadline passed")
        return error

    def _repeat(self, wait: float | None, error: Exception) -> float:
        if wait is None:
            raise error
        self.repeated += 1
        self.last = error
        return wait


class RestClient:
    """A connection pool to one server, opened at the first request, in the event loop that sends it.

    Args:
        configuration: Where the server is and who asks; it is read when the session opens, its credentials at
            every request.
    """

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._state = _State.NEW
        self._pool: _Pool | None = None
        self._opening: asyncio.Lock | None = None
        self._timeouts: dict[Timeouts | None, aiohttp.ClientTimeout] = {}

    def __repr__(self) -> str:
        return f"<RestClient {self._configuration!r} {self._state.value}>"

    async def send(self, request: Request, headers: Mapping[str, str]) -> Answer:
        """Send a request and read the whole answer.

        Args:
            request: What to send.
            headers: Headers for every request, user agent and the like; the request's own win.

        Raises:
            ApiException: The answer is not 2xx; the class fits the status.
            OutcomeUnknownError: A write was sent and no answer came.
            aiohttp.ClientError: The network failed.
            TimeoutError: A deadline passed.
        """
        course = _Course(request, self._retry_limit())
        if request.timeouts is None or request.timeouts.total is None:
            return await self._send_whole(course, headers)
        try:
            async with asyncio.timeout(request.timeouts.total):
                return await self._send_whole(course, headers)
        except TimeoutError as error:
            raise course.timed_out(error) from (course.last or error.__cause__)

    async def stream(self, request: Request, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        """Send a request and return its answer unread, once its status is known to be 2xx.

        The caller owns the response and closes or reads it. Raises as `send` does.
        """
        response = await self._exchange(_Course(request, self._retry_limit()), headers)
        self._note_warnings(request, response.headers)
        return response

    async def close(self) -> None:
        """Close every connection; requests after this are refused. Closing again does nothing."""
        self._state = _State.CLOSED
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.session.close()

    async def _send_whole(self, course: _Course, headers: Mapping[str, str]) -> Answer:
        pool = self._pool or await self._open()
        async with pool.slots:
            while True:
                response = await self._exchange(course, headers)
                try:
                    body = await response.read()
                except _LOST as error:
                    await asyncio.sleep(course.wait_after_loss(error))
                except BaseException:
                    response.close()
                    raise
                else:
                    self._note_warnings(course.request, response.headers)
                    return Answer(response.status, response.reason, response.headers, body)

    async def _exchange(self, course: _Course, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        """Send until there is a 2xx answer, by the table of `_machinery.retries`; return it unread."""
        configuration, request = self._configuration, course.request
        while True:
            authorization = await configuration.authorization()
            try:
                response = await self._send_once(request, headers, authorization)
            except _NOT_SENT:
                raise
            except _LOST as error:
                await asyncio.sleep(course.wait_after_loss(error))
                continue
            except TimeoutError as error:
                raise course.timed_out(error) from error
            if 200 <= response.status <= 299:
                return response
            refusal = await _error_of(response, request)
            if refusal.status == 401 and not course.renewed and await configuration.refresh(authorization):
                course.renewed = True
                continue
            await asyncio.sleep(course.wait_after_answer(refusal, response.headers.get("Retry-After")))

    async def _send_once(
        self, request: Request, headers: Mapping[str, str], authorization: str | None
    ) -> aiohttp.ClientResponse:
        pool = self._pool
        if pool is None or pool.loop is not asyncio.get_running_loop():
            pool = await self._open()
        merged = dict(headers)
        if request.headers:
            own = {name.lower() for name, _ in request.headers}
            merged = {name: value for name, value in headers.items() if name.lower() not in own}
            merged.update(request.headers)
        if authorization is not None and "Authorization" not in merged:
            merged["Authorization"] = authorization
        response = await pool.session.request(
            request.method,
            URL(pool.base + request.url, encoded=True),
            data=request.body,
            headers=merged,
            allow_redirects=False,
            timeout=self._timeout(request.timeouts),
            **pool.arguments,
        )
        if (idle := self._idle(request)) is not None and response.connection is not None:
            protocol = response.connection.protocol
            if protocol is not None and protocol.read_timeout != idle:
                protocol.read_timeout = idle
        return response

    def _note_warnings(self, request: Request, headers: Any) -> None:
        if "Warning" in headers and request.surface_warnings:
            server_warnings.surface(headers.getall("Warning"), self._configuration.warnings_handler)

    def _retry_limit(self) -> int:
        retries = self._configuration.retries
        return retries if isinstance(retries, int) and not isinstance(retries, bool) else LIMIT

    async def _open(self) -> _Pool:
        """Open the pool, once, however many first requests come together."""
        loop = asyncio.get_running_loop()
        if self._opening is None:
            self._opening = asyncio.Lock()
        async with self._opening:
            if self._state is _State.CLOSED:
                raise RuntimeError("this client is closed; make a new one")
            if self._pool is None:
                self._pool = await _open_pool(self._configuration)
                self._state = _State.OPEN
            if self._pool.loop is not loop:
                raise RuntimeError("this client was opened in another event loop; use one client for each loop")
            return self._pool

    def _timeout(self, timeouts: Timeouts | None) -> aiohttp.ClientTimeout:
        cached = self._timeouts.get(timeouts)
        if cached is None:
            if len(self._timeouts) > 64:  # watches ask for many different ones
                self._timeouts.clear()
            cached = self._timeouts[timeouts] = self._client_timeout(timeouts or Timeouts())
        return cached

    def _client_timeout(self, timeouts: Timeouts) -> aiohttp.ClientTimeout:
        configuration = self._configuration
        connect = timeouts.connect if timeouts.connect is not None else configuration.connect_timeout
        first_byte = timeouts.first_byte if timeouts.first_byte is not None else configuration.first_byte_timeout
        return aiohttp.ClientTimeout(total=None, sock_connect=connect, sock_read=first_byte)

    def _idle(self, request: Request) -> float | None:
        if request.timeouts is not None and request.timeouts.idle is not None:
            return request.timeouts.idle
        return None if request.stream else self._configuration.idle_timeout


async def _open_pool(configuration: Configuration) -> _Pool:
    base = _base_url(configuration.host)
    context = await ssl_context(configuration) if base.startswith("https:") else True
    arguments: dict[str, Any] = {}
    if (proxy := proxy_for(configuration)) is not None:
        arguments |= {"proxy": proxy, "proxy_headers": configuration.proxy_headers}
    if configuration.tls_server_name:
        arguments["server_hostname"] = configuration.tls_server_name
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit=0,
            ssl=context,
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
    return _Pool(asyncio.get_running_loop(), session, slots, base, arguments)


async def _error_of(response: aiohttp.ClientResponse, request: Request) -> ApiException:
    """Read the answer's body as far as an error needs it, and return the error of the class that fits."""
    try:
        body = await _read_at_most(response, _ERROR_BODY_LIMIT)
    except (aiohttp.ClientError, TimeoutError) as error:
        body = f"the answer's body was cut: {error}".encode()
    if response.content_type != "application/json":
        body = body[:TEXT_LIMIT]
    return api_exception(
        ApiException(response.status, response.reason, body=body, headers=response.headers, target=request.target)
    )


async def _read_at_most(response: aiohttp.ClientResponse, limit: int) -> bytes:
    parts = bytearray()
    try:
        while len(parts) < limit and (part := await response.content.read(limit - len(parts))):
            parts += part
    finally:
        if response.content.at_eof():
            response.release()
        else:
            response.close()  # what was not read would block the connection
    return bytes(parts)


def timeouts_from(value: Any) -> Timeouts | None:
    """Return what a `_request_timeout` means.

    Args:
        value: Seconds for everything, a pair (connect, read), an aiohttp.ClientTimeout, Timeouts, or None for the
            configuration's.

    Raises:
        TypeError: It is none of these.
    """
    if value is None or isinstance(value, Timeouts):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Timeouts(total=float(value)) if value else None
    if isinstance(value, tuple | list) and len(value) == 2:
        connect, read = value
        return Timeouts(connect=connect, first_byte=read, idle=read)
    if isinstance(value, aiohttp.ClientTimeout):
        connect = value.sock_connect if value.sock_connect is not None else value.connect
        return Timeouts(total=value.total, connect=connect, first_byte=value.sock_read, idle=value.sock_read)
    raise TypeError(
        f"_request_timeout is seconds, a pair (connect, read) or an aiohttp.ClientTimeout, not {type(value).__name__}"
    )


def _base_url(host: str) -> str:
    base = host.rstrip("/")
    if not base.startswith(("http://", "https://")):
        raise ValueError(f"host {base!r} of the configuration has no scheme; write https://… or http://…")
    return base


def _socket_factory(options: Any) -> Any:
    """Return what makes sockets with the options of a configuration; None without any."""
    if not options:
        return None

    def make(address: Any) -> socket.socket:
        family, kind, protocol, _, _ = address
        made = socket.socket(family, kind, protocol)
        for level, name, value in options:
            made.setsockopt(level, name, value)
        return made

    return make
