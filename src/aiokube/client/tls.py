"""TLS contexts: built from a Configuration off the event loop, shared by content, key material never on disk.

Building one takes tens of milliseconds, and every ApiClient has its own copy of its Configuration: contexts are
therefore kept by what went into them, as long as somebody uses them.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import ssl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple
from weakref import WeakValueDictionary

from aiokube.client.configuration import Configuration
from aiokube.client.credentials import CredentialsError
from aiokube.client.regular_file import read_regular_file

_FILE_LIMIT = 16 << 20  # bytes; the bundle of all public authorities has 200 kB

_contexts: WeakValueDictionary[str, ssl.SSLContext] = WeakValueDictionary()
_lock = threading.Lock()


class _Material(NamedTuple):
    """All that a context is made of."""

    ca: bytes | None
    cert: bytes | None
    key: bytes | None
    verify: bool
    check_hostname: bool
    lenient: bool

    def __repr__(self) -> str:
        return "<key material>"  # it stands in frames that errors go through

    def digest(self) -> str:
        digest = hashlib.sha256()
        for part in self:
            text = part if isinstance(part, bytes) else repr(part).encode()
            digest.update(len(text).to_bytes(8, "big") + text)
        return digest.hexdigest()


async def ssl_context(configuration: Configuration) -> ssl.SSLContext:
    """Return the context for a configuration's server; files are read and contexts built in a thread.

    Raises:
        CredentialsError: A file cannot be read, or what it holds cannot be used.
    """
    return await asyncio.to_thread(_shared_context, configuration)


def _shared_context(configuration: Configuration) -> ssl.SSLContext:
    material = _material(configuration)
    digest = material.digest()
    with _lock:
        context = _contexts.get(digest)
        if context is None:
            context = _contexts[digest] = _build(material)
    return context


def _material(configuration: Configuration) -> _Material:
    ca = _content(configuration.ssl_ca_cert_data, configuration.ssl_ca_cert, "certificate authority")
    return _Material(
        ca=ca,
        cert=_content(configuration.cert_data, configuration.cert_file, "client certificate"),
        key=_content(configuration.key_data, configuration.key_file, "client key"),
        verify=configuration.verify_ssl,
        check_hostname=configuration.verify_ssl and configuration.assert_hostname is not False,
        # Many clusters' CAs lack extensions that VERIFY_X509_STRICT asks for (set by default from Python 3.13 on);
        # client-go accepts them. Chain and host name are verified all the same.
        lenient=ca is not None or configuration.disable_strict_ssl_verification,
    )


def _content(data: bytes | None, path: str | None, what: str) -> bytes | None:
    if data or not path:
        return data or None
    try:
        content = read_regular_file(path, limit=_FILE_LIMIT)
    except OSError as error:
        raise CredentialsError(f"cannot read the {what} {path}: {error.strerror or error}") from error
    if not content.strip():
        # Without an authority of its own, the server would be trusted by the system's.
        raise CredentialsError(f"cannot use the {what} {path}: it is empty")
    return content


def _build(material: _Material) -> ssl.SSLContext:
    context = _trusting(material.ca)
    if material.lenient:
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.hostname_checks_common_name = False  # a name belongs into the certificate's list of names, as in Go
    context.check_hostname = material.check_hostname
    if not material.verify:
        context.verify_mode = ssl.CERT_NONE
    if material.cert:
        _load_client_certificate(context, material)
    return context


def _trusting(ca: bytes | None) -> ssl.SSLContext:
    if ca is None:
        return ssl.create_default_context()
    try:
        context = ssl.create_default_context(cadata=ca.decode("ascii", "ignore"))
    except ssl.SSLError as error:
        raise CredentialsError(f"the certificate authority cannot be used: {error.reason or error}") from error
    # Whatever is configured is trusted, an authority between the root and the server too, as in Go.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def _load_client_certificate(context: ssl.SSLContext, material: _Material) -> None:
    try:
        with _unlinked(material) as path:
            # The password keeps OpenSSL from asking on the terminal for that of an encrypted key.
            context.load_cert_chain(path, password="")
    except ssl.SSLError as error:
        why = error.reason or "the key is encrypted, or is not there"
        raise CredentialsError(f"the client certificate and its key cannot be used: {why}") from None


@contextmanager
def _unlinked(material: _Material) -> Iterator[str]:
    """Give a path at which OpenSSL can read certificate and key: in memory where the system can."""
    file = _memory_file()
    if file is not None:
        with file:
            _write(file, material)
            yield f"/proc/self/fd/{file.fileno()}"
        return
    with tempfile.TemporaryDirectory(prefix="aiokube-") as directory:  # 0700
        path = Path(directory, "pem")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            _write(file, material)
        yield str(path)


def _memory_file() -> BinaryIO | None:
    """Open a file that is on no disk and has no name; None where there is no such thing."""
    if not hasattr(os, "memfd_create") or not os.path.isdir("/proc/self/fd"):
        return None
    try:
        return open(os.memfd_create("aiokube", os.MFD_CLOEXEC), "wb")
    except OSError:  # a sandbox that does not allow it
        return None


def _write(file: BinaryIO, material: _Material) -> None:
    file.write(b"%b\n%b" % (material.cert or b"", material.key or b""))
    file.flush()
