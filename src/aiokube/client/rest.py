"""The one module that opens an aiohttp session: requests go out here, answers come in.

Rules, each because aiohttp does otherwise by default:

- no redirects: they carry bodies and headers to other origins; no netrc, no cookies, no environment;
- no silent repetition: aiohttp resends PUT and DELETE on a lost connection (`_retry_connection`); what is repeated
  is said in `_machinery.retries`;
- URLs are built from quoted segments and passed as already encoded, so that nothing is normalised;
- one connector without a limit: ordinary requests are bounded by a semaphore of ours, streams are not, so that
  watches cannot starve requests;
- deadlines for connecting (the proxy's part included), for the first byte and between bytes; no total one unless the
  caller sets it, because it would end every watch; and TCP looks after connections that are silent by right;
- credentials are texts whose repr is redacted, because aiohttp's errors and every frame's locals hold headers.

Errors of the network pass as aiohttp raises them, except that a write without an answer is an OutcomeUnknownError,
and that those which hold the request's headers come without them.
"""

from __future__ import annotations

import asyncio
import enum
import io
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import aiohttp
from multidict import CIMultiDict, CIMultiDictProxy
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
from aiokube.client.plaintext import is_exposed, warn_of_plaintext
from aiokube.client.proxies import proxy_for
from aiokube.client.tls import ssl_context

__all__ = ["Answer", "ApiException", "RestClient", "timeouts_from"]

_ERROR_BODY_LIMIT = 1 << 20  # bytes; a Status is a few kB, and a body that is none is cut to TEXT_LIMIT anyway
_LARGE_BODY = 1 << 20  # bytes; aiohttp warns about larger ones that are not files
_NO_LIMIT = 1_000_000  # requests at once
_KEEPALIVE = 30.0  # seconds; a kube-apiserver closes idle connections after 90

# A connection whose peer has vanished ends within 90 seconds, whoever waits on it. Each system has some of these.
_TCP_KEEPALIVE = (("TCP_KEEPIDLE", 30), ("TCP_KEEPALIVE", 30), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4))

# Nothing was sent: the connection did not come about, its certificate is not trusted, the proxy refused.
_NOT_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)
_LOST = (
    aiohttp.ClientConnectionResetError,
    aiohttp.ClientOSError,
    aiohttp.ClientPayloadError,
    aiohttp.ServerDisconnectedError,
)


class _State(enum.Enum):
    NEW = "new"
    OPEN = "open"
    CLOSED = "closed"


class _Secret(str):
    """The value of a header that is sent and never shown."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<redacted>"


class _Pool(NamedTuple):
    """What an open client holds; it belongs to one event loop."""

    loop: asyncio.AbstractEventLoop
    session: aiohttp.ClientSession
    slots: asyncio.Semaphore  # of ordinary requests
    base: str  # the server's URL without a slash at its end
    headers: dict[str, _Secret]  # for a proxy that reads the requests themselves
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

    __slots__ = (
        "asked",
        "authorization",
        "deadline",
        "last",
        "limit",
        "renewed",
        "repeated",
        "request",
        "total",
        "underway",
    )

    def __init__(self, request: Request, limit: int) -> None:
        self.request = request
        self.limit = limit
        self.total = None if request.timeouts is None else request.timeouts.total
        self.deadline = None if self.total is None else asyncio.get_running_loop().time() + self.total
        self.asked = False  # the configuration for credentials: the request brings none itself
        self.authorization: _Secret | None = None  # what it gave last
        self.underway = False  # it may have been sent, and its answer is not complete
        self.repeated = 0
        self.renewed = False  # the credentials, after a 401
        self.last: Exception | None = None

    def wait_after_answer(self, error: ApiException, asked: str | None) -> float:
        """Return the seconds to wait before the request is sent again; raise the error if it is not."""
        seconds = retry_after(asked, now=time.time())
        wait = wait_after_answer(self.request, error.status or 0, seconds) if self.repeated < self.limit else None
        if wait is None:
            raise error
        return self._repeat(wait, error)

    def wait_after_failure(self, error: aiohttp.ClientError | TimeoutError) -> float:
        """The same when no answer came, or not all of it; a write is never sent again then."""
        sent = not isinstance(error, _NOT_SENT)
        if sent and not self.request.safe:
            unknown = OutcomeUnknownTimeoutError if isinstance(error, TimeoutError) else OutcomeUnknownError
            raise unknown(self.request.target, str(error) or type(error).__name__) from error
        lost = sent and isinstance(error, _LOST)
        wait = wait_after_loss(self.request, attempt=self.repeated) if lost and self.repeated < self.limit else None
        if wait is not None:
            return self._repeat(wait, error)
        if self.last is not None:
            raise error from self.last
        raise error

    def past_deadline(self) -> TimeoutError:
        """Return what to raise when the caller's deadline passed."""
        why = f"the deadline of {self.total or 0:g} s passed"
        if self.underway and not self.request.safe:
            return OutcomeUnknownTimeoutError(self.request.target, why)
        return TimeoutError(f"no answer to {self.request.target or 'the request'}: {why}")

    def _repeat(self, wait: float, error: Exception) -> float:
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
        self._exposed = False  # credentials would go out readable, and nobody was told so far

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
        async with _deadline(course), (await self._opened()).slots:
            return await self._send_whole(course, headers)

    async def stream(self, request: Request, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        """Send a request and return its answer unread, once its status is known to be 2xx.

        The caller owns the response and closes or reads it. Raises as `send` does.
        """
        course = _Course(request, self._retry_limit())
        async with _deadline(course):
            response = await self._exchange(course, headers)
        try:
            self._note_warnings(request, response.headers)
        except BaseException:  # a warning that was made an error
            response.close()
            raise
        return response

    async def close(self) -> None:
        """Close every connection; requests after this are refused. Closing again does nothing."""
        await self._end(_State.CLOSED)

    async def disconnect(self) -> None:
        """Close every connection; the next request opens another one, unless the client is closed."""
        if self._state is _State.OPEN:
            await self._end(_State.NEW)

    def abandon(self) -> None:
        """Let go of every connection without waiting and without a warning, when nobody is left who could close."""
        pool, self._pool, self._state = self._pool, None, _State.CLOSED
        if pool is not None and (connector := pool.session.connector) is not None:
            pool.session.detach()
            connector._close()  # what the public one does, less the wait for it; a test pins that there is one

    async def _end(self, state: _State) -> None:
        pool, self._pool, self._state = self._pool, None, state
        if pool is not None:
            await pool.session.close()

    async def _send_whole(self, course: _Course, headers: Mapping[str, str]) -> Answer:
        while True:
            response = await self._exchange(course, headers)
            try:
                body = await response.read()  # closes the response when it fails
            except (aiohttp.ClientError, TimeoutError) as error:
                wait = course.wait_after_failure(error)
            else:
                course.underway = False
                self._note_warnings(course.request, response.headers)
                return Answer(response.status, response.reason, response.headers, body)
            await asyncio.sleep(wait)

    async def _exchange(self, course: _Course, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        """Send until there is a 2xx answer, by the table of `_machinery.retries`; return it unread."""
        while True:
            try:
                response = await self._send_once(course, headers)
            except (aiohttp.ClientError, TimeoutError) as error:
                wait = course.wait_after_failure(error)
            else:
                if 200 <= response.status <= 299:
                    return response
                wait = await self._wait_after_refusal(course, response)
            await asyncio.sleep(wait)

    async def _wait_after_refusal(self, course: _Course, response: aiohttp.ClientResponse) -> float:
        """Return the seconds to wait before the request is sent again; raise the error that the answer is if not."""
        refusal = await _error_of(response, course.request)
        course.underway = False
        if refusal.status == 401 and course.asked and not course.renewed:
            course.renewed = await self._configuration.refresh(course.authorization)
            if course.renewed:
                return 0.0
        try:
            return course.wait_after_answer(refusal, response.headers.get("Retry-After"))
        except ApiException:
            self._note_warnings(course.request, response.headers)
            raise

    async def _send_once(self, course: _Course, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        request = course.request
        merged = CIMultiDict(headers)
        merged.update(request.headers)
        if "Authorization" not in merged:
            await self._ask_for_credentials(course)
            if course.authorization is not None:
                merged["Authorization"] = course.authorization
        pool = await self._opened()
        if self._exposed and "Authorization" in merged:
            self._exposed = False
            warn_of_plaintext(pool.base)
        merged.update(pool.headers)
        course.underway = True
        try:
            response = await pool.session.request(
                request.method,
                URL(pool.base + request.url, encoded=True),
                data=_payload(request.body),
                headers=merged,
                allow_redirects=False,
                timeout=self._timeout(course),
                **pool.arguments,
            )
        except aiohttp.ClientResponseError as error:
            unread = _without_headers(error)
        else:
            self._limit_idleness(request, response)
            return response
        raise unread  # here, where it is not chained to the error with the headers

    async def _ask_for_credentials(self, course: _Course) -> None:
        course.asked = True
        authorization = await self._configuration.authorization()
        course.authorization = None if authorization is None else _Secret(authorization)

    def _limit_idleness(self, request: Request, response: aiohttp.ClientResponse) -> None:
        """Let the time between two reads be limited as this request's is, no longer that until the first byte."""
        idle = self._idle(request)
        protocol = response.connection and response.connection.protocol  # None once the whole answer is there
        if protocol is not None and protocol.read_timeout != idle:
            protocol.read_timeout = idle
            protocol.start_timeout()

    def _note_warnings(self, request: Request, headers: Any) -> None:
        if "Warning" in headers and request.surface_warnings:
            server_warnings.surface(headers.getall("Warning"), self._configuration.warnings_handler)

    def _retry_limit(self) -> int:
        retries = self._configuration.retries
        return retries if isinstance(retries, int) and not isinstance(retries, bool) else LIMIT

    async def _opened(self) -> _Pool:
        pool = self._pool or await self._open()
        if pool.loop is not asyncio.get_running_loop():
            raise RuntimeError("this client was opened in another event loop; use one client for each loop")
        return pool

    async def _open(self) -> _Pool:
        """Open the pool, once, however many first requests come together."""
        if self._opening is None:
            self._opening = asyncio.Lock()
        async with self._opening:
            self._check_not_closed()
            if self._pool is None:
                base = _base_url(self._configuration.host)
                tls = await ssl_context(self._configuration) if base.startswith("https:") else True
                self._check_not_closed()  # meanwhile
                self._pool = _open_pool(self._configuration, base, tls)
                self._state = _State.OPEN
                self._exposed = is_exposed(base)
            return self._pool

    def _check_not_closed(self) -> None:
        if self._state is _State.CLOSED:
            raise RuntimeError("this client is closed; make a new one")

    def _timeout(self, course: _Course) -> aiohttp.ClientTimeout:
        timeouts = course.request.timeouts
        if course.request.stream and course.deadline is not None:
            # Whoever reads the answer is bound by the deadline as well.
            return self._client_timeout(timeouts, total=course.deadline - asyncio.get_running_loop().time())
        cached = self._timeouts.get(timeouts)
        if cached is None:
            if len(self._timeouts) > 64:  # watches ask for many different ones
                self._timeouts.clear()
            cached = self._timeouts[timeouts] = self._client_timeout(timeouts)
        return cached

    def _client_timeout(self, timeouts: Timeouts | None, *, total: float | None = None) -> aiohttp.ClientTimeout:
        configuration, timeouts = self._configuration, timeouts or Timeouts()
        connect = timeouts.connect if timeouts.connect is not None else configuration.connect_timeout
        first_byte = timeouts.first_byte if timeouts.first_byte is not None else configuration.first_byte_timeout
        return aiohttp.ClientTimeout(total=total, connect=connect, sock_read=first_byte)

    def _idle(self, request: Request) -> float | None:
        if request.timeouts is not None and request.timeouts.idle is not None:
            return request.timeouts.idle
        return None if request.stream else self._configuration.idle_timeout


@asynccontextmanager
async def _deadline(course: _Course) -> AsyncIterator[None]:
    """Raise what says so when the caller's deadline passes; the last real error is its cause."""
    try:
        async with asyncio.timeout_at(course.deadline):
            yield
    except TimeoutError:
        if course.deadline is None or asyncio.get_running_loop().time() < course.deadline:
            raise  # a deadline of a phase
        raise course.past_deadline() from course.last


def _open_pool(configuration: Configuration, base: str, tls: ssl.SSLContext | bool) -> _Pool:
    headers: dict[str, _Secret] = {}
    arguments: dict[str, Any] = {}
    if (proxy := proxy_for(configuration)) is not None:
        arguments["proxy"] = proxy.url
        proxy_headers = {name: _Secret(value) for name, value in proxy.headers.items()}
        if base.startswith("https:"):
            arguments["proxy_headers"] = proxy_headers
        else:  # there is no tunnel: the proxy reads each request
            headers = proxy_headers
    if configuration.tls_server_name:
        arguments["server_hostname"] = configuration.tls_server_name
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
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
    return _Pool(asyncio.get_running_loop(), session, slots, base, headers, arguments)


def _payload(body: bytes | None) -> bytes | io.BytesIO | None:
    return io.BytesIO(body) if body is not None and len(body) > _LARGE_BODY else body


def _without_headers(error: aiohttp.ClientResponseError) -> aiohttp.ClientResponseError:
    """The same error without the request's headers: these hold the credentials."""
    asked = error.request_info
    bare = aiohttp.RequestInfo(asked.url, asked.method, CIMultiDictProxy(CIMultiDict()), asked.real_url)
    return type(error)(bare, (), status=error.status, message=error.message, headers=error.headers)


async def _error_of(response: aiohttp.ClientResponse, request: Request) -> ApiException:
    """Read the answer's body as far as an error needs it, and return the error of the class that fits."""
    body = await _read_at_most(response, _ERROR_BODY_LIMIT)
    if not response.content_type.endswith("json"):
        body = body[:TEXT_LIMIT]
    return api_exception(
        ApiException(response.status, response.reason, body=body, headers=response.headers, target=request.target)
    )


async def _read_at_most(response: aiohttp.ClientResponse, limit: int) -> bytes:
    parts = bytearray()
    try:
        while len(parts) < limit and (part := await response.content.read(limit - len(parts))):
            parts += part
    except (aiohttp.ClientError, TimeoutError):
        pass  # the status has come, and says more than that its text is cut
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
