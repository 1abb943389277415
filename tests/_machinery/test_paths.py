"""Any text is one segment of a path, or it is refused; nothing a caller gives can become another path or parameter."""

from __future__ import annotations

import re
from enum import Enum
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from yarl import URL

from aiokube._machinery.errors import InvalidParameter, InvalidSegment
from aiokube._machinery.paths import quote_path, quote_query, quote_segment, quote_sub_path

FORBIDDEN = set("/\\%?#") | {chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000))}
ON_THE_WIRE = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*\Z")  # pchar of RFC 3986, and slashes

# Letters of all kinds, and often what means something in a URL.
TEXTS = st.text(
    st.sampled_from('/\\%?#.;:&=+ {}"<>@é😀\x00\x7f\x85\ud800a2eEfF') | st.characters(codec=None), max_size=12
)
TEXTS |= st.sampled_from([".", "..", "...", "..;", "%2e%2e", "a/../b", "a%2f..%2fb", ".%00."])


def forbidden_in_segment(text: str) -> bool:
    """Said anew, as the Kubernetes API has it, not as the code does it."""
    return text in ("", ".", "..") or not FORBIDDEN.isdisjoint(text)


def climbs(path: str) -> bool:
    return any(part in (".", "..") or part.startswith((".;", "..;")) for part in unquote(path).split("/"))


def assert_goes_out_as_it_is(path: str) -> None:
    assert ON_THE_WIRE.match(path)
    assert URL(f"http://localhost/{path}", encoded=True).raw_path_qs == f"/{path}"


# --- one segment


@given(st.lists(TEXTS, min_size=1, max_size=4))
@example(["a b", "é", "😀", '"<>', "system:node", "..;", "a&b=c+d"])
def test_segments_come_back_as_they_were_or_are_refused(segments: list[str]) -> None:
    try:
        path = "/".join(quote_segment("name", segment) for segment in segments)
    except InvalidSegment:
        assert any(forbidden_in_segment(segment) for segment in segments)
    else:
        assert not any(forbidden_in_segment(segment) for segment in segments)
        assert [unquote(piece, errors="strict") for piece in path.split("/")] == segments
        assert_goes_out_as_it_is(path)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("", "it is empty"),
        (".", "it means another path"),
        ("..", "it means another path"),
        ("a/b", "it holds a slash"),
        ("é/..", "it holds a slash"),
        ("..;/", "it holds a slash"),
        ("a\\b", "it holds a backslash"),
        ("%2e%2e", "it holds a percent sign"),
        ("a%2Fb", "it holds a percent sign"),
        ("a?x", "it holds a question mark"),
        ("a#b", "it holds a hash sign"),
        ("\x00", "it holds a control character"),
        ("a\n", "it holds a control character"),
        ("\x85", "it holds a control character"),
        ("\udcff", "it holds half of a surrogate pair"),
        (None, "expected a text, got NoneType"),
        (b"a", "expected a text, got bytes"),
        (5, "expected a text, got int"),
    ],
)
def test_a_segment_that_is_refused_is_named(value: object, why: str) -> None:
    with pytest.raises(InvalidSegment) as caught:
        quote_segment("namespace", value)
    assert (caught.value.what, caught.value.value, caught.value.why) == ("namespace", value, why)
    assert str(caught.value) == f"invalid namespace {value!a}: {why}"


@pytest.mark.parametrize(
    ("value", "segment"),
    [
        ("web-1.example.com", "web-1.example.com"),
        ("system:node", "system:node"),
        (".hidden", ".hidden"),
        ("...", "..."),
        ("a b", "a%20b"),
        ("é", "%C3%A9"),
        ("..;", "..%3B"),  # bare, a server in Java would take it for ".."
    ],
)
def test_how_a_segment_is_quoted(value: str, segment: str) -> None:
    assert quote_segment("name", value) == segment


@pytest.mark.parametrize("value", ["web", "a b"])
def test_a_member_of_an_enum_is_its_text(value: str) -> None:
    class Namespace(str, Enum):  # noqa: UP042 - a StrEnum is formatted as its text anyway
        ONE = value

    assert f"{quote_segment('namespace', Namespace.ONE)}" == value.replace(" ", "%20")


# --- a path below a proxy


@given(TEXTS)
@example("a b/é?c#d&e")
def test_a_sub_path_comes_back_as_it_was_or_is_refused(path: str) -> None:
    try:
        quoted = quote_sub_path(path)
    except InvalidSegment:
        decoded = unquote(path)
        assert climbs(path) or "\\" in decoded or not (FORBIDDEN - set("/\\%?#")).isdisjoint(decoded)
    else:
        assert [unquote(piece, errors="strict") for piece in quoted.split("/")] == path.removeprefix("/").split("/")
        assert not climbs(quoted)
        assert_goes_out_as_it_is(quoted)


@pytest.mark.parametrize(
    ("path", "quoted"),
    [
        ("metrics/cadvisor", "metrics/cadvisor"),
        ("/metrics/", "metrics/"),
        ("", ""),
        ("a?x", "a%3Fx"),
        ("a#b", "a%23b"),
        ("a%2Fb", "a%252Fb"),
        ("a;v=1/b", "a;v=1/b"),
        ("...", "..."),
    ],
)
def test_how_a_sub_path_is_quoted(path: str, quoted: str) -> None:
    assert quote_sub_path(path) == quoted


CLIMBING = [
    "..",
    ".",
    "a/../b",
    "a/..",
    "é/..",
    "./a",
    "%2e%2e",
    "a/%2E./b",
    "a%2f..%2fb",
    "..;/",
    "a/..;v=1/b",
    "a/%2e%2e;/b",
    "a/..%3b/b",
    "a\\..\\b",
    "a%5c..",
    "a\x00",
    "a%00",
    "a\r\nb",
    "a%0d%0ab",
    "\ud800",
]


@pytest.mark.parametrize("path", CLIMBING)
def test_a_sub_path_cannot_climb_out(path: str) -> None:
    with pytest.raises(InvalidSegment, match="invalid path"):
        quote_sub_path(path)


@pytest.mark.parametrize("path", [None, b"a", 5])
def test_a_sub_path_is_a_text(path: object) -> None:
    with pytest.raises(InvalidSegment, match="expected a text"):
        quote_sub_path(path)


# --- a whole path


@given(TEXTS, TEXTS)
def test_a_whole_path_means_what_it_says_or_is_refused(path: str, name: str) -> None:
    path = path.replace("{", "")
    try:
        quoted, query = quote_path(f"/a/{{name}}/{path}", {"name": name})
    except (InvalidSegment, InvalidParameter):
        return  # what is refused, and that no more is, the tables say
    assert not forbidden_in_segment(name)
    below, _, own_query = path.partition("?")
    assert [unquote(piece) for piece in quoted.split("/")] == [
        *("", "a", name),
        *(unquote(piece) for piece in below.split("/")),
    ]
    assert parse_qsl(query, keep_blank_values=True) == parse_qsl(own_query, keep_blank_values=True)
    assert not climbs(below)
    assert_goes_out_as_it_is(quoted)


@pytest.mark.parametrize(
    ("path", "quoted"),
    [
        ("/version", ("/version", "")),
        ("version", ("/version", "")),
        ("", ("/", "")),
        ("/apis/", ("/apis/", "")),
        ("//host/a", ("//host/a", "")),
        ("/a b/é", ("/a%20b/%C3%A9", "")),
        ("/a%20b/%c3%a9", ("/a%20b/%c3%a9", "")),
        ("/proxy/a;v=1", ("/proxy/a;v=1", "")),
        ("/a%2Fb%3Fc", ("/a%2Fb%3Fc", "")),
        ("/pods?limit=1&continue=a%2Bb", ("/pods", "limit=1&continue=a%2Bb")),
        ("/pods?labelSelector=a in (b, c)", ("/pods", "labelSelector=a+in+%28b%2C+c%29")),
        ("/pods?watch", ("/pods", "watch=")),
        ("/pods?a=/../b?c#d", ("/pods", "a=%2F..%2Fb%3Fc%23d")),
        ("/pods?", ("/pods", "")),
    ],
)
def test_how_a_whole_path_is_quoted(path: str, quoted: tuple[str, str]) -> None:
    assert quote_path(path) == quoted


def test_names_in_braces_are_filled_in_once() -> None:
    values = {"namespace": "{name}", "name": "a b", "more": "no matter"}
    path, _ = quote_path("/namespaces/{namespace}/pods/{name}/{missing}", values)
    assert path == "/namespaces/%7Bname%7D/pods/a%20b/%7Bmissing%7D"


@pytest.mark.parametrize("value", ["..", ".", "a/b", "%2e%2e", "a?x", "a#b", "a%2Fb", "", "\x00", "é/..", "..;/", None])
def test_what_is_filled_in_is_one_segment_and_named(value: object) -> None:
    with pytest.raises(InvalidSegment) as caught:
        quote_path("/namespaces/{namespace}/pods", {"namespace": value})
    assert (caught.value.what, caught.value.value) == ("namespace", value)


@pytest.mark.parametrize("path", [*CLIMBING, "a#b", "a%", "a%2", "a%zz", "%é"])
@pytest.mark.parametrize("base", ["", "/api/v1/"])
def test_a_whole_path_that_could_be_read_as_another_is_refused(base: str, path: str) -> None:
    with pytest.raises(InvalidSegment, match="invalid path"):
        quote_path(f"{base}{path}")


# --- the query


@given(st.lists(st.tuples(st.text(), st.text())))
@example([("labelSelector", "a=b&limit=0#c;d=e"), ("a&b", "c=d"), ("é", "+ %26"), ("", "")])
def test_parameters_come_back_as_they_were(pairs: list[tuple[str, str]]) -> None:
    query = quote_query(pairs)
    assert parse_qsl(query, keep_blank_values=True, strict_parsing=bool(pairs), errors="strict") == pairs
    assert re.fullmatch(r"[A-Za-z0-9._~+%&=-]*", query)
    assert URL(f"http://localhost/?{query}", encoded=True).raw_query_string == query


def test_half_of_a_surrogate_pair_in_a_parameter_is_a_typed_error() -> None:
    with pytest.raises(InvalidParameter, match="invalid value of labelSelector") as caught:
        quote_query([("limit", "1"), ("labelSelector", "a=\ud800")])
    assert caught.value.__suppress_context__
