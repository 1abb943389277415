"""Label selectors as objects have them: with matchLabels and matchExpressions.

The text form, as requests and Scale objects have it, is made here and read in `selectors`.

Sources:
    https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/apis/meta/v1/validation/validation.go
    https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/apis/meta/v1/helpers.go
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aiokube.testing.apiserver.field_errors import FieldError, child, forbidden, invalid, item, required

from . import names
from .checks import matching
from .metadata import validate_labels

__all__ = ["is_empty", "matches", "readable", "text", "validate"]

Selector = Mapping[str, Any]

_WITH_VALUES = {"In", "NotIn"}
_WITHOUT_VALUES = {"Exists", "DoesNotExist"}


def validate(selector: Selector | None, path: str, *, check_values: bool = True) -> Iterator[FieldError]:
    """Return what is wrong with a selector; nothing is with one that is absent.

    Args:
        check_values: False for changed objects whose values were wrong before.
    """
    selector = selector or {}
    yield from validate_labels(selector.get("matchLabels"), child(path, "matchLabels"))
    for index, expression in enumerate(selector.get("matchExpressions") or []):
        yield from _expression(expression, item(child(path, "matchExpressions"), index), check_values)


def readable(selector: Selector | None) -> bool:
    """Whether a selector means anything: its operators are known, and keys and values can be those of labels."""
    return not any(validate(selector, ""))


def is_empty(selector: Selector) -> bool:
    """Whether a selector selects everything."""
    return not selector.get("matchLabels") and not selector.get("matchExpressions")


def matches(selector: Selector | None, labels: Mapping[str, str] | None) -> bool:
    """Whether a selector selects labels; one that is absent selects nothing."""
    if selector is None:
        return False
    labels = labels or {}
    equal = all(labels.get(name) == value for name, value in (selector.get("matchLabels") or {}).items())
    return equal and all(_holds(expression, labels) for expression in selector.get("matchExpressions") or [])


def text(selector: Selector | None) -> str:
    """Return a selector as a query has it, sorted by key."""
    selector = selector or {}
    parts = [(name, f"{name}={value}") for name, value in (selector.get("matchLabels") or {}).items()]
    parts += [(each.get("key") or "", _text(each)) for each in selector.get("matchExpressions") or []]
    return ",".join(part for _, part in sorted(parts, key=lambda part: part[0]))


def _expression(expression: Selector, path: str, check_values: bool) -> Iterator[FieldError]:
    operator, values = expression.get("operator") or "", expression.get("values") or []
    if operator in _WITH_VALUES:
        if not values:
            yield required(child(path, "values"), "must be specified when `operator` is 'In' or 'NotIn'")
    elif operator in _WITHOUT_VALUES:
        if values:
            yield forbidden(child(path, "values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
    else:
        yield invalid(child(path, "operator"), operator, "not a valid selector operator")
    yield from matching(names.label_key, expression.get("key") or "", child(path, "key"))
    if check_values:
        for index, value in enumerate(values):
            yield from matching(names.label_value, value, item(child(path, "values"), index))


def _holds(expression: Selector, labels: Mapping[str, str]) -> bool:
    key, operator = expression.get("key") or "", expression.get("operator")
    listed = labels.get(key) in (expression.get("values") or []) if key in labels else False
    return {
        "In": listed,
        "NotIn": not listed,
        "Exists": key in labels,
        "DoesNotExist": key not in labels,
    }[operator or ""]


def _text(expression: Selector) -> str:
    key = expression.get("key") or ""
    values = ",".join(sorted(expression.get("values") or []))
    return {
        "In": f"{key} in ({values})",
        "NotIn": f"{key} notin ({values})",
        "Exists": key,
        "DoesNotExist": f"!{key}",
    }[expression.get("operator") or ""]
