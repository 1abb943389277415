"""The Configuration of a program that runs in a pod, as its service account."""

import os
from collections.abc import Mapping
from typing import Any

from aiokube.client.configuration import Configuration
from aiokube.client.credentials import CredentialsError, TokenFileCredentials
from aiokube.client.regular_file import read_regular_file
from aiokube.config.config_exception import ConfigException
from aiokube.config.identity import replace_identity

__all__ = [
    "SERVICE_CERT_FILENAME",
    "SERVICE_HOST_ENV_NAME",
    "SERVICE_PORT_ENV_NAME",
    "SERVICE_TOKEN_FILENAME",
    "InClusterConfigLoader",
    "load_incluster_config",
]

SERVICE_HOST_ENV_NAME = "KUBERNETES_SERVICE_HOST"
SERVICE_PORT_ENV_NAME = "KUBERNETES_SERVICE_PORT"
SERVICE_TOKEN_FILENAME = "/var/run/secrets/kubernetes.io/serviceaccount/token"  # noqa: S105 - a path
SERVICE_CERT_FILENAME = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"

# Names of namespaces have at most 63 characters; certificates of one CA a few kB.
_MAX_NAMESPACE_BYTES = 1 << 10
_MAX_CERTIFICATE_BYTES = 1 << 20


class InClusterConfigLoader:
    """What the kubelet gave a pod to talk to its API server.

    Args:
        token_filename: the service account's token, which the kubelet rotates.
        cert_filename: the cluster's CA certificates.
        try_refresh_token: False takes the token as it is now, for good.
        environ: where to look for the server's address.

    Source: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
    """

    def __init__(
        self,
        token_filename: str,
        cert_filename: str,
        try_refresh_token: bool = True,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._token_filename = token_filename
        self._cert_filename = cert_filename
        self._try_refresh_token = try_refresh_token
        self._environ = environ

    def load_and_set(self, client_configuration: Configuration | None = None) -> None:
        """Fill a Configuration, None meaning the default one; blocking.

        Raises:
            ConfigException: something that every pod has is missing; the text names it.
        """
        configuration = Configuration() if client_configuration is None else client_configuration
        host = self._host()
        credentials = TokenFileCredentials(self._token_filename)
        authorization = _first_authorization(credentials)
        _check_certificates(self._cert_filename)
        configuration.host = host
        configuration.ssl_ca_cert = self._cert_filename
        configuration.ssl_ca_cert_data = None
        configuration.namespace = self._namespace()
        provider = credentials if self._try_refresh_token else None
        replace_identity(configuration, authorization=authorization, provider=provider)
        if client_configuration is None:
            Configuration.set_default(configuration)

    def _host(self) -> str:
        host = self._environ.get(SERVICE_HOST_ENV_NAME)
        port = self._environ.get(SERVICE_PORT_ENV_NAME)
        if not host or not port:
            raise ConfigException(f"not in a pod: {SERVICE_HOST_ENV_NAME} and {SERVICE_PORT_ENV_NAME} are not both set")
        is_ipv6 = ":" in host and not host.startswith("[")
        return f"https://[{host}]:{port}" if is_ipv6 else f"https://{host}:{port}"

    def _namespace(self) -> str | None:
        path = os.path.join(os.path.dirname(self._token_filename), "namespace")
        try:
            return read_regular_file(path, limit=_MAX_NAMESPACE_BYTES).decode("utf-8").strip() or None
        except (OSError, UnicodeDecodeError):
            # A hint that nothing depends on: pods may mount a token without it.
            return None


def load_incluster_config(
    client_configuration: Configuration | None = None, try_refresh_token: bool = True, **kwargs: Any
) -> None:
    """Fill a Configuration for a program in a pod; a few small files are read, blocking.

    Args:
        client_configuration: what to fill; None sets the default that a bare `ApiClient()` uses.
        try_refresh_token: False takes the token as it is now, for good.
        **kwargs: `token_filename`, `cert_filename` and `environ` of `InClusterConfigLoader`.

    Raises:
        ConfigException: the program does not run in a pod, or its service account is not mounted.
    """
    kwargs.setdefault("token_filename", SERVICE_TOKEN_FILENAME)
    kwargs.setdefault("cert_filename", SERVICE_CERT_FILENAME)
    InClusterConfigLoader(try_refresh_token=try_refresh_token, **kwargs).load_and_set(client_configuration)


def _first_authorization(credentials: TokenFileCredentials) -> str:
    try:
        return credentials.read()
    except CredentialsError as error:
        raise ConfigException(f"no service account: {error}") from error


def _check_certificates(path: str) -> None:
    try:
        content = read_regular_file(path, limit=_MAX_CERTIFICATE_BYTES)
    except OSError as error:
        raise ConfigException(f"no service account: cannot read {path}: {error.strerror}") from error
    if not content.strip():
        raise ConfigException(f"no service account: {path} is empty")
