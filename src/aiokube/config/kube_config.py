"""Configurations from kubeconfig files: the functions that programs call, and the loader they return.

The rules are in `kubeconfig_document` and `kubeconfig_rules`; here are the files. Nothing is written, neither
keys to temporary files nor changes back to a kubeconfig. The coroutines read off the event loop.
"""

import asyncio
import os
from collections.abc import Mapping
from typing import Any

import msgspec

from aiokube.client.api_client import ApiClient
from aiokube.client.configuration import BEARER_TOKEN, Configuration
from aiokube.client.credentials import (
    BasicCredentials,
    CredentialsError,
    CredentialsProvider,
    TokenCredentials,
    TokenFileCredentials,
)
from aiokube.client.regular_file import read_regular_file
from aiokube.config.config_exception import ConfigException
from aiokube.config.identity import replace_identity
from aiokube.config.kubeconfig_document import ActiveContext, Kubeconfig, User, merge, parse_kubeconfig, select
from aiokube.config.kubeconfig_rules import check_usable, server_url
from aiokube.config.yaml_document import MalformedYAML, parse_yaml

__all__ = [
    "KUBE_CONFIG_DEFAULT_LOCATION",  # noqa: F822 - computed when it is read
    "KubeConfigLoader",
    "list_kube_config_contexts",
    "load_kube_config",
    "load_kube_config_from_dict",
    "new_client_from_config",
    "new_client_from_config_dict",
    "read_kubeconfig",
    "refresh_token",
]

# The largest real ones, with thousands of clusters and their certificates, stay below.
MAX_KUBECONFIG_BYTES = 10 << 20

# A certificate file is a few kB; a bundle of every public CA is 200.
MAX_CERTIFICATE_BYTES = 10 << 20

_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def __getattr__(name: str) -> str:
    # Compat: a constant for kubernetes_asyncio, which misses every later change of KUBECONFIG.
    if name == "KUBE_CONFIG_DEFAULT_LOCATION":
        return os.environ.get("KUBECONFIG") or os.path.expanduser("~/.kube/config")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class KubeConfigLoader:
    """One context of a kubeconfig, ready to fill Configurations.

    Args:
        config_dict: a kubeconfig, as plain values or parsed.
        active_context: the name of a context; None means current-context.
        config_base_path: the folder where relative paths of plain values start; None means the working
            directory.

    Raises:
        ConfigException: the document is wrong, or has no such context.
    """

    def __init__(
        self,
        config_dict: Mapping[str, Any] | Kubeconfig | None,
        active_context: str | None = None,
        *,
        config_base_path: str | None = None,
    ) -> None:
        if isinstance(config_dict, Kubeconfig):
            self._kubeconfig = config_dict
        else:
            self._kubeconfig = parse_kubeconfig(config_dict, folder=config_base_path)
        self.set_active_context(active_context)

    def __repr__(self) -> str:
        return f"<KubeConfigLoader of context {self._active.name!r}>"

    @property
    def current_context(self) -> dict[str, Any]:
        """The context in use, as the kubeconfig has it."""
        return _context_entry(self._kubeconfig, self._active.name)

    def list_contexts(self) -> list[dict[str, Any]]:
        """Return all contexts, as the kubeconfig has them."""
        return [_context_entry(self._kubeconfig, name) for name in self._kubeconfig.contexts]

    def set_active_context(self, context_name: str | None = None) -> None:
        """Choose another context; None means current-context."""
        self._active = select(self._kubeconfig, context_name)

    async def load_and_set(self, client_configuration: Configuration) -> None:
        """Fill a Configuration with what the context says.

        What the kubeconfig is silent about stays as it was; credentials are replaced as a whole, so that
        those of one user are never sent along with another's.

        Raises:
            ConfigException: the context cannot be used.
        """
        if not isinstance(client_configuration, Configuration):
            raise TypeError(
                f"client_configuration must be an aiokube.client.Configuration, "
                f"not {type(client_configuration).__module__}.{type(client_configuration).__qualname__}"
            )
        check_usable(self._active)
        host = server_url(self._active)
        await asyncio.to_thread(_check_files, self._active)
        credentials = _credentials(self._active)
        authorization = await _first_authorization(self._active, credentials)
        client_configuration.host = host
        _fill_cluster(client_configuration, self._active)
        if self._active.user != User():
            _fill_user(client_configuration, self._active.user, credentials, authorization)


async def load_kube_config(
    config_file: str | os.PathLike[str] | None = None,
    context: str | None = None,
    client_configuration: Configuration | None = None,
    persist_config: bool = True,
    temp_file_path: str | None = None,
) -> KubeConfigLoader:
    """Fill a Configuration from kubeconfig files.

    Args:
        config_file: a kubeconfig, or several separated as in KUBECONFIG; None means those of KUBECONFIG, else
            ~/.kube/config. A single file must exist; of several, missing ones are skipped.
        context: the name of a context; None means current-context.
        client_configuration: what to fill; None sets the default that a bare `ApiClient()` uses.
        persist_config: Compat: kept, without effect, since nothing has to be written back.
        temp_file_path: Compat: kept, without effect, since keys stay in memory.

    Returns:
        The loader, for `refresh_token` and to look at the contexts.

    Raises:
        ConfigException: no file, a wrong one, or a context that cannot be used.
    """
    kubeconfig = await asyncio.to_thread(read_kubeconfig, config_file)
    return await _load(KubeConfigLoader(kubeconfig, context), client_configuration)


async def load_kube_config_from_dict(
    config_dict: Mapping[str, Any],
    context: str | None = None,
    client_configuration: Configuration | None = None,
    temp_file_path: str | None = None,
) -> KubeConfigLoader:
    """Fill a Configuration from a kubeconfig given as plain values; otherwise as `load_kube_config`."""
    return await _load(KubeConfigLoader(config_dict, context), client_configuration)


async def new_client_from_config(
    config_file: str | os.PathLike[str] | None = None,
    context: str | None = None,
    persist_config: bool = True,
    temp_file_path: str | None = None,
) -> ApiClient:
    """Return a client for a kubeconfig's context, without touching the default Configuration."""
    configuration = Configuration()
    await load_kube_config(config_file, context, configuration, persist_config, temp_file_path)
    return ApiClient(configuration=configuration)


async def new_client_from_config_dict(
    config_dict: Mapping[str, Any] | None = None,
    context: str | None = None,
    temp_file_path: str | None = None,
) -> ApiClient:
    """Return a client for a kubeconfig given as plain values, without touching the default Configuration."""
    configuration = Configuration()
    await load_kube_config_from_dict(config_dict or {}, context, configuration, temp_file_path)
    return ApiClient(configuration=configuration)


def list_kube_config_contexts(
    config_file: str | os.PathLike[str] | None = None,
) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """Return all contexts of a kubeconfig and the current one, None when it is not set; blocking.

    Raises:
        ConfigException: no file, or a wrong one.
    """
    kubeconfig = read_kubeconfig(config_file)
    contexts = [_context_entry(kubeconfig, name) for name in kubeconfig.contexts]
    current = kubeconfig.current_context
    return contexts, _context_entry(kubeconfig, current) if current in kubeconfig.contexts else None


async def refresh_token(
    loader: KubeConfigLoader, client_configuration: Configuration | None = None, interval: float = 60
) -> None:
    """Keep `api_key` of a Configuration up to date.

    Clients need no such task: they ask for the credential with each request. It serves programs that read
    `api_key` themselves, and returns at once when the credential does not change.

    Args:
        loader: what `load_kube_config` returned.
        client_configuration: what the loader filled; None means the default.
        interval: seconds between two looks.
    """
    configuration = client_configuration or Configuration.get_default()
    while configuration.credentials is not None:
        await asyncio.sleep(interval)
        value = await configuration.credentials.authorization()
        if value is not None:
            configuration.api_key[BEARER_TOKEN] = value


def read_kubeconfig(config_file: str | os.PathLike[str] | None = None) -> Kubeconfig:
    """Read and merge kubeconfig files; blocking.

    Args:
        config_file: as of `load_kube_config`.

    Raises:
        ConfigException: there is no such file, or one cannot be read or is wrong; the text names it.
    """
    paths = kubeconfig_paths(config_file)
    found = []
    for path in paths:
        try:
            found.append(_read_file(path))
        except FileNotFoundError:
            continue
    if not found:
        raise ConfigException(f"no kubeconfig found; looked for {', '.join(paths) or 'nothing'}")
    return merge(found)


def kubeconfig_paths(config_file: str | os.PathLike[str] | None = None) -> list[str]:
    """Return the files that a kubeconfig may consist of, in order of precedence."""
    location = _default_location() if config_file is None else os.fspath(config_file)
    expanded = os.path.expanduser(location)
    if config_file is not None and os.path.exists(expanded):
        return [expanded]
    paths = (os.path.expanduser(path) for path in location.split(os.pathsep) if path)
    return list(dict.fromkeys(paths))


def _default_location() -> str:
    # Compat: programs' tests replace the constant.
    replaced = globals().get("KUBE_CONFIG_DEFAULT_LOCATION")
    return replaced if isinstance(replaced, str) else __getattr__("KUBE_CONFIG_DEFAULT_LOCATION")


def _read_file(path: str) -> Kubeconfig:
    try:
        content = read_regular_file(path, limit=MAX_KUBECONFIG_BYTES)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ConfigException(f"cannot read kubeconfig {path}: {error.strerror}") from error
    try:
        return parse_kubeconfig(parse_yaml(_text(content)), folder=os.path.dirname(os.path.abspath(path)))
    except (ConfigException, MalformedYAML) as error:
        raise ConfigException(f"kubeconfig {path}: {error}") from None


def _text(content: bytes) -> str:
    # UTF-16 is what PowerShell writes; kubectl reads it too.
    encoding = "utf-16" if content.startswith(_UTF_16_MARKS) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        # Not chained: the error holds the content.
        raise ConfigException(f"it is not UTF-8 or UTF-16 text, at byte {error.start}") from None


async def _load(loader: KubeConfigLoader, client_configuration: Configuration | None) -> KubeConfigLoader:
    configuration = Configuration() if client_configuration is None else client_configuration
    await loader.load_and_set(configuration)
    if client_configuration is None:
        Configuration.set_default(configuration)
    return loader


def _check_files(active: ActiveContext) -> None:
    """Find out now, with a text that names the entry, what would fail in the first TLS handshake."""
    cluster, user = active.cluster, active.user
    of_cluster, of_user = f"cluster {active.cluster_name!r}", f"user {active.user_name!r}"
    for entry, field, path, data in (
        (of_cluster, "certificate-authority", cluster.certificate_authority, cluster.certificate_authority_data),
        (of_user, "client-certificate", user.client_certificate, user.client_certificate_data),
        (of_user, "client-key", user.client_key, user.client_key_data),
    ):
        if not path or data:
            continue
        try:
            read_regular_file(path, limit=MAX_CERTIFICATE_BYTES)
        except OSError as error:
            raise ConfigException(f"{entry}: cannot read {field} {path}: {error.strerror}") from error


def _credentials(active: ActiveContext) -> CredentialsProvider | None:
    user = active.user
    try:
        if user.token_file:
            return TokenFileCredentials(user.token_file, fallback=user.token or None)
        if user.token:
            return TokenCredentials(user.token)
    except CredentialsError as error:
        raise ConfigException(f"user {active.user_name!r}: {error}") from None
    if user.username or user.password:
        return BasicCredentials(user.username or "", user.password or "")
    return None


async def _first_authorization(active: ActiveContext, credentials: CredentialsProvider | None) -> str | None:
    try:
        return None if credentials is None else await credentials.authorization()
    except CredentialsError as error:
        raise ConfigException(f"user {active.user_name!r}: {error}") from error


def _fill_cluster(configuration: Configuration, active: ActiveContext) -> None:
    cluster = active.cluster
    if cluster.insecure_skip_tls_verify is not None:
        configuration.verify_ssl = not cluster.insecure_skip_tls_verify
    if cluster.certificate_authority or cluster.certificate_authority_data:
        configuration.ssl_ca_cert_data = cluster.certificate_authority_data or None
        configuration.ssl_ca_cert = None if configuration.ssl_ca_cert_data else cluster.certificate_authority
    if cluster.tls_server_name:
        configuration.tls_server_name = cluster.tls_server_name
    if cluster.proxy_url:
        configuration.proxy = cluster.proxy_url
    if cluster.disable_compression:
        configuration.compression = False
    configuration.namespace = active.context.namespace or None


def _fill_user(
    configuration: Configuration,
    user: User,
    credentials: CredentialsProvider | None,
    authorization: str | None,
) -> None:
    replace_identity(
        configuration,
        authorization=authorization,
        provider=credentials if isinstance(credentials, TokenFileCredentials) else None,
        cert_file=user.client_certificate,
        cert_data=user.client_certificate_data,
        key_file=user.client_key,
        key_data=user.client_key_data,
    )


def _context_entry(kubeconfig: Kubeconfig, name: str) -> dict[str, Any]:
    return {"name": name, "context": msgspec.to_builtins(kubeconfig.contexts[name])}
