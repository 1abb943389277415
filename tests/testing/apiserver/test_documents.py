"""Bodies are read as kube-apiserver reads them, and what is wrong with them is said in its words."""

import random
import re
from typing import Any

import pytest

from aiokube.testing import ControlPlane
from aiokube.testing.apiserver.documents import (
    InvalidDocument,
    read,
    read_apply,
    read_json,
    read_yaml,
    warning_lines,
)
from aiokube.testing.apiserver.errors import StatusError
from aiokube.testing.apiserver.go.json_syntax import MAX_DEPTH
from conformance.answers import answers
from conformance.case import case, send
from conformance.servers import server_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'{"a": [1, -2.5, true, null, "x"]}', {"a": [1, -2.5, True, None, "x"]}),
        (b"9223372036854775807", 9223372036854775807),
        (b"9223372036854775808", 9223372036854775808.0),
        (b"-9223372036854775809", -9223372036854775808.0),
        (b"1e3", 1000.0),
        (b"-0", 0),
        (b'"\\ud83d\\ude00 \\ud800"', "\U0001f600 \ufffd"),
        (b'"\xff\xe2\x82x"', "\ufffd\ufffd\ufffdx"),
        (b'{"a": 1, "a": 2}', {"a": 2}),
    ],
)
def test_json_is_read(text: bytes, value: Any) -> None:
    found = read_json(text).value
    assert (found, type(found)) == (value, type(value))


def test_members_that_stand_twice_are_noted_once_with_their_paths() -> None:
    text = b'{"a":1,"a":{"b":1,"b":2,"b":3},"c":[{},{"d":1,"d":2}]}'
    expected = ['duplicate field "a"', 'duplicate field "a.b"', 'duplicate field "c[1].d"']
    assert list(read_json(text).duplicates) == expected


def test_depth_is_bounded() -> None:
    """Brackets in strings are not counted."""
    deep = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    assert read_json(deep).value
    assert read_json(b'["' + b"[" * 5000 + b'"]').value
    for text in (b"[" + deep + b"]", b"[" * 100_000, b'{"a":' * 100_000):
        with pytest.raises(InvalidDocument, match="exceeded max depth"):
            read_json(text)
    for text in (b"- " * 100_000, b"[" * 1000 + b"]" * 1000):
        with pytest.raises(InvalidDocument, match="max depth"):
            read_yaml(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", True),
        ("Off", False),
        ("y", True),
        ("~", None),
        ("", None),
        ("010", 8),
        ("0o10", 8),
        ("08", 8),
        ("0x1F", 31),
        ("0b11", 3),
        ("-0b11", -3),
        ("1_000", 1000),
        ("+12", 12),
        (".5", 0.5),
        ("1e3", 1000),
        ("1.0", 1),
        ("12:30:45", "12:30:45"),
        ("2001-01-01", "2001-01-01"),
        ("2001-13-41", "2001-13-41"),
        ("2001-01-01T00:00:00Z", "2001-01-01T00:00:00Z"),
        ("18446744073709551615", 18446744073709551615.0),
        ("'yes'", "yes"),
        ("!!str yes", "yes"),
        ("!!float 1", 1),
        ("!!binary aGk=", "hi"),
        ("!other 1", "1"),
        ("{b: 1, a: 2}", {"a": 2, "b": 1}),
        ("{1: a, true: b, 1.5: c, 0.1: d}", {"0.1": "d", "1": "a", "1.5": "c", "true": "b"}),
        ("a: &x {k: 1}\nb: *x", {"a": {"k": 1}, "b": {"k": 1}}),
        ("a: &x {k: 1, l: 2}\nb: {<<: *x, k: 3}", {"a": {"k": 1, "l": 2}, "b": {"k": 3, "l": 2}}),
        ("a: 1\n---\nb: [", {"a": 1}),
        ('{"a": 1.0, "b": "\\u00e9"}', {"a": 1, "b": "é"}),
    ],
)
def test_yaml_is_read_as_yaml_1_1(text: str, value: Any) -> None:
    found = read_yaml(text.encode()).value
    assert (found, type(found)) == (value, type(value))
    if isinstance(value, dict):
        assert list(found) == sorted(found)


def test_yaml_that_says_something_twice_is_noted_by_lines() -> None:
    document = read_yaml(b"a: 1\nb:\n  c: 1\n  c: 2\na: 2\n")
    twice = 'yaml: unmarshal errors:\n  line 4: key "c" already set in map\n  line 5: key "a" already set in map'
    assert document.value == {"a": 2, "b": {"c": 2}}
    assert document.duplicates == (twice,)
    assert warning_lines(twice) == ['line 4: key "c" already set in map', 'line 5: key "a" already set in map']


def test_aliases_are_not_expanded_without_end() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 9)]
    with pytest.raises(InvalidDocument, match="document contains excessive aliasing"):
        read_yaml("\n".join(lines).encode())


def test_a_body_that_is_long_is_shown_in_part() -> None:
    with pytest.raises(StatusError) as caught:
        read(b'{"a": "' + b"x" * 100, "application/json", kind="Pod")
    shown = '({"a": "xxxxxxxxxxxxxxxxxxxxxxx ...)'
    assert caught.value.message.startswith("the object provided is unrecognized (must be of type Pod): couldn't get")
    assert caught.value.message.endswith(shown)


_NOT_YAML = "error converting YAML to JSON: yaml: line 1: did not find expected node content"
_NO_OBJECT = "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type"


@pytest.mark.parametrize(("text", "message"), [(b"{", _NOT_YAML), (b"[]", f"{_NO_OBJECT} map[string]interface {{}}")])
def test_what_is_applied_is_an_object(text: bytes, message: str) -> None:
    with pytest.raises(StatusError) as caught:
        read_apply(text)
    assert (caught.value.code, caught.value.message) == (400, f"error decoding YAML: {message}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("data: &a {<<: *a}", "yaml: anchor 'a' value contains itself"),
        ("\n".join(f"k{i}: &a{i} {'[' * 250}*a{i - 1}{']' * 250}" for i in range(3)).replace("*a-1", "x"), "max depth"),
        (
            "\n".join(f"k{i}: &a{i} {{<<: *a{i - 1}}}" for i in range(600)).replace("<<: *a-1", "x: 1")
            + "".join(f"\nz{i}: 1" for i in range(20_000)),
            "max depth",
        ),
        ("a: !!binary é", "yaml: !!binary value contains invalid base64 data"),
    ],
    ids=["merge", "depth", "merges", "binary"],
)
def test_yaml_that_no_program_should_stumble_over(text: str, message: str) -> None:
    with pytest.raises(InvalidDocument, match=re.escape(message)):
        read_yaml(text.encode())


def test_numbers_without_end_are_texts() -> None:
    assert read_yaml(b"a: " + b"1" * 5000).value == {"a": "1" * 5000}
    assert read_yaml(b"{1e300: a, -1e39: b}").value == {"-.inf": "b", ".inf": "a"}
    assert read_yaml(b"{3.4028235677973366e+38: a}").value == {".inf": "a"}


_JSON_PARTS = [b"{", b"}", b"[", b"]", b":", b",", b'"a"', b'"b', b"1", b"-", b".5", b"e3", b"0", b"true", b"nul"]
_JSON_PARTS += [b"null", b" ", b"\n", b"\\u00e", b"\\", b'"\\u00"', b"'", b"\x01", b"\xc3\xa9"]
_YAML_PARTS = [b"a", b": ", b"\n", b"  ", b"- ", b"{", b"}", b"[", b"]", b", ", b'"', b"'", b"&x ", b"*x", b"#", b"|"]
_YAML_PARTS += [b">", b"!!int ", b"1", b"~", b"? ", b"yes", b"<<", b"---", b"\t"]


@pytest.mark.parametrize(
    ("media_type", "parts"),
    [("application/json", _JSON_PARTS), ("application/yaml", _YAML_PARTS)],
)
def test_the_real_server_says_the_same_of_any_text(
    media_type: str, parts: list[bytes], control_plane: ControlPlane
) -> None:
    """Texts put together at random; more than half of them cannot be read."""
    rand = random.Random(36)
    texts = [b"".join(rand.choice(parts) for _ in range(rand.randint(1, 10))) for _ in range(250)]
    path = "configmaps?dryRun=All"
    requests = [send("POST", path, text, content_type=media_type) for text in texts]
    given = answers(case(f"documents-{media_type[-4:]}", *requests), server_of(control_plane))
    ours = [_problem(text, media_type) for text in texts]
    assert sum(map(bool, ours)) > 100
    real = [_unread(answer.body.get("message", "")) for answer in given]
    assert list(map(bool, ours)) == list(map(bool, real))
    # Of a text with several mistakes, libyaml and Go's port of it do not always see the same one first.
    same = sum(one == other for one, other in zip(ours, real, strict=True))
    assert same >= len(texts) * (1 if media_type == "application/json" else 0.98)


def _unread(message: str) -> str:
    return message if message.startswith("the object provided is unrecognized") else ""


def _problem(text: bytes, media_type: str) -> str:
    try:
        read(text, media_type, kind="ConfigMap")
    except StatusError as error:
        return error.message
    return ""
