"""The process that owns the control plane's programs, so that none outlives the Python process that wanted them.

It is started with `python -I -S supervisor_process.py DIRECTORY LISTENER KEPT...`, in a session of its own, which
Ctrl-C in a terminal does not reach. LISTENER is the descriptor of a listening unix socket, KEPT are
descriptors that it holds without using them (ports that are taken). Its standard input is the lifeline: the
read end of a pipe whose write end only the starting process holds. When that process is gone, however it
went, the lifeline ends; then the supervisor kills every program with its process group, removes DIRECTORY and
exits. The same when it gets SIGTERM, SIGINT or SIGHUP. If the supervisor itself is killed, Linux kills the
programs (PR_SET_PDEATHSIG: it may be used here, because the thread that starts them is the main thread).

One request per connection, a line of JSON each way:

    {"do": "start", "name": ..., COMMAND}  -> {"pid": ...}         start a program
    {"do": "run", COMMAND}                 -> {"returncode": ...}  run it until it ends, or kill it when the
                                                                   connection is closed before
    {"do": "wait", "name": ...}            -> {"returncode": ...}  as soon as it has ended
    {"do": "status", "name": ...}          -> {"returncode": ...}  null while it runs
    {"do": "signal", "name": ..., "signal": 9} -> {}               to its process group, if it runs
    {"do": "detach"}                       -> {}                   forget the lifeline and the terminal
    {"do": "end"}                          -> the connection is closed when nothing is left

COMMAND is argv, environment (null: as the supervisor's own), and the files stdin, stdout and stderr (null:
nothing, nothing, and the supervisor's own). A failure is answered by {"error": ...}. Programs run in DIRECTORY.

This file imports the standard library alone and is not imported by any other.
"""

import asyncio
import contextlib
import ctypes
import json
import os
import shutil
import signal
import socket
import sys
from typing import IO, Any

LIFELINE = 0
PR_SET_PDEATHSIG = 1  # linux/prctl.h
LONGEST_REQUEST_BYTES = 2**24  # more than the system lets a command and its environment have

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def _die_with_the_supervisor() -> None:
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _opened(path: str, mode: str) -> IO[Any]:
    return open(path, mode)


class Supervisor:
    """The programs, by name, and what can be asked about them."""

    def __init__(self, directory: str) -> None:
        self.directory = directory
        self.ended = asyncio.Event()
        self._named: dict[str, asyncio.subprocess.Process] = {}
        self._running: set[asyncio.subprocess.Process] = set()
        self._spawning = asyncio.Lock()  # held to the end by clean_up(), so that nothing starts behind its back

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = json.loads(await reader.readline())
            reply = await getattr(self, "do_" + request.pop("do"))(reader, **request)
        except (OSError, ValueError, LookupError) as error:
            reply = {"error": f"{type(error).__name__}: {error}"}
        with contextlib.suppress(ConnectionError):  # the asker is gone: there is nobody to tell
            writer.write(json.dumps(reply).encode() + b"\n")
            await writer.drain()
        writer.close()

    async def do_start(self, reader: asyncio.StreamReader, name: str, **command: Any) -> dict[str, Any]:
        if name in self._named and self._named[name].returncode is None:
            raise ValueError(f"{name} is already running")
        self._named[name] = process = await self._spawn(**command)
        return {"pid": process.pid}

    async def do_run(self, reader: asyncio.StreamReader, **command: Any) -> dict[str, Any]:
        process = await self._spawn(**command)
        ended = asyncio.ensure_future(process.wait())
        gone = asyncio.ensure_future(reader.read())
        await asyncio.wait({ended, gone}, return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        if not ended.done():
            self._signal(process, signal.SIGKILL)
        return {"returncode": await ended}

    async def do_wait(self, reader: asyncio.StreamReader, name: str) -> dict[str, Any]:
        return {"returncode": await self._named[name].wait()}

    async def do_status(self, reader: asyncio.StreamReader, name: str) -> dict[str, Any]:
        return {"returncode": self._named[name].returncode}

    async def do_signal(self, reader: asyncio.StreamReader, name: str, **arguments: int) -> dict[str, Any]:
        self._signal(self._named[name], arguments["signal"])
        return {}

    async def do_detach(self, reader: asyncio.StreamReader) -> dict[str, Any]:
        asyncio.get_running_loop().remove_reader(LIFELINE)
        log = os.open("supervisor.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for standard in (1, 2):
            os.dup2(log, standard)
        os.close(log)
        return {}

    async def do_end(self, reader: asyncio.StreamReader) -> dict[str, Any]:
        self.ended.set()
        await asyncio.Event().wait()  # the end of this process closes the connection
        return {}

    async def clean_up(self) -> None:
        await self._spawning.acquire()
        for process in self._running:
            self._signal(process, signal.SIGKILL)
        await asyncio.gather(*(process.wait() for process in self._running))
        shutil.rmtree(self.directory)

    async def _spawn(
        self,
        argv: list[str],
        environment: dict[str, str] | None,
        stdin: str | None,
        stdout: str | None,
        stderr: str | None,
        descriptors: tuple[int, ...] = (),
    ) -> asyncio.subprocess.Process:
        async with self._spawning:
            with contextlib.ExitStack() as files:
                process = await asyncio.create_subprocess_exec(
                    *argv,
                    env=environment,
                    stdin=files.enter_context(_opened(stdin or os.devnull, "rb")),
                    stdout=files.enter_context(_opened(stdout or os.devnull, "ab")),
                    stderr=files.enter_context(_opened(stderr, "ab")) if stderr else None,
                    pass_fds=descriptors,
                    start_new_session=True,
                    preexec_fn=_die_with_the_supervisor,
                )
            self._running = {running for running in self._running if running.returncode is None} | {process}
        return process

    @staticmethod
    def _signal(process: asyncio.subprocess.Process, number: int) -> None:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):  # it ended by itself in this moment
                os.killpg(process.pid, number)


async def supervise(directory: str, listener: int) -> None:
    os.chdir(directory)
    supervisor = Supervisor(directory)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, supervisor.ended.set)
    loop.add_reader(LIFELINE, supervisor.ended.set)
    server = await asyncio.start_unix_server(
        supervisor.answer, sock=socket.socket(fileno=listener), limit=LONGEST_REQUEST_BYTES
    )
    await supervisor.ended.wait()
    server.close()
    await supervisor.clean_up()


if __name__ == "__main__":
    asyncio.run(supervise(sys.argv[1], int(sys.argv[2])))
