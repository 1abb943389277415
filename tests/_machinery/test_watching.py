"""Bytes to lines, lines to events."""

from __future__ import annotations

import contextlib
import json
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiokube._machinery.errors import LineTooLong, MalformedObject
from aiokube._machinery.watching import ErrorEvent, LineSplitter, WatchEvent, decode_event


def lines_of(chunks: list[bytes], *, limit: int = 1 << 20) -> tuple[list[bytes], bytes]:
    """All lines of a stream that comes in these chunks, and what is left over."""
    splitter, lines = LineSplitter(limit), []
    for chunk in chunks:
        splitter.feed(chunk)
        while (line := splitter.next_line()) is not None:
            lines.append(line)
    return lines, splitter.rest


@st.composite
def cut_streams(draw: st.DrawFn) -> tuple[bytes, list[bytes]]:
    """A stream, and the same stream cut anywhere."""
    pieces = st.sampled_from([b"\n", b"\r\n", b"{}", "é€😀".encode(), b"a" * 50, b" "]) | st.binary(max_size=20)
    whole = b"".join(draw(st.lists(pieces)))
    cuts = sorted(draw(st.lists(st.integers(0, len(whole)), max_size=20)))
    edges = [0, *cuts, len(whole)]
    return whole, [whole[begin:end] for begin, end in pairwise(edges)]


@given(cut_streams())
def test_lines_do_not_depend_on_how_the_stream_was_cut(stream: tuple[bytes, list[bytes]]) -> None:
    whole, chunks = stream
    *lines, rest = whole.split(b"\n")
    assert lines_of(chunks) == (lines, rest)


@given(cut_streams())
def test_one_byte_at_a_time_gives_the_same_lines(stream: tuple[bytes, list[bytes]]) -> None:
    whole, _ = stream
    assert lines_of([whole[at : at + 1] for at in range(len(whole))]) == lines_of([whole])


def test_half_a_line_is_no_line_even_if_it_looks_whole() -> None:
    assert lines_of([b"{}\n", b"{}"]) == ([b"{}"], b"{}")


def test_a_line_of_the_limit_passes() -> None:
    assert lines_of([b"a" * 10 + b"\n", b"b" * 6, b"b" * 4 + b"\n"], limit=10) == ([b"a" * 10, b"b" * 10], b"")


@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param([b"a" * 11 + b"\n"], id="complete"),
        pytest.param([b"a" * 11], id="incomplete"),
        pytest.param([b"a" * 6, b"a" * 5], id="incomplete in pieces"),
        pytest.param([b"ok\n" + b"a" * 6, b"a" * 5 + b"\n"], id="after a good one"),
    ],
)
def test_a_line_beyond_the_limit_is_a_typed_error(chunks: list[bytes]) -> None:
    with pytest.raises(LineTooLong) as caught:
        lines_of(chunks, limit=10)
    assert (caught.value.size, caught.value.limit) == (11, 10)


class Counted(bytes):
    """Bytes that know how much of them was searched."""

    searched = 0

    def find(self, sub: bytes, start: int = 0, end: int | None = None) -> int:  # type: ignore[override]
        type(self).searched += len(self) - start
        return super().find(sub, start, end)


def test_each_byte_is_searched_once_in_however_many_pieces_a_line_comes() -> None:
    pieces = [Counted(b"x" * 64)] * 1000 + [Counted(b"\n")]
    lines, _ = lines_of(list(pieces))
    assert len(lines[0]) == 64_000
    assert Counted.searched == 64_001


# --- events ---------------------------------------------------------------------------------------------------

POD = {"kind": "Pod", "metadata": {"name": "a", "resourceVersion": "7", "uid": "u"}, "spec": {"x": ["é", None, 1.5]}}


def line_of(event: Any) -> bytes:
    """As kube-apiserver writes it."""
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()


@pytest.mark.parametrize("event_type", ["ADDED", "MODIFIED", "DELETED", "BOOKMARK"])
@pytest.mark.parametrize(
    "written",
    [
        pytest.param(lambda event: line_of(event), id="as the server writes it"),
        pytest.param(lambda event: json.dumps(event).encode(), id="with spaces"),
        pytest.param(lambda event: line_of(dict(reversed(event.items()))), id="object first"),
        pytest.param(lambda event: line_of(event) + b"\r", id="with a CR"),
        pytest.param(lambda event: line_of({**event, "more": {"object": {}}}), id="with more fields"),
        pytest.param(lambda event: b" " + line_of(event) + b" ", id="with space around"),
    ],
)
def test_an_event_is_read_however_it_is_written(event_type: str, written: Any) -> None:
    event = decode_event(written({"type": event_type, "object": POD}))
    assert isinstance(event, WatchEvent)
    assert (event.type, event.resource_version, event.uid) == (event_type, "7", "u")
    assert json.loads(event.raw) == POD
    assert type(event.raw) is bytes


def test_the_text_of_the_object_is_kept_byte_by_byte() -> None:
    text = b'{"metadata":{"resourceVersion":"1"},"n":1.50,"u":"\\u00e9","x":{ }}'
    event = decode_event(b'{"type":"ADDED","object":' + text + b"}")
    assert isinstance(event, WatchEvent)
    assert event.raw == text


def test_an_object_that_ends_early_is_not_taken_for_whole() -> None:
    """What follows the object on the line is not part of it, whatever it looks like."""
    line = (
        line_of({"type": "ADDED", "object": POD})[:-1]
        + b',"object":'
        + line_of({"metadata": {"resourceVersion": "9"}})
        + b"}"
    )
    event = decode_event(line)
    assert isinstance(event, WatchEvent)
    assert event.resource_version == "9"  # msgspec takes the last of two, as Go does


def test_an_object_without_uid_is_an_event() -> None:
    event = decode_event(line_of({"type": "ADDED", "object": {"metadata": {"resourceVersion": "7"}}}))
    assert isinstance(event, WatchEvent)
    assert event.uid == ""


STATUS = {"kind": "Status", "status": "Failure", "message": "too old", "reason": "Expired", "code": 410}


@pytest.mark.parametrize("line", [{"type": "ERROR", "object": STATUS}, STATUS], ids=["ERROR", "bare Status"])
def test_a_status_is_an_error_event(line: Any) -> None:
    event = decode_event(line_of(line))
    assert isinstance(event, ErrorEvent)
    assert (event.status.code, event.status.reason, event.status.message) == (410, "Expired", "too old")
    assert json.loads(event.raw) == STATUS


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"{}", "type"),
        (b"[]", "object"),
        (b"null", "object"),
        (b"<html>", "malformed"),
        (b'{"type":"ADDED","object":{"metadata":{"resourceVersion":"1"}}', "end|truncated"),
        (b'{"type":"ADDED","object":{"metadata":{"resourceVersion":"1"}}}}', "trailing"),
        (b'{"type":"ADDED","object":{"metadata":{"resourceVersion":"1"}},', ""),
        (b'{"type":"RENAMED","object":{"metadata":{"resourceVersion":"1"}}}', "unknown type 'RENAMED'"),
        (b'{"type":"ADDED"}', "object"),
        (b'{"type":"ADDED","object":null}', "ADDED"),
        (b'{"type":"ADDED","object":{}}', "metadata"),
        (b'{"type":"ADDED","object":{"metadata":null}}', "metadata"),
        (b'{"type":"ADDED","object":{"metadata":{}}}', "resourceVersion"),
        (b'{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":""}}}', "resourceVersion"),
        (b'{"type":"ADDED","object":{"metadata":{"resourceVersion":7}}}', "resourceVersion"),
        (b'{"type":"ERROR","object":{"kind":"Pod"}}', "no Status"),
        (b'{"type":"ERROR","object":"no"}', "no Status"),
        (b'{"kind":"PodList","items":[]}', "type"),
        (b'{"type":"ADDED","object":{"metadata":{"resourceVersion":"\xff"}}}', ""),
        (b"[" * 100_000, ""),
    ],
)
def test_what_is_no_event_is_a_typed_error_that_says_why(line: bytes, why: str) -> None:
    with pytest.raises(MalformedObject, match=f"(?i)malformed watch event: .*({why})"):
        decode_event(line)


@given(
    st.binary(max_size=200) | st.text(max_size=100).map(lambda text: line_of({"type": "ADDED", "object": {"t": text}}))
)
def test_no_line_raises_anything_else(line: bytes) -> None:
    with contextlib.suppress(MalformedObject):
        decode_event(line)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=10,
    ),
    st.booleans(),
)
def test_the_quick_way_and_the_thorough_one_agree(spec: Any, spaced: bool) -> None:
    document = {"type": "MODIFIED", "object": {**POD, "spec": spec}}
    event = decode_event(json.dumps(document).encode() if spaced else msgspec.json.encode(document))
    assert isinstance(event, WatchEvent)
    assert msgspec.json.decode(event.raw) == document["object"]
