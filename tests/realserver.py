"""A server to test against, asked with any header, and answering with whatever it answers."""

import contextlib
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp

from aiokube.testing import KubeServer

__all__ = ["RealServer", "context_of", "real_server", "session_of"]

_TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"


class RealServer:
    """One session with a server."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def get(self, path: str, *, accept: str = "application/json") -> Any:
        """Return the JSON of an answer, of whatever status."""
        async with self._session.get(path, headers={"Accept": accept}) as response:
            return await response.json()

    async def body(self, path: str, *, accept: str) -> bytes:
        """Return the body of an answer, of whatever status."""
        async with self._session.get(path, headers={"Accept": accept}) as response:
            return await response.read()

    async def status_and_headers(self, path: str, headers: Mapping[str, str]) -> tuple[int, Mapping[str, str]]:
        """Return the status and the headers of an answer."""
        async with self._session.get(path, headers=headers) as response:
            return response.status, response.headers

    async def serves(self, path: str) -> bool:
        """Return whether there is anything at a path."""
        async with self._session.get(path) as response:
            return response.ok

    async def table(self, path: str, *, include: str = "Object") -> Any:
        """Return what is at a path as a Table."""
        separator = "&" if "?" in path else "?"
        return await self.get(f"{path}{separator}includeObject={include}", accept=_TABLE)

    async def table_events(self, path: str) -> list[Any]:
        """Return the events of a watch for tables, up to its first bookmark."""
        events: list[Any] = []
        async with self._session.get(path, headers={"Accept": _TABLE}) as response:
            while not events or events[-1]["type"] != "BOOKMARK":
                events.append(json.loads(await response.content.readline()))
        return events


@contextlib.asynccontextmanager
async def real_server(server: KubeServer) -> AsyncIterator[RealServer]:
    """Open a session as the admin, with the kube-apiserver of a control plane or with another server."""
    async with session_of(server) as session:
        yield RealServer(session)


@contextlib.asynccontextmanager
async def session_of(server: KubeServer) -> AsyncIterator[aiohttp.ClientSession]:
    """Open a session as the admin, with as many connections as there are requests at a time."""
    connector = aiohttp.TCPConnector(ssl=context_of(server), limit=0)
    async with aiohttp.ClientSession(server.url, connector=connector) as session:
        yield session


def context_of(server: KubeServer) -> ssl.SSLContext:
    """Return what the admin connects with: a certificate, and trust in the server's own authority alone."""
    context = ssl.create_default_context(cafile=server.ca_file)
    context.load_cert_chain(server.admin.certificate_file, server.admin.key_file)
    return context
