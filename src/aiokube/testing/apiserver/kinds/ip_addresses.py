"""IP addresses and CIDR values, as strictly as 1.36 reads them.

Each check returns what is wrong in kube-apiserver's words; an empty list for nothing. `canonical` is what new
fields ask for; the older ones take any spelling that cannot be read in two ways (`address`, `network`).

Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/util/validation/ip.go
"""

from __future__ import annotations

import ipaddress
import re

__all__ = [
    "address",
    "canonical",
    "canonical_network",
    "endpoint",
    "network",
    "network_warnings",
    "parse",
    "parse_network",
    "warnings",
]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_LINK_LOCAL_MULTICAST = (ipaddress.IPv4Network("224.0.0.0/24"), ipaddress.IPv6Network("ff02::/16"))
_NOT_AN_ADDRESS = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
_NOT_A_NETWORK = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"


def parse(value: str) -> Address | None:
    """Return the address that a text means: leading zeros are ignored, an IPv4-mapped one is IPv4."""
    if "%" in value:
        return None
    try:
        parsed = ipaddress.ip_address(_without_zeros(value))
    except ValueError:
        return None
    return parsed.ipv4_mapped or parsed if isinstance(parsed, ipaddress.IPv6Address) else parsed


def parse_network(value: str) -> Network | None:
    """Return the network that a text means, whatever bits are set beyond its prefix."""
    text, slash, bits = value.partition("/")
    if not slash or "%" in text or not re.fullmatch("[0-9]{1,3}", bits):
        return None
    try:
        return ipaddress.ip_network(f"{_without_zeros(text)}/{int(bits)}", strict=False)
    except ValueError:
        return None


def address(value: str) -> list[str]:
    if parse(value) is None:
        return [_NOT_AN_ADDRESS]
    if _has_zeros(value):
        return ["must not have leading 0s"]
    return ["must not be an IPv4-mapped IPv6 address"] if _is_mapped(value) else []


def canonical(value: str, *, prefix: bool = False) -> list[str]:
    """What is wrong with an address that must be written in its one right form.

    Args:
        prefix: as checks of names have it; the names of IPAddress objects are never generated.
    """
    return address(value) or _as(value, str(parse(value)))


def network(value: str) -> list[str]:
    parsed = parse_network(value)
    if parsed is None:
        return [_NOT_A_NETWORK]
    text, _, bits = value.partition("/")
    if _has_zeros(text) or (len(bits) > 1 and bits.startswith("0")):
        return ["must not have leading 0s in IP or prefix length"]
    if _is_mapped(text):
        return ["must not have an IPv4-mapped IPv6 address"]
    if ipaddress.ip_address(text) != parsed.network_address:
        return ["must not have bits set beyond the prefix length"]
    return []


def canonical_network(value: str) -> list[str]:
    return network(value) or _as(value, str(parse_network(value)))


def endpoint(value: str) -> list[str]:
    """What is wrong with an address as that of an endpoint: nobody can be reached by a loopback or the like."""
    parsed = parse(value)
    if parsed is None:
        return ["must be a valid IP address"]
    wrong = []
    if parsed.is_unspecified:
        wrong.append(f"may not be unspecified ({value})")
    if parsed.is_loopback:
        wrong.append("may not be in the loopback range (127.0.0.0/8, ::1/128)")
    if parsed.is_link_local:
        wrong.append("may not be in the link-local range (169.254.0.0/16, fe80::/10)")
    if any(parsed in scope for scope in _LINK_LOCAL_MULTICAST):
        wrong.append("may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")
    return wrong


def warnings(field: str, value: str) -> list[str]:
    """Return what is said of an address that is taken though it is not canonical."""
    parsed = parse(value)
    if parsed is None:
        return []
    if _has_zeros(value) or _is_mapped(value):
        return [f'{field}: non-standard IP address "{value}" is invalid: use "{parsed}"']
    if parsed.version == 6 and str(parsed) != value:
        return [f'{field}: IPv6 address "{value}" should be in RFC 5952 canonical format ("{parsed}")']
    return []


def network_warnings(field: str, value: str) -> list[str]:
    """Return what is said of a CIDR value that is taken though it is not canonical."""
    parsed = parse_network(value)
    if parsed is None:
        return []
    if network(value):
        return [f'{field}: non-standard CIDR value "{value}" is invalid: use "{parsed}"']
    if parsed.version == 6 and str(parsed) != value:
        return [f'{field}: IPv6 CIDR value "{value}" should be in RFC 5952 canonical format ("{parsed}")']
    return []


def _as(value: str, right: str) -> list[str]:
    return [] if value == right else [f'must be in canonical form ("{right}")']


def _without_zeros(value: str) -> str:
    # Only dotted numbers: in groups of hexadecimal digits leading zeros are anybody's right.
    return re.sub(r"(?<![0-9a-fA-F:])0+(?=[0-9])(?=[0-9.]*$)", "", value) if "." in value else value


def _has_zeros(value: str) -> bool:
    return _without_zeros(value) != value


def _is_mapped(value: str) -> bool:
    parsed = ipaddress.ip_address(value)
    return isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None
