"""Walking through the containers of a pod.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/pods/helpers.go (VisitContainersWithPath)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aiokube.testing.apiserver.field_errors import child, item

__all__ = ["each"]


def each(spec: Mapping[str, Any], path: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Return all containers of a pod with their paths, in the order in which they are started."""
    for name in ("initContainers", "containers", "ephemeralContainers"):
        for index, container in enumerate(spec.get(name) or []):
            yield container, item(child(path, name), index)
