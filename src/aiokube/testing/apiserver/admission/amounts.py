"""Amounts of several resources: reckoning with them, and showing them.

Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/quota/v1/resources.go
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction

from aiokube.testing.apiserver.schema.quantities import Quantity, parse

__all__ = ["Amounts", "added", "amounts", "equal", "number", "only", "shown", "still_to_add", "written"]

Amounts = Mapping[str, Quantity]


def amounts(given: Mapping[str, str] | None) -> dict[str, Quantity]:
    """Return what an object says."""
    return {name: parse(text) for name, text in (given or {}).items()}


def written(given: Amounts) -> dict[str, str]:
    """Return what an object says then, in the order of the names."""
    return {name: given[name].text for name in sorted(given)}


def number(count: int) -> Quantity:
    """Return how many there are of something."""
    return Quantity.of(Fraction(count))


def added(some: Amounts, more: Amounts) -> dict[str, Quantity]:
    return {**some, **{name: some[name] + one if name in some else one for name, one in more.items()}}


def still_to_add(wanted: Amounts, there: Amounts) -> dict[str, Quantity]:
    """Return what is missing to what is wanted; what there is too much of is none of it."""
    rest = {name: _less(one, there.get(name)) for name, one in wanted.items()}
    return {name: one for name, one in rest.items() if one.amount > 0}


def only(given: Amounts, names: Collection[str]) -> dict[str, Quantity]:
    return {name: one for name, one in given.items() if name in names}


def equal(some: Amounts, others: Amounts) -> bool:
    """Return whether the amounts are the same, however they are written."""
    return {name: one.amount for name, one in some.items()} == {name: one.amount for name, one in others.items()}


def shown(given: Amounts) -> str:
    """Return amounts as messages show them."""
    return ",".join(f"{name}={text}" for name, text in written(given).items())


def _less(one: Quantity, other: Quantity | None) -> Quantity:
    return one if other is None else Quantity.of(one.amount - other.amount, one.notation)
