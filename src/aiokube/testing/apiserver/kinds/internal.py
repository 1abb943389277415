"""What kube-apiserver shows of a part that it holds in types of its own: the fields as Go names them, all of them.

Messages have whole parts where a pod template may not change, and a diff of both specs where a pod may not.
The types are in `internal_types.txt`, a line for each: its name, then `Field:type`, with `=key` after the field
where JSON's key does not follow from it; `s`, `b` and `i` are texts, booleans and numbers, `=` is what Go writes
as JSON has it, and `*`, `[]` and `{}` are Go's pointers, lists and maps. `scripts/internal_types.go` prints them.

Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/util/diff/diff.go
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

from aiokube.testing.apiserver.field_errors import FieldError

from . import checks

__all__ = ["diff", "shown", "unchanged"]

_ZEROS: Final[Mapping[str, Any]] = {"s": "", "b": False, "i": 0, "=IntOrString": 0, "=Quantity": "0"}
_OF_POD = ("hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers")


def shown(kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a part in normal form as the JSON of the server's own type, such as `PodTemplateSpec`."""
    result: dict[str, Any] = {}
    if kind == "PodSpec":
        value = _with_host_fields(value)
    for name, key, of in _types()[kind]:
        if name == "+metadata":
            result |= value.get("metadata") or {}
        elif name != "+type":
            result[name] = _value(of, value.get(key))
    return result


def unchanged(kind: str, new: Mapping[str, Any], old: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    """Refuse a change of a part that may not change."""
    return checks.immutable(shown(kind, new), shown(kind, old), path)


def diff(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """Return how two parts differ, as lines of the JSON of the server's own type."""
    before, after = _lines(shown(kind, old)), _lines(shown(kind, new))
    return "".join(list(difflib.unified_diff(before, after))[2:])


@cache
def _types() -> Mapping[str, list[tuple[str, str, str]]]:
    text = resources.files(__package__).joinpath("internal_types.txt").read_text("ascii")
    return {name: [_field(field) for field in fields] for name, *fields in map(str.split, text.splitlines())}


def _field(text: str) -> tuple[str, str, str]:
    """Return a field's name in Go, its key in JSON, and its type."""
    if text.startswith("+"):
        return text, "", ""
    field, _, of = text.partition(":")
    name, _, key = field.partition("=")
    return name, key or re.sub("^[A-Z]+?(?=[A-Z][a-z]|$)|^[A-Z]", lambda match: match[0].lower(), name), of


def _value(of: str, value: Any) -> Any:
    if of.startswith("*"):
        return None if value is None else _value(of[1:], value)
    if of.startswith("[]"):
        return None if value is None else [_value(of[2:], each) for each in value]
    if of.startswith("{}"):
        return {key: _value(of[2:], each) for key, each in sorted(value.items())} if value else None
    if of in _ZEROS:
        return value or _ZEROS[of]
    return value if of.startswith("=") else shown(of, value or {})


def _with_host_fields(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return a pod's spec with what it shares with its node in the security context, where the server has it."""
    host = {name: spec[name] for name in _OF_POD if name in spec}
    return {**spec, "securityContext": {**(spec.get("securityContext") or {}), **host}}


def _lines(value: Mapping[str, Any]) -> list[str]:
    text = json.dumps(value, indent=1, ensure_ascii=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return [f"{line}\n" for line in text.split("\n")]
