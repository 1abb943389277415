"""Timeouts: what callers may write for `_request_timeout`."""

from __future__ import annotations

from typing import Any

import aiohttp

from aiokube._machinery.requests import Timeouts


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
