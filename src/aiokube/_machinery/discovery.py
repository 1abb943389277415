"""Discovery documents: which kinds a server has, from its answers to frozen descriptions.

Two forms are read. Aggregated (Kubernetes 1.26 and later): `/api` and `/apis` answer with everything at once, as
`v2` or, until 1.29, `v2beta1`, which look the same. Legacy: `/api` and `/apis` answer with names only, and each
group-version has a document of its own, so a `GroupVersion` may be known while its resources are not yet. The form is
told by the document's kind, not by the Content-Type, which proxies change.

A group-version that could not be asked keeps a `Failure`: what is not known must not look like what is not there.

Source: https://github.com/kubernetes/api/blob/v0.36.3/apidiscovery/v2/types.go and
https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/apis/meta/v1/types.go (APIGroupList, APIResourceList)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import msgspec

from aiokube._machinery.errors import MalformedObject
from aiokube._machinery.paths import quote_segment
from aiokube._machinery.requests import Request, Target, Timeouts
from aiokube._machinery.status import printable

CORE_PREFIX = "api"
GROUPS_PREFIX = "apis"

# One header for every server: it takes the first form it knows. 1.36 knows no v2beta1 and answers 406 to it alone,
# 1.26 to 1.29 know no v2, earlier ones nothing but plain JSON. The parameters have to stand in this order.
ACCEPT = ",".join(
    [
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
        "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList",
        "application/json",
    ]
)

# client-go's limit for one discovery request, its retries included here.
TIMEOUTS = Timeouts(total=32.0)

_Document = TypeVar("_Document")


class SubresourceDescription(msgspec.Struct, frozen=True):
    """One subresource of a resource, such as "status", "scale" or "sev/fetchcertchain"."""

    name: str  # without its parent's
    kind: str = ""  # of what it answers; empty when the server does not say
    group: str = ""  # group and version of that kind, both empty when they are the parent's
    version: str = ""
    namespaced: bool = False
    verbs: tuple[str, ...] = ()


class ResourceDescription(msgspec.Struct, frozen=True):
    """One resource as a server serves it."""

    prefix: str  # "api" for the core group, "apis" for all others
    group: str  # empty for the core group
    api_version: str  # without the group
    kind: str
    name: str  # plural, as in paths
    singular_name: str = ""
    namespaced: bool = False
    preferred: bool = False  # whether the server prefers this version of the group
    verbs: tuple[str, ...] = ()
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: tuple[SubresourceDescription, ...] = ()

    @property
    def group_version(self) -> str:
        """What objects have as their apiVersion."""
        return f"{self.group}/{self.api_version}" if self.group else self.api_version


class Failure(msgspec.Struct, frozen=True):
    """Why something could not be learnt."""

    reason: str  # a Status's reason, or the name of what went wrong
    message: str
    status: int = 0  # the HTTP status; 0 when there was no answer, or one that cannot be read

    def __str__(self) -> str:
        return f"{self.message} ({self.status} {self.reason})" if self.status else f"{self.message} ({self.reason})"


class GroupVersion(msgspec.Struct, frozen=True):
    """One version of one group, with what is known of its resources."""

    prefix: str
    group: str
    version: str
    preferred: bool = False
    resources: tuple[ResourceDescription, ...] | None = None  # None: in a document that was not read yet
    failure: Failure | None = None

    def __str__(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def pending(self) -> bool:
        """Whether its own document is still to be read."""
        return self.resources is None and self.failure is None


STALE = Failure(
    reason="ServiceUnavailable",
    message="the API server behind it does not answer, what is known of it is stale",
    status=503,
)


def root_request(prefix: str, *, etag: str = "") -> Request:
    """Return the request for everything under `/api` or `/apis`.

    Args:
        prefix: "api" or "apis".
        etag: Of the document that is known; the server then answers 304 when it has no other.
    """
    condition = (("If-None-Match", etag),) if etag else ()
    return _get(f"/{prefix}", (("Accept", ACCEPT), *condition))


def version_request() -> Request:
    """Return the request for the server's version."""
    return _get("/version", (("Accept", "application/json"),))


def resources_request(version: GroupVersion) -> Request:
    """Return the request for the document of one group-version.

    Raises:
        InvalidSegment: The group or the version cannot stand in a path.
    """
    parts = [("group", version.group)] if version.group else []
    parts.append(("version", version.version))
    path = "/".join(quote_segment(what, value) for what, value in parts)
    return _get(f"/{version.prefix}/{path}", (("Accept", "application/json"),))


def parse_root(prefix: str, body: bytes) -> tuple[GroupVersion, ...]:
    """Read an answer to `root_request`.

    Returns:
        The group-versions in the server's order, a group's preferred version before its others.

    Raises:
        MalformedObject: The body is not one of the documents that a server gives there.
    """
    document = _decode(_Root, body)
    read = _ROOTS.get(document.kind)
    if read is None:
        raise MalformedObject("discovery document", f"it is of kind {printable(document.kind.encode(), 80)!r}")
    return tuple(read(prefix, document))


def parse_resources(version: GroupVersion, body: bytes) -> GroupVersion:
    """Read an answer to `resources_request` into the group-version.

    Raises:
        MalformedObject: The body is not an APIResourceList.
    """
    document = _decode(_ResourceList, body)
    if document.kind != "APIResourceList":
        raise MalformedObject("discovery document", f"it is of kind {printable(document.kind.encode(), 80)!r}")
    return msgspec.structs.replace(version, resources=_legacy_resources(version, document.resources or []))


def parse_version(body: bytes) -> dict[str, Any]:
    """Read an answer to `version_request`.

    Raises:
        MalformedObject: The body is not a JSON object.
    """
    return _decode(dict[str, Any], body)


def _get(path: str, headers: tuple[tuple[str, str], ...]) -> Request:
    target = Target(verb="get", resource=path)
    return Request(method="GET", path=path, headers=headers, target=target, timeouts=TIMEOUTS)


def _decode(document: type[_Document], body: bytes) -> _Document:
    try:
        return msgspec.json.decode(body, type=document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedObject("discovery document", str(error)) from error


# What the server sends, as far as it is read here. Go writes null for an empty list.


class _Kind(msgspec.Struct):
    group: str = ""
    version: str = ""
    kind: str = ""


class _Subresource(msgspec.Struct, rename="camel"):
    subresource: str
    response_kind: _Kind | None = None
    verbs: list[str] | None = None


class _Resource(msgspec.Struct, rename="camel"):
    resource: str
    response_kind: _Kind | None = None
    scope: str = ""
    singular_resource: str = ""
    verbs: list[str] | None = None
    short_names: list[str] | None = None
    categories: list[str] | None = None
    subresources: list[_Subresource] | None = None


class _Version(msgspec.Struct):
    version: str
    resources: list[_Resource] | None = None
    freshness: str = ""


class _Metadata(msgspec.Struct):
    name: str = ""


class _Group(msgspec.Struct):
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
    versions: list[_Version] | None = None


class _LegacyVersion(msgspec.Struct):
    version: str


class _LegacyGroup(msgspec.Struct, rename="camel"):
    name: str
    versions: list[_LegacyVersion] | None = None
    preferred_version: _LegacyVersion | None = None


class _LegacyResource(msgspec.Struct, rename="camel"):
    name: str
    kind: str
    namespaced: bool = False
    singular_name: str = ""
    group: str = ""
    version: str = ""
    verbs: list[str] | None = None
    short_names: list[str] | None = None
    categories: list[str] | None = None


class _Root(msgspec.Struct):
    kind: str = ""
    items: list[_Group] | None = None
    versions: list[str] | None = None
    groups: list[_LegacyGroup] | None = None


class _ResourceList(msgspec.Struct):
    kind: str = ""
    resources: list[_LegacyResource] | None = None


def _aggregated(prefix: str, document: _Root) -> Iterator[GroupVersion]:
    for item in document.items or ():
        versions = item.versions or []
        fresh = [version for version in versions if version.freshness != "Stale"]
        preferred = next(iter(fresh or versions), None)
        for version in versions:
            stale = version.freshness == "Stale"
            known = GroupVersion(prefix, item.metadata.name, version.version, preferred=version is preferred)
            yield msgspec.structs.replace(
                known,
                # A stale document still tells what was there; its failure tells why something may be missing.
                resources=tuple(_resources(known, version.resources or [])),
                failure=STALE if stale else None,
            )


def _core_versions(prefix: str, document: _Root) -> Iterator[GroupVersion]:
    for position, version in enumerate(document.versions or ()):
        yield GroupVersion(prefix, "", version, preferred=position == 0)


def _groups(prefix: str, document: _Root) -> Iterator[GroupVersion]:
    for group in document.groups or ():
        versions = [version.version for version in group.versions or ()]
        # The group that a server names as preferred need not be the first one, and may be missing.
        preferred = group.preferred_version.version if group.preferred_version else None
        if preferred not in versions:
            preferred = versions[0] if versions else None
        for version in sorted(versions, key=lambda version: version != preferred):
            yield GroupVersion(prefix, group.name, version, preferred=version == preferred)


_ROOTS = {
    "APIGroupDiscoveryList": _aggregated,
    "APIVersions": _core_versions,
    "APIGroupList": _groups,
}


def _resources(version: GroupVersion, resources: Iterable[_Resource]) -> Iterator[ResourceDescription]:
    for resource in resources:
        # Subresources whose parent cannot be used by itself have a parent without a kind.
        if resource.response_kind is None or not resource.response_kind.kind:
            continue
        namespaced = resource.scope == "Namespaced"
        yield _described(
            version,
            kind=resource.response_kind.kind,
            name=resource.resource,
            singular_name=resource.singular_resource,
            namespaced=namespaced,
            verbs=resource.verbs,
            short_names=resource.short_names,
            categories=resource.categories,
            subresources=[
                _described_subresource(
                    version,
                    name=subresource.subresource,
                    kind=subresource.response_kind or _Kind(),
                    namespaced=namespaced,
                    verbs=subresource.verbs,
                )
                for subresource in resource.subresources or ()
            ],
        )


def _legacy_resources(version: GroupVersion, resources: Iterable[_LegacyResource]) -> tuple[ResourceDescription, ...]:
    parents = []
    subresources: dict[str, list[SubresourceDescription]] = defaultdict(list)
    for resource in resources:
        parent, slash, name = resource.name.partition("/")
        if not slash:
            parents.append(resource)
            continue
        subresource = _described_subresource(
            version,
            name=name,
            kind=_Kind(resource.group, resource.version, resource.kind),
            namespaced=resource.namespaced,
            verbs=resource.verbs,
        )
        subresources[parent].append(subresource)
    return tuple(
        _described(
            version,
            kind=parent.kind,
            name=parent.name,
            singular_name=parent.singular_name,
            namespaced=parent.namespaced,
            verbs=parent.verbs,
            short_names=parent.short_names,
            categories=parent.categories,
            subresources=subresources[parent.name],
        )
        for parent in parents
    )


def _described(
    version: GroupVersion,
    *,
    kind: str,
    name: str,
    singular_name: str,
    namespaced: bool,
    verbs: list[str] | None,
    short_names: list[str] | None,
    categories: list[str] | None,
    subresources: Iterable[SubresourceDescription],
) -> ResourceDescription:
    return ResourceDescription(
        prefix=version.prefix,
        group=version.group,
        api_version=version.version,
        kind=kind,
        name=name,
        # Servers before 1.27 leave it empty for built-in kinds; this is then what kubectl takes, too.
        singular_name=singular_name or kind.lower(),
        namespaced=namespaced,
        preferred=version.preferred,
        verbs=tuple(verbs or ()),
        short_names=tuple(short_names or ()),
        categories=tuple(categories or ()),
        subresources=tuple(subresources),
    )


def _described_subresource(
    version: GroupVersion, *, name: str, kind: _Kind, namespaced: bool, verbs: list[str] | None
) -> SubresourceDescription:
    # Servers leave group and version of their own kinds empty, or repeat them; both mean the same.
    foreign = bool(kind.version) and (kind.group, kind.version) != (version.group, version.version)
    return SubresourceDescription(
        name=name,
        kind=kind.kind,
        group=kind.group if foreign else "",
        version=kind.version if foreign else "",
        namespaced=namespaced,
        verbs=tuple(verbs or ()),
    )
