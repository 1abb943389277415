"""The two servers that cases run on."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from aiokube.testing.users import User
from conformance.answers import Server

__all__ = ["embedded_server", "server_of"]


class _HasAdmin(Protocol):
    @property
    def url(self) -> str: ...
    @property
    def ca_file(self) -> Path: ...
    @property
    def admin(self) -> User: ...


def server_of(started: _HasAdmin) -> Server:
    """Return where a server that runs is, and how its admin signs in."""
    admin = started.admin
    return Server(started.url, started.ca_file, admin.certificate_file, admin.key_file)


@contextmanager
def embedded_server() -> Iterator[Server]:
    """Run an APIServer in a thread of its own, since cases wait for answers without any event loop."""
    from aiokube.testing.apiserver.server import APIServer

    started = threading.Event()
    found: list[Server | BaseException] = []
    loop = asyncio.new_event_loop()
    ending = asyncio.Event()

    async def serve() -> None:
        try:
            async with APIServer() as server:
                found.append(server_of(server))
                started.set()
                await ending.wait()
        except BaseException as error:
            found.append(error)
            raise
        finally:
            started.set()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(serve())

    thread = threading.Thread(target=run, name="asyncio_embedded")
    thread.start()
    started.wait()
    try:
        if isinstance(found[0], BaseException):
            raise found[0]
        yield found[0]
    finally:
        if loop.is_running():
            loop.call_soon_threadsafe(ending.set)
        thread.join()
