"""Where the Authorization header of each request comes from.

A `CredentialsProvider` is asked for every request, so that a credential may change while a client lives:
the transport calls `authorization()` before it sends, and `refresh()` once when the server answered 401.
`Configuration` is a provider itself: it decides between its hook, its `credentials`, its `api_key` and its
`username`. Providers are shared by the copies of a Configuration and may be used from several event loops.

No repr and no error here holds a secret.
"""

import asyncio
import base64
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable
from weakref import WeakKeyDictionary

from aiokube.client.regular_file import read_regular_file

__all__ = [
    "BasicCredentials",
    "CredentialsError",
    "CredentialsProvider",
    "TokenCredentials",
    "TokenFileCredentials",
    "checked_header",
]

# A kubelet replaces a projected token at 80 % of its life, which is ten minutes at least; client-go looks
# once a minute.
TOKEN_FILE_SECONDS = 60.0

# Tokens are a few kB; a file far beyond that is not a token, and is not read into memory.
TOKEN_FILE_MAX_BYTES = 1 << 20

_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f]")

_log = logging.getLogger(__name__)


class CredentialsError(Exception):
    """Raised when a request cannot be authenticated because its credentials cannot be had.

    Nothing was sent. The text says which file or field to look at, and never holds the credential.
    """


@runtime_checkable
class CredentialsProvider(Protocol):
    """Gives the Authorization header of each request."""

    async def authorization(self) -> str | None:
        """Return the header's value for a request that is about to be sent, or None to send none.

        Raises:
            CredentialsError: there should be one, and it cannot be had.
        """

    async def refresh(self, rejected: str | None) -> bool:
        """Look for a newer credential after the server answered 401.

        Args:
            rejected: the value that was refused, as `authorization()` gave it.

        Returns:
            True when `authorization()` now gives another value, so that one replay is worth it.
        """


class TokenCredentials:
    """A bearer token that does not change."""

    def __init__(self, token: str) -> None:
        self._value = checked_header(f"Bearer {token}")

    def __repr__(self) -> str:
        return "TokenCredentials(<redacted>)"

    async def authorization(self) -> str:
        return self._value

    async def refresh(self, rejected: str | None) -> bool:
        return False


class BasicCredentials:
    """A user name and a password for HTTP basic authentication, which do not change.

    Source: RFC 7617; both parts are sent as UTF-8, as client-go sends them.
    """

    def __init__(self, username: str, password: str) -> None:
        encoded = base64.b64encode(f"{username}:{password}".encode()).decode("ascii")
        self._value = f"Basic {encoded}"

    def __repr__(self) -> str:
        return "BasicCredentials(<redacted>)"

    @property
    def value(self) -> str:
        """The header's value."""
        return self._value

    async def authorization(self) -> str:
        return self._value

    async def refresh(self, rejected: str | None) -> bool:
        return False


@dataclass(frozen=True, slots=True, repr=False)
class _Reading:
    """What the last attempt to read a token file left behind."""

    value: str
    tried_at: float


class TokenFileCredentials:
    """A bearer token in a file that something else rotates, such as a mounted service account token.

    The file is read off the event loop, at most once a minute however many requests ask, and again after
    a 401. While it cannot be read, or is empty, the last good token stays in use.

    Args:
        path: the file; surrounding whitespace in it is not part of the token.
        fallback: a token to send while the file has never been readable; None makes that an error.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        fallback: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = Path(path)
        self._clock = clock
        self._fallback = None if fallback is None else checked_header(f"Bearer {fallback}")
        self._reading: _Reading | None = None
        self._failing = False
        # An asyncio.Lock belongs to one loop, a provider to none.
        self._locks: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()

    def __repr__(self) -> str:
        return f"TokenFileCredentials({str(self._path)!r})"

    async def authorization(self) -> str:
        if not self._is_fresh():
            async with self._lock():
                if not self._is_fresh():
                    await self._read_in_thread()
        return self._current()

    async def refresh(self, rejected: str | None) -> bool:
        known = self._reading
        async with self._lock():
            # Of many requests that were refused together, the first one reads for all.
            if self._reading is known and self._current_or_none() == rejected:
                await self._read_in_thread()
        return self._current_or_none() not in (None, rejected)

    def read(self) -> str:
        """Read the file now, blocking, whatever is cached.

        Returns:
            The value to send: of the file, or the last good one when the file cannot be read.

        Raises:
            CredentialsError: the file cannot be read and never could be.
        """
        self._remember(self._clock(), self._try_file())
        return self._current()

    async def _read_in_thread(self) -> None:
        # What was read is taken over here and not in the thread: requests that were refused together have all
        # seen the old reading by then, however fast the thread was.
        tried_at = self._clock()
        self._remember(tried_at, await asyncio.to_thread(self._try_file))

    def _try_file(self) -> str | OSError | CredentialsError:
        try:
            return self._read_file()
        except (OSError, CredentialsError) as error:
            return error

    def _remember(self, tried_at: float, outcome: str | OSError | CredentialsError) -> None:
        if not isinstance(outcome, str):
            self._remember_failure(tried_at, outcome)
            return
        self._failing = False
        self._reading = _Reading(outcome, tried_at)

    def _read_file(self) -> str:
        try:
            token = read_regular_file(self._path, limit=TOKEN_FILE_MAX_BYTES).decode("utf-8").strip()
        except UnicodeDecodeError:
            # Not chained: the error holds the bytes.
            raise CredentialsError("it is not text") from None
        if not token:
            raise CredentialsError("it is empty")
        return checked_header(f"Bearer {token}", origin="its content")

    def _remember_failure(self, tried_at: float, error: Exception) -> None:
        last_good = self._current_or_none()
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        if last_good is None:
            raise CredentialsError(f"cannot use token file {self._path}: {reason}") from error
        if not self._failing:
            _log.warning("cannot use token file %s, going on with the last token: %s", self._path, reason)
        self._failing = True
        self._reading = _Reading(last_good, tried_at)

    def _is_fresh(self) -> bool:
        reading = self._reading
        return reading is not None and self._clock() - reading.tried_at < TOKEN_FILE_SECONDS

    def _current_or_none(self) -> str | None:
        return self._fallback if self._reading is None else self._reading.value

    def _current(self) -> str:
        value = self._current_or_none()
        if value is None:
            raise CredentialsError(f"token file {self._path} was never read")
        return value

    def _lock(self) -> asyncio.Lock:
        return self._locks.setdefault(asyncio.get_running_loop(), asyncio.Lock())


def checked_header(value: str, *, origin: str = "the credential") -> str:
    """Return `value` when a header can carry it.

    Raises:
        CredentialsError: it holds a control character, which would end or split the header.
    """
    if _CONTROL_CHARACTER.search(value):
        raise CredentialsError(f"{origin} holds a control character, such as a line break, and cannot be sent")
    return value
