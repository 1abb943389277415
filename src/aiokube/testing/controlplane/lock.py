"""A lock between processes, which the kernel gives up when its holder ends, however it ends."""

import contextlib
import fcntl
import time
from collections.abc import Callable, Iterator
from pathlib import Path

__all__ = ["exclusive"]

_REPORT_SECONDS = 10.0
_POLL_SECONDS = 0.2


@contextlib.contextmanager
def exclusive(path: Path, report: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock of this file, which is made and stays; wait for it as long as another process holds it.

    Args:
        path: the file.
        report: is called with a line of text when it must wait, and every ten seconds while it does.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        started = time.monotonic()
        report_at = 0.0
        while not _try_lock(file.fileno()):
            waited = time.monotonic() - started
            if waited >= report_at:
                report(f"another process holds {path}: waiting for {waited:.0f} s")
                report_at = waited + _REPORT_SECONDS
            time.sleep(_POLL_SECONDS)
        yield


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
