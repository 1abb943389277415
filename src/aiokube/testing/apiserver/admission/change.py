"""A change of an object, as admission sees it."""

from __future__ import annotations

from dataclasses import dataclass

from aiokube.testing.apiserver import errors
from aiokube.testing.apiserver.errors import GroupResource, StatusError
from aiokube.testing.apiserver.kinds.rules import Object

__all__ = ["Change"]


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of an object.

    Attributes:
        resource: as the request names it.
        old: what is there; None for an object that is new.
    """

    resource: GroupResource
    subresource: str
    new: Object
    old: Object | None = None

    @property
    def is_new(self) -> bool:
        return self.old is None

    @property
    def namespace(self) -> str:
        """Where the object is; "" for one that is in none."""
        return self.new["metadata"].get("namespace") or ""

    def refused(self, why: str) -> StatusError:
        """Return the error for an object that may not become this."""
        metadata = self.new["metadata"]
        name = metadata.get("name") or metadata.get("generateName") or "Unknown"
        return errors.forbidden(self.resource, name, why)
