"""Indexes of pods."""

import pytest

from aiokube.testing.apiserver.kinds.workloads.indexes import overlap, read_indexes


def test_spans_are_read() -> None:
    assert read_indexes("1,3-5,7", 8) == [(1, 1), (3, 5), (7, 7)]
    assert read_indexes("", 8) == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a", 'cannot convert string to integer for index: "a"'),
        ("8", 'too large index: "8"'),
        ("3-1", "non-increasing order, previous: 3, current: 1"),
        ("3,3", "non-increasing order, previous: 3, current: 3"),
        ("1-2-3", "violates the requirement"),
    ],
)
def test_wrong_indexes_are_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_indexes(text, 8)


def test_overlaps_are_found() -> None:
    assert overlap([(0, 1), (4, 6)], [(2, 3), (5, 5)]) == 5
    assert overlap([(0, 1)], [(2, 3)]) is None
