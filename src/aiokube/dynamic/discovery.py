"""Discovery: which kinds a server has, and the Resource for each.

A `Discoverer` belongs to one DynamicClient. What it knows is in the process-wide store (`discovery_store`), shared
with all clients of the same server and user; its own are the Resources, which hold its client and are made when a
search hits them. `LazyDiscoverer` and `EagerDiscoverer` differ only in when an older server, which has a document for
each group, is asked for them: at the first search, or at once. Servers since Kubernetes 1.26 tell everything at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Generator, Iterable, Iterator, KeysView, Mapping
from types import TracebackType
from typing import Any, ClassVar, Protocol, Self

import msgspec

from aiokube._machinery.catalog import Catalog, Match, Terms, parse_terms
from aiokube._machinery.discovery import (
    Failure,
    GroupVersion,
    ResourceDescription,
    SubresourceDescription,
)
from aiokube._machinery.requests import Target
from aiokube.client.api_client import ApiClient
from aiokube.client.exceptions import (
    ApiException,
    DynamicApiError,
    ResourceNotFoundError,
    ResourceNotUniqueError,
    api_exception,
)
from aiokube.dynamic import discovery_store
from aiokube.dynamic.discovery_file import SavedKnowledge, read_file, write_file
from aiokube.dynamic.discovery_identity import Identity, identify
from aiokube.dynamic.discovery_loader import load_resources
from aiokube.dynamic.discovery_store import TTL_SECONDS, Entry, Snapshot, Store, Work
from aiokube.dynamic.resource import Resource, ResourceList
from aiokube.dynamic.verbs import Verbs

__all__ = ["Discoverer", "EagerDiscoverer", "LazyDiscoverer"]


class Client(Verbs, Protocol):
    """What a discoverer, and the Resources that it makes, need of the DynamicClient."""

    @property
    def client(self) -> ApiClient: ...
    @property
    def transport(self) -> ApiClient: ...


class Discoverer:
    """The kinds of a server, to be searched.

    `await Discoverer(client, cache_file)` or `async with` it before use; DynamicClient does that.

    Args:
        client: The DynamicClient that it belongs to.
        cache_file: Where to keep what is known between processes; None keeps it in memory only.

    Attributes:
        client, cache_file: As above.
    """

    store: ClassVar[Store] = discovery_store.shared
    """Where what is known is kept; a subclass may have a store of its own."""

    _complete_at_once: ClassVar[bool] = False

    def __init__(self, client: Client, cache_file: str | None = None) -> None:
        self.client = client
        self.cache_file = cache_file
        self._identity: Identity | None = None
        self._entry: Entry | None = None
        self._own: Catalog | None = None
        self._made_for: Catalog | None = None
        self._made: dict[int, Resource] = {}

    def __repr__(self) -> str:
        return f"<{type(self).__name__}({self._identity.server if self._identity else 'not opened'})>"

    def __await__(self) -> Generator[Any, None, Self]:
        return self._opened().__await__()

    async def __aenter__(self) -> Self:
        return await self._opened()

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Nothing is to be closed: the client is its owner's, and what is known is everybody's."""

    @property
    def version(self) -> dict[str, Any]:
        """The server's version: `{"kubernetes": {"gitVersion": "v1.36.3", ...}}`.

        Raises:
            DynamicApiError: The server did not tell it.
        """
        knowledge = self._snapshot().knowledge
        if knowledge.version_failure is not None:
            raise self._transport.as_raised(_error("version", knowledge.version_failure))
        return {"kubernetes": dict(knowledge.version)}

    @property
    async def api_groups(self) -> KeysView[str]:
        """The names of the groups that the server has now, to be awaited; the core group's is empty.

        The server is asked; one that has no news says just that.
        """
        snapshot = await self._saved(await self._opened_entry().refresh(self._transport, complete=False))
        return dict.fromkeys(["", *(version.group for version in snapshot.catalog.versions)]).keys()

    async def discover(self) -> None:
        """Learn what the server has, unless that is known."""
        await self._current(complete=self._complete_at_once)

    async def invalidate_cache(self) -> None:
        """Ask the server for everything again; all clients of this server and user have it."""
        await self._saved(
            await self._opened_entry().refresh(self._transport, complete=self._complete_at_once, work=Work.RELOAD)
        )
        self._own = None

    def expect_change(self) -> None:
        """Take note that definitions of kinds were written, which DynamicClient does when it writes any.

        A kind that is not found makes the server be asked once more, but at most once a second; in the next seconds
        each one does.
        """
        self._opened_entry().expect_change()

    async def search(
        self,
        prefix: str | None = None,
        group: str | None = None,
        api_version: str | None = None,
        kind: str | None = None,
        **kwargs: Any,
    ) -> list[Resource]:
        """Return all resources that match all given terms; one that is None or empty matches anything.

        When there are none, the server is asked once more before the answer is an empty list.

        Args:
            prefix: "api" for the core group, "apis" for all others.
            group: "apps" for instance.
            api_version: "apps/v1", or "v1", which is that version of any group.
            kind: "Deployment", or "DeploymentList", which finds a ResourceList; case matters.
            **kwargs: Other attributes of a Resource: name, singular_name, short_names, categories, verbs, namespaced,
                preferred, group_version, subresources. Of an attribute with several values, a text has to be one of
                them, and of a list of texts every one.

        Returns:
            Resources in the server's order, the core group first; without a kind and other attributes also the
            ResourceList of each.

        Raises:
            TypeError: There is no such attribute.
            DynamicApiError: Nothing matches, and a group that was asked for could not be discovered.
        """
        return (await self._found(parse_terms(prefix, group, api_version, kind, kwargs)))[1]

    async def get(self, **kwargs: Any) -> Resource:
        """Return the one resource that matches all given terms, which are those of `search`.

        Of several matches, those whose group and version are exactly `api_version` are preferred, then those that
        are no lists.

        Raises:
            ResourceNotFoundError: Nothing matches; the text says what is near.
            ResourceNotUniqueError: More than one matches.
            DynamicApiError: Nothing matches, and a group that was asked for could not be discovered.
        """
        terms = parse_terms(**_split(kwargs))
        catalog, results = await self._found(terms)
        if len(results) > 1:
            exact = [result for result in results if result.group_version == kwargs.get("api_version")]
            results = exact or results
        if len(results) > 1:
            results = [result for result in results if not isinstance(result, ResourceList)] or results
        if len(results) > 1:
            raise ResourceNotUniqueError(
                f"Multiple matches found for {kwargs}: {results}; say which one by api_version='group/version'"
            )
        if not results:
            raise ResourceNotFoundError(f"No matches found for {kwargs}{_hint(catalog, terms)}")
        return results[0]

    async def get_resources_for_api_version(
        self, prefix: str | None, group: str | None, version: str | None, preferred: bool
    ) -> dict[str, list[Resource]]:
        """Return the resources of one group-version by kind, and the list of each under "<kind>List".

        Args:
            prefix: "api" or "apis".
            group: Empty or None for the core group.
            version: Without the group.
            preferred: What the resources say about this version.

        Raises:
            NotFoundError: The server has no such group-version.
        """
        wanted = GroupVersion(prefix or "", group or "", version or "", preferred=preferred)
        catalog = (await self._current(complete=True)).catalog
        place = (wanted.prefix, wanted.group, wanted.version)
        known = [it.resources for it in catalog.versions if (it.prefix, it.group, it.version) == place]
        resources = known[0] if known else None
        if resources is None:
            resources = (await load_resources(self._transport, wanted)).resources or ()
        by_kind: dict[str, list[Resource]] = {}
        for description in resources:
            resource = _resource(msgspec.structs.replace(description, preferred=preferred), self.client)
            by_kind.setdefault(description.kind, []).append(resource)
            by_kind.setdefault(f"{description.kind}List", [ResourceList.of(resource)])
        return by_kind

    def __iter__(self) -> Iterator[Resource]:
        """Iterate over all resources as they are known.

        Raises:
            RuntimeError: Some are not known yet, which happens with older servers; `async for` asks for them.
        """
        snapshot = self._snapshot()
        if self._own is None and snapshot.catalog.pending:
            raise RuntimeError("not everything is known yet of this server: use `async for`, or await a search first")
        return self._all(self._own or snapshot.catalog)

    async def __aiter__(self) -> AsyncIterator[Resource]:
        """Iterate over all resources of the server."""
        for resource in self._all(self._own or (await self._current(complete=True)).catalog):
            yield resource

    async def _opened(self) -> Self:
        # The transport's configuration is one of ours; the headers are the client's own, also when it is foreign.
        self._identity = await identify(self._transport.configuration, self.client.client.default_headers)
        self._entry = self.store.entry(self._identity)
        if self.cache_file is not None:
            await self._read_file(self.cache_file, self._entry, self._identity)
        await self.discover()
        await self._current(complete=False)  # a subclass may discover in its own way; `version` has to be there
        return self

    async def _read_file(self, path: str, entry: Entry, identity: Identity) -> None:
        saved = await asyncio.to_thread(read_file, path, identity)
        if saved is None:
            entry.saved.pop(path, None)
            return
        age = self.store.wall_clock() - saved.asked_at
        # A file from the future is from a clock that was wrong; how old it really is, nobody knows.
        snapshot = entry.offer(saved.knowledge, age=age if age >= 0 else TTL_SECONDS)
        if 0 <= age < TTL_SECONDS:
            entry.saved[path] = snapshot  # good enough: a second client does not write it again

    async def _current(self, *, complete: bool) -> Snapshot:
        return await self._saved(await self._opened_entry().current(self._transport, complete=complete))

    async def _saved(self, snapshot: Snapshot) -> Snapshot:
        """See that the cache file, if there is to be one, holds what is known."""
        path, entry, identity = self.cache_file, self._entry, self._identity
        if path is None or entry is None or identity is None or entry.saved.get(path) is snapshot:
            return snapshot
        entry.saved[path] = snapshot
        asked_at = self.store.wall_clock() - entry.age(snapshot)
        await asyncio.to_thread(write_file, path, SavedKnowledge(identity, asked_at, snapshot.knowledge))
        return snapshot

    async def _found(self, terms: Terms) -> tuple[Catalog, list[Resource]]:
        """Return what matches, and the catalog in which it was found, the server's newest when nothing does."""
        if self._own is not None:
            if matches := self._own.search(terms):
                return self._own, self._make_all(self._own, matches)
            self._own = None
        snapshot = await self._current(complete=True)
        matches = snapshot.catalog.search(terms)
        if not matches and not terms.contradiction:
            snapshot = await self._saved(await self._opened_entry().after_miss(snapshot, self._transport))
            matches = snapshot.catalog.search(terms)
        if not matches and (failure := _failure_asked_for(snapshot.catalog, terms)) is not None:
            raise self._transport.as_raised(failure)
        return snapshot.catalog, self._make_all(snapshot.catalog, matches)

    def _all(self, catalog: Catalog) -> Iterator[Resource]:
        return iter(self._make_all(catalog, catalog.resources))

    def _make_all(self, catalog: Catalog, matches: Iterable[Match]) -> list[Resource]:
        """Return the Resources of descriptions; asked again, the same ones, as long as the catalog is the same."""
        if self._made_for is not catalog:
            self._made_for, self._made = catalog, {}
        return [self._make(match) for match in matches]

    def _make(self, match: Match) -> Resource:
        if isinstance(match, ResourceDescription):
            return self._remembered(match)
        if match.base is not None:
            return ResourceList.of(self._remembered(match.base))
        return ResourceList(self.client, api_version=match.api_version, kind=match.kind)

    def _remembered(self, description: ResourceDescription) -> Resource:
        # By identity: the catalog keeps each description alive, and comparing them would take longer than the rest.
        resource = self._made.get(id(description))
        if resource is None:
            resource = self._made[id(description)] = _resource(description, self.client)
        return resource

    @property
    def _transport(self) -> ApiClient:
        return self.client.transport

    def _opened_entry(self) -> Entry:
        if self._entry is None:
            raise self._not_ready()
        return self._entry

    def _snapshot(self) -> Snapshot:
        snapshot = self._opened_entry().snapshot
        if snapshot is None:
            raise self._not_ready()
        return snapshot

    def _not_ready(self) -> RuntimeError:
        return RuntimeError(f"{type(self).__name__} is not ready: await it, or the DynamicClient that it belongs to")


class LazyDiscoverer(Discoverer):
    """Asks an older server, which has a document for each group, for those documents at the first search."""

    def __init__(self, client: Client, cache_file: str | None) -> None:
        super().__init__(client, cache_file)


class EagerDiscoverer(Discoverer):
    """Asks an older server, which has a document for each group, for those documents at once."""

    _complete_at_once = True

    def __init__(self, client: Client, cache_file: str | None) -> None:
        super().__init__(client, cache_file)

    def update(self, resources: Iterable[Any] | Mapping[Any, Any]) -> None:
        """Search these resources from now on, until a search finds nothing in them and asks the server.

        Args:
            resources: Resources, also in mappings and lists of any depth.
        """
        given = {id(resource): resource for resource in _resources_in(resources)}
        described = [(_described(resource), resource) for resource in given.values()]
        versions: dict[tuple[str, str, str], list[ResourceDescription]] = {}
        for description, _ in described:
            place = (description.prefix, description.group, description.api_version)
            versions.setdefault(place, []).append(description)
        self._own = self._made_for = Catalog(
            GroupVersion(*place, resources=tuple(descriptions)) for place, descriptions in versions.items()
        )
        self._made = {id(description): resource for description, resource in described}


def _split(kwargs: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: kwargs[name] for name in ("prefix", "group", "api_version", "kind") if name in kwargs}
    return {**named, "attributes": {name: value for name, value in kwargs.items() if name not in named}}


def _resource(description: ResourceDescription, client: Client) -> Resource:
    return Resource(
        prefix=description.prefix,
        group=description.group,
        api_version=description.api_version,
        kind=description.kind,
        namespaced=description.namespaced,
        verbs=list(description.verbs),
        name=description.name,
        preferred=description.preferred,
        client=client,
        singular_name=description.singular_name,
        short_names=list(description.short_names) or None,
        categories=list(description.categories) or None,
        subresources={
            subresource.name: _subresource_arguments(description, subresource)
            for subresource in description.subresources
        },
    )


def _subresource_arguments(parent: ResourceDescription, subresource: SubresourceDescription) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "kind": subresource.kind,
        "name": f"{parent.name}/{subresource.name}",
        "namespaced": subresource.namespaced,
        "verbs": list(subresource.verbs),
    }
    if subresource.version:
        arguments |= {"group": subresource.group, "version": subresource.version}
    return arguments


def _resources_in(resources: Any) -> Iterator[Resource]:
    if isinstance(resources, Resource):
        if not isinstance(resources, ResourceList):
            yield resources
    elif isinstance(resources, Mapping):
        for value in resources.values():
            yield from _resources_in(value)
    elif isinstance(resources, Iterable) and not isinstance(resources, str | bytes):
        for value in resources:
            yield from _resources_in(value)
    else:
        raise TypeError(f"expected Resources, got {type(resources).__name__}")


def _described(resource: Resource) -> ResourceDescription:
    return ResourceDescription(
        prefix=resource.prefix or "",
        group=resource.group or "",
        api_version=resource.api_version or "",
        kind=resource.kind or "",
        name=resource.name or "",
        singular_name=resource.singular_name or "",
        namespaced=bool(resource.namespaced),
        preferred=bool(resource.preferred),
        verbs=tuple(resource.verbs or ()),
        short_names=tuple(resource.short_names or ()),
        categories=tuple(resource.categories or ()),
        subresources=tuple(SubresourceDescription(name) for name in resource.subresources),
    )


def _hint(catalog: Catalog, terms: Terms) -> str:
    """What is near to terms that match nothing, and what may hide a match."""
    if terms.contradiction:
        return f"; {terms.contradiction}"
    hints = []
    if near := catalog.suggestions(terms):
        hints.append(f"did you mean {', '.join(near)}?")
    if unknown := [f"{version}: {failure}" for version, failure in catalog.failures if terms.admit(version)]:
        hints.append(f"not everything is known of {', '.join(unknown)}")
    return "".join(f"; {hint}" for hint in hints)


def _failure_asked_for(catalog: Catalog, terms: Terms) -> DynamicApiError | None:
    """Return the failure of a group-version that was asked for: what is not known is not missing."""
    for version, failure in catalog.failures:
        if terms.names(version):
            return _error(str(version), failure)
    return None


def _error(what: str, failure: Failure) -> DynamicApiError:
    status = {
        "apiVersion": "v1",
        "kind": "Status",
        "status": "Failure",
        "code": failure.status,
        "reason": failure.reason,
        "message": f"cannot discover {what}: {failure.message}",
    }
    return api_exception(
        ApiException(
            status=failure.status,
            reason=failure.reason,
            body=msgspec.json.encode(status),
            target=Target(verb="discover", resource=what),
        )
    )
