"""Course: what has happened to one request so far, whether it goes out again, and what is raised if not.

The rules are in `_machinery.retries`; here they meet the errors of aiohttp and the caller's deadline.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from aiokube._machinery.headers import retry_after
from aiokube._machinery.requests import Request
from aiokube._machinery.retries import wait_after_answer, wait_after_loss
from aiokube.client.exceptions import ApiException, OutcomeUnknownError, OutcomeUnknownTimeoutError
from aiokube.client.secret import Secret

# Nothing was sent: the connection did not come about, its certificate is not trusted, the proxy refused.
NOT_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)
LOST = (
    aiohttp.ClientConnectionResetError,
    aiohttp.ClientOSError,
    aiohttp.ClientPayloadError,
    aiohttp.ServerDisconnectedError,
)


class Course:
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
        self.authorization: Secret | None = None  # what it gave last
        self.underway = False  # it may have been sent, and its answer is not complete
        self.repeated = 0
        self.renewed = False  # the credentials, after a 401
        self.last: Exception | None = None

    def wait_after_answer(self, error: ApiException, asked: str | None) -> float:
        """Return the seconds to wait before the request is sent again; raise the error if it is not."""
        seconds = retry_after(asked, now=time.time())
        wait = None
        if self.repeated < self.limit:
            wait = wait_after_answer(self.request, error.status or 0, seconds, attempt=self.repeated)
        if wait is None:
            raise error
        return self._repeat(wait, error)

    def wait_after_failure(self, error: aiohttp.ClientError | TimeoutError) -> float:
        """The same when no answer came, or not all of it; a write is never sent again then."""
        sent = not isinstance(error, NOT_SENT)
        if sent and not self.request.safe:
            unknown = OutcomeUnknownTimeoutError if isinstance(error, TimeoutError) else OutcomeUnknownError
            raise unknown(self.request.target, str(error) or type(error).__name__) from error
        lost = sent and isinstance(error, LOST)
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


@asynccontextmanager
async def deadline_of(course: Course) -> AsyncIterator[None]:
    """Raise what says so when the caller's deadline passes; the last real error is its cause."""
    try:
        async with asyncio.timeout_at(course.deadline):
            yield
    except TimeoutError:
        if course.deadline is None or asyncio.get_running_loop().time() < course.deadline:
            raise  # a deadline of a phase
        raise course.past_deadline() from course.last
