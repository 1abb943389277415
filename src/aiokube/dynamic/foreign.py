"""ApiClients and Watches of kubernetes_asyncio: taken as they are, without importing that package.

Most programs use its typed classes beside its dynamic client, and change only the dynamic import. So its ApiClient
says where the server is and who asks, and a transport of ours sends. It reads that client's configuration when it is
made, its default headers and its token at every request, and is closed with it at the latest. What is raised is caught
by `except` of both packages.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any, Self
from weakref import WeakKeyDictionary, WeakSet, finalize

import aiohttp

from aiokube._machinery.requests import Request
from aiokube.client.answer import Answer
from aiokube.client.api_client import ApiClient
from aiokube.client.configuration import Configuration
from aiokube.client.exceptions import ApiException, api_exception
from aiokube.client.rest import RestClient

_PACKAGE = "kubernetes_asyncio"

_classes: dict[type[ApiException], type[ApiException]] = {}  # each error's class -> one that both packages catch

# What our Configuration takes over from theirs, when it has it.
_FIELDS = (
    "host",
    "verify_ssl",
    "disable_strict_ssl_verification",
    "ssl_ca_cert",
    "cert_file",
    "key_file",
    "assert_hostname",
    "tls_server_name",
    "proxy",
    "no_proxy",
    "proxy_headers",
    "connection_pool_maxsize",
    "retries",
    "socket_options",
)


def transport_for(client: Any) -> ApiClient:
    """Return what sends requests for an ApiClient: itself, or a transport for one of kubernetes_asyncio.

    Raises:
        TypeError: It is neither.
    """
    if isinstance(client, ApiClient):
        return client
    foreign = _foreign_class("client.api_client", "ApiClient")
    if foreign is not None and isinstance(client, foreign):
        return ForeignTransport(client)
    raise TypeError(
        f"DynamicClient needs an ApiClient of aiokube or of kubernetes_asyncio, got {type(client).__name__}"
    )


def for_callers(events: AsyncIterable[Any], client: Any) -> AsyncIterable[Any]:
    """Return events whose errors are those that the callers of a DynamicClient catch."""
    transport = getattr(client, "transport", None)
    return ErrorsForBoth(events, transport) if isinstance(transport, ForeignTransport) else events


def is_foreign_watch(watcher: Any) -> bool:
    """Whether a watcher is a Watch of kubernetes_asyncio."""
    foreign = _foreign_class("watch.watch", "Watch")
    return foreign is not None and isinstance(watcher, foreign)


async def foreign_events(
    watcher: Any, wrap: Callable[[Any], Any], func: Callable[..., Any], **kwargs: Any
) -> AsyncIterator[dict[str, Any]]:
    """Iterate over the events of a Watch of kubernetes_asyncio, each object wrapped.

    However it ends, the Watch is closed, as it closes itself when it comes to its end; it can be used again.

    Raises:
        ApiException: What the Watch raises, in a class that `except` of both packages catches.
    """
    raised = _foreign_class("client.exceptions", "ApiException") or ApiException
    try:
        async for event in watcher.stream(func, **kwargs, serialize=False):
            if not event:
                return
            event["object"] = wrap(event["object"])
            yield event
    except raised as error:
        raise _for_both(error if isinstance(error, ApiException) else api_exception(error)) from error.__cause__
    finally:
        await watcher.close()


class ErrorsForBoth:
    """An iterator whose errors are caught by `except` of both packages; closes with the one that it goes over.

    Args:
        events: What to iterate over.
        transport: Whose errors they are.
    """

    def __init__(self, events: AsyncIterable[Any], transport: ApiClient) -> None:
        self._events = aiter(events)
        self._transport = transport

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        try:
            return await anext(self._events)
        except ApiException as error:
            raise self._transport.as_raised(error) from error.__cause__

    async def aclose(self) -> None:
        """End the iteration."""
        close = getattr(self._events, "aclose", None)
        if close is not None:
            await close()


class ForeignTransport(ApiClient):
    """An ApiClient of ours that stands in for one of kubernetes_asyncio.

    Args:
        client: Their ApiClient. It is asked for its default headers and its token at every request.
    """

    def __init__(self, client: Any) -> None:
        connections = _connections_of(client)
        super().__init__(connections.configuration)
        self.rest_client: _Connections = connections
        self._client = client
        self._own_headers = self.default_headers
        self._their_headers: dict[str, Any] = {}

    async def close(self) -> None:
        """Close the connections unless another DynamicClient of the same ApiClient has them in use."""
        await self.rest_client.leave(self)

    async def send(self, request: Request) -> Answer:
        """Send a request and read the whole answer; see ApiClient."""
        self._prepare()
        try:
            return await super().send(request)
        except ApiException as error:
            raise self.as_raised(error) from error.__cause__

    async def stream(self, request: Request) -> aiohttp.ClientResponse:
        """Send a request and return its answer unread; see ApiClient."""
        self._prepare()
        try:
            return await super().stream(request)
        except ApiException as error:
            raise self.as_raised(error) from error.__cause__

    def as_raised(self, error: ApiException) -> ApiException:
        """Return an error in a class that `except` of both packages catches."""
        return _for_both(error)

    def _prepare(self) -> None:
        self.rest_client.users.add(self)
        theirs = dict(self._client.default_headers)
        if self._client.cookie:
            theirs["Cookie"] = self._client.cookie
        if theirs != self._their_headers:
            self.default_headers = self._own_headers
            for name, value in theirs.items():
                self.set_default_header(name, value)
            self._their_headers = theirs


class _Connections(RestClient):
    """Our connections to the server of one ApiClient of kubernetes_asyncio, shared by all that stand in for it.

    They are closed when nobody uses them any more, and for good when the ApiClient is. If nobody closes that, there
    is a warning about its own connections, and none about these, which its user did not open.

    Args:
        configuration: As of RestClient.

    Attributes:
        configuration: As above.
        users: Who has sent something, and has not been closed.
    """

    def __init__(self, configuration: Configuration) -> None:
        super().__init__(configuration)
        self.configuration = configuration
        self.users: WeakSet[ForeignTransport] = WeakSet()

    async def leave(self, user: ForeignTransport) -> None:
        """Let one user go."""
        self.users.discard(user)
        if not self.users:
            await self.disconnect()


_connections: WeakKeyDictionary[Any, _Connections] = WeakKeyDictionary()  # by their ApiClient


def _connections_of(client: Any) -> _Connections:
    """Return the connections beside an ApiClient, which end with it."""
    connections = _connections.get(client)
    if connections is None:
        connections = _connections[client] = _Connections(_configuration_like(client.configuration))
        finalize(client, connections.abandon)
        rest = client.rest_client
        rest.close = partial(_close_both, rest.close, connections)
    return connections


async def _close_both(close: Callable[[], Awaitable[None]], connections: _Connections) -> None:
    try:
        await close()
    finally:
        await connections.close()


class _ForeignCredentials:
    """The token of a configuration of kubernetes_asyncio, its refresh hook included."""

    def __init__(self, configuration: Any) -> None:
        self._configuration = configuration

    def __repr__(self) -> str:
        return f"<credentials of {_PACKAGE}'s Configuration>"

    async def authorization(self) -> str | None:
        settings = self._configuration.auth_settings()
        if inspect.isawaitable(settings):
            settings = await settings
        value = settings.get("BearerToken", {}).get("value")
        return str(value) if value else None

    async def refresh(self, rejected: str | None) -> bool:
        return await self.authorization() not in (None, rejected)


def _configuration_like(theirs: Any) -> Configuration:
    ours = Configuration()
    for field in _FIELDS:
        if hasattr(theirs, field):
            setattr(ours, field, getattr(theirs, field))
    ours.credentials = _ForeignCredentials(theirs)
    return ours


def _for_both(error: ApiException) -> ApiException:
    """The same error, in a class that is also a kubernetes_asyncio ApiException."""
    foreign = _foreign_class("client.exceptions", "ApiException")
    if foreign is None or isinstance(error, foreign):
        return error
    ours = type(error)
    if ours not in _classes:
        known = {"__doc__": ours.__doc__, "__module__": ours.__module__, "__reduce__": _reduce}
        _classes[ours] = type(ours.__name__, (ours, foreign), known)
    error.__class__ = _classes[ours]
    return error


def _reduce(error: ApiException) -> tuple[Any, ...]:
    """How pickle takes such an error apart: as one of ours, for a class is found by its name, and it has ours."""
    ours: type[ApiException] = type(error).__bases__[0]
    rebuild, (_, *rest) = ours.__reduce__(error)
    return _rebuild, (rebuild, ours, *rest)


def _rebuild(rebuild: Callable[..., ApiException], *parts: Any) -> ApiException:
    return _for_both(rebuild(*parts))


def _foreign_class(module: str, name: str) -> type[Any] | None:
    """A class of kubernetes_asyncio if somebody has imported it; a client of it cannot be there otherwise."""
    return getattr(sys.modules.get(f"{_PACKAGE}.{module}"), name, None)
