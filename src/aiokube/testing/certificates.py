"""The certificates of one server: an authority made for it alone, and what that signs.

Keys are on the curve P-256, which takes a millisecond where RSA takes a tenth of a second. Validity starts an
hour ago, for clocks that disagree, and ends after ten years, for servers that are left running.

Source: https://kubernetes.io/docs/setup/best-practices/certificates/
"""

import datetime as dt
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field

try:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
except ImportError as error:
    raise ImportError(
        "a server to test against needs certificates, and they need a package: pip install 'aiokube[testing]'"
    ) from error

__all__ = ["Authority", "KeyPair", "new_key"]

_BACKDATED = dt.timedelta(hours=1)
_VALID = dt.timedelta(days=3650)


@dataclass(frozen=True)
class KeyPair:
    """A certificate and its private key, both PEM."""

    certificate: str
    key: str = field(repr=False)


class Authority:
    """A certificate authority that lives in memory."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("aiokube")
        self._certificate = self._sign(
            self._name,
            self._key.public_key(),
            x509.BasicConstraints(ca=True, path_length=None),
            _key_usage(key_cert_sign=True),
        )

    @property
    def key_pair(self) -> KeyPair:
        """Its own certificate and key."""
        return KeyPair(_pem(self._certificate), _key_pem(self._key))

    def server(self, hosts: Sequence[str]) -> KeyPair:
        """Sign a certificate for a server that is reached by these names and addresses."""
        return self._leaf(
            _name(hosts[0]),
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
            x509.SubjectAlternativeName([_host(host) for host in hosts]),
        )

    def client(self, name: str, groups: Sequence[str] = ()) -> KeyPair:
        """Sign a certificate by which kube-apiserver knows a user: common name and organizations."""
        return self._leaf(_name(name, groups), x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]))

    def _leaf(self, subject: x509.Name, *extensions: x509.ExtensionType) -> KeyPair:
        key = ec.generate_private_key(ec.SECP256R1())
        usage = _key_usage(digital_signature=True)
        constraints = x509.BasicConstraints(ca=False, path_length=None)
        return KeyPair(_pem(self._sign(subject, key.public_key(), constraints, usage, *extensions)), _key_pem(key))

    def _sign(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, *extensions: x509.ExtensionType
    ) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _BACKDATED)
            .not_valid_after(now + _VALID)
        )
        # The key identifiers are what Python's VERIFY_X509_STRICT insists on.
        identifiers = (
            x509.SubjectKeyIdentifier.from_public_key(key),
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
        )
        for extension in (*extensions, *identifiers):
            critical = isinstance(extension, x509.BasicConstraints | x509.KeyUsage)
            builder = builder.add_extension(extension, critical=critical)
        return builder.sign(self._key, hashes.SHA256())


def new_key() -> str:
    """Return a fresh private key, PEM, such as service account tokens are signed with."""
    return _key_pem(ec.generate_private_key(ec.SECP256R1()))


def _name(common_name: str, organizations: Sequence[str] = ()) -> x509.Name:
    return x509.Name(
        [
            *(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization) for organization in organizations),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _key_usage(*, digital_signature: bool = False, key_cert_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        crl_sign=key_cert_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    # SEC 1, for kube-apiserver finds no public key in a PKCS 8 file (k8s.io/client-go/util/keyutil).
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()
