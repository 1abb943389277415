"""The pytest plugin: a server for each test, and a client connected to it.

    async def test_labels_are_kept(kube, kube_namespace):
        config_maps = await kube.resources.get(api_version="v1", kind="ConfigMap")
        ...

`--kube-server` says on which server tests run: "embedded", an `APIServer` of each test's own, or "control-plane",
one `ControlPlane` for all of them. pytest loads this with every run of who has aiokube installed, so what it
imports at the top is next to nothing. Of aiokube's own testing, this alone knows the client.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, cast

import pytest

try:
    # In its strict mode pytest-asyncio runs no other fixtures than its own.
    from pytest_asyncio import fixture as async_fixture
except ImportError:  # then there is anyio's plugin, which has a fixture of its own here, or nobody runs them
    async_fixture = pytest.fixture  # type: ignore[assignment]  # used in the one way that both have

if TYPE_CHECKING:
    from aiokube.kube import Kube

    from .controlplane import ControlPlane
    from .kube_server import KubeServer

__all__ = ["kube", "kube_namespace", "kube_server", "kube_server_options"]

_Scope = Literal["session", "package", "module", "class", "function"]

_EMBEDDED = "embedded"
_CONTROL_PLANE = "control-plane"
_SERVERS = (_EMBEDDED, _CONTROL_PLANE)
_SCOPES = ("function", "class", "module", "package", "session")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("aiokube", "Kubernetes API servers to test against (aiokube)")
    group.addoption(
        "--kube-server", choices=_SERVERS, default=None, help="what the fixture kube_server is; default: embedded"
    )
    parser.addini("kube_server", f"what the fixture kube_server is: {', '.join(_SERVERS)}", default=_EMBEDDED)
    parser.addini(
        "kube_server_scope", f"for how long an embedded kube_server lasts: {', '.join(_SCOPES)}", default="function"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse what cannot be."""
    for name, known in (("kube_server", _SERVERS), ("kube_server_scope", _SCOPES)):
        if config.getini(name) not in known:
            raise pytest.UsageError(f"{name} is one of {', '.join(known)}, not {config.getini(name)!r}")


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say which server it is, unless it is the one that nobody asked for."""
    return None if _server(config) == _EMBEDDED else f"kube-server: {_server(config)}"


def pytest_collection_finish(session: pytest.Session) -> None:
    """Build the control plane before the first test that needs it, for that takes longer than a test may."""
    if session.config.option.collectonly or _server(session.config) == _EMBEDDED:
        return
    if any("kube_server" in getattr(item, "fixturenames", ()) for item in session.items):
        from .controlplane.binaries import find_binaries
        from .controlplane.build import build_binaries

        if find_binaries() is None:
            build_binaries(lambda line: print(f"aiokube: {line}", file=sys.stderr, flush=True))


def _server(config: pytest.Config) -> str:
    return str(config.getoption("--kube-server") or config.getini("kube_server"))


def _scope(fixture_name: str, config: pytest.Config) -> _Scope:
    return cast(_Scope, config.getini("kube_server_scope"))


@pytest.fixture(scope=_scope)
def kube_server_options() -> Mapping[str, Any]:
    """The arguments of an embedded server; override this to have others, such as `authorization="RBAC"`."""
    return {}


@pytest.fixture(scope=_scope)
def kube_server(request: pytest.FixtureRequest) -> Iterator[KubeServer]:
    """A server: an `APIServer` of the test's own, or the `ControlPlane` that all tests share.

    It answers in a thread or in processes of its own, so synchronous tests and clients can use it too.
    """
    if _server(request.config) == _CONTROL_PLANE:
        yield request.getfixturevalue("_kube_control_plane")
        return
    from . import APIServer

    with APIServer(**request.getfixturevalue("kube_server_options")) as server:
        yield server


@pytest.fixture(scope="session")
def _kube_control_plane() -> Iterator[ControlPlane]:
    from .controlplane import ControlPlane

    control_plane = ControlPlane()
    _in_own_loop(control_plane.start)
    yield control_plane
    _in_own_loop(control_plane.close)


@pytest.fixture
def kube_namespace(kube_server: KubeServer) -> Iterator[str]:
    """The name of a namespace of the test's own; it is deleted afterwards, without waiting for that to end."""
    from .controlplane.exceptions import RequestError

    name = f"test-{secrets.token_hex(4)}"
    _in_own_loop(lambda: kube_server.request("POST", "/api/v1/namespaces", {"metadata": {"name": name}}))
    yield name
    try:
        _in_own_loop(lambda: kube_server.request("DELETE", f"/api/v1/namespaces/{name}"))
    except RequestError as error:
        if error.status not in (404, 409):  # the test deleted it: gone, or on its way
            raise


@pytest.fixture
def kube(request: pytest.FixtureRequest) -> Kube:
    """A client of the server, as its admin; in the event loop of a test of pytest-asyncio or of anyio."""
    of_anyio = "anyio_backend" in request.fixturenames
    client: Kube = request.getfixturevalue("_kube_of_anyio" if of_anyio else "_kube_of_asyncio")
    return client


@async_fixture
async def _kube_of_asyncio(kube_server: KubeServer) -> AsyncIterator[Kube]:
    from aiokube.kube import connect

    async with connect(kube_server.configuration) as client:
        yield client


@pytest.fixture
async def _kube_of_anyio(kube_server: KubeServer) -> AsyncIterator[Kube]:
    from aiokube.kube import connect

    async with connect(kube_server.configuration) as client:
        yield client


def _in_own_loop(function: Callable[[], Any]) -> None:
    """Run what is asynchronous whether or not a loop runs here: in a thread of its own."""
    from .loop_thread import LoopThread

    thread = LoopThread("aiokube pytest plugin")
    try:
        thread.run(function())
    finally:
        thread.close()
