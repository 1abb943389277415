"""What tests with both packages share: a package, and a server that both can ask."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from compat.packages import AIOKUBE, KUBERNETES_ASYNCIO, Package
from scripted import ScriptedServer


@pytest.fixture(
    params=[
        pytest.param(AIOKUBE, id="aiokube"),
        # What it leaves unclosed and unawaited is no matter of ours.
        pytest.param(KUBERNETES_ASYNCIO, id="kubernetes_asyncio", marks=pytest.mark.filterwarnings("ignore")),
    ]
)
def package(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Package]:
    """One of the two packages; what it writes into the folder for temporary files ends with the test."""
    package: Package = request.param
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield package
    if package is KUBERNETES_ASYNCIO:
        gc.collect()  # while its warnings are ignored


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    """A server that answers as the test says."""
    async with ScriptedServer() as server:
        yield server
