"""Numbers and shares of pods that a rollout may take away or add at a time.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/apps/validation/validation.go
(ValidatePositiveIntOrPercent)
"""

from __future__ import annotations

from collections.abc import Iterator

from aiokube.testing.apiserver.field_errors import FieldError, invalid
from aiokube.testing.apiserver.go.numbers import parse_int
from aiokube.testing.apiserver.kinds import names
from aiokube.testing.apiserver.kinds.checks import matching, not_negative

__all__ = ["at_most_all", "is_zero", "number_or_share"]

_ALL = 100
_MOST = 2**63 - 1


def number_or_share(value: int | str, path: str) -> Iterator[FieldError]:
    """Refuse what is neither a number of pods nor a percentage of them."""
    if isinstance(value, str):
        yield from matching(names.percent, value, path)
    else:
        yield from not_negative(value, path)


def at_most_all(value: int | str, path: str) -> Iterator[FieldError]:
    """Refuse a share of more than all pods."""
    if isinstance(value, str) and not names.percent(value) and _number(value) > _ALL:
        yield invalid(path, value, "must not be greater than 100%")


def is_zero(value: int | str) -> bool:
    """Whether a value means no pods at all; texts that cannot be read mean none either."""
    return _number(value) == 0


def _number(value: int | str) -> int:
    if isinstance(value, int):
        return value
    text = value if names.percent(value) else value.removesuffix("%")
    try:
        return parse_int(text)
    except ValueError as error:
        # Go goes on with what it has besides the error: as much as fits 64 bits of a number that does not.
        return _MOST if str(error).endswith("out of range") else 0
