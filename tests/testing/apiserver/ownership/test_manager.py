"""Who owns fields."""

import pytest

from aiokube.testing.apiserver.ownership.manager import APPLY, UPDATE, Manager, manager_name


@pytest.mark.parametrize(
    ("field_manager", "user_agent", "name"),
    [
        ("given", "kubectl/v1.36", "given"),
        ("", "kubectl/v1.36 (linux/amd64) kubernetes/1", "kubectl"),
        ("", "no slash", "no slash"),
        ("", "a\x00b\u200bc/1", "abc"),
        ("", "é" * 70, "é" * 64),
        ("", "", ""),
    ],
)
def test_the_name_is_the_option_or_the_begin_of_the_user_agent(field_manager: str, user_agent: str, name: str) -> None:
    assert manager_name(field_manager, user_agent) == name


def test_who_has_no_name_is_unknown() -> None:
    assert Manager.of("", UPDATE, "v1").name == "unknown"


def test_appliers_are_one_in_all_versions() -> None:
    assert Manager.of("a", APPLY, "v1") == Manager.of("a", APPLY, "v2")
    assert Manager.of("a", UPDATE, "v1") != Manager.of("a", UPDATE, "v2")
    assert Manager.of("a", UPDATE, "v1") != Manager.of("a", UPDATE, "v1", "status")


@pytest.mark.parametrize(
    ("manager", "text"),
    [
        (Manager.of("a", APPLY, "v1"), '"a"'),
        (Manager.of("a", APPLY, "v1", "scale"), '"a" with subresource "scale"'),
        (Manager.of('a"', UPDATE, "apps/v1"), '"a\\"" using apps/v1'),
        (Manager.of("a", UPDATE, "apps/v1", "status"), '"a" with subresource "status" using apps/v1'),
    ],
)
def test_managers_are_named_as_in_conflicts(manager: Manager, text: str) -> None:
    assert str(manager) == text


def test_managers_are_sorted_by_the_json_of_their_entry() -> None:
    assert Manager.of("a", UPDATE, "v1", "status").identifier == (
        '{"manager":"a","operation":"Update","apiVersion":"v1","subresource":"status"}'
    )
