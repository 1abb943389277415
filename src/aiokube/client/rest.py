"""Requests go out here, answers come in.

Rules besides those of `pool`, each because aiohttp does otherwise by default:

- no redirects: they carry bodies and headers to other origins;
- URLs are built from quoted segments and passed as already encoded, so that nothing is normalised;
- deadlines for connecting (the proxy's part included), for the first byte and between bytes; no total one unless the
  caller sets it, because it would end every watch;
- credentials are texts whose repr is redacted, because aiohttp's errors and every frame's locals hold headers.

Errors of the network pass as aiohttp raises them, except that a write without an answer is an OutcomeUnknownError,
and that those which hold the request's headers come without them.
"""

from __future__ import annotations

import asyncio
import enum
import io
from collections.abc import Mapping
from typing import Any

import aiohttp
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from aiokube._machinery.requests import Request, Timeouts
from aiokube._machinery.retries import LIMIT
from aiokube._machinery.status import TEXT_LIMIT
from aiokube.client import server_warnings
from aiokube.client.answer import Answer
from aiokube.client.configuration import Configuration
from aiokube.client.course import Course, deadline_of
from aiokube.client.exceptions import ApiException, api_exception
from aiokube.client.plaintext import is_exposed, warn_of_plaintext
from aiokube.client.pool import Pool, base_url, open_pool
from aiokube.client.secret import Secret
from aiokube.client.tls import ssl_context

__all__ = ["ApiException", "RestClient"]

_ERROR_BODY_LIMIT = 1 << 20  # bytes; a Status is a few kB, and a body that is none is cut to TEXT_LIMIT anyway
_LARGE_BODY = 1 << 20  # bytes; aiohttp warns about larger ones that are not files


class _State(enum.Enum):
    NEW = "new"
    OPEN = "open"
    CLOSED = "closed"


class RestClient:
    """A connection pool to one server, opened at the first request, in the event loop that sends it.

    Args:
        configuration: Where the server is and who asks; it is read when the session opens, its credentials at
            every request.
    """

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._state = _State.NEW
        self._pool: Pool | None = None
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
        course = Course(request, self._retry_limit())
        if course.deadline is None:
            async with (self._usable() or await self._open()).slots:
                return await self._send_whole(course, headers)
        async with deadline_of(course), (self._usable() or await self._open()).slots:
            return await self._send_whole(course, headers)

    async def stream(self, request: Request, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        """Send a request and return its answer unread, once its status is known to be 2xx.

        The caller owns the response and closes or reads it. Raises as `send` does.
        """
        course = Course(request, self._retry_limit())
        async with deadline_of(course):
            response = await self._exchange(course, headers)
        try:
            self._note_warnings(request, response.headers)
        except BaseException:  # a warning that was made an error
            response.close()
            raise
        return response

    async def close(self) -> None:
        """Close every connection and its socket; requests after this are refused. Closing again does nothing."""
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

    async def _send_whole(self, course: Course, headers: Mapping[str, str]) -> Answer:
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

    async def _exchange(self, course: Course, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
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

    async def _wait_after_refusal(self, course: Course, response: aiohttp.ClientResponse) -> float:
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

    async def _send_once(self, course: Course, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        request = course.request
        merged = CIMultiDict(headers)
        if request.headers:
            merged.update(request.headers)
        if "Authorization" not in merged:
            await self._ask_for_credentials(course)
            if course.authorization is not None:
                merged["Authorization"] = course.authorization
        pool = self._usable() or await self._open()
        if self._exposed and "Authorization" in merged:
            self._exposed = False
            warn_of_plaintext(pool.base)
        if pool.headers:
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

    async def _ask_for_credentials(self, course: Course) -> None:
        course.asked = True
        authorization = await self._configuration.authorization()
        course.authorization = None if authorization is None else Secret(authorization)

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

    def _usable(self) -> Pool | None:
        """The pool if there is one; not a coroutine, because every request asks."""
        pool = self._pool
        if pool is not None and pool.loop is not asyncio.get_running_loop():
            raise RuntimeError("this client was opened in another event loop; use one client for each loop")
        return pool

    async def _open(self) -> Pool:
        """Open the pool, once, however many first requests come together."""
        if self._opening is None:
            self._opening = asyncio.Lock()
        async with self._opening:
            self._check_not_closed()
            if self._pool is None:
                base = base_url(self._configuration.host)
                tls = await ssl_context(self._configuration) if base.startswith("https:") else True
                self._check_not_closed()  # meanwhile
                self._pool = open_pool(self._configuration, base, tls)
                self._state = _State.OPEN
                self._exposed = is_exposed(base)
            return self._pool

    def _check_not_closed(self) -> None:
        if self._state is _State.CLOSED:
            raise RuntimeError("this client is closed; make a new one")

    def _timeout(self, course: Course) -> aiohttp.ClientTimeout:
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
