"""Headers: nothing breaks a request apart, no secret is shown, and any answer's header can be read."""

from __future__ import annotations

import time
from collections.abc import Iterator
from email.utils import formatdate
from enum import Enum

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aiokube._machinery.errors import InvalidHeader
from aiokube._machinery.headers import WarningText, checked_headers, retry_after, warning_texts

NOW = 1_700_000_000.0
CANARY = "canary-7e1f"


class MediaType(str, Enum):  # noqa: UP042 - what StrEnum mends is tried here
    JSON = "application/json"


# --- headers of a request


def test_headers_are_pairs_in_order_without_those_that_are_none() -> None:
    given = {"X-B": "1", "X-None": None, "X-A": 5, "Content-Type": MediaType.JSON}
    pairs = (("X-B", "1"), ("X-A", "5"), ("Content-Type", "application/json"))
    assert checked_headers(given) == pairs
    assert checked_headers(given.items()) == pairs
    assert checked_headers([("X-A", "1"), ("X-A", "2")]) == (("X-A", "1"), ("X-A", "2"))


@pytest.mark.parametrize("value", ["", "a\tb", " a ", "é", "😀", "\x80", '"a", b;c=d', "a\\r\\n"])
def test_a_value_that_breaks_nothing_is_kept(value: str) -> None:
    assert checked_headers({"X-One": value}) == (("X-One", value),)


@pytest.mark.parametrize("odd", ["\r\nX-Evil: 1", "\n", "\r", "\x00", "\x0b", "\x1b[0m", "\x7f", "\ud800"])
@pytest.mark.parametrize("value", [f"{CANARY}{{}}", f"{{}}{CANARY}", f"{CANARY}{{}}{CANARY}"])
def test_a_value_that_could_break_a_request_is_refused_and_not_shown(value: str, odd: str) -> None:
    with pytest.raises(InvalidHeader) as caught:
        checked_headers({"Authorization": value.format(odd)})
    error = caught.value
    assert str(error) == "invalid header 'Authorization': its value holds a line break or another control character"
    assert CANARY not in repr((error, error.args, vars(error)))


def test_bytes_are_no_value() -> None:
    """str() would send b'...' with its quotes."""
    with pytest.raises(InvalidHeader, match="its value is bytes") as caught:
        checked_headers({"Authorization": CANARY.encode()})
    assert CANARY not in repr((caught.value, caught.value.args))


@pytest.mark.parametrize("name", ["", " ", "X One", "X-One ", "X-One:", "X\r\nY", "X\n", "é", "X\x00", "a/b", '"a"'])
def test_a_name_that_is_no_token_is_refused(name: str) -> None:
    with pytest.raises(InvalidHeader) as caught:
        checked_headers([(name, CANARY)])
    assert caught.value.name == name
    assert str(caught.value) == f"invalid header {name!a}: a header cannot have this name"
    assert CANARY not in repr((caught.value, caught.value.args))


def test_an_escaped_impersonation_key_is_a_name() -> None:
    name = "Impersonate-Extra-acme.com%2Fproject!#$&'*+.^_`|~"
    assert checked_headers({name: "x"}) == ((name, "x"),)


# --- Retry-After


@pytest.fixture
def far_from_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "UTC+7")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        ("7", 7.0),
        (" 7\t", 7.0),
        ("007", 7.0),
        ("1.5", 1.5),
        ("1000000000", 1e9),
        (formatdate(NOW + 90, usegmt=True), 90.0),
        (formatdate(NOW - 90, usegmt=True), 0.0),
        (formatdate(0, usegmt=True), 0.0),
        ("Tue, 14 Nov 2023 23:13:30 +0100", 10.0),
        # The obsolete forms of HTTP, which a reader must take as well.
        ("Tuesday, 14-Nov-23 22:13:30 GMT", 10.0),
        ("Tue Nov 14 22:13:30 2023", 10.0),
        ("Tue, 14 Nov 2023 22:13:30 -0000", 10.0),
        # What makes no sense counts as not said.
        ("-1", None),
        ("+1", None),
        ("1e9", None),
        ("1.", None),
        (".5", None),
        ("0x10", None),
        ("1_000", None),
        ("nan", None),
        ("inf", None),
        ("Infinity", None),
        ("٣", None),
        ("１２", None),
        ("9" * 400, None),
        ("9" * 5000, None),
        ("soon", None),
        ("", None),
        (" ", None),
        ("1, 2", None),
        ("1 2", None),
        ("1;2", None),
        ("Tue, 14 Nov 99999 22:13:30 GMT", None),
        (f"Tue, 14 Nov {'9' * 20} 22:13:30 GMT", None),
        (f"Tue, 14 Nov 2023 22:13:30 +{'9' * 20}", None),
        ("Tue, 99 Foo 2023 99:99:99 GMT", None),
        ("Tue, 14 Nov 2023 22:13:30 +9999999999", None),
    ],
)
@pytest.mark.usefixtures("far_from_utc")
def test_what_a_retry_after_asks(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, now=NOW) == seconds


DATE_LIKE = st.lists(
    st.sampled_from(["Tue", ",", " ", "14", "Nov", "2023", "99999", "22:13:30", ":", "GMT", "-0000", "+9999", ".", "-"])
    | st.text(max_size=3)
).map("".join)


@given(st.text() | DATE_LIKE | st.from_regex(r"\A\s*[\d.eE+_-]*\s*\Z"), st.floats(0, 1e11))
@example("9" * 308, 0.0)
@example("Mon, 01 Jan 0001 00:00:00 +2359", 0.0)
def test_any_retry_after_is_read(value: str, now: float) -> None:
    seconds = retry_after(value, now=now)
    assert seconds is None or 0 <= seconds < float("inf")


# --- Warning


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([], []),
        (['299 - "a b"'], ["a b"]),
        (['299 - "a"', '299 - "b"', '299 - "a"'], ["a", "b"]),
        (['299 - "a", 299 - "b",299 - "a"'], ["a", "b"]),
        (['  299 - "a"  ,  299 - "b"  '], ["a", "b"]),
        ([r'299 - "say \"no\" to c:\\d, please"'], [r'say "no" to c:\d, please']),
        (['299 - "a" "Tue, 14 Nov 2023 22:13:30 GMT"'], ["a"]),
        (['299 - ""'], [""]),
        (['299 - "ünïcode 😀"'], ["ünïcode 😀"]),
        # Not well formed: left out, without the others.
        ([""], []),
        (["no warning"], []),
        (["299 - a"], []),
        (['299 - "open'], []),
        (['299 - "ends in a backslash\\"'], []),
        (['299 "no agent"'], []),
        (['299  - "two spaces"'], []),
        (['29 - "short"'], []),
        (['٢٩٩ - "other digits"'], []),
        (['299 - "a" more'], []),
        (["no warning", '299 - "a"'], ["a"]),
    ],
)
def test_texts_of_warnings(values: list[str], texts: list[str]) -> None:
    assert [warning.text for warning in warning_texts(values)] == texts


def test_a_warning_has_a_code_and_an_agent() -> None:
    values = ['299 kube-apiserver "a", 110 proxy:80 "a"', '299 kube-apiserver "a"']
    assert warning_texts(values) == [WarningText(299, "kube-apiserver", "a"), WarningText(110, "proxy:80", "a")]


PIECES = st.sampled_from(["299", " ", "-", '"', "\\", ",", "a", "\n", '299 - "a"'])


@given(st.lists(st.text() | st.lists(PIECES, max_size=30).map("".join)))
def test_any_warning_headers_are_read(values: list[str]) -> None:
    warnings = warning_texts(values)
    assert len(set(warnings)) == len(warnings)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@given(st.lists(st.tuples(st.integers(100, 999), st.sampled_from(["-", "a:1"]), st.text(st.characters(codec="utf-8")))))
def test_what_is_written_is_read_in_order_and_once(warnings: list[tuple[int, str, str]]) -> None:
    joined = ", ".join(f"{code} {agent} {_quoted(text)}" for code, agent, text in warnings)
    assert warning_texts([joined]) == list(dict.fromkeys(WarningText(*warning) for warning in warnings))


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", [" ", '"', "\\", "299", "299 ", '299 - "', '299 - "" ', '299 - "\\', '299 - "a" "'])
def test_a_long_header_is_read_in_one_go(piece: str) -> None:
    """A pattern that goes back over what it has read would take an hour for these."""
    warning_texts([piece * (200_000 // len(piece))])
