"""A server between start and close: its socket, its files and its state, with one owner for each."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import socket
import ssl
import tempfile
from pathlib import Path

from aiohttp import web

from aiokube.testing.certificates import Authority
from aiokube.testing.http10 import Endpoint
from aiokube.testing.private_file import write_private
from aiokube.testing.users import User, Users

from . import access, bootstrap
from .access import Authenticator, Authorization, KeptPolicy, Security, ServiceAccountTokens
from .clock import Clock
from .cluster import Cluster
from .codec import Object
from .controllers import Pace, Runner, controllers, simulation
from .controllers.definitions import Definitions
from .customresources import discovery, openapi
from .discovery import CustomDocuments, Documents
from .faults import Faults
from .http.handler import Handler
from .http.issuer import IssuerRequests
from .http.paths import Paths
from .journal import Journal

__all__ = ["Running"]

_HOST = "127.0.0.1"
_HOSTS = (_HOST, "localhost")
_BACKLOG = 1024
_ADMIN = "admin"
_MASTERS = "system:masters"
# Watches end at once when the server closes; what is left then is a client that sends without end.
_CLOSE_SECONDS = 1.0
_HEAD_BYTES = 64 * 1024
"""Of a line in the head of a request: selectors and tokens can be long. Go allows 1 MiB for the whole head."""

# What clients send may be no HTTP at all; that is their business, and answered, and nothing to print.
_quiet = logging.getLogger("aiokube.testing.apiserver.http")
_quiet.disabled = True


class Running:
    """One server that runs, or is about to."""

    cluster: Cluster
    users: Users
    admin: User
    ca_file: Path
    url: str
    endpoint: Endpoint

    def __init__(self, *, clock: Clock, history: int, authorization: Authorization, pace: Pace | None) -> None:
        self._open = contextlib.AsyncExitStack()
        self._authorization = authorization
        self._pace = pace
        self._clock = clock
        self._history = history
        self.faults = Faults()
        self.journal = Journal()
        self._documents = Documents()

    async def start(self, *, port: int, tls: bool) -> None:
        """Listen and answer.

        Raises:
            OSError: the port is taken.
        """
        listening = self._open.enter_context(_socket(port))
        # Keys, files and first objects take some 50 ms, for which a loop should not stand still.
        authority, context = await asyncio.to_thread(self._prepare, listening.getsockname()[1], tls)
        security = self._security()
        paths = Paths(self._documents, IssuerRequests(security.tokens, self.url))
        handler = Handler(self.cluster, security, paths, faults=self.faults, journal=self.journal)
        server = web.Server(
            handler,
            handler_cancellation=True,
            access_log=None,
            logger=_quiet,
            auto_decompress=False,
            max_line_size=_HEAD_BYTES,
            max_field_size=_HEAD_BYTES,
        )
        jobs = self._controllers(authority)
        self._open.callback(jobs.close)
        jobs.start()
        jobs.drain()
        runner = web.ServerRunner(server, shutdown_timeout=_CLOSE_SECONDS)
        await runner.setup()
        self._open.push_async_callback(runner.cleanup)
        self._open.callback(handler.closing.set)
        await web.SockSite(runner, listening, ssl_context=context, backlog=_BACKLOG).start()

    def _prepare(self, port: int, tls: bool) -> tuple[Authority, ssl.SSLContext | None]:
        """Make what a server begins with, its admin among it."""
        self.cluster = bootstrap.cluster(clock=self._clock, history=self._history)
        directory = Path(self._open.enter_context(tempfile.TemporaryDirectory(prefix="aiokube-apiserver-")))
        self.url = f"{'https' if tls else 'http'}://{_HOST}:{port}"
        authority = Authority()
        self.ca_file = write_private(directory / "ca.pem", authority.key_pair.certificate)
        self.users = Users(directory / "users", authority=authority, ca_file=self.ca_file, url=self.url)
        self.admin = self.users.add(_ADMIN, (_MASTERS,))
        context = access.server_context(authority, _HOSTS, directory=directory) if tls else None
        self.endpoint = Endpoint(port=port, tls=_client_context(self.admin, authority) if tls else None)
        return authority, context

    async def close(self) -> None:
        """End all connections; nothing is left when this returns."""
        await self._open.aclose()

    def _controllers(self, authority: Authority) -> Runner:
        return Runner(
            self.cluster,
            [
                functools.partial(Definitions, changed=self._document),
                *controllers(authority.key_pair.certificate),
                *(simulation(self._pace) if self._pace is not None else ()),
            ],
        )

    def _document(self, definitions: list[Object]) -> None:
        """Say in discovery and OpenAPI what is served now."""
        self._documents.replace_custom(
            CustomDocuments(
                groups=discovery.groups(definitions),
                resource_lists=discovery.resource_lists(definitions),
                aggregated=discovery.aggregated(definitions),
                schemas=openapi.documents(definitions),
            )
        )

    def _security(self) -> Security:
        tokens = ServiceAccountTokens(objects=self.cluster, now=self.cluster.clock.now)
        authenticator = Authenticator(users=self.users, tokens=tokens, anonymous=lambda: len(self.users) == 1)
        policy = KeptPolicy(self.cluster)
        self.cluster.storage.listen(policy.changed)
        authorizer = access.authorizer(self._authorization, policy)
        if self._authorization == "RBAC":
            self.cluster.confirm = lambda new, old, *, wanted: access.confirm(
                new, old, wanted=wanted, authorizer=authorizer, policy=policy()
            )
        return Security(authenticator, authorizer, tokens)


def _socket(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((_HOST, port))
    except BaseException:
        listening.close()
        raise
    return listening


def _client_context(admin: User, authority: Authority) -> ssl.SSLContext:
    """Return what the server's own requests to itself need."""
    context = ssl.create_default_context(cadata=authority.key_pair.certificate)
    context.load_cert_chain(admin.certificate_file, admin.key_file)
    return context
