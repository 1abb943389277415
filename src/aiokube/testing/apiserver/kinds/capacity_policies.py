"""How much may be asked of a capacity that several requests share: some amounts, or a range of them.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/resource/validation/validation.go
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import checks, quantities
from aiokube.testing.apiserver.kinds.rules import Object
from aiokube.testing.apiserver.schema.quantities import parse

__all__ = ["validate"]

_VALUES_LIMIT: Final = 10
_BOTH = 'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time'


def validate(capacity: Object, path: str, *, shared: bool) -> Iterator[FieldError]:
    """Return what is wrong with the policy of a capacity.

    Args:
        shared: the device can be allocated more than once.
    """
    policy, at = capacity.get("requestPolicy"), fields.child(path, "requestPolicy")
    if policy is None:
        return
    whole, values, within = capacity.get("value") or "0", policy.get("validValues") or [], policy.get("validRange")
    if not shared:
        yield fields.forbidden(at, "allowMultipleAllocations must be true")
    elif values and within is not None:
        yield fields.forbidden(at, _BOTH)
    elif values or within is not None:
        name = "validValues" if values else "validRange"
        if (default := policy.get("default")) is None:
            yield fields.required(fields.child(at, "default"), f"required when {name} is defined")
        elif values:
            yield from _values(values, default, whole, fields.child(at, name))
        else:
            yield from _range(within, default, whole, fields.child(at, name))


def _values(values: Sequence[str], default: str, whole: str, path: str) -> Iterator[FieldError]:
    for index, (value, following) in enumerate(pairwise(values), 1):
        if quantities.amount(value) > quantities.amount(following):
            yield fields.invalid(fields.item(path, index), following, "values must be sorted in ascending order")

    def within(value: str, at: str) -> Iterator[FieldError]:
        if quantities.amount(value) > quantities.amount(whole):
            yield fields.invalid(at, value, f"option is larger than capacity value: {whole}")

    yield from checks.each_once(values, _VALUES_LIMIT, within, path, lambda value: str(_whole(value)))
    if len(values) > _VALUES_LIMIT or quantities.amount(default) not in map(quantities.amount, values):
        yield fields.invalid(path, default, "default value is not valid according to the requestPolicy")


def _range(within: Object, default: str, whole: str, path: str) -> Iterator[FieldError]:
    lowest, highest, step = (within.get(name) for name in ("min", "max", "step"))
    at = fields.child(path, "min")
    if lowest is None:
        yield fields.required(at, "required when validRange is defined")
        return
    if quantities.amount(lowest) > quantities.amount(whole):
        yield fields.invalid(at, lowest, f"min is larger than capacity value: {whole}")
    if quantities.amount(default) < quantities.amount(lowest):
        yield fields.invalid(at, default, f"default is less than min: {lowest}")
    if highest is not None:
        yield from _highest(lowest, highest, default, whole, fields.child(path, "max"))
    if step is not None:
        first = (parse(lowest) + parse(step)).text
        if quantities.amount(first) > quantities.amount(whole):
            words = f"one step {first} is larger than capacity value: {whole}"
            yield fields.invalid(fields.child(path, "step"), step, words)
        yield from _steps(step, lowest, [default] + ([highest] if highest else []), fields.child(path, "step"))


def _highest(lowest: str, highest: str, default: str, whole: str, path: str) -> Iterator[FieldError]:
    if quantities.amount(lowest) > quantities.amount(highest):
        yield fields.invalid(path, lowest, f"min is larger than max: {highest}")
    if quantities.amount(highest) > quantities.amount(whole):
        yield fields.invalid(path, highest, f"max is larger than capacity value: {whole}")
    if quantities.amount(default) > quantities.amount(highest):
        yield fields.invalid(path, default, f"default is more than max: {highest}")


def _steps(step: str, lowest: str, values: Sequence[str], path: str) -> Iterator[FieldError]:
    for value in values:
        # A step of zero is no step: kube-apiserver fails on it.
        width = _whole(step)
        if width and (_whole(value) - _whole(lowest)) % width:
            yield fields.invalid(path, value, f"value is not a multiple of a given step ({step}) from ({lowest})")


def _whole(text: str) -> int:
    """Return an amount as an integer, rounded up."""
    return math.ceil(quantities.amount(text))
