"""The algebra of field sets, held against sets of paths."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiokube.testing.apiserver.ownership.field_set import FieldSet, Path

PATHS = st.lists(st.sampled_from(["f:a", "f:b", "f:c"]), min_size=1, max_size=4).map(tuple)
SETS = st.frozensets(PATHS, max_size=8)
MODEL = settings(derandomize=True, max_examples=300, deadline=None)


@MODEL
@given(SETS)
def test_a_set_has_the_paths_it_was_made_of(paths: frozenset[Path]) -> None:
    fields = FieldSet.of(*paths)
    assert set(fields) == paths
    assert len(list(fields)) == len(paths)
    assert bool(fields) is bool(paths)
    assert all(path in fields for path in paths)


@MODEL
@given(SETS, SETS)
def test_union_intersection_and_difference_are_those_of_sets(one: frozenset[Path], other: frozenset[Path]) -> None:
    mine, theirs = FieldSet.of(*one), FieldSet.of(*other)
    assert mine | theirs == FieldSet.of(*(one | other))
    assert mine & theirs == FieldSet.of(*(one & other))
    assert mine - theirs == FieldSet.of(*(one - other))


@MODEL
@given(SETS, SETS)
def test_without_takes_what_is_below_too(one: frozenset[Path], other: frozenset[Path]) -> None:
    rest = {path for path in one if not any(path[: len(taken)] == taken for taken in other)}
    assert FieldSet.of(*one).without(FieldSet.of(*other)) == FieldSet.of(*rest)


@MODEL
@given(SETS)
def test_json_is_read_as_it_was_written(paths: frozenset[Path]) -> None:
    fields = FieldSet.of(*paths)
    assert FieldSet.from_json(fields.json()) == fields
    assert FieldSet(fields.json(), written=True).json() == fields.json()


def test_json_has_itself_first_and_numbers_by_size() -> None:
    elements = ("v:10", "v:9", 'v:"a"')
    fields = FieldSet.of(("f:b",), ("f:a",), ("f:a", "f:y"), *(("f:a", element) for element in elements))
    assert str(fields.json()) == str({"f:a": {".": {}, "f:y": {}, "v:9": {}, "v:10": {}, 'v:"a"': {}}, "f:b": {}})


@pytest.mark.parametrize(
    ("sent", "paths"),
    [
        (None, []),
        ({}, []),
        ({".": {}}, []),
        ({"f:a": {".": {}}}, [("f:a",)]),
        ({"f:a": None}, [("f:a",)]),
        ({"f:a": {"?:": {}}, "?:b": {"f:c": {}}}, [("f:a",)]),
        ({'k:{"name": "x"}': {"f:a": {}}}, [('k:{"name":"x"}', "f:a")]),
    ],
)
def test_what_clients_send_is_read_as_the_server_would(sent: Any, paths: list[Path]) -> None:
    assert FieldSet.from_json(sent) == FieldSet.of(*paths)


@pytest.mark.parametrize("sent", [[], "f:a", {"f:a": 1}, {"f:a": []}, {"a": {}}])
def test_what_is_no_set_is_refused(sent: Any) -> None:
    with pytest.raises(ValueError):  # its text is nobody's
        FieldSet.from_json(sent)


def test_paths_come_level_by_level() -> None:
    """As conflicts are told."""
    fields = FieldSet.of_fields("b.c", "b", "a.c", "d")
    assert list(fields) == [("f:b",), ("f:d",), ("f:a", "f:c"), ("f:b", "f:c")]
