"""TLS contexts, and what they do against servers whose certificates are right and wrong."""

from __future__ import annotations

import asyncio
import datetime as dt
import gc
import os
import ssl
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any
from weakref import ref

import aiohttp
import pytest

import pki
from aiokube._machinery.requests import build
from aiokube.client import ApiClient, Configuration
from aiokube.client.credentials import CredentialsError
from aiokube.client.tls import ssl_context
from aiokube.testing import KubeServer
from scripted import Exchange, ScriptedServer, begins_and_turns_away

READ = build("GET", "/version")
WRITE = build("POST", "/api/v1/namespaces", body={})
AUTHORITY = pki.authority()
OTHER = pki.authority("other")
LONG_AGO = dt.timedelta(days=30)


async def answers(exchange: Exchange) -> None:
    await exchange.answer(200, b"{}")


def serving(certificate: pki.Certificate, directory: Path, **keywords: Any) -> ScriptedServer:
    server = ScriptedServer(certificate.server_context(directory, **keywords))
    server.otherwise = answers
    return server


def trusting(
    server: ScriptedServer, ca: pki.Certificate | None = AUTHORITY, *, host: str = "127.0.0.1"
) -> Configuration:
    configuration = Configuration(host=server.url.replace("127.0.0.1", host))
    configuration.ssl_ca_cert_data = None if ca is None else ca.pem
    return configuration


async def ask(configuration: Configuration) -> int:
    async with ApiClient(configuration) as api:
        return (await api.send(READ)).status


# --- who is trusted


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_server_of_the_configured_authority_is_trusted(tmp_path: Path, host: str) -> None:
    async with serving(pki.server(AUTHORITY), tmp_path) as server:
        assert await ask(trusting(server, host=host)) == 200


@pytest.mark.parametrize(
    ("certificate", "said"),
    [
        (lambda: pki.server(AUTHORITY, age=LONG_AGO), "certificate has expired"),
        (lambda: pki.server(AUTHORITY, ("kubernetes.default",)), "IP address mismatch"),
        (lambda: pki.server(None), "self-signed certificate"),
        (lambda: pki.server(OTHER), "unable to get local issuer"),
        (lambda: pki.server(AUTHORITY, (), name="127.0.0.1"), "IP address mismatch"),
    ],
    ids=["expired", "wrong host", "self-signed", "other authority", "no names"],
)
async def test_a_server_that_is_not_trusted_gets_nothing(
    tmp_path: Path, waits: list[float], certificate: Callable[[], pki.Certificate], said: str
) -> None:
    async with serving(certificate(), tmp_path) as server:
        async with ApiClient(trusting(server)) as api:
            for request in (READ, WRITE):
                with pytest.raises(aiohttp.ClientConnectorCertificateError, match=said):
                    await api.send(request)
        assert not server.requests
    assert not waits


async def test_a_common_name_is_no_host_name(tmp_path: Path) -> None:
    """OpenSSL would take it, in a certificate without alternative names; Go does not."""
    async with serving(pki.server(AUTHORITY, (), name="localhost"), tmp_path) as server:
        with pytest.raises(aiohttp.ClientConnectorCertificateError, match="Hostname mismatch"):
            await ask(trusting(server, host="localhost"))


async def test_without_an_authority_the_systems_are_asked(tmp_path: Path) -> None:
    """Verification is on by default: a private authority is refused."""
    async with serving(pki.server(AUTHORITY), tmp_path) as server:
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await ask(trusting(server, None))


async def test_the_configured_authority_replaces_the_systems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system = tmp_path / "system.pem"
    system.write_bytes(AUTHORITY.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(system))
    async with serving(pki.server(AUTHORITY), tmp_path) as server:
        by_system = trusting(server, None)
        by_system.cert_data, by_system.key_data = _fresh_client()  # so that no other test has made this context
        assert await ask(by_system) == 200
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await ask(trusting(server, OTHER))


async def test_one_of_several_authorities_is_enough(tmp_path: Path) -> None:
    async with serving(pki.server(AUTHORITY), tmp_path) as server:
        configuration = trusting(server)
        configuration.ssl_ca_cert_data = b"# r\xc3\xa9serve\n" + OTHER.pem + b"\n" + AUTHORITY.pem
        assert await ask(configuration) == 200


async def test_an_authority_without_key_identifiers_is_accepted(tmp_path: Path) -> None:
    """Many clusters have one; Python refuses it by default from 3.13 on."""
    authority = pki.authority("old", identified=False)
    async with serving(pki.server(authority, identified=False), tmp_path) as server:
        assert await ask(trusting(server, authority)) == 200


async def test_an_authority_between_the_root_and_the_server_is_an_anchor(tmp_path: Path) -> None:
    between = pki.authority("between", issuer=AUTHORITY)
    async with serving(pki.server(between), tmp_path) as server:
        assert await ask(trusting(server, between)) == 200


@pytest.mark.parametrize(
    ("ca", "disable", "strict"), [(True, False, False), (False, True, False), (False, False, True)]
)
async def test_strictness_is_given_up_for_a_configured_authority_and_on_request(
    monkeypatch: pytest.MonkeyPatch, ca: bool, disable: bool, strict: bool
) -> None:
    default = ssl.create_default_context

    def as_in_python_3_13(**keywords: Any) -> ssl.SSLContext:
        context = default(**keywords)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    monkeypatch.setattr(ssl, "create_default_context", as_in_python_3_13)
    configuration = Configuration()
    configuration.ssl_ca_cert_data = pki.authority().pem if ca else None
    configuration.disable_strict_ssl_verification = disable
    configuration.cert_data, configuration.key_data = _fresh_client()
    context = await ssl_context(configuration)
    assert bool(context.verify_flags & ssl.VERIFY_X509_STRICT) is strict
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


# --- what is not verified, on request


async def test_another_name_can_be_asked_for(tmp_path: Path) -> None:
    asked: list[str | None] = []
    context = pki.server(AUTHORITY, ("kubernetes.default",)).server_context(tmp_path)
    context.sni_callback = lambda _object, name, _context: asked.append(name)
    async with ScriptedServer(context) as server:
        server.otherwise = answers
        configuration = trusting(server)
        configuration.tls_server_name = "kubernetes.default"
        assert await ask(configuration) == 200
        configuration.tls_server_name = "kubernetes.other"
        with pytest.raises(aiohttp.ClientConnectorCertificateError, match="Hostname mismatch"):
            await ask(configuration)
    assert asked == ["kubernetes.default", "kubernetes.other"]
    assert server.requests[0].headers["host"].startswith("127.0.0.1:"), "the name is for TLS alone"


async def test_the_host_name_need_not_be_in_the_certificate(tmp_path: Path) -> None:
    async with serving(pki.server(AUTHORITY, ("elsewhere",)), tmp_path) as server:
        configuration = trusting(server)
        configuration.assert_hostname = False
        assert await ask(configuration) == 200
    async with serving(pki.server(OTHER, ("elsewhere",)), tmp_path) as server:
        configuration = trusting(server)
        configuration.assert_hostname = False
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await ask(configuration)


@pytest.mark.parametrize("ca", [None, AUTHORITY])
async def test_nothing_is_verified_on_request(tmp_path: Path, ca: pki.Certificate | None) -> None:
    async with serving(pki.server(None, ("elsewhere",), age=LONG_AGO), tmp_path) as server:
        configuration = trusting(server, ca)
        configuration.verify_ssl = False
        assert await ask(configuration) == 200


# --- who asks


async def test_a_client_certificate_is_shown(tmp_path: Path) -> None:
    async with serving(pki.server(AUTHORITY), tmp_path, clients=AUTHORITY.pem) as server:
        configuration = trusting(server)
        with pytest.raises(aiohttp.ClientError):
            await ask(configuration)
        user = pki.client(AUTHORITY)
        configuration.cert_data, configuration.key_data = user.pem, user.key
        assert await ask(configuration) == 200


async def test_certificates_are_read_from_files_and_data_wins(tmp_path: Path) -> None:
    user = pki.client(AUTHORITY)
    files = {"ca.crt": AUTHORITY.pem, "user.crt": user.pem, "user.key": user.key}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    async with serving(pki.server(AUTHORITY), tmp_path, clients=AUTHORITY.pem) as server:
        configuration = trusting(server, None)
        configuration.ssl_ca_cert = str(tmp_path / "ca.crt")
        configuration.cert_file = str(tmp_path / "user.crt")
        configuration.key_file = str(tmp_path / "user.key")
        assert await ask(configuration) == 200
        configuration.ssl_ca_cert_data = OTHER.pem
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await ask(configuration)


async def test_a_key_may_stand_in_the_certificates_file(tmp_path: Path) -> None:
    user = pki.client(AUTHORITY)
    async with serving(pki.server(AUTHORITY), tmp_path, clients=AUTHORITY.pem) as server:
        configuration = trusting(server)
        configuration.cert_data = user.pem + user.key
        assert await ask(configuration) == 200


def _fresh_client() -> tuple[bytes, bytes]:
    user = pki.client(AUTHORITY)
    return user.pem, user.key


# --- what cannot be used


def _broken() -> dict[str, tuple[dict[str, Any], str]]:
    user, other = pki.client(AUTHORITY), pki.client(AUTHORITY)
    unusable = "the client certificate and its key cannot be used"
    return {
        "authority is no certificate": (
            {"ssl_ca_cert_data": b"-----BEGIN"},
            "the certificate authority cannot be used",
        ),
        "authority is damaged": ({"ssl_ca_cert_data": AUTHORITY.pem[:200]}, "the certificate authority cannot be used"),
        "authority is missing": ({"ssl_ca_cert": "/no/such.crt"}, "cannot read the certificate authority /no/such.crt"),
        "authority is a folder": ({"ssl_ca_cert": "/"}, "cannot read the certificate authority /: it is a directory"),
        "authority is endless": ({"ssl_ca_cert": "/dev/zero"}, "/dev/zero: it is not a regular file"),
        "authority is empty": ({"ssl_ca_cert": "EMPTY"}, "it is empty"),
        "certificate is missing": ({"cert_file": "/no/such.crt"}, "cannot read the client certificate /no/such.crt"),
        "key is missing": ({"cert_data": user.pem, "key_file": "/no/such.key"}, "cannot read the client key"),
        "key is not there": ({"cert_data": user.pem}, unusable),
        "key is another's": ({"cert_data": user.pem, "key_data": other.key}, unusable),
        "key is encrypted": ({"cert_data": user.pem, "key_data": user.encrypted_key(b"secret")}, unusable),
        "key is damaged": ({"cert_data": user.pem, "key_data": user.key[:100]}, unusable),
        "certificate is damaged": ({"cert_data": user.pem[:200], "key_data": user.key}, unusable),
    }


@pytest.mark.parametrize("case", _broken())
async def test_what_cannot_be_used_is_an_error_that_names_it(tmp_path: Path, case: str) -> None:
    """Above all, an empty authority file does not mean the system's authorities."""
    fields, said = _broken()[case]
    (tmp_path / "empty").write_bytes(b"\n")
    configuration = Configuration(host="https://localhost:1")
    for name, value in fields.items():
        setattr(configuration, name, str(tmp_path / "empty") if value == "EMPTY" else value)
    async with ApiClient(configuration) as api:
        with pytest.raises(CredentialsError) as caught:
            await api.send(READ)
    assert said in str(caught.value)
    assert "PRIVATE KEY" not in _shown(caught.value)


def _shown(error: Exception) -> str:
    """A traceback with the locals of all frames but the test's own."""
    below = error.__traceback__ and error.__traceback__.tb_next
    shown = traceback.TracebackException(type(error), error, below, capture_locals=True)
    return "".join(shown.format())


async def test_an_authority_behind_a_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(CredentialsError, match="not a regular file"):
        await ssl_context(Configuration(ssl_ca_cert=str(tmp_path / "pipe")))


# --- contexts are shared and leave nothing


async def test_equal_configurations_share_a_context(tmp_path: Path) -> None:
    """By content: the same authority from a file and from data is the same."""
    (tmp_path / "ca.crt").write_bytes(AUTHORITY.pem)
    user, key = _fresh_client()
    configurations = [Configuration(ssl_ca_cert=str(tmp_path / "ca.crt")), Configuration()]
    configurations[1].ssl_ca_cert_data = AUTHORITY.pem
    for configuration in configurations:
        configuration.cert_data, configuration.key_data = user, key
    contexts = await asyncio.gather(*(ssl_context(configuration) for configuration in configurations * 4))
    assert len({id(context) for context in contexts}) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"verify_ssl": False},
        {"assert_hostname": False},
        {"ssl_ca_cert_data": OTHER.pem},
        {"ssl_ca_cert_data": None},
        dict(zip(("cert_data", "key_data"), _fresh_client(), strict=True)),
    ],
    ids=["not verified", "no host name", "other authority", "no authority", "client certificate"],
)
async def test_different_configurations_share_nothing(change: dict[str, Any]) -> None:
    one, other = Configuration(), Configuration()
    one.ssl_ca_cert_data = other.ssl_ca_cert_data = AUTHORITY.pem
    for name, value in change.items():
        setattr(other, name, value)
    assert await ssl_context(one) is not await ssl_context(other)


async def test_a_file_that_has_changed_makes_another_context(tmp_path: Path) -> None:
    path = tmp_path / "ca.crt"
    path.write_bytes(AUTHORITY.pem)
    configuration = Configuration(ssl_ca_cert=str(path))
    before = await ssl_context(configuration)
    path.write_bytes(OTHER.pem)
    assert await ssl_context(configuration) is not before


async def test_a_context_that_nobody_uses_is_dropped() -> None:
    configuration = Configuration()
    configuration.cert_data, configuration.key_data = _fresh_client()
    context = ref(await ssl_context(configuration))
    await asyncio.sleep(0)  # the event loop still had the answer of the thread
    gc.collect()
    assert context() is None


@pytest.mark.parametrize("memory", [True, False], ids=["memory", "no memory files"])
@pytest.mark.parametrize("usable", [True, False])
async def test_key_material_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory: bool, usable: bool
) -> None:
    """Descriptors are counted after each test; where there are no files in memory, one is on disk for a moment."""
    seen: list[tuple[str, int | None]] = []
    load = ssl.SSLContext.load_cert_chain

    def watched(self: ssl.SSLContext, path: str, **keywords: Any) -> None:
        seen.append((path, None if memory else os.stat(path).st_mode & 0o777))
        load(self, path, **keywords)

    def refused(*_: Any) -> int:
        raise PermissionError

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", watched)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    if not memory:
        monkeypatch.setattr(os, "memfd_create", refused)
    configuration = Configuration()
    configuration.cert_data, configuration.key_data = _fresh_client()
    if usable:
        await ssl_context(configuration)
    else:
        configuration.key_data = b"no key"
        with pytest.raises(CredentialsError):
            await ssl_context(configuration)
    ((path, mode),) = seen
    assert path.startswith("/proc/self/fd/" if memory else str(tmp_path))
    assert mode == (None if memory else 0o600)
    assert not list(tmp_path.iterdir())


# --- the real thing


async def test_the_real_servers_authority_is_the_only_one(kube_server: KubeServer) -> None:
    configuration = kube_server.configuration
    assert await ask(configuration) == 200
    configuration.ssl_ca_cert, configuration.ssl_ca_cert_data = None, OTHER.pem
    with pytest.raises(aiohttp.ClientConnectorCertificateError):
        await ask(configuration)


# --- farewell


async def test_a_stream_that_was_closed_does_not_wait_for_the_servers_farewell(tmp_path: Path) -> None:
    """Its socket is closed when the client is, though the server says nothing any more."""
    async with serving(pki.server(AUTHORITY), tmp_path) as server:
        server.play(begins_and_turns_away)
        async with ApiClient(trusting(server)) as api:
            stream = await api.stream(READ)
            assert stream.connection is not None
            assert stream.connection.transport is not None
            socket = stream.connection.transport.get_extra_info("socket")
            stream.close()
        assert socket.fileno() == -1
