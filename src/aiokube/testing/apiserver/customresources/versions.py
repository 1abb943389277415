"""The order of versions: v2 before v1, v1 before v1beta1, and any other word after those.

Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#version-priority
"""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["newer_first"]

_VERSION = re.compile(r"v([0-9]+)(?:(alpha|beta)([0-9]+))?")
_STABILITY = {"alpha": 0, "beta": 1, None: 2}


def newer_first(versions: Iterable[str]) -> list[str]:
    """Return versions, the most stable and newest first, names that are no versions at the end, as a dictionary."""
    versions = list(versions)
    known = [version for version in versions if _VERSION.fullmatch(version)]
    return sorted(known, key=_rank, reverse=True) + sorted(set(versions).difference(known))


def _rank(version: str) -> tuple[int, int, int]:
    match = _VERSION.fullmatch(version)
    assert match is not None  # noqa: S101  # only those come here
    return _STABILITY[match[2]], int(match[1]), int(match[3] or 0)
