"""Requests for devices, as ResourceClaims and their templates have them, and what DeviceClasses say in the same words.

Expressions that select devices are not looked at.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/resource/validation/validation.go
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import checks, names, volume_sources
from aiokube.testing.apiserver.kinds.rules import Object

__all__ = [
    "TAINT_EFFECTS",
    "Names",
    "json_object",
    "known_names",
    "label_key",
    "name_of",
    "qualified_name",
    "request_name",
    "validate",
    "validate_configuration",
    "validate_selectors",
]

Names = Mapping[str, Collection[str]]
"""The names of requests, each with those of its alternatives."""

TAINT_EFFECTS = ("NoExecute", "NoSchedule", "None")
_ONE_KIND = "exactly one of `exactly` or `firstAvailable` is required"
_NOT_A_REQUEST = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"
_ONE_ATTRIBUTE = 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set'
_OPERATORS = ("Equal", "Exists")
_MODES = ("All", "ExactCount")
_LIMIT: Final = 32
_ALTERNATIVES_LIMIT: Final = 8
_PARAMETERS_LIMIT: Final = 10 * 1024
_IDENTIFIER_LIMIT: Final = 32


def validate(devices: Object, path: str) -> Iterator[FieldError]:
    """Return what is wrong with the requests of a claim, and with what is said of them."""
    known = known_names(devices)
    yield from checks.each_once(devices.get("requests"), _LIMIT, _request, fields.child(path, "requests"), name_of)
    yield from checks.each(
        devices.get("constraints"), _LIMIT, partial(_constraint, known=known), fields.child(path, "constraints")
    )
    yield from checks.each(devices.get("config"), _LIMIT, partial(_config, known=known), fields.child(path, "config"))


def validate_selectors(selectors: Sequence[Object] | None, path: str) -> Iterator[FieldError]:
    return checks.each(selectors, _LIMIT, _selector, path)


def validate_configuration(config: Object, path: str) -> Iterator[FieldError]:
    at = fields.child(path, "opaque")
    if (opaque := config.get("opaque")) is None:
        yield fields.required(at)
    else:
        yield from volume_sources.driver_name(opaque.get("driver") or "", fields.child(at, "driver"))
        yield from json_object(opaque.get("parameters"), _PARAMETERS_LIMIT, fields.child(at, "parameters"))


def known_names(devices: Object) -> Names:
    return {
        request.get("name") or "": [name_of(alternative) for alternative in request.get("firstAvailable") or ()]
        for request in devices.get("requests") or ()
    }


def request_name(name: str, path: str, *, known: Names) -> Iterator[FieldError]:
    """Refuse what is not the name of a request, or of one of its alternatives."""
    parts = name.split("/")
    if len(parts) > 2:
        yield fields.invalid(path, name, _NOT_A_REQUEST)
        return
    for part in parts:
        yield from checks.matching(names.dns_label, part, path)
    if parts[0] not in known or (len(parts) > 1 and parts[1] not in known[parts[0]]):
        yield fields.invalid(path, name, _NOT_A_REQUEST)


def qualified_name(name: str, path: str) -> Iterator[FieldError]:
    """Refuse what cannot be the name of an attribute or a capacity: an identifier, with or without a domain."""
    parts = name.split("/")
    if len(parts) > 2:
        return  # kube-apiserver takes them
    if len(parts) == 2:
        if parts[0]:
            yield from volume_sources.driver_name(parts[0], path)
        else:
            yield fields.invalid(path, "", "the domain must not be empty")
        if not parts[1]:
            yield fields.invalid(path, "", "the name must not be empty")
            return
    if len(parts[-1].encode()) > _IDENTIFIER_LIMIT:
        yield fields.too_long(path, _IDENTIFIER_LIMIT)
    yield from checks.matching(names.c_identifier, parts[-1], path)


def name_of(obj: Object) -> str:
    return obj.get("name") or ""


def label_key(key: str, path: str) -> Iterator[FieldError]:
    return checks.matching(names.label_key, key, path)


def json_object(value: Any, limit: int, path: str) -> Iterator[FieldError]:
    """Refuse what is no JSON object, or a long one."""
    if value is None:
        yield fields.required(path)
    elif len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()) > limit:
        yield fields.too_long(path, limit)
    elif not isinstance(value, dict):
        yield fields.invalid(path, "<value omitted>", "must be a valid JSON object")


def _request(request: Object, path: str) -> Iterator[FieldError]:
    yield from checks.matching(names.dns_label, name_of(request), fields.child(path, "name"))
    exactly, alternatives = request.get("exactly"), request.get("firstAvailable") or []
    if exactly is None and not alternatives:
        yield fields.required(path, _ONE_KIND)
    elif exactly is not None and alternatives:
        yield fields.invalid(path, None, f"{_ONE_KIND}, but multiple fields are set")
    elif exactly is not None:
        yield from _wanted(exactly, fields.child(path, "exactly"))
    else:
        at = fields.child(path, "firstAvailable")
        yield from checks.each_once(alternatives, _ALTERNATIVES_LIMIT, _alternative, at, name_of)


def _alternative(request: Object, path: str) -> Iterator[FieldError]:
    yield from checks.matching(names.dns_label, name_of(request), fields.child(path, "name"))
    yield from _wanted(request, path)


def _wanted(request: Object, path: str) -> Iterator[FieldError]:
    at = fields.child(path, "deviceClassName")
    yield from checks.present(request.get("deviceClassName"), at, names.dns_subdomain)
    yield from validate_selectors(request.get("selectors"), fields.child(path, "selectors"))
    mode, count = request.get("allocationMode") or "", request.get("count") or 0
    yield from checks.one_of(mode, _MODES, fields.child(path, "allocationMode"))
    at = fields.child(path, "count")
    if mode == "All" and count:
        yield fields.invalid(at, count, "must not be specified when allocationMode is 'All'")
    if mode == "ExactCount":
        yield from checks.positive(count, at)
    for index, toleration in enumerate(request.get("tolerations") or ()):
        yield from _toleration(toleration, fields.item(fields.child(path, "tolerations"), index))


def _selector(selector: Object, path: str) -> Iterator[FieldError]:
    if (cel := selector.get("cel")) is None:
        yield fields.required(fields.child(path, "cel"))
    elif len((cel.get("expression") or "").encode()) > _PARAMETERS_LIMIT:
        yield fields.too_long(fields.child(path, "cel", "expression"), _PARAMETERS_LIMIT)


def _toleration(toleration: Object, path: str) -> Iterator[FieldError]:
    operator, value, effect = (toleration.get(name) or "" for name in ("operator", "value", "effect"))
    if toleration.get("key"):
        yield from label_key(toleration["key"], fields.child(path, "key"))
    if operator == "Exists" and value:
        yield fields.invalid(fields.child(path, "value"), value, "must be empty for operator `Exists`")
    elif operator == "Equal":
        yield from checks.matching(names.label_value, value, fields.child(path, "value"))
    else:
        yield from checks.one_of(operator, _OPERATORS, fields.child(path, "operator"), needed=True)
    if effect:
        yield from checks.one_of(effect, TAINT_EFFECTS, fields.child(path, "effect"))


def _constraint(constraint: Object, path: str, *, known: Names) -> Iterator[FieldError]:
    yield from _requests(constraint, path, known)
    for name in ("matchAttribute", "distinctAttribute"):
        if (attribute := constraint.get(name)) is not None:
            at = fields.child(path, name)
            yield from qualified_name(attribute, at)
            if "/" not in attribute:
                words = "a fully qualified name must be a domain and a name separated by a slash"
                yield fields.invalid(at, attribute, words)
            return
    yield fields.required(path, _ONE_ATTRIBUTE)


def _config(config: Object, path: str, *, known: Names) -> Iterator[FieldError]:
    yield from _requests(config, path, known)
    yield from validate_configuration(config, path)


def _requests(obj: Object, path: str, known: Names) -> Iterator[FieldError]:
    check = partial(request_name, known=known)
    return checks.each_once(obj.get("requests"), _LIMIT, check, fields.child(path, "requests"), str)
