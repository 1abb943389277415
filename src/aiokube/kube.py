"""Kube: the DynamicClient that `connect()` gives; it owns its connections."""

from __future__ import annotations

import os
from collections.abc import Generator
from types import TracebackType
from typing import Any

from aiokube import config
from aiokube.client import ApiClient, Configuration
from aiokube.dynamic import DynamicClient


class Kube(DynamicClient):
    """A DynamicClient that closes its connections itself.

    Args:
        configuration: The server and the user.
    """

    def __init__(self, configuration: Configuration) -> None:
        super().__init__(ApiClient(configuration))

    async def close(self) -> None:
        """Close all connections."""
        await self.transport.close()


class Connecting:
    """A Kube to be: `async with connect() as kube`, or `kube = await connect()` and later `await kube.close()`."""

    def __init__(self, source: Configuration | str | os.PathLike[str] | None, context: str | None) -> None:
        self._source = source
        self._context = context
        self._kube: Kube | None = None

    def __await__(self) -> Generator[Any, None, Kube]:
        return self._connect().__await__()

    async def __aenter__(self) -> Kube:
        self._kube = await self._connect()
        return self._kube

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._kube is not None:
            await self._kube.close()

    async def _connect(self) -> Kube:
        kube = Kube(await config.configuration_from(self._source, context=self._context))
        try:
            return await kube
        except BaseException:
            await kube.close()
            raise


def connect(source: Configuration | str | os.PathLike[str] | None = None, *, context: str | None = None) -> Connecting:
    """Connect to a cluster: `async with aiokube.connect() as kube`.

    Args:
        source: A Configuration, the path of a kubeconfig file, or the name of a context in the default ones. None
            takes the default kubeconfig files, or inside a pod its service account.
        context: A context of the kubeconfig; None takes its current one.

    Returns:
        What gives a `Kube`, by `async with` or `await`.

    Raises:
        ConfigException: When it is entered: there is no such file or context, or it does not say enough.
    """
    return Connecting(source, context)
