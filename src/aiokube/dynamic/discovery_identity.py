"""Whose view of which server a discovery is: what may be shared is told apart here, without a secret.

Two clients may share what one of them learnt when they ask the same address, verify it in the same way and are the
same user. Digests stand for certificates and tokens: the identity is a key in memory and stands in cache files.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import os
from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from aiokube.client.configuration import Configuration
from aiokube.client.regular_file import read_regular_file

_DEFAULT_PORTS = {"http": 80, "https": 443}
_FILE_LIMIT = 16 << 20  # bytes; a system's whole CA bundle is a quarter of a MiB

# Digests of files by path, each with what tells whether it is still the same file.
_Signature = tuple[int, int, int]
_file_digests: dict[str, tuple[_Signature, str]] = {}
_FILE_DIGESTS_LIMIT = 256


class Identity(msgspec.Struct, frozen=True):
    """The server, how it is verified, and the user there."""

    server: str  # scheme, host, port and path
    trust: str  # a digest of the CA and of what else decides which server is accepted
    user: str  # a digest of the credentials


async def identify(configuration: Configuration, headers: Mapping[str, str]) -> Identity:
    """Return the identity of a client.

    Args:
        configuration: The server and the user.
        headers: What the client adds to each request; impersonation makes another user of it.

    Raises:
        CredentialsError: The user's credentials cannot be had.
    """
    ca = await _content_digest(configuration.ssl_ca_cert_data, configuration.ssl_ca_cert)
    certificate = await _content_digest(configuration.cert_data, configuration.cert_file)
    verified = (configuration.verify_ssl, configuration.assert_hostname, configuration.tls_server_name)
    credential = _told_apart(await configuration.authorization() or "")
    acting_as = sorted((name.lower(), value) for name, value in headers.items() if _tells_user(name))
    return Identity(
        server=_address(configuration.host),
        trust=_digest(ca, *verified),
        user=_digest(credential, certificate, acting_as),
    )


def _address(host: str) -> str:
    """The host as it is told apart from others: without user name and password, with its port."""
    parts = urlsplit(host if "://" in host else f"http://{host}")
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
    return f"{parts.scheme}://{parts.hostname or ''}:{port}{parts.path.rstrip('/')}"


def _told_apart(authorization: str) -> str:
    """What of an Authorization header tells users apart."""
    scheme, _, value = authorization.partition(" ")
    # From the digest of a password in a cache file the password could be guessed; a token is too random for that.
    return f"Basic {_user_name(value)}" if scheme.lower() == "basic" else authorization


def _user_name(value: str) -> str:
    try:
        return base64.b64decode(value).partition(b":")[0].decode("utf-8", "replace")
    except binascii.Error:
        return ""


def _tells_user(header: str) -> bool:
    return header.lower() == "authorization" or header.lower().startswith("impersonate-")


async def _content_digest(data: bytes | None, path: str | None) -> str:
    """A digest of data or, without any, of a file's content."""
    if data:
        return _digest(data)
    if not path:
        return ""
    if digest := _remembered_digest(path):
        return digest
    return await asyncio.to_thread(_file_digest, path)


def _remembered_digest(path: str) -> str | None:
    known = _file_digests.get(path)
    try:
        return known[1] if known and known[0] == _signature(path) else None
    except (OSError, ValueError):
        return None


def _file_digest(path: str) -> str:
    try:
        signature = _signature(path)
        digest = _digest(read_regular_file(path, limit=_FILE_LIMIT))
    except (OSError, ValueError):
        # Whoever connects by this file reports what is wrong with it; here it is a file like no other.
        return _digest("unreadable", path)
    while len(_file_digests) >= _FILE_DIGESTS_LIMIT:
        _file_digests.pop(next(iter(_file_digests)), None)
    _file_digests[path] = signature, digest
    return digest


def _signature(path: str) -> _Signature:
    found = os.stat(path)
    return found.st_mtime_ns, found.st_size, found.st_ino


def _digest(*parts: object) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else repr(part).encode("utf-8", "surrogateescape")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()
