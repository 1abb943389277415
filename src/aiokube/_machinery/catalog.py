"""The catalog of what a server has: one flat tuple of resources, indexes over it, and one rule to search it.

All given terms must match, a term that is None or empty matches anything, and the order of the answers is the
server's: the core group first, then group by group, the preferred version of each before its others.

Every kind has a companion, the list of it ("PodList"); `List` has lists of anything. They are derived when a search
asks for them and are never stored.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from aiokube._machinery.discovery import CORE_PREFIX, Failure, GroupVersion, ResourceDescription

LIST_SUFFIX = "List"

_Values = Callable[[ResourceDescription], tuple[object, ...]]


class ListDescription(msgspec.Struct, frozen=True):
    """The list of a kind, or, without a base, the List whose items are of any kind."""

    base: ResourceDescription | None = None

    @property
    def kind(self) -> str:
        return f"{self.base.kind}{LIST_SUFFIX}" if self.base else LIST_SUFFIX

    @property
    def prefix(self) -> str:
        return self.base.prefix if self.base else CORE_PREFIX

    @property
    def group(self) -> str:
        return self.base.group if self.base else ""

    @property
    def api_version(self) -> str:
        return self.base.api_version if self.base else "v1"


Match = ResourceDescription | ListDescription

ANY_LIST = ListDescription()

# What can be searched for besides prefix, group, version and kind: the values of which one must be the term's.
_ATTRIBUTES: dict[str, _Values] = {
    "name": lambda resource: (resource.name,),
    "singular_name": lambda resource: (resource.singular_name,),
    "short_names": lambda resource: resource.short_names,
    "categories": lambda resource: resource.categories,
    "verbs": lambda resource: resource.verbs,
    "subresources": lambda resource: tuple(subresource.name for subresource in resource.subresources),
    "namespaced": lambda resource: (resource.namespaced,),
    "preferred": lambda resource: (resource.preferred,),
    "group_version": lambda resource: (resource.group_version,),
}
_INDEXED: dict[str, _Values] = {
    "kind": lambda resource: (resource.kind,),
    **{name: _ATTRIBUTES[name] for name in ("name", "singular_name", "short_names", "categories")},
}
_ALIASES = {"singularName": "singular_name", "shortNames": "short_names"}

# Texts by which people name a kind; what is near to one of them is worth suggesting.
_NAMES = ("kind", "name", "singular_name", "short_names")


class Terms(msgspec.Struct, frozen=True):
    """What is searched for; an empty one matches anything."""

    prefix: str = ""
    group: str = ""
    version: str = ""
    kind: str = ""
    group_version: str = ""  # what was given as api_version
    attributes: tuple[tuple[str, object], ...] = ()
    contradiction: str = ""  # why nothing can ever match

    def names(self, version: GroupVersion) -> bool:
        """Whether this group-version was asked for, and not only any that has the kind."""
        named = bool(self.group) or self.prefix == CORE_PREFIX or self.group_version == str(version)
        return named and self.admit(version)

    def admit(self, part: GroupVersion | Match) -> bool:
        """Whether prefix, group and version match."""
        version = part.version if isinstance(part, GroupVersion) else part.api_version
        return self.prefix in ("", part.prefix) and self.group in ("", part.group) and self.version in ("", version)


def parse_terms(
    prefix: str | None = None,
    group: str | None = None,
    api_version: str | None = None,
    kind: str | None = None,
    attributes: Mapping[str, Any] | None = None,
) -> Terms:
    """Return terms as a caller gave them.

    Args:
        prefix: "api" or "apis".
        group: "apps" for instance.
        api_version: "apps/v1", or "v1", which is that version of any group.
        kind: Case matters.
        attributes: Values by name of attribute. Of an attribute with several values, such as `short_names`, a text
            has to be one, and of a list of texts every one. None and empty texts and lists match anything, False not.

    Raises:
        TypeError: There is no such attribute.
    """
    contradiction = ""
    version = api_version or ""
    if "/" in version:
        named_group, _, version = version.partition("/")
        if "/" in version:
            contradiction = f"api_version is a version or group/version, not {api_version!r}"
        elif group and named_group and group != named_group:
            contradiction = f"api_version {api_version!r} is not of the group {group!r}"
        group = group or named_group
    return Terms(
        prefix=prefix or "",
        group=group or "",
        version=version,
        kind=kind or "",
        group_version=api_version or "",
        attributes=tuple(_parse_attributes(attributes or {})),
        contradiction=contradiction,
    )


def _parse_attributes(attributes: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for given, value in attributes.items():
        name = _ALIASES.get(given, given)
        if name not in _ATTRIBUTES:
            near = difflib.get_close_matches(given, [*_ATTRIBUTES, "api_version", "group", "kind"], n=1)
            hint = f"; did you mean {near[0]}" if near else f"; there are {', '.join(_ATTRIBUTES)}"
            raise TypeError(f"resources cannot be searched by {given!r}{hint}")
        if value is None or (isinstance(value, Collection) and not value):
            continue
        yield name, value


class Catalog:
    """What a server has; it does not change, and may be shared by threads.

    Attributes:
        versions: The group-versions, core first, then in the server's order.
        resources: All resources in the same order.
        pending: Whether there are documents that were not read yet.
    """

    __slots__ = ("_indexes", "pending", "resources", "versions")

    def __init__(self, versions: Iterable[GroupVersion]) -> None:
        self.versions = tuple(versions)
        self.resources = tuple(resource for version in self.versions for resource in version.resources or ())
        self.pending = any(version.pending for version in self.versions)
        # Built when first used; two threads may both do it, to the same end.
        self._indexes: dict[str, dict[object, list[ResourceDescription]]] = {}

    @property
    def failures(self) -> tuple[tuple[GroupVersion, Failure], ...]:
        """The group-versions of which something is not known, and why."""
        return tuple((version, version.failure) for version in self.versions if version.failure)

    def search(self, terms: Terms) -> list[Match]:
        """Return what matches all terms, in the server's order."""
        if terms.contradiction:
            return []
        matches: list[Match] = []
        lists = set()
        for candidate in self._candidates(terms):
            if not terms.admit(candidate):
                continue
            if terms.kind in ("", candidate.kind) and _has(candidate, terms.attributes):
                matches.append(candidate)
            # A list has nothing but group, version and kind: it has no name, for instance, that could match.
            companion = (candidate.group, candidate.api_version, candidate.kind)
            if terms.attributes or companion in lists:
                continue
            if terms.kind in ("", f"{candidate.kind}{LIST_SUFFIX}"):
                lists.add(companion)
                matches.append(ListDescription(candidate))
        if terms.kind in ("", LIST_SUFFIX) and not terms.attributes and terms.admit(ANY_LIST):
            matches.insert(_end_of_core(matches), ANY_LIST)
        return matches

    def suggestions(self, terms: Terms, *, limit: int = 3) -> list[str]:
        """Return what may have been meant by terms that match nothing, the nearest first, as "Pod in v1"."""
        wanted = [terms.kind, *(value for name, value in terms.attributes if name in _NAMES)]
        found: dict[str, None] = {}
        for text in wanted:
            if isinstance(text, str) and text:
                found |= dict.fromkeys(f"{near.kind} in {near.group_version}" for near in self._near(text))
        return list(found)[:limit]

    def _candidates(self, terms: Terms) -> Iterable[ResourceDescription]:
        """The resources that the most selective index leaves."""
        if terms.kind:
            named = self._index("kind").get(terms.kind, [])
            base = terms.kind.removesuffix(LIST_SUFFIX)
            return [*named, *self._index("kind").get(base, [])] if base != terms.kind else named
        for name, value in terms.attributes:
            if name in _INDEXED and isinstance(value, str):
                return self._index(name).get(value, [])
        return self.resources

    def _index(self, name: str) -> dict[object, list[ResourceDescription]]:
        index = self._indexes.get(name)
        if index is None:
            index = defaultdict(list)
            for resource in self.resources:
                for value in _INDEXED[name](resource):
                    index[value].append(resource)
            self._indexes[name] = index = dict(index)
        return index

    def _near(self, text: str) -> Iterator[ResourceDescription]:
        folded: dict[str, list[ResourceDescription]] = defaultdict(list)
        for resource in self.resources:
            for name in _NAMES:
                for value in _INDEXED[name](resource):
                    folded[str(value).lower()].append(resource)
        yield from self._index("kind").get(text, ())
        lowered = text.lower()
        for near in (lowered, lowered.removesuffix(LIST_SUFFIX.lower())):
            yield from folded.get(near, ())
        for near in difflib.get_close_matches(lowered, folded, n=3, cutoff=0.75):
            yield from folded[near]


def _has(resource: ResourceDescription, attributes: tuple[tuple[str, object], ...]) -> bool:
    for name, wanted in attributes:
        values = _ATTRIBUTES[name](resource)
        if isinstance(wanted, Collection) and not isinstance(wanted, str):
            if not all(one in values for one in wanted):
                return False
        elif wanted not in values:
            return False
    return True


def _end_of_core(matches: list[Match]) -> int:
    return next((position for position, match in enumerate(matches) if match.group), len(matches))
