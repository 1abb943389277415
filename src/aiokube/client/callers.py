"""Whom a warning is for."""

from __future__ import annotations

import inspect


def callers_stacklevel() -> int:
    """Return the `stacklevel` of a warning of the function that asks: the first frame that is not aiokube's.

    How many there are between depends on the verb. (From Python 3.12 on `skip_file_prefixes` would do.)
    """
    frame, level = inspect.currentframe(), 0
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "aiokube":
        frame, level = frame.f_back, level + 1
    return level
