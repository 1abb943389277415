"""What a client has to know about one server and one user of it.

`Configuration` is a plain mutable object with the fields that programs written for kubernetes_asyncio set,
and some of ours. `aiokube.config` fills it; an ApiClient asks it for the credentials of each request. It
performs no I/O, never writes key material anywhere, and its repr shows no secret.
"""

import copy
import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit, urlunsplit

from aiokube.client.credentials import BasicCredentials, CredentialsProvider, checked_header

__all__ = ["Configuration"]

# The key of `api_key` that kubernetes_asyncio reads, and the one that kubernetes read for years.
BEARER_TOKEN = "BearerToken"  # noqa: S105 - a name
BEARER_TOKEN_ALIAS = "authorization"  # noqa: S105 - a name

# A copy gets its own container, so that changing it leaves the original alone. Everything else is shared:
# values that do not change, functions, and the credentials provider.
_COPIED_CONTAINERS = (dict, list, set)

_SECRET_FIELDS = ("api_key", "password", "key_data", "credentials", "refresh_api_key_hook", "proxy_headers")


class Configuration:
    """One server, how to trust it, and who to be there.

    Who the client is, the first of these that is set: `refresh_api_key_hook` (which fills `api_key`),
    `credentials`, `api_key["BearerToken"]`, `username` with `password`; besides, a client certificate.

    Args:
        host: base URL of the server; None means http://localhost.
        api_key: `{"BearerToken": "Bearer ..."}`, the value of the Authorization header.
        api_key_prefix: `{"BearerToken": "Bearer"}` is put before a bare token.
        username: for HTTP basic authentication.
        password: for HTTP basic authentication.
        discard_unknown_keys: Compat: kept, without effect; so are the five that follow, which concern
            generated models and OpenAPI server lists.
        ssl_ca_cert: path of a file with the CA certificates to trust, in PEM; None means the system's.
    """

    _default: ClassVar["Configuration | None"] = None

    def __init__(
        self,
        host: str | None = None,
        api_key: dict[str, str] | None = None,
        api_key_prefix: dict[str, str] | None = None,
        username: str | None = None,
        password: str | None = None,
        discard_unknown_keys: bool = False,
        disabled_client_side_validations: str = "",
        server_index: int | None = None,
        server_variables: dict[str, str] | None = None,
        server_operation_index: dict[str, int] | None = None,
        server_operation_variables: dict[str, dict[str, str]] | None = None,
        ssl_ca_cert: str | None = None,
    ) -> None:
        self.host = "http://localhost" if host is None else host

        self.api_key: dict[str, str] = api_key or {}
        self.api_key_prefix: dict[str, str] = api_key_prefix or {}
        self.refresh_api_key_hook: Callable[[Configuration], Awaitable[None] | None] | None = None
        """Called before each request, with this object; a function or a coroutine function."""
        self.username = username
        self.password = password
        self.credentials: CredentialsProvider | None = None
        """Asked for the Authorization header of each request, and again after a 401."""

        self.verify_ssl = True
        """False accepts any server: whoever answers gets the credentials."""
        self.disable_strict_ssl_verification = False
        """True accepts certificates that break RFC 5280, from Python 3.13 on checked by default. Done
        anyway for a CA given here, as client-go does; chain and host name are verified all the same."""
        self.ssl_ca_cert = ssl_ca_cert
        self.ssl_ca_cert_data: bytes | None = None
        """CA certificates in PEM. Data wins over the file of the same purpose, here and below."""
        self.cert_file: str | None = None
        self.cert_data: bytes | None = None
        """Client certificate chain in PEM."""
        self.key_file: str | None = None
        self.key_data: bytes | None = None
        """Key of the client certificate in PEM; stays in memory."""
        self.assert_hostname: bool | None = None
        """False accepts a valid certificate of any host name."""
        self.tls_server_name: str | None = None
        """The name to ask for by SNI and to find in the certificate, instead of the host's."""

        self.proxy: str | None = None
        """URL of an HTTP proxy; None means what the environment's HTTP(S)_PROXY says."""
        self.no_proxy: str | None = None
        """Hosts reached without the proxy, comma separated; None means what NO_PROXY says."""
        self.proxy_headers: Mapping[str, str] | None = None

        self.connection_pool_maxsize: int | None = 100
        """How many ordinary requests run at once; watches and streams do not count. None: no limit."""
        self.retries: Any = None
        """How often a failed request is tried again; None means the default of the client."""
        self.socket_options: Any = None
        """Options for each new socket: (level, name, value) triples."""
        self.compression = False
        """True asks the server for gzip: worth it on a slow network, not on a fast one."""
        self.connect_timeout: float = 30.0
        """Seconds for a new connection, TLS included."""
        self.first_byte_timeout: float | None = 120.0
        """Seconds until an ordinary request's response starts; None: no limit. A kube-apiserver ends what it
        has not answered after 60 by default."""
        self.idle_timeout: float | None = 60.0
        """Seconds between two reads of an ordinary response; None: no limit. Watches and streams have
        their own rules."""

        self.namespace: str | None = None
        """The namespace of the kubeconfig context or of the pod; a hint for programs, never a default."""
        self.warnings_handler: Callable[[Any], None] | None = None
        """Called with each `Warning:` of the server, besides the Python warning."""

        # Compat: programs set these; they concern generated models and have no effect here.
        self.discard_unknown_keys = discard_unknown_keys
        self.disabled_client_side_validations = disabled_client_side_validations
        self.client_side_validation = True
        self.server_index = server_index
        self.server_variables = server_variables or {}
        self.server_operation_index = server_operation_index or {}
        self.server_operation_variables = server_operation_variables or {}
        self.temp_folder_path: str | None = None
        self.safe_chars_for_path_param = ""

        self.logger = {"package_logger": logging.getLogger("aiokube")}
        self._debug = False

    @classmethod
    def set_default(cls, default: "Configuration | None") -> None:
        """Set what a client without a configuration of its own uses; a copy is kept."""
        cls._default = copy.deepcopy(default)

    @classmethod
    def get_default(cls) -> "Configuration":
        """Return the default itself: changing it changes what later clients use."""
        if cls._default is None:
            cls._default = cls()
        return cls._default

    @classmethod
    def get_default_copy(cls) -> "Configuration":
        """Return a copy of the default, or a fresh Configuration when none was set."""
        return cls() if cls._default is None else copy.deepcopy(cls._default)

    @property
    def debug(self) -> bool:
        """Whether the loggers of aiokube let debug messages through; headers and bodies are in none."""
        return self._debug

    @debug.setter
    def debug(self, value: bool) -> None:
        if value == self._debug:
            return
        self._debug = value
        for logger in self.logger.values():
            logger.setLevel(logging.DEBUG if value else logging.NOTSET)

    async def authorization(self) -> str | None:
        """Return the Authorization header for a request that is about to be sent, or None to send none.

        Raises:
            CredentialsError: there should be one, and it cannot be had or sent.
        """
        value = await self.get_api_key_with_prefix(BEARER_TOKEN, BEARER_TOKEN_ALIAS)
        if value is None and (self.username is not None or self.password is not None):
            value = self.get_basic_auth_token()
        return None if value is None else checked_header(value)

    async def refresh(self, rejected: str | None) -> bool:
        """Look for a newer credential after the server answered 401.

        Returns:
            True when `authorization()` now gives another value than `rejected`.
        """
        if self.refresh_api_key_hook is None and self.credentials is not None:
            return await self.credentials.refresh(rejected)
        return await self.authorization() not in (None, rejected)

    async def auth_settings(self) -> dict[str, dict[str, Any]]:
        """Return the authentication as kubernetes_asyncio's typed classes describe it."""
        value = await self.authorization()
        if value is None:
            return {}
        setting = {"type": "api_key", "in": "header", "key": "authorization", "value": value}
        return {BEARER_TOKEN: setting}

    async def get_api_key_with_prefix(self, identifier: str, alias: str | None = None) -> str | None:
        """Return an API key as it is sent, freshly asked for.

        Args:
            identifier: key of `api_key`; "BearerToken" also asks `credentials`.
            alias: another key, looked at when there is none under `identifier`.
        """
        if self.refresh_api_key_hook is not None:
            pending = self.refresh_api_key_hook(self)
            if inspect.isawaitable(pending):
                await pending
        elif self.credentials is not None and identifier == BEARER_TOKEN:
            return await self.credentials.authorization()
        for name in (identifier, alias):
            if name is not None and self.api_key.get(name):
                prefix = self.api_key_prefix.get(name) or self.api_key_prefix.get(identifier)
                return f"{prefix} {self.api_key[name]}" if prefix else self.api_key[name]
        return None

    def get_basic_auth_token(self) -> str:
        """Return the Authorization header for `username` and `password`."""
        return BasicCredentials(self.username or "", self.password or "").value

    def __repr__(self) -> str:
        shown = [f"host={_without_userinfo(self.host or '')!r}"]
        if self.proxy:
            shown.append(f"proxy={_without_userinfo(self.proxy)!r}")
        if not self.verify_ssl:
            shown.append("verify_ssl=False")
        shown += [f"{name}=<redacted>" for name in _SECRET_FIELDS if getattr(self, name)]
        return f"<Configuration {' '.join(shown)}>"

    def __copy__(self) -> Self:
        return self._copied()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self._copied()

    def _copied(self) -> Self:
        twin = self.__class__.__new__(self.__class__)
        for name, value in vars(self).items():
            vars(twin)[name] = copy.copy(value) if isinstance(value, _COPIED_CONTAINERS) else value
        return twin

    def __getstate__(self) -> dict[str, Any]:
        secrets = [name for name in _SECRET_FIELDS if getattr(self, name)]
        secrets += [name for name in ("host", "proxy") if "@" in (getattr(self, name) or "")]
        if secrets:
            raise TypeError(
                f"a Configuration with secrets ({', '.join(secrets)}) is not pickled; load it again where it is needed"
            )
        return vars(self)


def _without_userinfo(url: str) -> str:
    """Return the URL without the user name and password that it may hold."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=host))
    except ValueError:
        return "<unreadable URL>"
