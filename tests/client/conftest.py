"""What tests of the client share: a server that is scripted, and what it says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from aiokube._machinery import retries
from aiokube.client import Configuration, course
from aiokube.client.rest import RestClient
from scripted import ScriptedServer


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever proxies this machine needs, the tests do not."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as server:
        yield server


@pytest.fixture
def configuration(server: ScriptedServer) -> Configuration:
    return Configuration(host=server.url)


@pytest.fixture
async def client(configuration: Configuration) -> AsyncIterator[RestClient]:
    """A client of the server, by the configuration as it is when the first request is sent."""
    client = RestClient(configuration)
    yield client
    await client.close()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds between repetitions that the client would have waited, and does not."""
    asked: list[float] = []

    def at_once(rule: Any) -> Any:
        def wait(*args: Any, **keywords: Any) -> float | None:
            seconds: float | None = rule(*args, **keywords)
            if seconds is None:
                return None
            asked.append(seconds)
            return 0.0

        return wait

    for rule in (retries.wait_after_answer, retries.wait_after_loss):
        monkeypatch.setattr(course, rule.__name__, at_once(rule))
    return asked
