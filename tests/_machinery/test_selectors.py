"""Selectors of one object by its name."""

from __future__ import annotations

import pytest

from aiokube._machinery.errors import InvalidSegment
from aiokube._machinery.selectors import name_selector


@pytest.mark.parametrize(
    ("name", "selector"),
    [
        ("shop-0.web", "metadata.name=shop-0.web"),
        ("system:node", "metadata.name=system:node"),
        ("a,b=c", r"metadata.name=a\,b\=c"),
    ],
)
def test_a_name_cannot_become_another_selector(name: str, selector: str) -> None:
    assert name_selector(name) == selector


@pytest.mark.parametrize("name", ["", "..", "a/b", "a\\b"])
def test_a_name_that_no_object_has_is_refused(name: str) -> None:
    with pytest.raises(InvalidSegment):
        name_selector(name)
