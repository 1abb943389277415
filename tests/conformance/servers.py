"""The two servers that cases run on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from aiokube.testing import APIServer, ControlPlane
from aiokube.testing.users import User
from conformance.answers import Server

__all__ = ["embedded_server", "server_of"]


class _HasAdmin(Protocol):
    @property
    def url(self) -> str: ...
    @property
    def ca_file(self) -> Path: ...
    @property
    def admin(self) -> User: ...


def server_of(started: _HasAdmin) -> Server:
    """Return where a server that runs is, and how its admin signs in."""
    admin = started.admin
    has_caches = isinstance(started, ControlPlane)
    return Server(started.url, started.ca_file, admin.certificate_file, admin.key_file, has_caches)


@contextmanager
def embedded_server() -> Iterator[Server]:
    """Run an APIServer that goes by its roles, as the control plane does."""
    with APIServer(authorization="RBAC") as server:
        yield server_of(server)
