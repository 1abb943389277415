"""A policy that is made anew only when a role or a binding has changed."""

from __future__ import annotations

from aiokube.testing.apiserver.errors import GroupResource

from .objects import Objects
from .rbac import RESOURCES, Policy

__all__ = ["KeptPolicy"]


class KeptPolicy:
    """Gives the policy as it is now.

    Args:
        objects: where roles and bindings are. Whoever changes them calls `changed()`.
    """

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._policy: Policy | None = None

    def __call__(self) -> Policy:
        if self._policy is None:
            self._policy = Policy(self._objects)
        return self._policy

    def changed(self, resource: GroupResource, event: object = None) -> None:
        """Take note that an object of a resource has changed; a listener of the storage."""
        if resource in RESOURCES:
            self._policy = None
