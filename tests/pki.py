"""Certificates, right ones and wrong ones, made on the fly."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_HOUR = dt.timedelta(hours=1)
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Certificate:
    """A certificate with its key."""

    certificate: x509.Certificate
    private_key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        """The certificate."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key(self) -> bytes:
        """The key, not encrypted."""
        return self._key(serialization.NoEncryption())

    def encrypted_key(self, password: bytes) -> bytes:
        """The key, encrypted."""
        return self._key(serialization.BestAvailableEncryption(password))

    def server_context(self, directory: Path, *, clients: bytes | None = None) -> ssl.SSLContext:
        """What a server serves with; it asks for client certificates of the authority `clients`."""
        path = directory / f"{self.certificate.serial_number}.pem"
        path.write_bytes(self.pem + self.key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        if clients is not None:
            context.load_verify_locations(cadata=clients.decode())
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def _key(self, encryption: serialization.KeySerializationEncryption) -> bytes:
        return self.private_key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


def authority(name: str = "authority", *, issuer: Certificate | None = None, identified: bool = True) -> Certificate:
    """Make a certificate authority.

    Args:
        name: Its common name.
        issuer: The authority above it; None makes it a root.
        identified: False leaves out the key identifiers, as many clusters' authorities do.
    """
    extensions = [(x509.BasicConstraints(ca=True, path_length=None), True), (_signs_certificates(), True)]
    return _signed(name, issuer, extensions, age=_HOUR, identified=identified)


def server(
    issuer: Certificate | None,
    hosts: Sequence[str] = ("localhost", "127.0.0.1"),
    *,
    name: str = "server",
    age: dt.timedelta = _HOUR,
    identified: bool = True,
) -> Certificate:
    """Make a server's certificate.

    Args:
        issuer: Its authority; None makes it sign itself.
        hosts: Its alternative names; none leaves the extension out.
        name: Its common name.
        age: How long ago it became valid; it is so for a day.
        identified: As for `authority`.
    """
    extensions: list[tuple[x509.ExtensionType, bool]] = [(x509.BasicConstraints(ca=False, path_length=None), True)]
    if hosts:
        extensions.append((x509.SubjectAlternativeName([_general_name(host) for host in hosts]), False))
    return _signed(name, issuer, extensions, age=age, identified=identified)


def client(issuer: Certificate, name: str = "client") -> Certificate:
    """Make a client's certificate."""
    return server(issuer, (), name=name)


def _signed(
    name: str,
    issuer: Certificate | None,
    extensions: Sequence[tuple[x509.ExtensionType, bool]],
    *,
    age: dt.timedelta,
    identified: bool,
) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    signing = key if issuer is None else issuer.private_key
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    since = dt.datetime.now(dt.UTC) - age
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + _DAY)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    if identified:
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        above = x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key())
        builder = builder.add_extension(above, critical=False)
    return Certificate(builder.sign(signing, hashes.SHA256()), key)


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _signs_certificates() -> x509.KeyUsage:
    names = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign "
        "crl_sign encipher_only decipher_only"
    )
    return x509.KeyUsage(**{name: name == "key_cert_sign" for name in names.split()})
