"""Label selectors: what they select, and their form as text."""

from typing import Any

import pytest

from aiokube.testing.apiserver.kinds import label_selectors

_LABELS = {"app": "web", "tier": "front"}


def _expression(key: str, operator: str, *values: str) -> dict[str, Any]:
    return {"matchExpressions": [{"key": key, "operator": operator, "values": list(values)}]}


@pytest.mark.parametrize(
    ("selector", "selects"),
    [
        (None, False),
        ({}, True),
        ({"matchLabels": {"app": "web"}}, True),
        ({"matchLabels": {"app": "web", "x": "y"}}, False),
        (_expression("app", "In", "web", "db"), True),
        (_expression("app", "In", "db"), False),
        (_expression("x", "In", "db"), False),
        (_expression("app", "NotIn", "db"), True),
        (_expression("app", "NotIn", "web"), False),
        (_expression("x", "NotIn", "web"), True),
        (_expression("app", "Exists"), True),
        (_expression("x", "Exists"), False),
        (_expression("x", "DoesNotExist"), True),
        (_expression("app", "DoesNotExist"), False),
    ],
)
def test_selectors_select(selector: dict[str, Any] | None, selects: bool) -> None:
    assert label_selectors.matches(selector, _LABELS) is selects


def test_text_is_sorted_by_key() -> None:
    selector = {
        "matchLabels": {"m": "1"},
        "matchExpressions": [
            {"key": "z", "operator": "In", "values": ["b", "a"]},
            {"key": "a", "operator": "DoesNotExist"},
            {"key": "b", "operator": "Exists"},
            {"key": "c", "operator": "NotIn", "values": ["x"]},
        ],
    }
    assert label_selectors.text(selector) == "!a,b,c notin (x),m=1,z in (a,b)"


def test_wrong_selectors_are_unreadable() -> None:
    assert label_selectors.readable({"matchLabels": {"a": "b"}})
    assert not label_selectors.readable(_expression("a", "Foo"))
    assert not label_selectors.readable({"matchLabels": {"a b": "c"}})


def test_values_can_be_left_alone() -> None:
    """Objects whose values were wrong before may be changed nevertheless."""
    selector = _expression("a", "In", "b c")
    assert len(list(label_selectors.validate(selector, "spec.selector"))) == 1
    assert list(label_selectors.validate(selector, "spec.selector", check_values=False)) == []
