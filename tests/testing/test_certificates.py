"""Certificates that Python's strictest verification accepts."""

import socket
import ssl
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from aiokube.testing.certificates import Authority, KeyPair, new_key


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def write(folder: Path, name: str, pair: KeyPair) -> tuple[Path, Path]:
    certificate, key = folder / f"{name}.pem", folder / f"{name}-key.pem"
    certificate.write_text(pair.certificate)
    key.write_text(pair.key)
    return certificate, key


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_strict_verification_accepts_both_sides(authority: Authority, tmp_path: Path, host: str) -> None:
    ca, _ = write(tmp_path, "ca", authority.key_pair)
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(*write(tmp_path, "server", authority.server(["localhost", "127.0.0.1"])))
    served.verify_mode = ssl.CERT_REQUIRED
    asked = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    asked.load_cert_chain(*write(tmp_path, "client", authority.client("shop")))
    for context in (served, asked):
        context.load_verify_locations(ca)
        context.verify_flags |= ssl.VERIFY_X509_STRICT

    near, far = socket.socketpair()
    with near, far:
        server = threading.Thread(target=lambda: served.wrap_socket(far, server_side=True).close())
        server.start()
        with asked.wrap_socket(near, server_hostname=host) as client:
            client.recv(1)  # the end, after the server has checked the client
        server.join()


def test_a_client_certificate_has_the_name_and_the_groups(authority: Authority) -> None:
    certificate = x509.load_pem_x509_certificate(authority.client("shop", ["a", "b"]).certificate.encode())
    assert [name.value for name in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)] == ["shop"]
    groups = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    assert [group.value for group in groups] == ["a", "b"]


def test_authorities_do_not_know_each_other(authority: Authority) -> None:
    assert Authority().key_pair.certificate != authority.key_pair.certificate


def test_the_key_is_not_in_the_repr(authority: Authority) -> None:
    assert "PRIVATE KEY" not in repr(authority.client("shop"))
    assert new_key() != new_key()
