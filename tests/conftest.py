"""What all tests share: two servers, namespaces on them, and a watch over what tests leave behind.

A test that asks for `kube_server` runs on both servers; one that needs what only the real one has or suffers asks for
`control_plane`. Nothing is skipped: a test that needs the control plane fails when it cannot be had.
"""

import asyncio
import gc
import inspect
import os
import secrets
import sys
import threading
import time
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from aiokube.testing import ControlPlane, KubeServer
from aiokube.testing.controlplane import RequestError
from aiokube.testing.controlplane.binaries import find_binaries
from aiokube.testing.controlplane.build import build_binaries

pytest_plugins = ["pytester"]

# How long an example takes says how busy the machine is, and nothing else.
settings.register_profile("aiokube", deadline=None)
settings.load_profile("aiokube")

_CONTROL_PLANES = {"control_plane", "fresh_control_plane"}

# Threads and processes end a moment after the call that ends them returns.
_GRACE_SECONDS = 2.0
_MOMENT_SECONDS = 0.2


def pytest_collection_finish(session: pytest.Session) -> None:
    """Build the control plane before the first test: it takes longer than a test may."""
    items = () if session.config.option.collectonly else session.items
    if any(map(_needs_control_plane, items)) and find_binaries() is None:
        build_binaries(lambda line: print(f"aiokube: {line}", file=sys.stderr, flush=True))


def _needs_control_plane(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    on_both = "kube_server" in fixtures
    return on_both or bool(_CONTROL_PLANES & fixtures) or hasattr(getattr(item, "module", None), "ControlPlane")


@pytest.fixture(scope="session")
def control_plane() -> Iterator[ControlPlane]:
    """The control plane that all tests share; whoever kills things uses `fresh_control_plane`."""
    control_plane = ControlPlane()
    _run(control_plane.start())
    yield control_plane
    _run(control_plane.close())


@pytest.fixture
async def fresh_control_plane() -> AsyncIterator[ControlPlane]:
    """A control plane of the test's own."""
    async with ControlPlane() as control_plane:
        yield control_plane


@pytest.fixture(scope="session")
def kube_server_options() -> Mapping[str, Any]:
    """The embedded server grants rights as the real one does."""
    return {"authorization": "RBAC"}


@pytest.fixture(params=["embedded", "control-plane"])
def kube_server(request: pytest.FixtureRequest) -> KubeServer:
    """Each server in turn, which all tests share: that of the pytest plugin, and the control plane."""
    server: KubeServer = request.getfixturevalue("kube_server" if request.param == "embedded" else "control_plane")
    return server


@pytest.fixture
async def namespace(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The name of a namespace of the test's own on its server; it is deleted afterwards, without waiting."""
    server: KubeServer = request.getfixturevalue(_server_of(request))
    name = f"test-{secrets.token_hex(4)}"
    await server.request("POST", "/api/v1/namespaces", {"metadata": {"name": name}})
    yield name
    try:
        await server.request("DELETE", f"/api/v1/namespaces/{name}")
    except RequestError as error:
        if error.status not in (404, 409):  # the test deleted it: gone, or on its way
            raise


@pytest.fixture(autouse=True)
def nothing_is_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a task, an open file or socket, a child process or a thread behind."""
    if inspect.iscoroutinefunction(getattr(request, "function", None)):
        request.getfixturevalue("no_task_is_left")  # first, for the event loop comes with it
    if {"kube_server", "namespace"} & set(request.fixturenames):
        request.getfixturevalue(_server_of(request))  # first, for it stays when the test has ended
    before = _belongings()
    yield
    left = _left_since(before)
    assert not left, f"the test left behind: {', '.join(sorted(left))}"


@pytest.fixture
async def no_task_is_left() -> AsyncIterator[None]:
    """Fail an async test that leaves a task; its loop would cancel it silently."""
    before = asyncio.all_tasks()
    yield
    for _ in range(10):  # what was cancelled at the very end needs some turns of the loop to end
        await asyncio.sleep(0)
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    assert not left, f"the test left behind: {left}"


def _server_of(request: pytest.FixtureRequest) -> str:
    return "kube_server" if "kube_server" in request.fixturenames else "control_plane"


def _run(coroutine: Coroutine[Any, Any, None]) -> None:
    # asyncio.run() would unset the event loop that pytest-asyncio has set for the test.
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(coroutine)


def _left_since(before: set[str]) -> set[str]:
    left = _left_after(before, _MOMENT_SECONDS)  # a server's end of a connection goes a moment after the client's
    if left:
        gc.collect()  # what only a cycle keeps is closed now, and warns if it should not have been needed
        left = _left_after(before, _GRACE_SECONDS)
    return left


def _left_after(before: set[str], seconds: float) -> set[str]:
    deadline = time.monotonic() + seconds
    while (left := _belongings() - before) and time.monotonic() < deadline:
        time.sleep(0.005)
    return left


def _belongings() -> set[str]:
    return _threads() | _descriptors() | _children()


def _threads() -> set[str]:
    # Those of the event loop's own executor wait for work until pytest-asyncio closes the loop.
    threads = (thread for thread in threading.enumerate() if not thread.name.startswith("asyncio_"))
    return {f"thread {thread.name} ({thread.ident})" for thread in threads}


def _descriptors() -> set[str]:
    found = set()
    for descriptor in Path("/proc/self/fd").glob("*"):
        try:
            found.add(f"descriptor {descriptor.name} ({os.readlink(descriptor)})")
        except FileNotFoundError:  # the one that lists this folder
            continue
    return found


def _children() -> set[str]:
    found = set()
    for children in Path("/proc/self/task").glob("*/children"):
        try:
            found |= {f"process {pid}" for pid in children.read_text().split()}
        except (FileNotFoundError, ProcessLookupError):  # the thread ended since it was listed
            continue
    return found
