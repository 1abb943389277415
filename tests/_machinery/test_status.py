"""A Status is read out of any body without an error; what makes no sense in it is left empty."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aiokube._machinery.status import TEXT_LIMIT, Status, parse_status, printable, status_from

WHOLE = {
    "kind": "Status",
    "apiVersion": "v1",
    "metadata": {},
    "status": "Failure",
    "message": 'Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1',
    "reason": "Invalid",
    "details": {
        "name": "web",
        "group": "apps",
        "kind": "Deployment",
        "causes": [{"reason": "FieldValueInvalid", "message": "Invalid value: -1", "field": "spec.replicas"}],
        "retryAfterSeconds": 3,
    },
    "code": 422,
}
ODD: list[Any] = [None, True, False, 0, -1, 1.5, "", "text", [], ["text"], {}, {"a": 1}, 10**30]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def read(body: Any) -> Status | None:
    return parse_status(json.dumps(body).encode())


def use_all_of(status: Status) -> None:
    """Touch everything, and check that it is of the type that it should be."""
    assert isinstance(status.code, int)
    assert isinstance(status.reason, str)
    assert isinstance(status.message, str)
    assert isinstance(status.details, dict)
    assert all(isinstance(cause, dict) for cause in status.causes)
    seconds = status.retry_after_seconds
    assert seconds is None or (isinstance(seconds, float) and 0 < seconds < math.inf)


def test_a_status_as_the_server_sends_it() -> None:
    status = read(WHOLE)
    assert status == Status(422, "Invalid", str(WHOLE["message"]), dict(WHOLE["details"]))  # type: ignore[call-overload]
    assert status.causes == [{"reason": "FieldValueInvalid", "message": "Invalid value: -1", "field": "spec.replicas"}]
    assert status.retry_after_seconds == 3.0


def test_a_status_that_says_nothing_is_empty() -> None:
    status = read({"kind": "Status"})
    assert status == Status(0, "", "", {})
    assert (status.causes, status.retry_after_seconds) == ([], None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"null",
        b"[]",
        b"[" * 100_000,
        b'{"kind":' + b"[" * 100_000,
        b'"Status"',
        b'[{"kind":"Status"}]',
        b"{}",
        b'{"kind":"status"}',
        b'{"kind":["Status"]}',
        b'{"kind":"Pod","status":{"phase":"Failed"}}',
        b'{"kind":"Status"} more',
        b'{"kind":"Status","message":"\xff"}',
        b'{"kind":"Status","message":NaN}',
        b'{"kind":"Status","message":"\\ud800"}',
        b"<html>Bad Gateway</html>",
        b"\x1f\x8b\x08\x00",
        '{"kind":"Status"}'.encode("utf-16"),
    ],
)
def test_a_body_that_is_no_status_is_none(body: bytes) -> None:
    assert parse_status(body) is None


@given(st.binary())
@example(b'{"kind":"Status","code":1' + b"0" * 5000 + b"}")
def test_any_bytes_are_read(body: bytes) -> None:
    status = parse_status(body)
    if status is not None:
        use_all_of(status)


@given(st.fixed_dictionaries({"kind": st.just("Status")}, optional=dict.fromkeys(WHOLE.keys() - {"kind"}, JSON)))
def test_any_status_is_read(document: dict[str, Any]) -> None:
    status = status_from(document)
    assert status is not None
    use_all_of(status)
    again = read(document)
    assert again is None or (again.code, again.reason) == (status.code, status.reason)


@given(st.dictionaries(st.sampled_from(["causes", "retryAfterSeconds", "name"]), JSON))
def test_any_details_are_read(details: dict[str, Any]) -> None:
    use_all_of(Status(details=details))


@pytest.mark.parametrize("field", ["code", "reason", "message", "details"])
@pytest.mark.parametrize("odd", ODD)
def test_a_field_of_an_odd_type_is_empty_and_the_others_are_kept(field: str, odd: Any) -> None:
    status = read({**WHOLE, field: odd})
    assert status is not None
    whole = read(WHOLE)
    empty = getattr(Status(), field)
    fits = isinstance(odd, type(empty)) and not isinstance(odd, bool)
    for name in ("code", "reason", "message", "details"):
        assert getattr(status, name) == (getattr(whole, name) if name != field else odd if fits else empty)


@pytest.mark.parametrize(
    ("causes", "kept"),
    [
        (None, []),
        ("text", []),
        ({"field": "a"}, []),
        ([None, "text", {"field": "a"}, ["b"], {}], [{"field": "a"}, {}]),
    ],
)
def test_causes_are_those_that_are_objects(causes: Any, kept: list[Any]) -> None:
    assert Status(details={"causes": causes}).causes == kept


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (1, 1.0),
        (0.5, 0.5),
        (10**400, 1e9),
        (1e300, 1e9),
        (0, None),
        (-1, None),
        (-(10**400), None),
        (math.inf, None),
        (-math.inf, None),
        (math.nan, None),
        (True, None),
        ("1", None),
        ([1], None),
        (None, None),
    ],
)
def test_seconds_to_wait_of_odd_kinds(value: Any, seconds: float | None) -> None:
    assert Status(details={"retryAfterSeconds": value}).retry_after_seconds == seconds


def test_an_integer_that_no_float_can_hold_is_read() -> None:
    body = b'{"kind":"Status","details":{"retryAfterSeconds":1' + b"0" * 400 + b"}}"
    status = parse_status(body)
    assert status is not None
    assert status.retry_after_seconds == 1e9


# --- bodies as text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", ""),
        (b" \r\n\t", ""),
        (b" a text\n", "a text"),
        (b"two\nlines\tand a tab", "two\nlines\tand a tab"),
        (b"\x1b[31mred\x00\x07\r", "[31mred"),
        ("é😀".encode(), "é😀"),
        ("a\u202eb\u2028c\x85d".encode(), "a b c d"),
        (b"\xff\xfe no", "\ufffd\ufffd no"),
        (b"x" * TEXT_LIMIT, "x" * TEXT_LIMIT),
        (b"x" * (TEXT_LIMIT + 1), "x" * TEXT_LIMIT + " …"),
    ],
)
def test_the_printable_start_of_a_body(body: bytes, text: str) -> None:
    assert printable(body) == text


def test_a_body_may_be_cut_within_a_character() -> None:
    assert printable("ab😀".encode(), 4) == "ab\ufffd …"


@given(
    st.binary(max_size=100) | st.text(max_size=50).map(lambda text: text.encode("utf-8", "replace")), st.integers(0, 60)
)
def test_any_body_is_short_and_printable(body: bytes, limit: int) -> None:
    text = printable(body, limit)
    assert len(text) <= limit + 2
    assert all(char.isprintable() or char in "\n\t" for char in text)
