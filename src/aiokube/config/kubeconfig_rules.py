"""Which clusters and users of a kubeconfig can be used, and what a server's URL is. No I/O here.

kubectl refuses the same combinations when it builds its client, except where a comment says otherwise.

Source: k8s.io/client-go/tools/clientcmd/validation.go, transport/transport.go and rest/url_utils.go
"""

import re
from urllib.parse import urlsplit

from aiokube.config.config_exception import ConfigException
from aiokube.config.kubeconfig_document import ActiveContext, Cluster, User

__all__ = ["check_usable", "server_url"]

# Fields of a user that ask for something which is not there yet.
_UNSUPPORTED = {
    "exec": "exec plugins are",
    "auth_provider": "auth providers are",
    "as_": "impersonation (as) is",
    "as_uid": "impersonation (as-uid) is",
    "as_groups": "impersonation (as-groups) is",
    "as_user_extra": "impersonation (as-user-extra) is",
}

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_NOT_IN_A_URL = re.compile(r"[\x00-\x20\x7f\\?#@]")


def check_usable(active: ActiveContext) -> None:
    """Refuse a cluster or a user that contradicts itself or needs what is not supported.

    Raises:
        ConfigException: the text names the entry and the field, and shows no value that may be secret.
    """
    try:
        _check_cluster(active.cluster)
    except ConfigException as error:
        raise ConfigException(f"cluster {active.cluster_name!r}: {error}") from None
    try:
        _check_user(active.user)
    except ConfigException as error:
        raise ConfigException(f"user {active.user_name!r}: {error}") from None


def server_url(active: ActiveContext) -> str:
    """Return the base URL of the server, without a slash at its end.

    A server without a scheme is https when the cluster or the user says anything about TLS, else http.

    Raises:
        ConfigException: it is not a URL that a client can use.
    """
    default_scheme = "https" if _mentions_tls(active) else "http"
    try:
        return _checked_server(active.cluster.server or "", default_scheme=default_scheme)
    except ConfigException as error:
        raise ConfigException(f"cluster {active.cluster_name!r}: {error}") from None


def _check_cluster(cluster: Cluster) -> None:
    if not cluster.server:
        raise ConfigException("it has no server")
    if cluster.insecure_skip_tls_verify and (cluster.certificate_authority or cluster.certificate_authority_data):
        raise ConfigException("certificate-authority does not go with insecure-skip-tls-verify")
    if cluster.proxy_url:
        _check_proxy(cluster.proxy_url)


def _check_proxy(url: str) -> None:
    scheme = _SCHEME.match(url)
    match scheme and scheme[1].lower():
        case "http" | "https":
            pass
        case "socks5" | "socks5h":
            raise ConfigException("a proxy-url with socks5 is not supported yet")
        case _:
            raise ConfigException("proxy-url must start with http:// or https://")
    try:
        host = urlsplit(url).hostname
    except ValueError:
        host = None
    if not host:
        raise ConfigException("proxy-url names no host")


def _check_user(user: User) -> None:
    for field, what in _UNSUPPORTED.items():
        # An empty exec or auth-provider is one all the same.
        if getattr(user, field) not in (None, "", []):
            raise ConfigException(f"{what} not supported yet")
    # Compat: kubectl also refuses data and a file for the same thing; here the data is used.
    if (user.client_certificate or user.client_certificate_data) and not (user.client_key or user.client_key_data):
        raise ConfigException("client-certificate needs client-key or client-key-data")
    if (user.token or user.token_file) and (user.username or user.password):
        raise ConfigException("it has both a token and a user name or password; only one is allowed")


def _mentions_tls(active: ActiveContext) -> bool:
    cluster, user = active.cluster, active.user
    return bool(
        cluster.insecure_skip_tls_verify
        or cluster.certificate_authority
        or cluster.certificate_authority_data
        or user.client_certificate
        or user.client_certificate_data
    )


def _checked_server(server: str, *, default_scheme: str) -> str:
    if _NOT_IN_A_URL.search(server):
        raise ConfigException("server must be a plain URL, without user name, query, fragment or spaces")
    scheme = _SCHEME.match(server)
    url = server if scheme else f"{default_scheme}://{server}"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ConfigException(f"server {server!r} has no valid host and port") from None
    if parts.scheme not in ("http", "https"):
        raise ConfigException(f"server {server!r} must start with https:// or http://")
    if not parts.hostname or port == 0:
        raise ConfigException(f"server {server!r} has no valid host and port")
    if not scheme and parts.path.strip("/"):
        raise ConfigException(f"server {server!r} must be a URL, or a host and a port")
    return parts.geturl().rstrip("/")
