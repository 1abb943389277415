"""Modifying: read, change, replace, and again from the new version when somebody else was quicker.

Only a conflict is tried again, always from a fresh read, so that no change of others is overwritten.

Source: https://github.com/kubernetes/client-go/blob/v0.36.3/util/retry/util.go
"""

from __future__ import annotations

import asyncio
import inspect
import random
from collections.abc import Awaitable, Callable
from typing import Any

from aiokube.client.exceptions import AlreadyExistsError, ConflictError
from aiokube.dynamic.instance import ResourceInstance

ATTEMPTS = 5  # client-go's DefaultRetry
PAUSE_SECONDS = 0.01  # and up to a tenth more, so that two writers do not keep in step


async def modify(
    read: Callable[[], Awaitable[ResourceInstance]],
    change: Callable[[ResourceInstance], Any],
    replace: Callable[[ResourceInstance], Awaitable[ResourceInstance]],
    *,
    attempts: int = ATTEMPTS,
) -> ResourceInstance:
    """Change an object as it is now.

    Args:
        read: Reads the object.
        change: Changes it in place; a function or a coroutine function. It may be called several times.
        replace: Sends it.
        attempts: How often it is tried in all.

    Returns:
        The object as the server has it then.

    Raises:
        ConflictError: It had changed between reading and replacing each time.
    """
    for left in range(attempts - 1, -1, -1):
        instance = await read()
        pending = change(instance)
        if inspect.isawaitable(pending):
            await pending
        try:
            return await replace(instance)
        except ConflictError as error:
            if not left or isinstance(error, AlreadyExistsError):
                raise
        await asyncio.sleep(PAUSE_SECONDS * (1 + random.random() / 10))
    raise ValueError(f"attempts is a positive number, not {attempts}")
