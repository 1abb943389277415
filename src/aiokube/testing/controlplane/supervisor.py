"""The near end of `supervisor_process.py`: starts it and asks it to do things.

Each question is a connection of its own, opened in the event loop that asks. Nothing here belongs to an event
loop, so a control plane started in one can be used and ended in another.
"""

import asyncio
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from .exceptions import ControlPlaneError

__all__ = ["Supervisor", "end_detached", "fits", "is_alive", "python"]

_SOCKET = "supervisor.sock"
_LONGEST_SOCKET_PATH = 103  # bytes, on macOS; Linux has 107
_POLL_SECONDS = 0.005
_END_SECONDS = 20.0


class Supervisor:
    """A running supervisor, whose programs end with it and it with this process.

    Args:
        directory: exists, is where programs run, and is removed at the end.
        kept: sockets that the supervisor is to hold as long as it lives, and their descriptors there.
    """

    def __init__(self, directory: Path, *, kept: Sequence[socket.socket] = ()) -> None:
        self._address = socket_path(directory)
        self._directory = directory
        reading, writing = os.pipe()
        # A file, not a descriptor: should this object be dropped, its collection ends the supervisor.
        self._lifeline: BinaryIO = open(writing, "wb", buffering=0)  # noqa: SIM115 - close() closes it
        with open(reading, "rb", buffering=0) as stdin, _listener(self._address) as listener:
            descriptors = [listener.fileno(), *(sock.fileno() for sock in kept)]
            script = Path(__file__).with_name("supervisor_process.py")
            self._process = subprocess.Popen(  # noqa: S603
                [*python(script), str(directory), str(listener.fileno())],
                stdin=stdin,
                stdout=subprocess.DEVNULL,
                pass_fds=descriptors,
                start_new_session=True,
            )

    async def start(self, name: str, argv: Sequence[str], *, log: Path, descriptors: Sequence[int] = ()) -> int:
        """Start a program, and return its process id."""
        reply = await self._ask(
            "start",
            name=name,
            argv=list(argv),
            environment=_environment(self._directory),
            stdin=None,
            stdout=str(log),
            stderr=str(log),
            descriptors=list(descriptors),
        )
        return int(reply["pid"])

    async def run(
        self,
        argv: Sequence[str],
        *,
        stdin: Path | None = None,
        stdout: Path | None = None,
        stderr: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> int:
        """Run a program to its end, and return its exit code; when this is cancelled, it is killed.

        Args:
            argv: the command.
            stdin: the file that it reads; None means nothing.
            stdout: the file that it writes; None means nowhere.
            stderr: the file for its messages; None means this process' own standard error.
            environment: None means that of programs of the control plane.
        """
        reply = await self._ask(
            "run",
            argv=list(argv),
            environment=_environment(self._directory) if environment is None else dict(environment),
            stdin=str(stdin) if stdin else None,
            stdout=str(stdout) if stdout else None,
            stderr=str(stderr) if stderr else None,
        )
        return int(reply["returncode"])

    async def signal(self, name: str, number: int) -> None:
        """Send a signal to a program and its children; nothing is done if it has ended."""
        await self._ask("signal", name=name, signal=number)

    async def wait(self, name: str) -> int:
        """Wait until a program has ended, and return its exit code."""
        return int((await self._ask("wait", name=name))["returncode"])

    async def returncode(self, name: str) -> int | None:
        """Return the exit code of a program, or None while it runs."""
        reply: int | None = (await self._ask("status", name=name))["returncode"]
        return reply

    async def detach(self) -> None:
        """Let it live on without this process, until `end_detached()`."""
        await self._ask("detach")
        self._lifeline.close()
        self._process.returncode = 0  # not waited for: it is nobody's child from now on

    async def close(self) -> None:
        """End every program, and remove the directory. May be called again."""
        self._lifeline.close()
        try:
            async with asyncio.timeout(_END_SECONDS):
                while self._process.poll() is None:  # noqa: ASYNC110 - a process sets no Event
                    await asyncio.sleep(_POLL_SECONDS)
        except TimeoutError:
            self._process.kill()  # the programs die with it
            self._process.wait()
        if self._process.returncode != 0:  # it was killed, and could not clean up
            shutil.rmtree(self._directory, ignore_errors=True)

    async def _ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        return await _ask(self._address, do, **arguments)


async def end_detached(directory: Path) -> bool:
    """End the supervisor of this directory, which removes it.

    Returns:
        Whether there was one.
    """
    if not is_alive(directory):
        return False
    reader, writer = await asyncio.open_unix_connection(str(socket_path(directory)))
    writer.write(b'{"do": "end"}\n')
    await reader.read()  # it closes the connection by exiting
    writer.transport.abort()
    return True


def is_alive(directory: Path) -> bool:
    """Tell whether this directory has a supervisor."""
    with socket.socket(socket.AF_UNIX) as probe:
        return fits(directory) and probe.connect_ex(str(socket_path(directory))) == 0


def socket_path(directory: Path) -> Path:
    """Return the path of the socket of this directory's supervisor."""
    return directory / _SOCKET


def python(script: Path) -> list[str]:
    """Return the command that runs a script which needs the standard library alone, quickly."""
    return [sys.executable, "-I", "-S", str(script)]


def fits(directory: Path) -> bool:
    """Tell whether sockets in this directory have paths that are short enough for the system."""
    return len(os.fsencode(socket_path(directory))) <= _LONGEST_SOCKET_PATH


async def _ask(address: Path, do: str, **arguments: Any) -> dict[str, Any]:
    try:
        reader, writer = await asyncio.open_unix_connection(str(address))
        try:
            writer.write(json.dumps({"do": do, **arguments}).encode() + b"\n")
            line = await reader.readline()
        finally:
            writer.transport.abort()
            with contextlib.suppress(OSError):  # all that was wanted of this connection has been read
                await writer.wait_closed()
    except OSError as error:
        raise ControlPlaneError(f"the supervisor of {address.parent} is gone: {error}") from error
    reply: dict[str, Any] = json.loads(line or b'{"error": "it ended before it answered"}')
    if "error" in reply:
        raise ControlPlaneError(f"the supervisor cannot {do} {arguments.get('name', '')}: {reply['error']}")
    return reply


def _listener(address: Path) -> socket.socket:
    """Listen before the supervisor runs: then questions wait for it, and nobody polls until it is there."""
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(str(address))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def _environment(directory: Path) -> dict[str, str]:
    """What programs see: nothing of the user's, whose KUBECONFIG, proxies or ETCD_ variables would change them."""
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(directory), "TMPDIR": str(directory)}
