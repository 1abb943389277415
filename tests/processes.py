"""Looking at processes that are not children of the test, and waiting for them."""

import asyncio
from collections.abc import Callable
from pathlib import Path

__all__ = ["alive", "eventually", "parent", "processes_in", "state"]


async def eventually(holds: Callable[[], bool], *, timeout_seconds: float = 60) -> None:
    """Wait until something holds that another process does and tells nobody about."""
    async with asyncio.timeout(timeout_seconds):
        while not holds():  # noqa: ASYNC110 - there is no event
            await asyncio.sleep(0.01)


def alive(pid: int) -> bool:
    """Tell whether a process is there and does not only wait to be reaped."""
    return state(pid) not in ("", "Z")


def state(pid: int) -> str:
    """Return the state of a process, one letter as in proc(5): "T" is stopped; empty when it is gone."""
    return _fields(pid)[0]


def parent(pid: int) -> int:
    """Return the process id of a process' parent, 0 when it is gone."""
    return int(_fields(pid)[1])


def processes_in(directory: Path) -> list[str]:
    """Return the names of the processes whose working directory it is, even if it was removed."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str((process / "cwd").readlink()).removesuffix(" (deleted)") == str(directory):
                found.append((process / "comm").read_text().strip())
        except (FileNotFoundError, ProcessLookupError, PermissionError):  # it ended, or is another user's
            continue
    return sorted(found)


def _fields(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ["", "0"]
