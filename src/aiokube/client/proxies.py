"""Which proxy a request goes through: the configuration's, else the environment's, unless NO_PROXY names the host.

The HTTP library is never told to trust the environment, because it would read ~/.netrc as well. What a proxy's URL
holds before its `@` becomes a header, so that no error of the library shows it.

Source: https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
"""

from __future__ import annotations

import ipaddress
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit
from urllib.request import getproxies_environment

from aiokube.client.configuration import Configuration
from aiokube.client.credentials import BasicCredentials

_PORTS = {"http": 80, "https": 443}


class Proxy(NamedTuple):
    """A proxy.

    Attributes:
        url: Its URL, without a user.
        headers: What it is sent, and the server is not.
    """

    url: str
    headers: dict[str, str]


def proxy_for(configuration: Configuration) -> Proxy | None:
    """Return the proxy for a configuration's server, None to connect directly.

    As in Go, what the environment says of proxies is not for this machine itself, and its NO_PROXY not for a proxy
    that was configured.

    Raises:
        ValueError: It is neither an HTTP nor an HTTPS proxy.
    """
    target = urlsplit(configuration.host)
    host, port = (target.hostname or "").rstrip("."), target.port or _PORTS.get(target.scheme, 0)
    proxy, no_proxy = configuration.proxy, configuration.no_proxy or ""
    if not proxy and not is_loopback(host):
        environment = getproxies_environment()
        proxy = environment.get(target.scheme)
        no_proxy = environment.get("no", "") if configuration.no_proxy is None else no_proxy
    if not proxy or _is_exempt(host, port, no_proxy):
        return None
    return _proxy(urlsplit(proxy if "://" in proxy else f"http://{proxy}"), configuration)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    address = _address(host)
    return host == "localhost" if address is None else address.is_loopback


def _proxy(url: SplitResult, configuration: Configuration) -> Proxy:
    if url.scheme not in _PORTS:
        raise ValueError(f"a proxy with the scheme {url.scheme!r} is not supported; use http://… or https://…")
    headers = dict(configuration.proxy_headers or {})
    user, _, host = url.netloc.rpartition("@")
    if user:
        name, _, password = user.partition(":")
        headers["Proxy-Authorization"] = BasicCredentials(unquote(name), unquote(password)).value
    return Proxy(urlunsplit(url._replace(netloc=host)), headers)


def _is_exempt(host: str, port: int, no_proxy: str) -> bool:
    entries = (entry.strip().lower() for entry in no_proxy.split(","))
    return any(_matches(host, port, entry) for entry in entries if entry)


def _matches(host: str, port: int, entry: str) -> bool:
    """Whether an entry names a host: `*`, an address, a network, a domain with all below it, any with a port."""
    if entry == "*":
        return True
    name, _, entry_port = entry.rpartition(":")
    if name and entry_port.isdigit() and (":" not in name or name.endswith("]")):
        if port != int(entry_port):
            return False
        entry = name
    address = _address(host)
    if address is not None:
        return _contains(entry.strip("[]"), address)
    domain = entry.removeprefix("*")  # `*.example.com` and `.example.com` mean what is below, not itself
    return host.endswith(domain) if domain.startswith(".") else host == domain or host.endswith(f".{domain}")


def _contains(network: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    try:
        return address in ipaddress.ip_network(network, strict=False)
    except ValueError:  # it is a name
        return False


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
