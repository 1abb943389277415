"""A controller: hears what changes, and does later what is missing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import Any, ClassVar, Protocol

from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.errors import GroupResource, StatusError
from aiokube.testing.apiserver.storage import Event

from .client import Client

__all__ = ["Controller", "Work", "is_futile"]


def is_futile(error: StatusError) -> bool:
    """Return whether there is no use in trying again: what it is about is gone, or goes with its namespace."""
    causes: Iterable[Mapping[str, str]] = (error.details or {}).get("causes") or ()
    return error.reason == "NotFound" or any(cause.get("reason") == "NamespaceTerminating" for cause in causes)


class Work(Protocol):
    """What a controller is to look at."""

    def add(self, key: Hashable) -> None:
        """Look at it soon, once, however often it is added before."""
        ...

    def add_later(self, key: Hashable, seconds: float) -> None:
        """Look at it when so many seconds of the server's clock have gone."""
        ...


class Controller(ABC):
    """One job. Subclasses say what they watch, what a change means, and what to do then.

    Changes are heard of in the middle of a write, so `hear()` only notes what to look at; `sync()` may write.
    """

    watches: ClassVar[Collection[GroupResource] | None]
    """Of which resources it hears; None for all."""

    user: ClassVar[str] = "system:kube-controller-manager"
    manager: ClassVar[str] = "kube-controller-manager"

    def __init__(self, cluster: Cluster, work: Work) -> None:
        self.cluster = cluster
        self.work = work
        self.client = Client(cluster, user=self.user, manager=self.manager)

    @abstractmethod
    def hear(self, resource: GroupResource, event: Event) -> None:
        """Note what a change asks for."""

    @abstractmethod
    def sync(self, key: Any) -> Iterable[None] | None:
        """Do what is missing for what was noted; may find that nothing is.

        What is long is done in steps: others may write between them, and what is noted of the key is for the next time.

        Raises:
            StatusError: it cannot be done now; the key is looked at again later.
        """

    def begin(self) -> None:  # noqa: B027 - there need not be anything
        """Note what is to be looked at in a cluster that is there already."""
