"""Names: the words for each form, which the conformance cases meet only in part."""

from collections.abc import Callable

import pytest

from aiokube.testing.apiserver.kinds import names

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"


@pytest.mark.parametrize(
    ("check", "values"),
    [
        (names.dns_label, ["a", "0", "a-b", "x" * 63]),
        (names.dns_1035_label, ["a", "a-0"]),
        (names.dns_subdomain, ["a", "a.b-c.0", "x" * 63 + "." + "y" * 63]),
        (names.dns_subdomain_with_underscore, ["_a.b_c"]),
        (names.wildcard_dns_subdomain, ["*.a", "*.a.b"]),
        (names.path_segment, ["A b", "a:b", "ü"]),
        (names.label_key, ["a", "A.b_c-d", "x.y/z"]),
        (names.label_value, ["", "a", "A.b_c-d"]),
        (names.c_identifier, ["a", "_A0"]),
        (names.config_map_key, ["a", ".a", "A_b-c.d"]),
        (names.environment_variable, ["a", "A b", "0", "~"]),
        (names.http_header, ["X-A"]),
        (names.percent, ["0%", "100%"]),
        (names.port_name, ["http", "a-1"]),
    ],
)
def test_good_names_are_taken(check: Callable[[str], list[str]], values: list[str]) -> None:
    assert [check(value) for value in values] == [[]] * len(values)


@pytest.mark.parametrize(
    ("check", "value", "count"),
    [
        (names.dns_label, "", 1),
        (names.dns_label, "a" * 64, 1),
        (names.dns_label, "A" * 64, 2),
        (names.dns_1035_label, "0a", 1),
        (names.dns_subdomain, "a..b", 1),
        (names.dns_subdomain, "a\n", 1),
        (names.dns_subdomain, "é" * 127, 2),
        (names.wildcard_dns_subdomain, "*.*.a", 1),
        (names.path_segment, "..", 1),
        (names.path_segment, "a/b%c", 2),
        (names.label_key, "", 2),
        (names.label_key, "/", 3),
        (names.label_key, "a/b/c", 1),
        (names.label_key, "A/b", 1),
        (names.label_value, "-", 1),
        (names.c_identifier, "0", 1),
        (names.config_map_key, "..a", 1),
        (names.config_map_key, "..", 1),
        (names.config_map_key, "a/b", 1),
        (names.environment_variable, "", 1),
        (names.environment_variable, "a=b", 1),
        (names.environment_variable, "é", 1),
        (names.http_header, "a b", 1),
        (names.percent, "5", 1),
        (names.port_name, "-A--", 4),
        (names.port_name, "0123456789012345", 2),
    ],
)
def test_bad_names_are_refused(check: Callable[[str], list[str]], value: str, count: int) -> None:
    assert len(check(value)) == count


def test_a_label_with_dots_is_told_apart() -> None:
    assert names.dns_label("a.b") == ["must not contain dots"]


def test_the_words_show_examples_and_the_pattern() -> None:
    words = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
    words += "must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', "
    assert names.dns_label("A") == [f"{words}regex used for validation is '{_LABEL}')"]


def test_a_prefix_may_end_in_a_dash() -> None:
    assert names.dns_label("a-", prefix=True) == []
    assert names.dns_label("a-") != []
    assert names.path_segment("..", prefix=True) == []


@pytest.mark.parametrize(("value", "count"), [(0, 1), (1, 0), (65535, 0), (65536, 1)])
def test_port_numbers_have_bounds(value: int, count: int) -> None:
    assert len(names.port_number(value)) == count


@pytest.mark.parametrize(("value", "count"), [(-1, 1), (0, 0), (2**31 - 1, 0), (2**31, 1)])
def test_ids_have_bounds(value: int, count: int) -> None:
    assert len(names.user_id(value)) == len(names.group_id(value)) == count
