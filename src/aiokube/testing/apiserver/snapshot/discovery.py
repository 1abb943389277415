"""Discovery: the answers about groups, versions and resources, as kube-apiserver gives them with default flags."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from .files import unpacked

__all__ = ["aggregated", "group_lists", "legacy", "version"]

Json = dict[str, Any]


class _Answers(msgspec.Struct):
    legacy: dict[str, Json]
    aggregated: dict[str, Json]


def aggregated(path: str) -> Json:
    """Return the APIGroupDiscoveryList (v2) of `/api` or `/apis`."""
    return _answers().aggregated[path]


def legacy(path: str) -> Json:
    """Return what was answered to a path without a wish for aggregated discovery.

    Args:
        path: `/`, `/api`, `/apis`, `/apis/apps`, `/api/v1`, `/apis/apps/v1` and the like. The server address in
            `/api` is none that anything listens on.

    Raises:
        KeyError: there is no such path.
    """
    return _answers().legacy[path]


def group_lists() -> Mapping[str, Json]:
    """Return every APIResourceList, by its group and version, such as `apps/v1`."""
    lists = _answers().legacy.values()
    return {answer["groupVersion"]: answer for answer in lists if answer.get("kind") == "APIResourceList"}


def version() -> Json:
    """Return the answer of `/version`."""
    return _answers().legacy["/version"]


@cache
def _answers() -> _Answers:
    return msgspec.json.decode(unpacked("discovery.json.gz"), type=_Answers)
