"""Resource: a kind that a cluster serves, what can be done with it, and the paths of its objects.

A Resource holds the client that it came from only as `Verbs`; each verb here is the client's with the resource in
first place. `ResourceList` does its verbs on each item of a list, `Subresource` on a part of an object.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from aiokube._machinery.objects import ResourceField, plain
from aiokube._machinery.paths import quote_segment, quote_sub_path
from aiokube.dynamic.instance import ResourceInstance

if TYPE_CHECKING:
    from aiokube.dynamic.verbs import Verbs

__all__ = ["Resource", "ResourceField", "ResourceInstance", "ResourceList", "Subresource"]


class _ResourceVerbs:
    """The verbs of a client with this resource in first place; `DynamicClient` documents them."""

    client: Verbs | None

    @property
    def _verbs(self) -> Verbs:
        if self.client is None:
            raise RuntimeError(f"{self!r} belongs to no client; get it from client.resources")
        return self.client

    async def get(self, name: str | None = None, namespace: str | None = None, **kwargs: Any) -> Any:
        """Read one object, or list all when no name is given."""
        return await self._verbs.get(self, name, namespace, **kwargs)  # type: ignore[arg-type]

    async def create(self, body: Any = None, namespace: str | None = None, **kwargs: Any) -> Any:
        """Create an object."""
        return await self._verbs.create(self, body, namespace, **kwargs)  # type: ignore[arg-type]

    async def replace(
        self, body: Any = None, name: str | None = None, namespace: str | None = None, **kwargs: Any
    ) -> Any:
        """Replace an object by another version of it."""
        return await self._verbs.replace(self, body, name, namespace, **kwargs)  # type: ignore[arg-type]

    async def modify(
        self,
        change: Callable[[ResourceInstance], Any],
        name: str,
        namespace: str | None = None,
        **kwargs: Any,
    ) -> ResourceInstance:
        """Read an object, change it and replace it; when it has changed meanwhile, again from what it is then."""
        return await self._verbs.modify(self, change, name, namespace, **kwargs)  # type: ignore[arg-type]

    async def patch(
        self, body: Any = None, name: str | None = None, namespace: str | None = None, **kwargs: Any
    ) -> Any:
        """Change parts of an object."""
        return await self._verbs.patch(self, body, name, namespace, **kwargs)  # type: ignore[arg-type]

    async def server_side_apply(
        self,
        body: Any = None,
        name: str | None = None,
        namespace: str | None = None,
        force_conflicts: bool | None = None,
        **kwargs: Any,
    ) -> Any:
        """Declare the fields that a manager wants; the server merges."""
        return await self._verbs.server_side_apply(
            self,  # type: ignore[arg-type]
            body,
            name,
            namespace,
            force_conflicts,
            **kwargs,
        )

    async def delete(
        self,
        name: str | None = None,
        namespace: str | None = None,
        body: Any = None,
        label_selector: str | None = None,
        field_selector: str | None = None,
        **kwargs: Any,
    ) -> Any:
        """Delete one object, or those that the selectors match."""
        return await self._verbs.delete(
            self,  # type: ignore[arg-type]
            name,
            namespace,
            body,
            label_selector,
            field_selector,
            **kwargs,
        )

    async def delete_collection(self, namespace: str | None = None, **kwargs: Any) -> Any:
        """Delete all objects of a namespace, or of a kind without namespaces, that the selectors match."""
        return await self._verbs.delete_collection(self, namespace, **kwargs)  # type: ignore[arg-type]

    def list(
        self,
        namespace: str | None = None,
        *,
        label_selector: str | None = None,
        field_selector: str | None = None,
        page_size: int = 500,
        as_it_comes: bool = False,
        **kwargs: Any,
    ) -> AsyncIterator[ResourceInstance]:
        """Iterate over the objects of one snapshot, fetched in pages."""
        return self._verbs.list(
            self,  # type: ignore[arg-type]
            namespace,
            label_selector=label_selector,
            field_selector=field_selector,
            page_size=page_size,
            as_it_comes=as_it_comes,
            **kwargs,
        )

    def watch(
        self,
        namespace: str | None = None,
        name: str | None = None,
        label_selector: str | None = None,
        field_selector: str | None = None,
        resource_version: int | None = None,
        timeout: int | None = None,
        watcher: Any = None,
    ) -> Any:
        """Follow the changes of objects."""
        return self._verbs.watch(
            self,  # type: ignore[arg-type]
            namespace,
            name,
            label_selector,
            field_selector,
            resource_version,
            timeout,
            watcher,
        )


class Resource(_ResourceVerbs):
    """A kind that a cluster serves.

    Its verbs are those of DynamicClient without the resource: `pods.get(name=…, namespace=…)`. Its subresources are
    attributes: `deployments.scale`, `pods.status`.

    Args:
        prefix: "api" or "apis".
        group: The API group; "" for core.
        api_version: The version without the group.
        kind: The kind.
        namespaced: Whether its objects live in namespaces.
        verbs: What the server lets be done with it.
        name: Its plural name, as it stands in paths.
        preferred: Whether the server prefers this version of the group.
        client: The client that does its verbs; None for a mere description.
        singular_name: Its singular name; `singularName` is accepted too.
        short_names: Its short names; `shortNames` is accepted too.
        categories: The categories it belongs to.
        subresources: Name -> what `Subresource` takes.
        kwargs: Whatever else is known of it, kept in `extra_args`.

    Raises:
        ValueError: prefix, kind or api_version is missing.
    """

    def __init__(
        self,
        prefix: str | None = None,
        group: str | None = None,
        api_version: str | None = None,
        kind: str | None = None,
        namespaced: bool = False,
        verbs: Sequence[str] | None = None,
        name: str | None = None,
        preferred: bool = False,
        client: Verbs | None = None,
        singular_name: str | None = None,
        short_names: Sequence[str] | None = None,
        categories: Sequence[str] | None = None,
        subresources: Mapping[str, Mapping[str, Any]] | None = None,
        **kwargs: Any,
    ) -> None:
        if None in (api_version, kind, prefix):
            raise ValueError("At least prefix, kind, and api_version must be provided")
        singular_name = kwargs.pop("singularName", None) or singular_name
        short_names = kwargs.pop("shortNames", None) or short_names
        self.prefix = prefix
        self.group = group
        self.api_version = api_version
        self.kind = kind
        self.namespaced = namespaced
        self.verbs = verbs
        self.name = name
        self.preferred = preferred
        self.client = client
        self.singular_name = singular_name or (kind or "").lower()
        self.short_names = short_names
        self.categories = categories
        self.subresources = {key: Subresource(self, **value) for key, value in (subresources or {}).items()}
        self.extra_args = kwargs

    @property
    def group_version(self) -> str | None:
        """Group and version as in a manifest's apiVersion."""
        return f"{self.group}/{self.api_version}" if self.group else self.api_version

    @property
    def urls(self) -> dict[str, str]:
        """Templates of paths: base, namespaced_base, full and namespaced_full."""
        base, plural = self._base, _segment("resource", self.name)
        return {
            "base": f"{base}/{plural}",
            "namespaced_base": f"{base}/namespaces/{{namespace}}/{plural}",
            "full": f"{base}/{plural}/{{name}}",
            "namespaced_full": f"{base}/namespaces/{{namespace}}/{plural}/{{name}}",
        }

    def path(self, name: str | None = None, namespace: str | None = None) -> str:
        """Return the path of an object, or of all objects when no name is given, quoted.

        Args:
            name: None means all objects.
            namespace: None or "" means all namespaces; it does not matter for a kind without namespaces.

        Raises:
            InvalidSegment: A name is empty, or could be read as another path.
        """
        path = f"{self._base}/{self._inside(namespace)}{_segment('resource', self.name)}"
        return path if name is None else f"{path}/{quote_segment('name', name)}"

    def to_dict(self) -> dict[str, Any]:
        """Return all that is known of it, with `_type`."""
        return {
            "_type": "Resource",
            "prefix": self.prefix,
            "group": self.group,
            "api_version": self.api_version,
            "kind": self.kind,
            "namespaced": self.namespaced,
            "verbs": self.verbs,
            "name": self.name,
            "preferred": self.preferred,
            "singularName": self.singular_name,
            "shortNames": self.short_names,
            "categories": self.categories,
            "subresources": {key: subresource.to_dict() for key, subresource in self.subresources.items()},
            **self.extra_args,
        }

    @property
    def qualified_name(self) -> str:
        """Plural name and group, "deployments.apps", as errors and kubectl have them."""
        return f"{self.name}.{self.group}" if self.group else str(self.name)

    @property
    def _base(self) -> str:
        return _group_path(self.prefix, self.group, self.api_version)

    def _inside(self, namespace: str | None) -> str:
        return f"namespaces/{quote_segment('namespace', namespace)}/" if self.namespaced and namespace else ""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}({self.group_version}/{self.name})>"

    def __getattr__(self, name: str) -> Any:
        # Compat: subresources are attributes, and so are methods that a subclass of the client has besides ours.
        subresources = self.__dict__.get("subresources") or {}
        if name in subresources:
            return subresources[name]
        client = self.__dict__.get("client")
        if not name.startswith("_") and inspect.isfunction(getattr(type(client), name, None)):
            return partial(getattr(client, name), self)
        known = self.__dict__.get("name") or type(self).__name__  # while it is being copied, nothing is there yet
        raise AttributeError(f"{known} has no subresource or attribute {name!r}", name=name, obj=self)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "client": None}  # a client holds connections


class Subresource(Resource):
    """A part of an object with verbs of its own: status, scale, log, eviction, proxy.

    Args:
        parent: The resource that it is a part of.
        kwargs: kind, name ("pods/status"), namespaced, verbs, and whatever else is known of it.
    """

    def __init__(self, parent: Resource, **kwargs: Any) -> None:
        self.parent = parent
        self.prefix = parent.prefix
        self.group = parent.group
        self.api_version = parent.api_version
        self.client = parent.client
        self.kind = kwargs.pop("kind")
        self.name = kwargs.pop("name")
        self.subresource: str = kwargs.pop("subresource", None) or self.name.split("/", 1)[1]
        self.namespaced = kwargs.pop("namespaced", False)
        self.verbs = kwargs.pop("verbs", None)
        self.preferred = parent.preferred
        self.extra_args = kwargs

    async def create(  # type: ignore[override]  # the documented order differs from a resource's
        self, body: Any = None, name: str | None = None, namespace: str | None = None, **kwargs: Any
    ) -> Any:
        """Post to the subresource of an object: an Eviction, a Binding, a TokenRequest."""
        return await self._verbs.create_subresource(self, body, name, namespace, **kwargs)

    @property
    def urls(self) -> dict[str, str]:
        """Templates of paths: full and namespaced_full."""
        templates, suffix = self.parent.urls, quote_sub_path(self.subresource)
        return {key: f"{templates[key]}/{suffix}" for key in ("full", "namespaced_full")}

    def path(self, name: str | None = None, namespace: str | None = None) -> str:
        """Return the path of an object's subresource, quoted.

        Raises:
            ValueError: No name is given.
            InvalidSegment: A name is empty, or could be read as another path.
        """
        if name is None:
            raise ValueError(f"name is required for {self.group_version}.{self.name}")
        return f"{self.parent.path(name, namespace)}/{quote_sub_path(self.subresource)}"

    def to_dict(self) -> dict[str, Any]:
        """Return what the constructor takes."""
        return {
            "kind": self.kind,
            "name": self.name,
            "subresource": self.subresource,
            "namespaced": self.namespaced,
            "verbs": self.verbs,
            **self.extra_args,
        }


class ResourceList(Resource):
    """The list of a kind, "PodList"; its verbs work on each item of a list that is given as their body.

    Args:
        client: The client that does the verbs.
        group: The API group.
        api_version: The version without the group.
        base_kind: The kind of the items; "" when they may be of any kind, as in a v1 List.
        kind: The list's kind; None means the base kind with "List".
        base_resource_lookup: Terms by which the items' resource is found; None means by the items.
    """

    def __init__(
        self,
        client: Any,
        group: str | None = None,
        api_version: str | None = None,
        base_kind: str | None = None,
        kind: str | None = None,
        base_resource_lookup: Mapping[str, Any] | None = None,
    ) -> None:
        self.client = client
        self.group = group or ""
        self.api_version = api_version or "v1"
        self.base_kind = base_kind or ""
        self.kind = kind or f"{self.base_kind}List"
        self.base_resource_lookup = base_resource_lookup
        self.prefix = "apis" if self.group else "api"
        self._base_resource: Resource | None = None
        self._describe(None)

    @classmethod
    async def create_list(
        cls, client: Any, group: str = "", api_version: str = "v1", base_kind: str = "", kind: str | None = None
    ) -> ResourceList:
        """Return the list of a kind, its base resource looked up."""
        created = cls(client, group=group, api_version=api_version, base_kind=base_kind, kind=kind)
        await created.base_resource()
        return created

    @classmethod
    def of(cls, resource: Resource) -> ResourceList:
        """Return the list of a resource that is known already."""
        created = cls(resource.client, resource.group, resource.api_version, resource.kind)
        created._describe(resource)
        return created

    async def base_resource(self) -> Resource | None:
        """Return the resource of the items, None when they may be of any kind."""
        if self._base_resource is None and (terms := self._lookup()):
            self._describe(await self._verbs.resources.get(**terms))
        return self._base_resource

    async def get(self, body: Any, name: str | None = None, namespace: str | None = None, **kwargs: Any) -> Any:  # type: ignore[override]
        """Read each item of a list again."""
        return await self._each("get", body, name, namespace=namespace, **kwargs)

    async def delete(self, body: Any, name: str | None = None, namespace: str | None = None, **kwargs: Any) -> Any:  # type: ignore[override]
        """Delete each item of a list."""
        return await self._each("delete", body, name, namespace=namespace, **kwargs)

    async def create(self, *args: Any, **kwargs: Any) -> Any:
        """Create each item of a list: create(body, namespace=None)."""
        return await self.verb_mapper("create", *args, **kwargs)

    async def replace(self, *args: Any, **kwargs: Any) -> Any:
        """Replace each item of a list: replace(body, namespace=None)."""
        return await self.verb_mapper("replace", *args, **kwargs)

    async def patch(self, *args: Any, **kwargs: Any) -> Any:
        """Patch each item of a list: patch(body, namespace=None)."""
        return await self.verb_mapper("patch", *args, **kwargs)

    async def server_side_apply(self, *args: Any, **kwargs: Any) -> Any:
        """Apply each item of a list: server_side_apply(body, namespace=None)."""
        return await self.verb_mapper("server_side_apply", *args, **kwargs)

    async def verb_mapper(self, verb: str, body: Any, **kwargs: Any) -> Any:
        """Do a verb on each item of a list, in order.

        Args:
            verb: The name of a verb that takes a body.
            body: The list, of this kind, with items.
            kwargs: What each call gets besides its item.

        Returns:
            The list with the answers as its items.

        Raises:
            ValueError: The body is no list of this kind, or has no items; nothing was sent.
        """
        if kwargs.get("name"):
            raise ValueError("Operations on ResourceList objects do not support the `name` argument")
        return await self._each(verb, body, None, **kwargs)

    def to_dict(self) -> dict[str, Any]:
        """Return what the constructor takes, with `_type`."""
        return {
            "_type": "ResourceList",
            "group": self.group,
            "api_version": self.api_version,
            "kind": self.kind,
            "base_kind": self.base_kind,
        }

    async def _each(self, verb: str, body: Any, name: str | None, **kwargs: Any) -> ResourceInstance:
        if name:
            raise ValueError("Operations on ResourceList objects do not support the `name` argument")
        document = self._checked(body)
        resources = [await self._resource_of(item) for item in document["items"]]
        answers: list[Any] = []
        for resource, item in zip(resources, document["items"], strict=True):
            try:
                answer = await getattr(resource, verb)(**_arguments(verb, item, dict(kwargs)))
            except Exception as error:
                error.add_note(f"item {len(answers) + 1} of {len(resources)}; those before it are done")
                raise
            answers.append(plain(answer))
        return ResourceInstance(self, {**document, "items": answers})

    def _checked(self, body: Any) -> dict[str, Any]:
        if body is None:
            raise ValueError("You must provide a body when calling methods on a ResourceList")
        document: dict[str, Any] = plain(body)
        if not document.get("items"):
            raise ValueError("The `items` field in the body must be populated when calling methods on a ResourceList")
        if document.get("kind") != self.kind:
            raise ValueError(
                f"Methods on a {self.kind} must be called with a body containing the same kind."
                f" Received {document.get('kind')} instead"
            )
        return document

    async def _resource_of(self, item: Mapping[str, Any]) -> Resource:
        resource = await self.base_resource()
        if resource is not None:
            return resource
        api_version = item.get("apiVersion", self.api_version)
        return await self._verbs.resources.get(api_version=api_version, kind=item.get("kind", self.base_kind))

    def _lookup(self) -> Mapping[str, Any] | None:
        if self.base_resource_lookup or not self.base_kind:
            return self.base_resource_lookup
        return {"group": self.group, "api_version": self.api_version, "kind": self.base_kind}

    def _describe(self, base: Resource | None) -> None:
        """Take over what a list and its items have in common."""
        self._base_resource = base
        self.prefix = base.prefix if base else self.prefix
        self.name = base.name if base else None
        self.namespaced = base.namespaced if base else False
        self.verbs = base.verbs if base else None
        self.preferred = base.preferred if base else False
        self.singular_name = base.singular_name if base else ""
        self.short_names = base.short_names if base else None
        self.categories = base.categories if base else None
        self.subresources = base.subresources if base else {}
        self.extra_args = base.extra_args if base else {}


def _arguments(verb: str, item: Mapping[str, Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    metadata = item.get("metadata") or {}
    namespace = metadata.get("namespace") or kwargs.pop("namespace", None)
    kwargs.pop("namespace", None)
    if verb in ("get", "delete"):
        return {"name": metadata.get("name"), "namespace": namespace, **kwargs}
    return {"body": item, "namespace": namespace, **kwargs}


@lru_cache(maxsize=1024)  # every request asks, and a cluster has a few hundred
def _group_path(prefix: str | None, group: str | None, version: str | None) -> str:
    group = f"/{_segment('group', group)}" if group else ""
    return f"/{_segment('prefix', prefix)}{group}/{_segment('version', version)}"


def _segment(what: str, value: str | None) -> str:
    return quote_segment(what, value)
