"""JSON patches do what kube-apiserver does with them, and are refused with its words."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiokube.testing.apiserver.errors import StatusError
from aiokube.testing.apiserver.patches import json_patch

_DOCUMENT = {"data": {"a": "1", "b/c": "2", "d~e": "3", "<": "4"}, "list": [1, 2, {"x": None}], "null": None}

_REFUSED = "the server rejected our request due to an error in our request"


def _patched(document: Any, *operations: Any) -> Any:
    patch = json_patch.read(json.dumps(list(operations)).encode(), strict=True)
    return json.loads(json_patch.apply(json.dumps(document).encode(), patch))


@pytest.mark.parametrize(
    ("operation", "path", "expected"),
    [
        ({"op": "add", "path": "/list/-", "value": 3}, ["list", 3], 3),
        ({"op": "add", "path": "/list/0", "value": 0}, ["list", 0], 0),
        ({"op": "add", "path": "/list/-1", "value": 9}, ["list", 3], 9),
        ({"op": "add", "path": "/list/+1", "value": 9}, ["list", 1], 9),
        ({"op": "add", "path": "/data/new"}, ["data", "new"], None),
        ({"op": "replace", "path": "/data/new", "value": "x"}, ["data", "new"], "x"),
        ({"op": "replace", "path": "/list/-1", "value": 9}, ["list", 2], 9),
        ({"op": "replace", "path": "anything/data", "value": 9}, ["data"], 9),
        ({"op": "replace", "path": "", "value": {"k": 1}}, ["k"], 1),
        ({"op": "copy", "from": "/data/b~1c", "path": "/data/x"}, ["data", "x"], "2"),
        ({"op": "copy", "from": "/data/nothing", "path": "/data/x"}, ["data", "x"], None),
        ({"op": "move", "from": "/data/d~0e", "path": "/list/0"}, ["list", 0], "3"),
        ({"op": "remove", "path": "/list/0"}, ["list", 0], 2),
        ({"op": "test", "path": "/null", "value": None}, ["list", 0], 1),
        ({"op": "test", "path": "/nothing"}, ["list", 0], 1),
        ({"op": "test", "path": "", "value": _DOCUMENT}, ["list", 0], 1),
    ],
)
def test_applies(operation: Any, path: list[Any], expected: Any) -> None:
    found: Any = _patched(_DOCUMENT, operation)
    for part in path:
        found = found[part]
    assert found == expected


@pytest.mark.parametrize(
    "operation",
    [
        None,
        {},
        {"op": "nothing", "path": "/data"},
        {"op": "add", "value": 1},
        {"op": "add", "path": "", "value": {}},
        {"op": "add", "path": "/no/such", "value": 1},
        {"op": "add", "path": "/list/4", "value": 1},
        {"op": "add", "path": "/list/-5", "value": 1},
        {"op": "add", "path": "/list/x", "value": 1},
        {"op": "add", "path": "/null/x", "value": 1},
        {"op": "replace", "path": "", "value": None},
        {"op": "replace", "path": "/list/3", "value": 1},
        {"op": "remove", "path": "/data/nothing"},
        {"op": "remove", "path": "/list/-"},
        {"op": "move", "from": "/data/nothing", "path": "/x"},
        {"op": "move", "path": "/x"},
        {"op": "copy", "from": "/no/such", "path": "/x"},
        {"op": "test", "path": "/data/a", "value": 1},
        {"op": "test", "path": "/list/0", "value": 1.0},
        {"op": "test", "path": "/list/0"},
        {"op": "test", "path": "/list/2", "value": {}},
    ],
)
def test_does_not_apply(operation: Any) -> None:
    """The Status does not say why."""
    with pytest.raises(StatusError) as caught:
        _patched(_DOCUMENT, operation)
    assert (caught.value.code, caught.value.reason, caught.value.message) == (422, "Invalid", _REFUSED)


def test_keys_of_what_was_opened_are_sorted_and_others_stay() -> None:
    """As they are in the message that shows a result which does not decode."""
    document = b'{"spec":{"z":1,"a":{"y":1,"b":2}},"kind":"<K>"}'
    patch = json_patch.read(b'[{"op": "add", "path": "/spec/new", "value": {"q": 1, "c": [ ]}}]', strict=True)
    expected = b'{"kind":"\\u003cK\\u003e","spec":{"a":{"y":1,"b":2},"new":{"q":1,"c":[]},"z":1}}'
    assert json_patch.apply(document, patch) == expected


def test_copies_are_bounded() -> None:
    """Each of them doubles what there is."""
    double = [{"op": "copy", "from": "/a", "path": "/a/-"}] * 40
    with pytest.raises(StatusError, match=_REFUSED):
        _patched({"a": ["x" * 1000]}, *double)


def test_operations_are_bounded() -> None:
    with pytest.raises(StatusError) as caught:
        json_patch.read(json.dumps([{}] * 10_001).encode(), strict=True)
    assert caught.value.code == 413
    assert "maximum operations in a JSON patch is 10000, got 10001" in caught.value.message


def test_strict_reading_notes_what_is_unknown_or_stands_twice() -> None:
    text = b'[{"op":"test","op":"add","path":"/a","value":{"x":1,"x":2},"foo":{"y":1,"y":2}}]'
    assert json_patch.read(text, strict=True).strict_errors == [
        'json patch unknown field "[0].foo"',
        'json patch duplicate field "[0].op"',
        'json patch duplicate field "[0].value.x"',
    ]
    assert not json_patch.read(text, strict=False).strict_errors


_SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.text("aé/~ ", max_size=3)


@given(
    st.recursive(
        _SCALARS, lambda of: st.lists(of, max_size=3) | st.dictionaries(st.text("aé/~ ", max_size=3), of, max_size=3)
    )
)
def test_what_was_put_is_found(value: Any) -> None:
    """Adding, moving forth and back, testing and removing leave the document as it was."""
    operations = [
        {"op": "add", "path": "/new", "value": value},
        {"op": "copy", "from": "/new", "path": "/list/1"},
        {"op": "test", "path": "/list/1", "value": value},
        {"op": "remove", "path": "/new"},
        {"op": "move", "from": "/list/1", "path": "/new"},
        {"op": "remove", "path": "/new"},
    ]
    assert _patched(_DOCUMENT, *operations) == _DOCUMENT
