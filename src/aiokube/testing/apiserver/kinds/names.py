"""Names: what a text must look like where Kubernetes asks for a name, a key or a label.

Each function returns what is wrong with a value in the words of kube-apiserver; an empty list for nothing.
Those for names of objects take `prefix=True` for a generateName, which may end in a dash.

Sources:
    https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/util/validation/validation.go
    https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/api/validate/content/kube.go
"""

from __future__ import annotations

import re

__all__ = [
    "c_identifier",
    "config_map_key",
    "dns_1035_label",
    "dns_label",
    "dns_subdomain",
    "dns_subdomain_with_underscore",
    "environment_variable",
    "group_id",
    "http_header",
    "in_range",
    "label_key",
    "label_value",
    "path_segment",
    "pattern_error",
    "percent",
    "port_name",
    "port_number",
    "qualified_name",
    "user_id",
    "wildcard_dns_subdomain",
]

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_LABEL_UNDERSCORE = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_LABEL_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_SUBDOMAIN_UNDERSCORE = rf"{_LABEL_UNDERSCORE}(\.{_LABEL_UNDERSCORE})*"
_WILDCARD = rf"\*\.{_SUBDOMAIN}"
_KEY = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_C_IDENTIFIER = "[A-Za-z_][A-Za-z0-9_]*"
_CONFIG_MAP_KEY = "[-._a-zA-Z0-9]+"
_HEADER = "[-A-Za-z0-9]+"
_PERCENT = "[0-9]+%"

_LOWER_CASE = "must consist of lower case alphanumeric characters"
_BOTH_ENDS = "must start and end with an alphanumeric character"
_LABEL_WORDS = f"a lowercase RFC 1123 label {_LOWER_CASE} or '-', and {_BOTH_ENDS}"
_SUBDOMAIN_WORDS = f"a lowercase RFC 1123 subdomain {_LOWER_CASE}, '-' or '.', and {_BOTH_ENDS}"
_KEY_WORDS = f"must consist of alphanumeric characters, '-', '_' or '.', and {_BOTH_ENDS}"

_LABEL_LIMIT = 63
_SUBDOMAIN_LIMIT = 253
_PORT_NAME_LIMIT = 15
_ID_LIMIT = 2**31 - 1


def dns_label(value: str, *, prefix: bool = False) -> list[str]:
    value = _masked(value) if prefix else value
    wrong = _characters(value, _LABEL_LIMIT)
    if not re.fullmatch(_LABEL, value):
        dotted = re.fullmatch(_SUBDOMAIN, value)
        wrong.append(
            "must not contain dots" if dotted else pattern_error(_LABEL_WORDS, _LABEL, "my-name", "123-abc"),
        )
    return wrong


def dns_1035_label(value: str, *, prefix: bool = False) -> list[str]:
    value = _masked(value) if prefix else value
    words = (
        f"a DNS-1035 label {_LOWER_CASE} or '-', start with an alphabetic character, "
        "and end with an alphanumeric character"
    )
    return _characters(value, _LABEL_LIMIT) + _pattern(value, _LABEL_1035, words, "my-name", "abc-123")


def dns_subdomain(value: str, *, prefix: bool = False) -> list[str]:
    value = _masked(value) if prefix else value
    return _characters(value, _SUBDOMAIN_LIMIT) + _pattern(value, _SUBDOMAIN, _SUBDOMAIN_WORDS, "example.com")


def dns_subdomain_with_underscore(value: str) -> list[str]:
    words = f"a lowercase RFC 1123 subdomain {_LOWER_CASE}, '_', '-' or '.', and {_BOTH_ENDS}"
    return _characters(value, _SUBDOMAIN_LIMIT) + _pattern(value, _SUBDOMAIN_UNDERSCORE, words, "example.com")


def wildcard_dns_subdomain(value: str) -> list[str]:
    words = (
        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, "
        f"which {_LOWER_CASE}, '-' or '.' and end with an alphanumeric character"
    )
    return _characters(value, _SUBDOMAIN_LIMIT) + _pattern(value, _WILDCARD, words, "*.example.com")


def path_segment(value: str, *, prefix: bool = False) -> list[str]:
    """What every name must be, however little its kind asks for: it stands in URLs and in etcd's keys."""
    if not prefix and value in {".", ".."}:
        return [f"may not be '{value}'"]
    return [f"may not contain '{part}'" for part in "/%" if part in value]


def label_key(value: str) -> list[str]:
    parts = value.split("/")
    pattern = pattern_error(_KEY_WORDS, _KEY, "MyName", "my.name", "123-abc")
    if len(parts) > 2:
        return [
            f"a valid label key {pattern} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        ]
    wrong = [f"prefix part {words}" for words in _key_prefix(parts[0])] if len(parts) == 2 else []
    name = parts[-1]
    if not name:
        wrong.append("name part must be non-empty")
    else:
        wrong += [f"name part {words}" for words in _bytes(name, _LABEL_LIMIT)]
    if not re.fullmatch(_KEY, name):
        wrong.append(f"name part {pattern}")
    return wrong


qualified_name = label_key
"""The same rule under the name that the API's documents use outside of labels."""


def label_value(value: str) -> list[str]:
    words = (
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
        f"and {_BOTH_ENDS}"
    )
    return _bytes(value, _LABEL_LIMIT) + _pattern(value, f"({_KEY})?", words, "MyValue", "my_value", "12345")


def c_identifier(value: str) -> list[str]:
    words = (
        "a valid C identifier must start with alphabetic character or '_', "
        "followed by a string of alphanumeric characters or '_'"
    )
    return _pattern(value, _C_IDENTIFIER, words, "my_name", "MY_NAME", "MyName")


def config_map_key(value: str) -> list[str]:
    """For the keys of ConfigMaps and Secrets, which become names of files."""
    words = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
    wrong = _characters(value, _SUBDOMAIN_LIMIT)
    wrong += _pattern(value, _CONFIG_MAP_KEY, words, "key.name", "KEY_NAME", "key-name")
    if value in {".", ".."}:
        wrong.append(f"must not be '{value}'")
    elif value.startswith(".."):
        wrong.append("must not start with '..'")
    return wrong


def environment_variable(value: str) -> list[str]:
    wrong = [] if value else ["environment variable name must be non-empty"]
    if not re.fullmatch("[ -<>-~]*", value):
        wrong.append("a valid environment variable name must consist only of printable ASCII characters other than '='")
    return wrong


def http_header(value: str) -> list[str]:
    words = "a valid HTTP header must consist of alphanumeric characters or '-'"
    return _pattern(value, _HEADER, words, "X-Header-Name")


def percent(value: str) -> list[str]:
    words = "a valid percent string must be a numeric string followed by an ending '%'"
    return _pattern(value, _PERCENT, words, "1%", "93%")


def port_name(value: str) -> list[str]:
    """For the names of ports, as of IANA's services."""
    wrong = _characters(value, _PORT_NAME_LIMIT)
    if not re.fullmatch("[-a-z0-9]+", value):
        wrong.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not re.search("[a-z]", value):
        wrong.append("must contain at least one letter (a-z)")
    if "--" in value:
        wrong.append("must not contain consecutive hyphens")
    if value.startswith("-") or value.endswith("-"):
        wrong.append("must not begin or end with a hyphen")
    return wrong


def port_number(value: int) -> list[str]:
    return in_range(value, 1, 65535)


def group_id(value: int) -> list[str]:
    return in_range(value, 0, _ID_LIMIT)


def user_id(value: int) -> list[str]:
    return in_range(value, 0, _ID_LIMIT)


def in_range(value: int, lowest: int, highest: int) -> list[str]:
    return [] if lowest <= value <= highest else [f"must be between {lowest} and {highest}, inclusive"]


def pattern_error(words: str, pattern: str, *examples: str) -> str:
    """Return what kube-apiserver says of a value that does not match a pattern."""
    if not examples:
        return f"{words} (regex used for validation is '{pattern}')"
    shown = " or ".join(f"'{example}', " for example in examples)
    return f"{words} (e.g. {shown}regex used for validation is '{pattern}')"


def _pattern(value: str, pattern: str, words: str, *examples: str) -> list[str]:
    return [] if re.fullmatch(pattern, value) else [pattern_error(words, pattern, *examples)]


def _key_prefix(value: str) -> list[str]:
    if not value:
        return ["must be non-empty"]
    return _bytes(value, _SUBDOMAIN_LIMIT) + _pattern(value, _SUBDOMAIN, _SUBDOMAIN_WORDS, "example.com")


def _masked(value: str) -> str:
    # kube-apiserver cuts two characters and puts one, so that "a.-" becomes "aa"; its names are what it does.
    return value[:-2] + "a" if len(value) > 1 and value.endswith("-") else value


def _characters(value: str, limit: int) -> list[str]:
    # The words say characters; Go counts bytes all the same.
    return [f"must be no more than {limit} characters"] if len(value.encode()) > limit else []


def _bytes(value: str, limit: int) -> list[str]:
    return [f"must be no more than {limit} bytes"] if len(value.encode()) > limit else []
