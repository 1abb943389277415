"""How Go writes values into messages: strings in quotes, numbers, JSON.

Source: https://pkg.go.dev/strconv#Quote, https://pkg.go.dev/fmt, https://pkg.go.dev/encoding/json#Marshal
"""

from __future__ import annotations

import json
import unicodedata
from decimal import Decimal
from typing import Any

__all__ = ["json_text", "number", "printable", "quoted", "shown", "sorted_keys"]

_ESCAPES = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\\": "\\\\",
    '"': '\\"',
}
_NOT_PRINTABLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}
_IN_HTML = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def quoted(text: str) -> str:
    """Return a string as `%q` writes it."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return f'"{"".join(map(_escaped, text))}"'


def printable(sign: str) -> bool:
    """Return whether a character is printed as it is: `unicode.IsPrint`."""
    return sign == " " or unicodedata.category(sign) not in _NOT_PRINTABLE


def number(value: float) -> str:
    """Return a float as `%v` writes it: the shortest digits, with an exponent from 1e+06 on."""
    return _number(value, fewest=-4, most=6, width=2)


def shown(value: Any) -> str:
    """Return a value as the message of a field's error shows it."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number(value)
    return json_text(value)


def json_text(value: Any) -> str:
    """Return a value as Go's JSON, with keys in the order they have here; see `sorted_keys`."""
    return _json(value).translate(_IN_HTML)


def sorted_keys(value: Any) -> Any:
    """Return a value whose objects have their keys in the order in which Go writes a map."""
    if isinstance(value, dict):
        return {key: sorted_keys(value[key]) for key in sorted(value, key=str.encode)}
    return list(map(sorted_keys, value)) if isinstance(value, list) else value


def _escaped(sign: str) -> str:
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    if printable(sign):
        return sign
    code = ord(sign)
    if 0xDC80 <= code <= 0xDCFF:
        code -= 0xDC00  # a byte that is not UTF-8, as Python carries it in a text
        return f"\\x{code:02x}"
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{','.join(f'{_json(key)}:{_json(item)}' for key, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_json, value))}]"
    if isinstance(value, float):
        return _number(value, fewest=-6, most=21, width=1)
    return json.dumps(value, ensure_ascii=False)


def _number(value: float, *, fewest: int, most: int, width: int) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return {"inf": "+Inf", "-inf": "-Inf", "nan": "NaN"}[repr(value)]
    decimal = Decimal(repr(value)).normalize()
    if not decimal:
        return "-0" if repr(value).startswith("-") else "0"
    exponent = decimal.adjusted()
    if fewest <= exponent < most:
        return f"{decimal:f}"
    sign, digits, _ = decimal.as_tuple()
    mantissa = str(digits[0]) + ("." + "".join(map(str, digits[1:])) if len(digits) > 1 else "")
    return f"{'-' if sign else ''}{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):0{width}d}"
