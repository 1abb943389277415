"""What a Resource needs of the client it came from: a Protocol, so that neither class imports the other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from aiokube.dynamic.instance import ResourceInstance
    from aiokube.dynamic.resource import Resource


class Lookup(Protocol):
    """Finds resources by what is known of them."""

    async def get(self, **kwargs: Any) -> Resource:
        """Return the one resource that all terms match."""
        ...


class Verbs(Protocol):
    """The verbs of a client, each taking the resource first."""

    @property
    def resources(self) -> Lookup:
        """Where other resources are found."""
        ...

    async def get(
        self, resource: Resource, name: str | None = None, namespace: str | None = None, **kwargs: Any
    ) -> Any: ...

    def list(
        self,
        resource: Resource,
        namespace: str | None = None,
        *,
        label_selector: str | None = None,
        field_selector: str | None = None,
        page_size: int = 500,
        as_it_comes: bool = False,
        **kwargs: Any,
    ) -> AsyncIterator[ResourceInstance]: ...

    async def create(
        self, resource: Resource, body: Any = None, namespace: str | None = None, **kwargs: Any
    ) -> Any: ...

    async def create_subresource(
        self, resource: Resource, body: Any, name: str | None, namespace: str | None, **kwargs: Any
    ) -> Any: ...

    async def delete(
        self,
        resource: Resource,
        name: str | None = None,
        namespace: str | None = None,
        body: Any = None,
        label_selector: str | None = None,
        field_selector: str | None = None,
        **kwargs: Any,
    ) -> Any: ...

    async def delete_collection(self, resource: Resource, namespace: str | None = None, **kwargs: Any) -> Any: ...

    async def replace(
        self, resource: Resource, body: Any = None, name: str | None = None, namespace: str | None = None, **kwargs: Any
    ) -> Any: ...

    async def modify(
        self,
        resource: Resource,
        change: Callable[[ResourceInstance], Any],
        name: str,
        namespace: str | None,
        **kwargs: Any,
    ) -> ResourceInstance: ...

    async def patch(
        self, resource: Resource, body: Any = None, name: str | None = None, namespace: str | None = None, **kwargs: Any
    ) -> Any: ...

    async def server_side_apply(
        self,
        resource: Resource,
        body: Any = None,
        name: str | None = None,
        namespace: str | None = None,
        force_conflicts: bool | None = None,
        **kwargs: Any,
    ) -> Any: ...

    def watch(
        self,
        resource: Resource,
        namespace: str | None = None,
        name: str | None = None,
        label_selector: str | None = None,
        field_selector: str | None = None,
        resource_version: int | None = None,
        timeout: int | None = None,
        watcher: Any = None,
    ) -> Any: ...
