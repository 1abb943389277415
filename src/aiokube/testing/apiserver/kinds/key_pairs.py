"""Pairs of a certificate and its key, as Secrets for TLS have them, and what Go says of those that do not fit.

Source: https://pkg.go.dev/crypto/tls#X509KeyPair
"""

from __future__ import annotations

from collections.abc import Iterable

from aiokube.testing.apiserver.go.pem import blocks

__all__ = ["problem"]

_ONE_LENGTH_BYTE = 0x80
_SEQUENCE = 0x30


def problem(certificate: bytes, key: bytes) -> str:
    """Return in Go's words why a certificate and a key, both in PEM, are no pair; "" when they are."""
    certificates, keys = list(blocks(certificate)), list(blocks(key))
    first = next((block for block in certificates if block.type == "CERTIFICATE"), None)
    if first is None:
        return _no_certificate([block.type for block in certificates])
    private = next((block for block in keys if _is_key(block.type)), None)
    if private is None:
        return _no_key([block.type for block in keys])
    return _mismatch(first.content, private.content)


def _is_key(pem_type: str) -> bool:
    return pem_type == "PRIVATE KEY" or pem_type.endswith(" PRIVATE KEY")


def _no_certificate(types: list[str]) -> str:
    if not types:
        return "tls: failed to find any PEM data in certificate input"
    if len(types) == 1 and types[0].endswith("PRIVATE KEY"):
        return (
            "tls: failed to find certificate PEM data in certificate input, but did find a private key; "
            "PEM inputs may have been switched"
        )
    return f'tls: failed to find "CERTIFICATE" PEM block in certificate input {_skipped(types)}'


def _no_key(types: list[str]) -> str:
    if not types:
        return "tls: failed to find any PEM data in key input"
    if types == ["CERTIFICATE"]:
        return "tls: found a certificate rather than a key in the PEM for the private key"
    return f'tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input {_skipped(types)}'


def _skipped(types: Iterable[str]) -> str:
    return f"after skipping PEM blocks of the following types: [{' '.join(types)}]"


def _mismatch(certificate: bytes, key: bytes) -> str:
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    if wrong := _malformed(certificate):
        return wrong
    try:
        public = x509.load_der_x509_certificate(certificate).public_key()
    except x509.InvalidVersion:
        return "x509: invalid version"
    except ValueError:
        return "x509: malformed tbs certificate"
    except UnsupportedAlgorithm:
        return "tls: unknown public key algorithm"
    try:
        private = load_der_private_key(key, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return "tls: failed to parse private key"
    if isinstance(private, x25519.X25519PrivateKey):
        return "tls: found unknown private key type in PKCS#8 wrapping"
    kinds = (
        (rsa.RSAPublicKey, rsa.RSAPrivateKey),
        (ec.EllipticCurvePublicKey, ec.EllipticCurvePrivateKey),
        (ed25519.Ed25519PublicKey, ed25519.Ed25519PrivateKey),
    )
    for public_kind, private_kind in kinds:
        if isinstance(public, public_kind):
            if not isinstance(private, private_kind):
                return "tls: private key type does not match public key type"
            return "" if private.public_key() == public else "tls: private key does not match public key"
    return "tls: unknown public key algorithm"


def _malformed(certificate: bytes) -> str:
    """Return what is wrong with the frame of a certificate: two sequences, one in the other, and nothing after."""
    whole = _sequence(certificate)
    if whole is None:
        return "x509: malformed certificate"
    content, rest = whole
    if _sequence(content) is None:
        return "x509: malformed tbs certificate"
    return "x509: trailing data" if rest else ""


def _sequence(der: bytes) -> tuple[bytes, bytes] | None:
    """Return the content of the sequence at the start, and what follows it."""
    if len(der) < 2 or der[0] != _SEQUENCE:
        return None
    start, length = 2, der[1]
    if length >= _ONE_LENGTH_BYTE:
        start += length - _ONE_LENGTH_BYTE
        length = int.from_bytes(der[2:start], "big")
    return (der[start : start + length], der[start + length :]) if start + length <= len(der) else None
