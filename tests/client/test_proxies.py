"""Which proxy is taken, and what one on loopback gets to see."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Self

import aiohttp
import pytest

import pki
from aiokube._machinery.requests import Timeouts, build
from aiokube.client import ApiClient, Configuration
from aiokube.client.credentials import TokenCredentials
from aiokube.client.exceptions import OutcomeUnknownError
from aiokube.client.proxies import Proxy, is_loopback, proxy_for
from scripted import Exchange, ScriptedServer

CANARY = "canary-9b2e"
READ = build("GET", "/version")


def configured(host: str, proxy: str | None = None, no_proxy: str | None = None) -> Configuration:
    configuration = Configuration(host=host)
    configuration.proxy, configuration.no_proxy = proxy, no_proxy
    return configuration


# --- which one


@pytest.mark.parametrize(
    ("host", "environment", "url"),
    [
        ("https://a.example", {}, None),
        ("https://a.example", {"HTTPS_PROXY": "http://p:3128"}, "http://p:3128"),
        ("https://a.example", {"https_proxy": "http://p:3128"}, "http://p:3128"),
        ("https://a.example", {"HTTP_PROXY": "http://p:3128"}, None),
        ("http://a.example", {"HTTP_PROXY": "http://p:3128"}, "http://p:3128"),
        ("http://a.example", {"HTTPS_PROXY": "http://p:3128"}, None),
        ("https://a.example", {"HTTPS_PROXY": "p:3128"}, "http://p:3128"),
        ("https://a.example", {"HTTPS_PROXY": ""}, None),
        ("https://a.example", {"ALL_PROXY": "http://p:3128"}, None),
        ("https://a.example", {"HTTPS_PROXY": "http://p:3128", "NO_PROXY": "example"}, None),
        ("https://a.example", {"HTTPS_PROXY": "http://p:3128", "no_proxy": "b.example"}, "http://p:3128"),
        ("https://localhost:6443", {"HTTPS_PROXY": "http://p:3128"}, None),
        ("https://127.0.0.1:6443", {"HTTPS_PROXY": "http://p:3128"}, None),
        ("https://[::1]:6443", {"HTTPS_PROXY": "http://p:3128"}, None),
    ],
)
def test_the_environments_proxy_is_taken_as_by_go(
    monkeypatch: pytest.MonkeyPatch, host: str, environment: dict[str, str], url: str | None
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    proxy = proxy_for(configured(host))
    assert (proxy and proxy.url) == url


def test_the_configurations_proxy_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_PROXY of the environment says nothing about it, and this machine may be behind it too."""
    monkeypatch.setenv("HTTPS_PROXY", "http://environment:1")
    monkeypatch.setenv("NO_PROXY", "*")
    assert proxy_for(configured("https://a.example", "http://own:1")) == Proxy("http://own:1", {})
    assert proxy_for(configured("https://127.0.0.1", "https://own:1")) == Proxy("https://own:1", {})


def test_the_configurations_exemptions_win_over_the_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://p:1")
    monkeypatch.setenv("NO_PROXY", "a.example")
    assert proxy_for(configured("https://a.example", no_proxy="")) == Proxy("http://p:1", {})
    assert proxy_for(configured("https://b.example", no_proxy="b.example")) is None
    assert proxy_for(configured("https://b.example", "http://own:1", no_proxy="b.example")) is None


@pytest.mark.parametrize(
    ("host", "no_proxy", "exempt"),
    [
        # names: with all below, only what is below, not what merely ends alike
        ("https://a.example", "a.example", True),
        ("https://b.a.example", "a.example", True),
        ("https://ba.example", "a.example", False),
        ("https://A.Example.", "a.example", True),
        ("https://a.example", " b.example , A.EXAMPLE ", True),
        ("https://b.a.example", ".a.example", True),
        ("https://a.example", ".a.example", False),
        ("https://b.a.example", "*.a.example", True),
        ("https://a.example", "*.a.example", False),
        ("https://example", "a.example", False),
        ("https://a.example", "*", True),
        ("https://a.example", "", False),
        ("https://a.example", ",,", False),
        # ports, those of the schemes included
        ("https://a.example:6443", "a.example:6443", True),
        ("https://a.example:6443", "a.example:443", False),
        ("https://a.example", "a.example:443", True),
        ("http://a.example", "a.example:80", True),
        ("https://b.a.example:6443", ".a.example:6443", True),
        # addresses and networks
        ("https://10.1.2.3", "10.1.2.3", True),
        ("https://10.1.2.3", "10.1.2.4", False),
        ("https://10.1.2.3", "10.1.0.0/16", True),
        ("https://10.2.2.3", "10.1.0.0/16", False),
        ("https://10.1.2.3", "10.1.2.3/8", True),
        ("https://10.1.2.3:6443", "10.1.2.3:6443", True),
        ("https://10.1.2.3:6443", "10.1.2.3:443", False),
        ("https://10.1.2.3", "2.3", False),
        ("https://10.1.2.3", "10.1.0.0/99", False),
        ("https://a.example", "10.0.0.0/8", False),
        ("https://[fd00::1]", "fd00::1", True),
        ("https://[fd00::1]", "[fd00::1]", True),
        ("https://[fd00::1]:6443", "[fd00::1]:6443", True),
        ("https://[fd00::1]:6443", "[fd00::1]:443", False),
        ("https://[fd00::1]", "fd00::/8", True),
        ("https://[fd00::1]", "10.0.0.0/8", False),
        ("https://10.1.2.3", "fd00::/8", False),
    ],
)
def test_no_proxy_names_hosts_as_in_go(host: str, no_proxy: str, exempt: bool) -> None:
    assert (proxy_for(configured(host, "http://p:1", no_proxy)) is None) is exempt


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "ftp", "unix"])
async def test_another_kind_of_proxy_is_refused_by_name(scheme: str) -> None:
    configuration = configured("https://a.example", f"{scheme}://me:{CANARY}@p:1")
    async with ApiClient(configuration) as api:
        with pytest.raises(ValueError, match=f"'{scheme}' is not supported; use http://… or https://…") as caught:
            await api.send(READ)
    assert CANARY not in str(caught.value)


def test_a_user_in_the_proxys_url_becomes_a_header() -> None:
    configuration = configured("https://a.example", "http://me%40x:p%3Aw@p:1")
    configuration.proxy_headers = {"X-One": "1"}
    proxy = proxy_for(configuration)
    assert proxy == Proxy("http://p:1", {"X-One": "1", "Proxy-Authorization": "Basic bWVAeDpwOnc="})


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_what_this_machine_is(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


# --- what it sees


class Tunnel:
    """A proxy that connects what is asked for, and keeps what it was told in the clear.

    Args:
        status: What it answers to CONNECT; when it is not 200 there is no tunnel.
    """

    def __init__(self, status: str = "200 Connection Established") -> None:
        self.status = status
        self.heads: list[str] = []
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        host, port = self._server.sockets[0].getsockname()
        return f"http://{host}:{port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.heads.append(head)
            writer.write(f"HTTP/1.1 {self.status}\r\nProxy-Authenticate: Basic\r\n\r\n".encode())
            if self.status.startswith("200"):
                host, _, port = head.split()[1].rpartition(":")
                far_reader, far_writer = await asyncio.open_connection(host, int(port))
                try:
                    await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
                finally:
                    far_writer.close()
        except ConnectionError:
            pass  # either side left
        finally:
            writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()


async def answers(exchange: Exchange) -> None:
    await exchange.answer(200, b"{}")


AUTHORITY = pki.authority()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer(pki.server(AUTHORITY).server_context(tmp_path)) as server:
        server.otherwise = answers
        yield server


@pytest.fixture
def configuration(server: ScriptedServer) -> Configuration:
    configuration = Configuration(host=server.url)
    configuration.ssl_ca_cert_data = AUTHORITY.pem
    configuration.credentials = TokenCredentials(CANARY)
    return configuration


async def test_a_tunnel_sees_where_to_and_nothing_else(server: ScriptedServer, configuration: Configuration) -> None:
    async with Tunnel() as proxy, ApiClient(configuration, "X-One", "1") as api:
        configuration.proxy = proxy.url.replace("://", f"://me:{CANARY}@")
        configuration.proxy_headers = {"X-Proxy": "1"}
        for _ in range(2):
            assert (await api.send(READ)).status == 200
    assert [request.headers["authorization"] for request in server.requests] == [f"Bearer {CANARY}"] * 2
    (head,) = proxy.heads
    address = server.url.removeprefix("https://")
    line, *headers = head.split("\r\n")
    assert line == f"CONNECT {address} HTTP/1.1"
    names = {header.partition(":")[0].lower() for header in headers if header}
    library = {"accept", "accept-encoding", "user-agent"}
    assert names - library == {"host", "proxy-authorization", "x-proxy"}
    assert f"Bearer {CANARY}" not in head
    assert not {"proxy-authorization", "x-proxy"} & set(server.requests[0].headers), "those are for the proxy"


async def test_a_proxy_of_the_environment_is_used_without_its_netrc(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Plain http needs no tunnel: the proxy answers for a host that nobody knows."""
    netrc = tmp_path / ".netrc"
    netrc.write_text("default login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    async with ScriptedServer() as proxy:
        proxy.otherwise = answers
        monkeypatch.setenv("HTTP_PROXY", proxy.url.replace("://", "://me:pw@"))
        async with ApiClient(Configuration(host="http://cluster.example/base")) as api:
            assert (await api.send(READ)).status == 200
        (request,) = proxy.requests
    assert request.target == "http://cluster.example/base/version"
    assert request.headers["proxy-authorization"] == "Basic bWU6cHc="
    assert "authorization" not in request.headers


async def test_a_wrong_certificate_behind_a_tunnel_is_refused(
    server: ScriptedServer, configuration: Configuration
) -> None:
    configuration.ssl_ca_cert_data = pki.authority("other").pem
    async with Tunnel() as proxy, ApiClient(configuration) as api:
        configuration.proxy = proxy.url
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await api.send(READ)
    assert not server.requests


@pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "403 Forbidden", "502 Bad Gateway"])
async def test_a_proxy_that_refuses_is_an_error_that_shows_no_password(
    server: ScriptedServer, configuration: Configuration, status: str
) -> None:
    """Nothing was sent, so the outcome of a write is known."""
    async with Tunnel(status) as proxy, ApiClient(configuration) as api:
        configuration.proxy = proxy.url.replace("://", f"://me:{CANARY}@")
        for request in (READ, build("POST", "/api/v1/namespaces", body={})):
            with pytest.raises(aiohttp.ClientHttpProxyError, match=status[:3]) as caught:
                await api.send(request)
            assert not isinstance(caught.value, OutcomeUnknownError)
            assert not caught.value.request_info.headers
            _assert_secret(configuration, caught.value)
        assert len(proxy.heads) == 2, "once for each"
    assert not server.requests


async def test_a_proxy_that_is_not_there_is_an_error_that_shows_no_password(
    configuration: Configuration, unused_tcp_port: int
) -> None:
    configuration.proxy = f"http://me:{CANARY}@127.0.0.1:{unused_tcp_port}"
    async with ApiClient(configuration) as api:
        with pytest.raises(aiohttp.ClientProxyConnectionError) as caught:
            await api.send(READ)
        _assert_secret(configuration, caught.value)


async def test_a_proxy_that_never_answers_has_a_deadline(configuration: Configuration) -> None:
    async def silent(exchange: Exchange) -> None:
        """Never answers."""

    async with ScriptedServer() as proxy, ApiClient(configuration) as api:
        proxy.play(silent)
        configuration.proxy = proxy.url
        with pytest.raises(aiohttp.ConnectionTimeoutError):
            await api.send(build("POST", "/a", body={}, timeouts=Timeouts(connect=0.05)))
        assert [request.method for request in proxy.requests] == ["CONNECT"]


def _assert_secret(configuration: Configuration, error: BaseException) -> None:
    basic = "bWU6Y2FuYXJ5"  # how "me:canary" begins
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    said = f"{error!r} {error.args!r} {vars(error)!r} {''.join(shown.format())}"
    assert CANARY not in said
    assert basic not in said
