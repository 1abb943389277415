"""The two packages that the tests of this folder hold side by side: aiokube, and kubernetes_asyncio."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any


@dataclass(frozen=True)
class Package:
    """The modules of one of the two packages, under the names that they share.

    Attributes:
        name: The name of the package.
        patience_seconds: How long to wait for what has to happen. With kubernetes_asyncio it never does.
    """

    name: str
    patience_seconds: float

    @property
    def client(self) -> ModuleType:
        """ApiClient and Configuration."""
        return self.module("client")

    @property
    def config(self) -> ModuleType:
        """Functions that fill a Configuration."""
        return self.module("config")

    @property
    def dynamic(self) -> ModuleType:
        """DynamicClient, the discoverers, Resource, ResourceInstance and its like."""
        return self.module("dynamic")

    @property
    def exceptions(self) -> ModuleType:
        """The errors of the dynamic client."""
        return self.module("dynamic.exceptions")

    @property
    def watch(self) -> ModuleType:
        """Watch."""
        return self.module("watch")

    def module(self, name: str) -> ModuleType:
        """Return the module of that name."""
        return importlib.import_module(f"{self.name}.{name}")


AIOKUBE = Package("aiokube", patience_seconds=30)
KUBERNETES_ASYNCIO = Package("kubernetes_asyncio", patience_seconds=0.3)


@asynccontextmanager
async def connected(configuration: Any, package: Package, **arguments: Any) -> AsyncIterator[Any]:
    """A DynamicClient with an ApiClient of its own.

    Args:
        configuration: The server and the user.
        package: Whose DynamicClient.
        arguments: More arguments of the DynamicClient.
    """
    async with (
        package.client.ApiClient(configuration) as api,
        package.dynamic.DynamicClient(api, **arguments) as client,
    ):
        yield client
