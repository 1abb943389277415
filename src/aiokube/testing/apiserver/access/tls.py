"""TLS as the server has it: its own certificate, and clients that may show one.

A client's certificate that this server's authority has not signed ends the handshake, where kube-apiserver goes
on and answers 401: Python's ssl cannot look at a certificate that it does not accept.
"""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from pathlib import Path

from aiokube.testing.certificates import Authority
from aiokube.testing.private_file import write_private

__all__ = ["server_context"]


def server_context(authority: Authority, hosts: Sequence[str], *, directory: Path) -> ssl.SSLContext:
    """Return the context of a server.

    Args:
        authority: signs the server's certificate, and those of clients that are accepted.
        hosts: the names and addresses by which it is reached.
        directory: where the certificate is written, because Python's ssl reads it from a file alone.
    """
    pair = authority.server(hosts)
    file = write_private(directory / "server.pem", pair.certificate + pair.key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    context.load_verify_locations(cadata=authority.key_pair.certificate)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.set_alpn_protocols(["http/1.1"])
    return context
