"""Indexes of pods as Jobs write them: `1,3-5,7`, in rising order.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/batch/validation/validation.go
(validateIndexesFormat)
"""

from __future__ import annotations

from aiokube.testing.apiserver.go.numbers import parse_int
from aiokube.testing.apiserver.go.text import quoted

__all__ = ["overlap", "read_indexes"]


def read_indexes(text: str, completions: int) -> list[tuple[int, int]]:
    """Return the spans of indexes, first and last.

    Raises:
        ValueError: the text cannot be read, or has an index that is not below `completions`.
    """
    spans: list[tuple[int, int]] = []
    for part in text.split(",") if text else ():
        first, last = _span(part, completions)
        if spans and spans[-1][1] >= first:
            raise ValueError(f"non-increasing order, previous: {spans[-1][1]}, current: {first}")
        spans.append((first, last))
    return spans


def overlap(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> int | None:
    """Return the first index that is in both, None when there is none."""
    shared = [max(a, c) for a, b in one for c, d in other if a <= d and c <= b]
    return min(shared, default=None)


def _span(text: str, completions: int) -> tuple[int, int]:
    limits = text.split("-")
    if len(limits) > 2:
        what = "violates the requirement that an index interval can have at most two parts separated by '-'"
        raise ValueError(f"the fragment {quoted(text)} {what}")
    numbers = [_index(limit, completions) for limit in limits]
    if len(numbers) == 2 and numbers[0] >= numbers[1]:
        raise ValueError(f"non-increasing order, previous: {numbers[0]}, current: {numbers[1]}")
    return numbers[0], numbers[-1]


def _index(text: str, completions: int) -> int:
    try:
        index = parse_int(text)
    except ValueError:
        raise ValueError(f"cannot convert string to integer for index: {quoted(text)}") from None
    if index >= completions:
        raise ValueError(f"too large index: {quoted(text)}")
    return index
