"""How Go writes values: the expectations were printed by a Go program."""

import pytest

from aiokube.testing.apiserver.go.text import json_text, number, quoted, shown, sorted_keys


@pytest.mark.parametrize(
    ("value", "plain", "in_json"),
    [
        (1.0, "1", "1"),
        (1.5, "1.5", "1.5"),
        (100000.0, "100000", "100000"),
        (1e6, "1e+06", "1000000"),
        (123456789.0, "1.23456789e+08", "123456789"),
        (1e20, "1e+20", "100000000000000000000"),
        (1e21, "1e+21", "1e+21"),
        (1e-5, "1e-05", "0.00001"),
        (1e-7, "1e-07", "1e-7"),
        (-0.5, "-0.5", "-0.5"),
    ],
)
def test_floats(value: float, plain: str, in_json: str) -> None:
    assert (number(value), json_text(value)) == (plain, in_json)


def test_quoted_escapes_what_cannot_be_printed() -> None:
    assert quoted('a"\n\u00a0é\u200b\x00\U0001f600 ') == '"a\\"\\n\\u00a0é\\u200b\\x00\U0001f600 "'


def test_json_escapes_what_html_could_misread() -> None:
    assert json_text({"a": ["<&>", 1, True, None]}) == '{"a":["\\u003c\\u0026\\u003e",1,true,null]}'


def test_shown_quotes_strings_and_writes_others_plainly() -> None:
    assert [shown(value) for value in ("<a>", True, 5, 1e6, None, {"b": 1})] == [
        '"<a>"',
        "true",
        "5",
        "1e+06",
        "null",
        '{"b":1}',
    ]


def test_sorted_keys_sorts_every_object() -> None:
    assert list(sorted_keys({"b": 1, "a": [{"d": 1, "c": 2}]})) == ["a", "b"]
    assert json_text(sorted_keys({"b": 1, "a": [{"d": 1, "c": 2}]})) == '{"a":[{"c":2,"d":1}],"b":1}'
