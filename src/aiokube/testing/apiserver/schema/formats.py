"""The formats that the schema of a custom kind may ask of a string, as kube-apiserver 1.36 checks them.

Names stand here without dashes, for kube-apiserver leaves those out before it looks one up. A format that is not
here is not checked at all.

Sources:
    https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/apiserver/validation/formats.go
    https://github.com/kubernetes/kube-openapi/blob/master/pkg/validation/strfmt/default.go
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from .patterns import compiled

__all__ = ["FORMATS", "NUMBER_FORMATS", "known"]

_UUID = r"(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?%s-?%s[0-9a-f]{3}-?[0-9a-f]{12}$"
_HEX = "[0-9a-f]"
_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_BYTE = r"(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])"
_CARD = (
    r"^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}"
    r"|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11})$"
)
_HOSTNAME = (
    r"^([a-zA-Z0-9\p{S}\p{L}]((-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?)"
    r"|([a-zA-Z0-9\p{S}\p{L}](([a-zA-Z0-9-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?)(\.)){1,}([a-zA-Z\p{L}]){2,63})$"
)
_BASE64 = r"^(?:[A-Za-z0-9+\/]{4})*(?:[A-Za-z0-9+\/]{2}==|[A-Za-z0-9+\/]{3}=|[A-Za-z0-9+\/]{4})$"
_TIME = re.compile(r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[^\n][0-9]+)?(?:z|[+-][0-9]{2}:[0-9]{2})")
_GO_DURATION = re.compile(r"[-+]?(?:0|(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+)")
_LONG_DURATION = re.compile(r"[0-9]+\s*([A-Za-zµ]+)", re.ASCII)
_UNITS = {"ns", "us", "µs", "ms", "s", "m", "h", "hr", "d", "w", "wk"}
_UNIT_STARTS = ("nano", "micro", "milli", "sec", "min", "hour", "day", "week")
_ATOM = r"[^\x00-\x20\x7f()<>\[\]:;@\\,.\"]+"
_DOMAIN = rf"(?:{_ATOM}(?:\.{_ATOM})*|\[[^\[\]\\\x00-\x20]*\])"
_LOCAL = rf"(?:{_ATOM}(?:\.{_ATOM})*|\"(?:[^\"\\]|\\.)*\")"
_SPACE = r"[ \t]*"
_PHRASE = rf"(?:(?:{_ATOM}|\.|\"(?:[^\"\\]|\\.)*\"){_SPACE})*"
_EMAIL = re.compile(
    rf"{_SPACE}(?:{_LOCAL}@{_DOMAIN}|{_PHRASE}<{_SPACE}{_LOCAL}@{_DOMAIN}{_SPACE}>){_SPACE}(?:\([^()]*\){_SPACE})?"
)
_URI = re.compile(r"(?:[a-zA-Z][a-zA-Z0-9+.-]*:[^\x00-\x20\x7f]*|/[^\x00-\x1f\x7f]*|\*)")
_MAC = re.compile(
    r"(?:{0}{0}(?P<s>[:-]))(?:{0}{0}(?P=s)){{4,18}}{0}{0}|(?:{0}{{4}}\.){{2,9}}{0}{{4}}".format("[0-9a-fA-F]")
)


def known(name: str, kind: str) -> bool:
    """Return whether a format is checked for a type; "" stands for no type or several."""
    if kind in NUMBER_FORMATS:
        return name in NUMBER_FORMATS[kind]
    return kind in {"", "string"} and name.replace("-", "") in FORMATS


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda text: compiled(pattern).search(text) is not None


def _is_date(text: str) -> bool:
    try:
        date(int(text[:4]), int(text[5:7]), int(text[8:]))
    except ValueError:
        # Go has a year 0, which is a leap year.
        return bool(re.fullmatch(r"0000-[0-9]{2}-[0-9]{2}", text)) and _is_date(f"2000{text[4:]}")
    return re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is not None


def _is_date_time(text: str) -> bool:
    parts = text.lower().split("t")
    match = _TIME.fullmatch(parts[1]) if len(parts) > 1 and _is_date(parts[0]) else None
    return match is not None and match[1] <= "23" and match[2] <= "59" and match[3] <= "59"


def _is_duration(text: str) -> bool:
    if _GO_DURATION.fullmatch(text):
        return True
    units = [match[1].lower() for match in _LONG_DURATION.finditer(text)]
    return any(unit in _UNITS or unit.startswith(_UNIT_STARTS) for unit in units)


def _is_ipv4(text: str) -> bool:
    if ":" in text:  # an IPv6 address that ends in an IPv4 address has a dot too
        return "." in text and _is_ipv6(text)
    parts = text.split(".")
    return len(parts) == 4 and all(re.fullmatch("[0-9]{1,3}", part) and int(part) < 256 for part in parts)


def _is_ipv6(text: str) -> bool:
    try:
        return ":" in text and "%" not in text and ipaddress.IPv6Address(text) is not None
    except ValueError:
        return False


def _is_cidr(text: str) -> bool:
    address, _, length = text.partition("/")
    most = 128 if ":" in address else 32
    return (
        re.fullmatch("[0-9]{1,3}", length) is not None
        and int(length) <= most
        and (_is_ipv6(address) if ":" in address else _is_ipv4(address))
    )


def _is_mac(text: str) -> bool:
    digits = re.sub("[^0-9a-fA-F]", "", text)
    return _MAC.fullmatch(text) is not None and len(digits) in {12, 16, 40}


def _is_hostname(text: str) -> bool:
    if len(text.encode()) > 255 or any(len(part.encode()) > 63 for part in text.split(".")):
        return False
    return compiled(_HOSTNAME).search(text) is not None


def _is_isbn10(text: str) -> bool:
    digits = re.sub(r"[\s-]+", "", text)
    if not re.fullmatch("[0-9]{9}[0-9X]", digits):
        return False
    return sum((index + 1) * (10 if sign == "X" else int(sign)) for index, sign in enumerate(digits)) % 11 == 0


def _is_isbn13(text: str) -> bool:
    digits = re.sub(r"[\s-]+", "", text)
    if not re.fullmatch("[0-9]{13}", digits):
        return False
    return sum((1, 3)[index % 2] * int(sign) for index, sign in enumerate(digits)) % 10 == 0


def _is_card(text: str) -> bool:
    digits = re.sub("[^0-9]+", "", text)
    if not compiled(_CARD).search(digits):
        return False
    doubled = [int(sign) * (1 + index % 2) for index, sign in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _is_ssn(text: str) -> bool:
    return len(text) == 11 and re.fullmatch("[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}", text) is not None


def _is_short_name(text: str) -> bool:
    return len(text) <= 63 and re.fullmatch(_LABEL, text) is not None


def _is_long_name(text: str) -> bool:
    return len(text) <= 253 and re.fullmatch(rf"{_LABEL}(\.{_LABEL})*", text) is not None


FORMATS: Final[Mapping[str, Callable[[str], bool]]] = {
    "bsonobjectid": _matches("^[0-9a-fA-F]{24}$"),
    "uri": lambda text: _URI.fullmatch(text) is not None and not re.search("%(?![0-9a-fA-F]{2})", text),
    "email": lambda text: _EMAIL.fullmatch(text) is not None,
    "hostname": _is_hostname,
    "ipv4": _is_ipv4,
    "ipv6": _is_ipv6,
    "cidr": _is_cidr,
    "mac": _is_mac,
    "uuid": _matches(_UUID % (f"{_HEX}{{4}}", _HEX)),
    "uuid3": _matches(_UUID % (f"3{_HEX}{{3}}", _HEX)),
    "uuid4": _matches(_UUID % (f"4{_HEX}{{3}}", "[89ab]")),
    "uuid5": _matches(_UUID % (f"5{_HEX}{{3}}", "[89ab]")),
    "isbn": lambda text: _is_isbn10(text) or _is_isbn13(text),
    "isbn10": _is_isbn10,
    "isbn13": _is_isbn13,
    "creditcard": _is_card,
    "ssn": _is_ssn,
    "hexcolor": _matches("^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"),
    "rgbcolor": _matches(rf"^rgb\(\s*{_BYTE}\s*,\s*{_BYTE}\s*,\s*{_BYTE}\s*\)$"),
    "byte": _matches(_BASE64),
    "password": lambda text: True,
    "date": _is_date,
    "duration": _is_duration,
    "datetime": _is_date_time,
    "k8sshortname": _is_short_name,
    "k8slongname": _is_long_name,
}
"""By name without dashes: whether a string has the format."""

NUMBER_FORMATS: Final = {"integer": frozenset({"int32", "int64"}), "number": frozenset({"float", "double"})}
"""By type: the formats that numbers may have."""
