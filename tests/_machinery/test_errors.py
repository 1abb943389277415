"""Errors of the pure floor: fields, words, and that they survive being copied."""

from __future__ import annotations

import copy
import inspect
import pickle

import pytest

from aiokube._machinery import errors
from aiokube._machinery.errors import (
    InvalidHeader,
    InvalidParameter,
    InvalidSegment,
    LineTooLong,
    MalformedObject,
    UnencodableValue,
)

# Each error, its fields, and its words: what was wrong and what to do about it.
EXAMPLES: list[tuple[Exception, dict[str, object], str]] = [
    (
        InvalidSegment("name", "a/b", "it holds a slash"),
        {"what": "name", "value": "a/b", "why": "it holds a slash"},
        "invalid name 'a/b': it holds a slash",
    ),
    (
        InvalidHeader("X-One", "its value holds a line break"),
        {"name": "X-One", "why": "its value holds a line break"},
        "invalid header 'X-One': its value holds a line break",
    ),
    (
        InvalidParameter("limit", [1], "expected a number, got list"),
        {"name": "limit", "value": [1], "why": "expected a number, got list"},
        "invalid value of limit, [1]: expected a number, got list",
    ),
    (
        MalformedObject("watch event", "it has no type"),
        {"what": "watch event", "why": "it has no type"},
        "malformed watch event: it has no type",
    ),
    (
        LineTooLong(11, 10),
        {"what": "watch event", "why": "a line of more than 10 bytes", "size": 11, "limit": 10},
        (
            "watch event too long: 11 bytes read and no end of line, 10 allowed; "
            "watch with metadata only, or with a narrower selector"
        ),
    ),
    (
        UnencodableValue("spec.replicas", "NaN has no form in JSON"),
        {"path": "spec.replicas", "why": "NaN has no form in JSON"},
        "cannot send spec.replicas: NaN has no form in JSON",
    ),
    (
        UnencodableValue("", "it is a cycle"),
        {"path": "", "why": "it is a cycle"},
        "cannot send the body: it is a cycle",
    ),
]
EACH = pytest.mark.parametrize(
    ("error", "fields", "words"), EXAMPLES, ids=[type(error).__name__ for error, _, _ in EXAMPLES]
)


def classes() -> dict[str, type]:
    found = inspect.getmembers(errors, inspect.isclass)
    return {name: cls for name, cls in found if cls.__module__ == errors.__name__}


def test_there_is_an_example_of_each() -> None:
    assert {type(error) for error, _, _ in EXAMPLES} == set(classes().values())


@EACH
def test_fields_and_words(error: Exception, fields: dict[str, object], words: str) -> None:
    assert vars(error) == fields
    assert str(error) == words
    assert words[0].islower()
    assert not words.endswith(".")
    assert isinstance(error, ValueError)


@EACH
def test_an_error_survives_being_copied(error: Exception, fields: dict[str, object], words: str) -> None:
    error.add_note("a note")
    try:
        copies = [pickle.loads(pickle.dumps(error, protocol)) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)]  # noqa: S301 - pickled here
        for again in [*copies, copy.copy(error), copy.deepcopy(error)]:
            assert type(again) is type(error)
            assert (again.args, str(again)) == (error.args, words)
            assert vars(again) == {**fields, "__notes__": ["a note"]}
    finally:
        del error.__notes__


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("\x1b[31m\r\n", r"'\x1b[31m\r\n'"),
        ("é\u202e\ud800", r"'\xe9\u202e\ud800'"),
        ("x" * 78, f"'{'x' * 78}'"),
        ("x" * 79, f"'{'x' * 79}…"),
        ("x" * 100_000, f"'{'x' * 79}…"),
        (None, "None"),
    ],
)
def test_what_was_given_is_shown_printable_and_short(value: object, shown: str) -> None:
    assert str(InvalidSegment("name", value, "why")) == f"invalid name {shown}: why"
    assert str(InvalidParameter("limit", value, "why")) == f"invalid value of limit, {shown}: why"
    assert str(InvalidHeader(value, "why")) == f"invalid header {shown}: why"  # type: ignore[arg-type]


def test_the_tree_in_the_head_is_the_real_one() -> None:
    """Two levels below ValueError, as the drawing has them."""
    drawn: dict[str, str] = {}
    parents = {-1: "ValueError"}
    for line in (errors.__doc__ or "").splitlines():
        branch, _, text = line.partition("── ")
        if text:
            depth = len(branch) // 4
            parents[depth] = text.split()[0]
            drawn[parents[depth]] = parents[depth - 1]
    assert drawn == {name: cls.__bases__[0].__name__ for name, cls in classes().items()}
