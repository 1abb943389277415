"""What may share what is known, and that nothing secret can be read from it."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from aiokube.client.configuration import Configuration
from aiokube.client.credentials import TokenCredentials
from aiokube.dynamic.discovery_identity import Identity, identify

CANARY = "canary-7b1e"


async def identity(headers: dict[str, str] | None = None, **fields: Any) -> Identity:
    configuration = Configuration(host=fields.pop("host", "https://one.example:6443"))
    for name, value in fields.items():
        setattr(configuration, name, value)
    return await identify(configuration, headers or {})


@pytest.mark.parametrize(
    "other",
    [
        {"host": "https://two.example:6443"},
        {"host": "https://one.example:6444"},
        {"host": "http://one.example:6443"},
        {"host": "https://one.example:6443/k8s/clusters/c-1"},
        {"ssl_ca_cert_data": b"another CA"},
        {"verify_ssl": False},
        {"assert_hostname": False},
        {"tls_server_name": "other.example"},
        {"api_key": {"BearerToken": "Bearer one"}},
        {"credentials": TokenCredentials("two")},
        {"username": "one"},
        {"cert_data": b"a certificate"},
        {"headers": {"Impersonate-User": "one"}},
        {"headers": {"impersonate-group": "one"}},
        {"headers": {"Authorization": "Bearer one"}},
    ],
)
async def test_another_server_trust_or_user_is_another_identity(other: dict[str, Any]) -> None:
    assert await identity(**other) != await identity()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"host": "https://ONE.example:6443/"}, {}),
        ({"host": "https://one.example"}, {"host": "https://one.example:443"}),
        ({"host": "https://name:word@one.example:6443"}, {}),
        ({"headers": {"User-Agent": "mine", "Accept": "x"}}, {}),
        ({"api_key": {"BearerToken": "Bearer one"}}, {"credentials": TokenCredentials("one")}),
        (
            {"api_key": {"BearerToken": "one"}, "api_key_prefix": {"BearerToken": "Bearer"}},
            {"credentials": TokenCredentials("one")},
        ),
        ({"username": "one", "password": "old"}, {"username": "one", "password": "new"}),
    ],
)
async def test_same_server_and_user_in_other_words_is_the_same_identity(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert await identity(**one) == await identity(**other)


async def test_files_count_by_their_content(tmp_path: Path) -> None:
    ca, certificate = tmp_path / "ca.pem", tmp_path / "cert.pem"
    ca.write_bytes(b"a CA")
    certificate.write_bytes(b"a certificate")
    by_file = await identity(ssl_ca_cert=str(ca), cert_file=str(certificate))
    assert by_file == await identity(ssl_ca_cert_data=b"a CA", cert_data=b"a certificate")
    ca.write_bytes(b"another CA")
    assert await identity(ssl_ca_cert=str(ca), cert_file=str(certificate)) != by_file


async def test_file_that_cannot_be_read_is_like_no_other(tmp_path: Path) -> None:
    """Connecting reports it; asking who we are does not hang on it, and does not fail."""
    os.mkfifo(tmp_path / "fifo")
    paths = [str(tmp_path / "missing"), str(tmp_path / "fifo"), str(tmp_path), "nul\x00", "surrogate\udcff"]
    identities = [await identity(ssl_ca_cert=path) for path in paths] + [await identity()]
    assert len(set(identities)) == len(paths) + 1


async def test_nothing_secret_is_in_it() -> None:
    """Nor is a digest from which a password could be guessed."""
    configuration = {
        "host": f"https://user:{CANARY}@one.example",
        "api_key": {"BearerToken": f"Bearer {CANARY}"},
        "headers": {"Impersonate-User": CANARY},
        "cert_data": CANARY.encode(),
    }
    assert CANARY.encode() not in msgspec.json.encode(await identity(**configuration))
    odd = {"credentials": None, "api_key": {"BearerToken": "Basic " + base64.b64encode(b"\xff:x").decode()}}
    assert await identity(**odd) != await identity()
    assert await identity(api_key={"BearerToken": "Basic !"}) != await identity()
