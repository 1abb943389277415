"""Secrets for TLS whose key fits their certificate, and such as have none that does."""

import datetime as dt

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from conformance.case import Request, case, post
from conformance.objects import pem

__all__ = ["CASES"]


def _certified(key: ec.EllipticCurvePrivateKey) -> str:
    """Return a certificate of a key, as PEM."""
    name, day = x509.Name([]), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, day, day)
    return builder.sign(key, SHA256()).public_bytes(Encoding.PEM).decode()


def _private(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


_KEYS = [ec.derive_private_key(number, ec.SECP256R1()) for number in (3, 4)]
_CERTIFICATE = _certified(_KEYS[0])
_KEY, _OTHER_KEY = map(_private, _KEYS)
_KEY_OF_ANOTHER_KIND = _private(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)))


def _pair(certificate: str, key: str) -> Request:
    data = {"tls.crt": certificate, "tls.key": key}
    return post("secrets?dryRun=All", {"metadata": {"name": "a"}, "type": "kubernetes.io/tls", "stringData": data})


CASES = [
    case(
        "secrets-of-key-pairs",
        _pair(_CERTIFICATE, _KEY),
        _pair(_CERTIFICATE, f"{_CERTIFICATE}{_OTHER_KEY}"),
        _pair(_CERTIFICATE, _KEY_OF_ANOTHER_KIND),
        _pair(_CERTIFICATE, _CERTIFICATE),
        _pair(_CERTIFICATE, pem("PUBLIC KEY", b"x")),
        _pair(_CERTIFICATE, pem("PRIVATE KEY", b"x")),
        _pair(_CERTIFICATE, pem("RSA PRIVATE KEY", b"Proc-Type: 4,ENCRYPTED\n\nAAAA", plain=True)),
        _pair(_CERTIFICATE, pem("PRIVATE KEY", b"not base64", plain=True)),
        _pair(_CERTIFICATE, f"before\n{_KEY}after"),
        _pair(_CERTIFICATE, f" {_KEY}"),
        _pair(_CERTIFICATE, _KEY.rstrip()),
        _pair(f"{_CERTIFICATE}{_CERTIFICATE}", _KEY.replace("\n", "\r\n")),
        _pair(_KEY, _CERTIFICATE),
        _pair(f"{_KEY}{_KEY}", _KEY),
        _pair(pem("CERTIFICATE", b"x"), _KEY),
        _pair(pem("CERTIFICATE", b"0\x01x"), _KEY),
        _pair(pem("CERTIFICATE", b""), _KEY),
        _pair(pem("TRUSTED CERTIFICATE", b""), _KEY),
    ),
]
