"""A request is a value, complete and checked when it exists."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiokube._machinery.errors import InvalidHeader, InvalidParameter, InvalidSegment, UnencodableValue
from aiokube._machinery.requests import Request, Target, Timeouts, build

CANARY = "canary-7e1f"


def test_a_request_is_built_whole() -> None:
    request = build(
        "patch",
        "/api/v1/namespaces/{namespace}/pods?pretty=true",
        path_params={"namespace": "a b"},
        query=[("dryRun", "All")],
        headers={"Content-Type": "application/json", "Accept": None},
        body={"a": [1, None, "é"]},
        target=Target("patch", "pods", None, "a b"),
        stream=True,
        retry=False,
        timeouts=Timeouts(total=5),
    )
    assert request == Request(
        method="PATCH",
        path="/api/v1/namespaces/a%20b/pods",
        query="pretty=true&dryRun=All",
        headers=(("Content-Type", "application/json"),),
        body='{"a":[1,null,"é"]}'.encode(),
        target=Target("patch", "pods", None, "a b"),
        stream=True,
        retry=False,
        timeouts=Timeouts(total=5),
    )


def test_what_is_not_said_has_a_default() -> None:
    assert build("GET", "/version") == Request(method="GET", path="/version", target=Target("get", "/version"))


def test_requests_are_values() -> None:
    one, same = (build("GET", "/a", query=[("b", "c")], headers={"X-One": "1"}) for _ in range(2))
    assert one == same
    assert len({one, same, build("GET", "/a")}) == 2
    with pytest.raises(AttributeError):
        one.path = "/other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        (None, None),
        (b"", b""),
        (b"\x00\xff", b"\x00\xff"),
        ("", b""),
        ("a: é\n", "a: é\n".encode()),
        ({}, b"{}"),
        ([], b"[]"),
        (0, b"0"),
        (False, b"false"),
        ([{"op": "remove", "path": "/a"}], b'[{"op":"remove","path":"/a"}]'),
    ],
)
def test_forms_of_a_body(body: object, sent: bytes | None) -> None:
    assert build("POST", "/a", body=body).body == sent


@pytest.mark.parametrize("body", [{"a": float("nan")}, {"a": object()}, {"a": "\ud800"}, "\ud800", f"{CANARY}\udcff"])
def test_a_body_that_cannot_be_sent_is_refused_and_not_shown(body: object) -> None:
    with pytest.raises(UnencodableValue, match=r"^cannot send ") as caught:
        build("POST", "/a", body=body)
    assert CANARY not in repr((caught.value, caught.value.args, vars(caught.value)))


@pytest.mark.parametrize(
    ("path", "query", "merged"),
    [
        ("/a", [], ""),
        ("/a", [("b", "1")], "b=1"),
        ("/a?b=1", [], "b=1"),
        ("/a?b=1", [("b", "2"), ("c", "")], "b=1&b=2&c="),
        ("/a?", [("b", "1")], "b=1"),
        ("/a?&&", [("b", "1")], "b=1"),
    ],
)
def test_the_query_of_the_path_comes_before_the_given_one(path: str, query: list[Any], merged: str) -> None:
    request = build("GET", path, query=query)
    assert request.query == merged
    assert request.url == (f"/a?{merged}" if merged else "/a")


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1))
def test_no_value_becomes_another_parameter(pairs: list[tuple[str, str]]) -> None:
    request = build("GET", "/a?limit=1", query=pairs)
    assert parse_qsl(request.query, keep_blank_values=True) == [("limit", "1"), *pairs]
    path, _, query = request.url.partition("?")
    assert (path, query) == (request.path, request.query)


@pytest.mark.parametrize(
    ("error", "arguments"),
    [
        (InvalidSegment, {"path": "/a/../b"}),
        (InvalidSegment, {"path": "/a/{name}", "path_params": {"name": "b/c"}}),
        (InvalidHeader, {"path": "/a", "headers": {"X-One": "1\r\nX-Two: 2"}}),
        (InvalidHeader, {"path": "/a", "headers": [("X One", "1")]}),
        (InvalidParameter, {"path": "/a", "query": [("a", "\ud800")]}),
        (InvalidParameter, {"path": "/a?a=\ud800"}),
    ],
)
def test_what_is_not_safe_never_becomes_a_request(error: type[Exception], arguments: dict[str, Any]) -> None:
    with pytest.raises(error):
        build("GET", arguments.pop("path"), **arguments)


@pytest.mark.parametrize(
    ("method", "safe"),
    [
        ("GET", True),
        ("head", True),
        ("Options", True),
        ("POST", False),
        ("put", False),
        ("PATCH", False),
        ("DELETE", False),
        ("CONNECT", False),
        ("TRACE", False),
    ],
)
def test_which_methods_may_be_sent_twice(method: str, safe: bool) -> None:
    assert build(method, "/a").safe is safe


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (Target("get", "/version"), "get /version"),
        (Target("list", "pods", None, "web"), "list pods in namespace web"),
        (Target("get", "nodes", "one"), "get nodes one"),
        (Target("patch", "deployments.apps", "one", "web"), "patch deployments.apps one in namespace web"),
        (Target("list", "pods", "", ""), "list pods"),
    ],
)
def test_the_words_of_a_target(target: Target, words: str) -> None:
    assert str(target) == words


def test_a_request_survives_being_written_and_read() -> None:
    request = build("POST", "/a", headers={"X-One": "1"}, body={"a": 1}, timeouts=Timeouts(idle=1.5))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(request), type=Request) == request
