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
from typing import NamedTuple
from weakref import WeakValueDictionary

from aiokube.client.configuration import Configuration
from aiokube.client.credentials import CredentialsError

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
        # client-go accepts them. The chain and the host name are verified all the same.
        lenient=ca is not None or configuration.disable_strict_ssl_verification,
    )


def _content(data: bytes | None, path: str | None, what: str) -> bytes | None:
    if data or not path:
        return data or None
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise CredentialsError(f"cannot read the {what} {path}: {error.strerror or error}") from error


def _build(material: _Material) -> ssl.SSLContext:
    try:
        cadata = material.ca.decode("ascii", "ignore") if material.ca else None
        context = ssl.create_default_context(cadata=cadata)
    except ssl.SSLError as error:
        raise CredentialsError(f"the certificate authority cannot be used: {error.reason or error}") from error
    if material.lenient:
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.check_hostname = material.check_hostname
    if not material.verify:
        context.verify_mode = ssl.CERT_NONE
    if material.cert:
        _load_client_certificate(context, material.cert, material.key)
    return context


def _load_client_certificate(context: ssl.SSLContext, cert: bytes, key: bytes | None) -> None:
    try:
        with _unlinked(cert + b"\n" + (key or b"")) as path:
            # The password keeps OpenSSL from asking on the terminal for that of an encrypted key.
            context.load_cert_chain(path, password="")
    except ssl.SSLError as error:
        why = error.reason or "the key is encrypted, or is not there"
        raise CredentialsError(f"the client certificate and its key cannot be used: {why}") from None


@contextmanager
def _unlinked(content: bytes) -> Iterator[str]:
    """Give a path at which OpenSSL can read bytes: in memory where the system can, else a file that only we read."""
    if hasattr(os, "memfd_create") and os.path.isdir("/proc/self/fd"):
        fd = os.memfd_create("aiokube", os.MFD_CLOEXEC)
        try:
            os.write(fd, content)
            yield f"/proc/self/fd/{fd}"
        finally:
            os.close(fd)
        return
    with tempfile.TemporaryDirectory(prefix="aiokube-") as directory:  # 0700
        path = Path(directory, "pem")
        path.touch(mode=0o600)
        path.write_bytes(content)
        yield str(path)
