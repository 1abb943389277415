"""Merge patches do what kube-apiserver does with them, and are refused with its words."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiokube.testing.apiserver.errors import StatusError
from aiokube.testing.apiserver.patches import merge_patch


def _patched(document: Any, patch: Any) -> Any:
    read = merge_patch.read(json.dumps(patch).encode(), strict=True)
    return json.loads(merge_patch.apply(json.dumps(document).encode(), read))


@pytest.mark.parametrize(
    ("document", "patch", "expected"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"a": "foo"}, {"b": {"c": None, "d": 1}}, {"a": "foo", "b": {"d": 1}}),
        ({"a": None}, {"b": 1}, {"a": None, "b": 1}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
        ({"a": [1]}, {"a": [{"b": None}]}, {"a": [{}]}),
        ({"a": {"x": 1}}, {"a": [{"b": None}]}, {"a": [{"b": None}]}),
        ({"a": {"x": 1}}, {"a": 1}, {"a": 1}),
    ],
)
def test_applies(document: Any, patch: Any, expected: Any) -> None:
    assert _patched(document, patch) == expected


@pytest.mark.parametrize(
    ("text", "strict", "message"),
    [
        ("{", True, "error decoding patch: unexpected end of JSON input"),
        ("{", False, "Invalid JSON Patch"),
        ("null", True, "Invalid JSON Patch"),
        (
            "[]",
            True,
            "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}",
        ),
        ('"x"', False, "Invalid JSON Patch"),
    ],
)
def test_refuses(text: str, strict: bool, message: str) -> None:
    with pytest.raises(StatusError) as caught:
        merge_patch.read(text.encode(), strict=strict)
    assert (caught.value.code, caught.value.message) == (400, message)


def test_strict_reading_notes_what_stands_twice() -> None:
    text = b'{"a":{"b":1,"b":2}}'
    assert merge_patch.read(text, strict=True).strict_errors == ('duplicate field "a.b"',)
    assert not merge_patch.read(text, strict=False).strict_errors


_OBJECTS = st.recursive(
    st.none() | st.integers(-9, 9) | st.text(max_size=2),
    lambda of: st.dictionaries(st.sampled_from("abc"), of, max_size=3),
).map(lambda value: value if isinstance(value, dict) else {"a": value})


@given(_OBJECTS, _OBJECTS)
def test_a_second_time_changes_nothing(document: Any, patch: Any) -> None:
    once = _patched(document, patch)
    assert _patched(once, patch) == once


@given(_OBJECTS)
def test_an_empty_patch_changes_nothing(document: Any) -> None:
    assert _patched(document, {}) == document


@given(_OBJECTS, _OBJECTS)
def test_what_was_patched_in_is_there(document: Any, patch: Any) -> None:
    """The patch applied to nothing is what of it is not null; all of that is in the result."""
    _assert_within(_patched({}, patch), _patched(document, patch))


def _assert_within(part: Any, whole: Any) -> None:
    if isinstance(part, dict):
        for name, value in part.items():
            _assert_within(value, whole[name])
    else:
        assert part == whole
