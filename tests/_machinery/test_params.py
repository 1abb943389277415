"""Keywords become query parameters; what has no form on the wire is refused by name."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import Enum, IntEnum
from typing import Any

import pytest

from aiokube._machinery.errors import InvalidParameter
from aiokube._machinery.params import CONTROL, KNOWN, QUERY, extra_pairs, query_pairs, unknown

# Of the API, not of ours: https://kubernetes.io/docs/reference/kubernetes-api/common-parameters/common-parameters/
# and the parameters of reading a log.
DOCUMENTED = {
    *("allowWatchBookmarks", "continue", "dryRun", "fieldManager", "fieldSelector", "fieldValidation", "force"),
    *("gracePeriodSeconds", "labelSelector", "limit", "orphanDependents", "pretty", "propagationPolicy"),
    *("resourceVersion", "resourceVersionMatch", "sendInitialEvents", "timeoutSeconds", "watch"),
    *("container", "follow", "insecureSkipTLSVerifyBackend", "limitBytes", "previous", "sinceSeconds", "sinceTime"),
    *("tailLines", "timestamps"),
}
FORMER = {"includeUninitialized"}  # no server reads it since 1.16; the compatible API sends it


class Policy(str, Enum):  # noqa: UP042 - what StrEnum mends is tried here
    FOREGROUND = "Foreground"


class Amount(IntEnum):
    FEW = 3


def test_every_documented_parameter_has_one_keyword() -> None:
    assert sorted(QUERY.values()) == sorted(DOCUMENTED | FORMER)


def test_keywords_are_the_names_in_snake_case() -> None:
    """But for those that Python, or the compatible API, calls otherwise."""
    odd = {"_continue": "continue", "force_conflicts": "force"}
    odd["insecure_skip_tls_verify_backend"] = "insecureSkipTLSVerifyBackend"
    for keyword, name in QUERY.items():
        head, *rest = keyword.split("_")
        assert name == odd.get(keyword, head + "".join(word.capitalize() for word in rest))


def test_what_steers_the_client_is_not_sent() -> None:
    assert CONTROL.isdisjoint(QUERY)
    assert query_pairs(dict.fromkeys(CONTROL, "x")) == []


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("a", ["a"]),
        ("", [""]),
        ("a=1,b in (c)&d", ["a=1,b in (c)&d"]),
        (0, ["0"]),
        (-1, ["-1"]),
        (1.5, ["1.5"]),
        (True, ["true"]),
        (False, ["false"]),
        (None, []),
        (Policy.FOREGROUND, ["Foreground"]),
        (Amount.FEW, ["3"]),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), ["2026-01-02T03:04:05+00:00"]),
        (date(2026, 1, 2), ["2026-01-02"]),
    ],
)
def test_the_form_of_a_value(value: object, sent: list[str]) -> None:
    assert query_pairs({"limit": value}) == [("limit", text) for text in sent]
    assert extra_pairs({"limit": value}) == [("limit", text) for text in sent]


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (True, ["All"]),
        (False, []),
        (None, []),
        ("All", ["All"]),
        (["All"], ["All"]),
        (("All",), ["All"]),
        (["All", "More"], ["All", "More"]),
        ([], []),
        ("", [""]),
    ],
)
def test_forms_of_a_dry_run(value: object, sent: list[str]) -> None:
    assert query_pairs({"dry_run": value}) == [("dryRun", text) for text in sent]


@pytest.mark.parametrize("keyword", ["label_selector", "limit", "dry_run"])
@pytest.mark.parametrize("value", [{"a": 1}, b"a", object(), {"a"}, 1j])
def test_a_value_of_a_wrong_type_is_named(keyword: str, value: object) -> None:
    with pytest.raises(InvalidParameter) as caught:
        query_pairs({keyword: value})
    assert (caught.value.name, caught.value.value) == (keyword, value)
    assert f"invalid value of {keyword}" in str(caught.value)
    assert type(value).__name__ in str(caught.value)


@pytest.mark.parametrize(("keyword", "value"), [("field_selector", ["a", "b"]), ("dry_run", [None]), ("dry_run", [[]])])
def test_lists_are_for_dry_run_alone_and_flat(keyword: str, value: object) -> None:
    with pytest.raises(InvalidParameter, match=f"invalid value of {keyword}.*expected a text, a number or a boolean"):
        query_pairs({keyword: value})


@pytest.mark.parametrize("char", ["\r\n", "\n", "\x00", "\x7f", "\u2028", "\ud800"])
def test_a_field_manager_is_printable(char: str) -> None:
    with pytest.raises(InvalidParameter, match=r"invalid value of field_manager.*cannot be printed") as caught:
        query_pairs({"field_manager": f"shop{char}X-Evil: 1"})
    assert char not in str(caught.value)
    assert query_pairs({"field_manager": "shop é 1"}) == [("fieldManager", "shop é 1")]


def test_order_is_the_callers() -> None:
    keywords = {"watch": True, "name": "no parameter", "limit": 5, "_continue": "x", "container": None}
    assert query_pairs(keywords) == [("watch", "true"), ("limit", "5"), ("continue", "x")]


@pytest.mark.parametrize(
    ("given", "pairs"),
    [
        (None, []),
        ({}, []),
        ([], []),
        ({"a": 1, "b": None}, [("a", "1")]),
        ([("a", 1), ("a", True), ("b", None)], [("a", "1"), ("a", "true")]),
        (iter([("a", "x")]), [("a", "x")]),
        ({5: "x"}, [("5", "x")]),
    ],
)
def test_query_params_are_a_mapping_or_pairs(given: Any, pairs: list[tuple[str, str]]) -> None:
    assert extra_pairs(given) == pairs


def test_a_query_param_of_a_wrong_type_is_named() -> None:
    with pytest.raises(InvalidParameter, match=r"^invalid value of wrong, \['x'\]: expected a text.*got list$"):
        extra_pairs({"wrong": ["x"]})


@pytest.mark.parametrize(
    ("keyword", "nearest"),
    [
        ("dryrun", "dry_run"),
        ("labelSelector", "label_selector"),
        ("continue", "_continue"),
        ("timeout", "timeout_seconds"),
        ("request_timeout", "_request_timeout"),
        ("zzz", None),
        ("", None),
    ],
)
def test_an_unknown_keyword_has_the_nearest_known_one(keyword: str, nearest: str | None) -> None:
    assert unknown([keyword]) == {keyword: nearest}


def test_known_keywords_are_not_unknown() -> None:
    assert unknown(KNOWN) == {}
    assert list(unknown(["zzz", "limit", "yyy"])) == ["zzz", "yyy"]
