"""One body, two packages: aiokube passes it, and kubernetes_asyncio 36.1.0 fails it in the way of the defect.

    @defect("KA-D1", fails_with=DID_NOT_RAISE, saying="DID NOT RAISE")
    async def test_ka_d1_a_missing_object_is_an_error(package: Package, client: Any) -> None:
        with pytest.raises(package.exceptions.NotFoundError):
            await client.resources.…

Such a test is run twice. What a body is given by fixtures is made before it, so that a failure to make it is never
taken for the defect; and of the failure in the body both the type and the text are stated.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeAlias

import pytest

# What `pytest.raises` itself raises when nothing was raised.
DID_NOT_RAISE = pytest.fail.Exception

Body: TypeAlias = Callable[..., Awaitable[None]]


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


def defect(
    identifier: str, *, fails_with: type[BaseException] | tuple[type[BaseException], ...], saying: str
) -> Callable[[Body], Body]:
    """Make a test of a body that must pass with aiokube, and must fail with kubernetes_asyncio.

    Args:
        identifier: The defect; the name of the test begins with it.
        fails_with: What kubernetes_asyncio fails with.
        saying: A pattern that the text of that failure must contain.
    """

    def decorated(body: Body) -> Body:
        assert body.__name__.startswith(f"test_{identifier.lower().replace('-', '_')}_"), body.__name__

        @functools.wraps(body)
        async def test(package: Package, **fixtures: Any) -> None:
            if package is AIOKUBE:
                await body(package, **fixtures)
                return
            with pytest.raises(fails_with, match=saying):
                await body(package, **fixtures)

        return test

    return decorated


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
