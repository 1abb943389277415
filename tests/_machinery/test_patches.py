"""Which media type a patch has, when it is said and when it is not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import kubernetes_asyncio.client.api
import pytest

from aiokube._machinery.errors import InvalidParameter
from aiokube._machinery.patches import BUILT_IN_GROUPS, TYPES, content_type

STRATEGIC = "application/strategic-merge-patch+json"
MERGE = "application/merge-patch+json"
JSON = "application/json-patch+json"
APPLY = "application/apply-patch+yaml"


@pytest.mark.parametrize(
    ("patch_type", "media_type"), [("strategic", STRATEGIC), ("merge", MERGE), ("json", JSON), ("apply", APPLY)]
)
@pytest.mark.parametrize("group", [None, "", "apps", "example.com"])
@pytest.mark.parametrize("is_list", [False, True])
def test_a_type_that_is_said_is_taken(patch_type: str, media_type: str, group: str | None, is_list: bool) -> None:
    assert content_type(patch_type, group=group, is_list=is_list) == media_type


@pytest.mark.parametrize("group", [None, "", "apps", "example.com"])
def test_a_list_is_a_json_patch(group: str | None) -> None:
    assert content_type(None, group=group, is_list=True) == JSON


@pytest.mark.parametrize(
    "group", [None, "", "apps", "batch", "autoscaling", "policy", "networking.k8s.io", "rbac.authorization.k8s.io"]
)
def test_a_built_in_kind_takes_a_strategic_patch(group: str | None) -> None:
    assert content_type(None, group=group, is_list=False) == STRATEGIC


@pytest.mark.parametrize(
    "group",
    [
        "example.com",
        "snapshot.storage.k8s.io",
        "gateway.networking.k8s.io",
        "metrics.k8s.io",
        "node.x-k8s.io",
        "k8s.io",
        "Apps",
        "apps.example.com",
    ],
)
def test_a_custom_kind_takes_a_merge_patch_whatever_its_group_ends_with(group: str) -> None:
    assert content_type(None, group=group, is_list=False) == MERGE


def test_the_table_has_every_group_of_the_generated_client() -> None:
    """It is generated from the API's own description; the group `extensions` is one of old servers."""
    sources = Path(kubernetes_asyncio.client.api.__file__).parent.glob("*_api.py")
    found = {group for source in sources for group in re.findall(r"'/apis/([a-z0-9.]+)/", source.read_text())}
    assert found | {"", "extensions"} == BUILT_IN_GROUPS


@pytest.mark.parametrize("wrong", ["", "Merge", "application/merge-patch+json", "smp", 5])
def test_a_wrong_type_is_named_with_those_there_are(wrong: Any) -> None:
    with pytest.raises(InvalidParameter) as caught:
        content_type(wrong, group="apps", is_list=False)
    assert (caught.value.name, caught.value.value) == ("patch_type", wrong)
    expected = f"invalid value of patch_type, {wrong!r}: expected one of strategic, merge, json, apply"
    assert str(caught.value) == expected
    assert all(name in expected for name in TYPES)
