"""Checks: the shapes of validation that many kinds share, as errors of a field.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import ip_addresses, names

__all__ = ["IMMUTABLE", "endpoint_address", "one_of", "port_number_or_name", "said", "same"]

IMMUTABLE = "field is immutable"


def said(path: str, value: Any, words: Iterable[str]) -> Iterator[FieldError]:
    """Return an error for each thing that is said against a value."""
    return (fields.invalid(path, value, one) for one in words)


def one_of(path: str, value: Any, supported: Iterable[str]) -> Iterator[FieldError]:
    """Refuse a value that is missing, or none of the supported ones (which messages show in the order given)."""
    if not value:
        yield fields.required(path)
    elif value not in supported:
        yield fields.not_supported(path, value, supported)


def port_number_or_name(path: str, value: int | str) -> Iterator[FieldError]:
    check: Callable[..., list[str]] = names.port_name if isinstance(value, str) else names.port_number
    return said(path, value, check(value))


def same(path: str, new: Any, old: Any, words: str = IMMUTABLE) -> Iterator[FieldError]:
    """Refuse a change; empty and absent are the same."""
    if new != old and (new or old):
        yield fields.invalid(path, new, words)


def endpoint_address(path: str, value: str) -> Iterator[FieldError]:
    """Refuse addresses that can be nobody's endpoint, such as the loopback."""
    parsed = ip_addresses.parse(value)
    if parsed is None:
        yield fields.invalid(path, value, "must be a valid IP address")
        return
    if parsed.is_unspecified:
        yield fields.invalid(path, value, f"may not be unspecified ({value})")
    if parsed.is_loopback:
        yield fields.invalid(path, value, "may not be in the loopback range (127.0.0.0/8, ::1/128)")
    if parsed.is_link_local:
        yield fields.invalid(path, value, "may not be in the link-local range (169.254.0.0/16, fe80::/10)")
    if parsed.is_multicast and str(parsed).startswith(("224.0.0.", "ff02:")):
        yield fields.invalid(path, value, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")
