"""The control plane's kube-apiserver, asked with any Accept header, and answering with whatever it answers."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp

from aiokube.client.tls import ssl_context
from aiokube.testing.kube_server import KubeServer

__all__ = ["RealServer", "real_server"]

_TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"


class RealServer:
    """One session with a real kube-apiserver."""

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

    async def head(self, path: str, headers: Mapping[str, str]) -> tuple[int, Mapping[str, str]]:
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

    async def table_events(self, path: str) -> str:
        """Return the text of a watch for tables, which must end by itself (timeoutSeconds)."""
        async with self._session.get(path, headers={"Accept": _TABLE}) as response:
            return await response.text()


@contextlib.asynccontextmanager
async def real_server(control_plane: KubeServer) -> AsyncIterator[RealServer]:
    """Open a session with the kube-apiserver of a control plane, or with another server."""
    connector = aiohttp.TCPConnector(ssl=await ssl_context(control_plane.configuration))
    async with aiohttp.ClientSession(control_plane.url, connector=connector) as session:
        yield RealServer(session)
