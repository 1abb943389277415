"""What access knows of the objects that the server stores."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from aiokube.testing.apiserver.errors import GroupResource

__all__ = ["Objects"]


class Objects(Protocol):
    """Reads objects; what it returns are copies."""

    def get(self, resource: GroupResource, name: str, namespace: str = "") -> dict[str, Any] | None:
        """Return an object in the version it is stored in, None when there is none."""
        ...

    def list(self, resource: GroupResource, namespace: str = "") -> Iterable[dict[str, Any]]:
        """Return all objects of a resource; of all namespaces for ""."""
        ...
