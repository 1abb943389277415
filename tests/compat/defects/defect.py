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
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import pytest

from compat.packages import AIOKUBE, Package

# What `pytest.raises` itself raises when nothing was raised.
DID_NOT_RAISE = pytest.fail.Exception

Body: TypeAlias = Callable[..., Awaitable[None]]


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
