"""Which proxy a request goes through: the configuration's, else the environment's, unless NO_PROXY names the host.

The HTTP library is never told to trust the environment, because it would read ~/.netrc as well.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit
from urllib.request import getproxies_environment

from aiokube.client.configuration import Configuration


def proxy_for(configuration: Configuration) -> str | None:
    """Return the URL of the proxy for a configuration's server, None to connect directly.

    As in Go, the environment's NO_PROXY says nothing about a proxy that was configured.
    """
    environment = getproxies_environment()
    target = urlsplit(configuration.host)
    proxy = configuration.proxy or environment.get(target.scheme)
    no_proxy = configuration.no_proxy
    if no_proxy is None:
        no_proxy = "" if configuration.proxy else environment.get("no", "")
    return None if _is_exempt(target.hostname or "", target.port, no_proxy) else proxy or None


def _is_exempt(host: str, port: int | None, no_proxy: str) -> bool:
    entries = (entry.strip().lower() for entry in no_proxy.split(","))
    return any(_matches(host.lower(), port, entry) for entry in entries if entry)


def _matches(host: str, port: int | None, entry: str) -> bool:
    """Whether an entry names a host: `*`, an address, a network, a domain with all below it, any with a port.

    Source: https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
    """
    if entry == "*":
        return True
    name, _, entry_port = entry.rpartition(":")
    if name and entry_port.isdigit() and ":" not in name.strip("[]"):
        if port != int(entry_port):
            return False
        entry = name
    address = _address(host)
    if address is not None:
        try:
            return address in ipaddress.ip_network(entry.strip("[]"), strict=False)
        except ValueError:
            return False
    domain = entry.removeprefix("*").removeprefix(".")
    return host == domain or host.endswith(f".{domain}")


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
