"""The state of one server: what its verbs, its controllers and its answers share."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Protocol

from .access.request_info import Attributes
from .clock import Clock, time
from .codec import Object
from .errors import GroupResource
from .resources import Resources
from .storage import Collection, Storage

__all__ = ["Cluster", "Facts"]


class Confirm(Protocol):
    """Returns if somebody may write an object that gives rights, else raises a StatusError."""

    def __call__(self, new: Object, old: Object | None, *, wanted: Attributes) -> None: ...


class Cluster:
    """Objects, the resources they are of, and the clock they are dated by.

    Args:
        resources: what is served.
        clock: what time it is.
        history: how many events each collection remembers.
    """

    def __init__(self, *, resources: Resources, clock: Clock, history: int = 10_000) -> None:
        self.resources = resources
        self.clock = clock
        self.storage = Storage(history=history)
        self.confirm: Confirm | None = None
        """Says whether a role or a binding may be written; None lets everybody."""

    def collection(self, resource: GroupResource) -> Collection:
        return self.storage.collection(resource)

    def now(self) -> str:
        """Return the time as metav1.Time."""
        return time(self.clock.now())

    def get(self, resource: GroupResource, name: str, namespace: str = "") -> Object | None:
        """Return a copy of an object as it is stored, None when there is none."""
        stored = self.collection(resource).get(namespace, name)
        return stored.object() if stored else None

    def list(self, resource: GroupResource, namespace: str = "") -> Iterator[Object]:
        """Return copies of objects as they are stored; of all namespaces for ""."""
        return (stored.object() for stored in self.collection(resource).all(namespace))

    def normal(self, collection: GroupResource, obj: Object) -> Object:
        """Return an object of a collection as it is stored.

        Raises:
            LookupError: no resource has its objects there.
        """
        resource = self.resources.of_collection(collection)
        if resource is None:
            raise LookupError(f"no kind has its objects in {collection}")
        head = {"kind": resource.kind, "apiVersion": resource.stored_api_version}
        return resource.codec.normal(head | obj)

    @staticmethod
    def new_uid() -> str:
        return str(uuid.uuid4())


class Facts:
    """What the rules of a kind may know while a call is served; the `Context` that they ask for.

    Args:
        user: who asks, as the UserInfo of authentication.k8s.io.
        warn: takes what the headers Warning will say.
    """

    def __init__(self, cluster: Cluster, *, user: Object, dry_run: bool, warn: Callable[[str], None]) -> None:
        self._cluster = cluster
        self._user = user
        self._dry_run = dry_run
        self._warn = warn

    @property
    def user(self) -> str:
        return str(self._user["username"])

    @property
    def user_info(self) -> Object:
        return self._user

    @property
    def dry_run(self) -> bool:
        return self._dry_run

    def warn(self, text: str) -> None:
        self._warn(text)

    def now(self) -> str:
        return self._cluster.now()

    def get(self, resource: GroupResource, name: str, namespace: str = "") -> Object | None:
        return self._cluster.get(resource, name, namespace)

    def list(self, resource: GroupResource, namespace: str = "") -> Iterator[Object]:
        return self._cluster.list(resource, namespace)
