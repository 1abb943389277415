"""What the server serves: each resource of each version, built in or custom.

A resource is found by the group, version and plural of a path. Several may share one collection of objects:
the versions of a kind, and kinds that two groups serve (events).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from .codec import Codec
from .errors import GroupKind, GroupResource
from .kinds.rules import Rules
from .scale_paths import ScalePaths
from .tables import Printer

__all__ = ["GroupVersionKind", "Resource", "Resources", "Subresource"]

_EVENTS = GroupResource("", "events")


class GroupVersionKind(NamedTuple):
    """A kind in one version."""

    group: str
    version: str
    kind: str

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version


@dataclass(frozen=True, slots=True)
class Subresource:
    """A part of objects with a path of its own, such as status."""

    name: str
    kind: GroupVersionKind
    verbs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource in one version.

    Attributes:
        collection: Where its objects are, by the group that they are stored in.
        stored_api_version: The version in which they are stored.
        codec: How its objects are read from requests and written.
        rules: What is special about the kind.
        scale: Where its objects have what the subresource says.
        definition: What its CustomResourceDefinition says of it, as JSON; b"" for what is built in.
        make_printer: Returns what makes rows of its objects; it is called when somebody wants a table.
        warning: What every answer warns of, "" for nothing.
        as_stored: Objects are answered as they are stored; otherwise their definition has changed since.
    """

    group: str
    version: str
    plural: str
    singular: str
    kind: str
    list_kind: str
    namespaced: bool
    verbs: frozenset[str]
    collection: GroupResource
    stored_api_version: str
    codec: Codec
    rules: Rules
    make_printer: Callable[[], Printer]
    subresources: Mapping[str, Subresource] = field(default_factory=dict)
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    definition: bytes = b""
    scale: ScalePaths | None = None
    warning: str = ""
    as_stored: bool = True

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def custom(self) -> bool:
        return bool(self.definition)

    @property
    def cached(self) -> bool:
        """Whether kube-apiserver answers from a cache of its own what may be old, and says how far watches are."""
        return self.collection != _EVENTS

    @property
    def go_type(self) -> str:
        """The type that kube-apiserver holds the objects in, as some messages show it."""
        if self.custom:
            return "unstructured.Unstructured"
        return f"{self.collection.group.partition('.')[0] or 'core'}.{self.kind}"

    @property
    def group_resource(self) -> GroupResource:
        return GroupResource(self.group, self.plural)

    @property
    def group_kind(self) -> GroupKind:
        """The kind as messages about invalid objects name it: in the group that keeps the objects."""
        return GroupKind(self.collection.group, self.kind)

    @property
    def gvk(self) -> GroupVersionKind:
        return GroupVersionKind(self.group, self.version, self.kind)


class Resources:
    """All resources of a server; the custom ones change while it runs."""

    def __init__(self, built_in: Iterable[Resource]) -> None:
        self._built_in = {(resource.group, resource.version, resource.plural): resource for resource in built_in}
        self._custom: dict[tuple[str, str, str], Resource] = {}
        self._listeners: list[Callable[[], None]] = []

    def __iter__(self) -> Iterator[Resource]:
        yield from self._built_in.values()
        yield from self._custom.values()

    def find(self, group: str, version: str, plural: str) -> Resource | None:
        key = (group, version, plural)
        return self._built_in.get(key) or self._custom.get(key)

    def of_collection(self, collection: GroupResource) -> Resource | None:
        """Return a resource whose objects are in a collection, one of the collection's own group if possible."""
        found = [resource for resource in self if resource.collection == collection]
        return next((resource for resource in found if resource.group == collection.group), found[0] if found else None)

    def is_built_in(self, group: str) -> bool:
        """Return whether a group is built in, so that what is not there is missing and not unknown."""
        return any(known[0] == group for known in self._built_in)

    def replace_custom(self, resources: Iterable[Resource]) -> None:
        """Serve these custom resources from now on, and no others."""
        self._custom = {(resource.group, resource.version, resource.plural): resource for resource in resources}
        for listener in tuple(self._listeners):
            listener()

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever other custom resources are served, and return what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)
