"""DynamicClient: every verb on every kind that a cluster serves.

A verb becomes a `Request` by the tables of `_machinery` and goes out through an ApiClient; what comes back is an
object that is decoded as it is read, or a text. Nothing here knows the layers that are built on it.
"""

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator, Callable, Generator, Mapping
from functools import partial
from types import TracebackType
from typing import Any, Self

from aiokube import validation
from aiokube._machinery.objects import ResourceField, is_model, model_to_dict, plain
from aiokube._machinery.patches import APPLY, content_type
from aiokube._machinery.requests import Request
from aiokube._machinery.selectors import name_selector
from aiokube.client.api_client import ApiClient
from aiokube.dynamic.bodies import delete_options, metadata_of, with_type
from aiokube.dynamic.calls import path_request, refuse_endless, result_of, verb_request
from aiokube.dynamic.discovery import Discoverer, EagerDiscoverer, LazyDiscoverer
from aiokube.dynamic.foreign import for_callers, foreign_events, is_foreign_watch, transport_for
from aiokube.dynamic.instance import ResourceInstance, instance_from_json, instance_of
from aiokube.dynamic.listing import items_of, pages, snapshot
from aiokube.dynamic.modifying import ATTEMPTS, modify
from aiokube.dynamic.resource import Resource, ResourceList, Subresource
from aiokube.watch import Watch

__all__ = [
    "DynamicClient",
    "EagerDiscoverer",
    "LazyDiscoverer",
    "Resource",
    "ResourceField",
    "ResourceInstance",
    "ResourceList",
    "Subresource",
]

FIELD_MANAGER = "aiokube"  # of server_side_apply, when the caller names none

# Whoever writes there may look for the kind right afterwards.
DEFINITIONS_OF_KINDS = ("/apis/apiextensions.k8s.io/", "/apis/apiregistration.k8s.io/")

# Only what is known of every object; whoever wants names needs not read the rest.
METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"


class DynamicClient:
    """A client for every kind that a cluster serves: `async with DynamicClient(api) as client`, or await it.

    Every verb takes, besides what it documents, these keywords: pretty, _continue, field_selector, label_selector,
    limit, resource_version, resource_version_match, timeout_seconds, watch, allow_watch_bookmarks,
    send_initial_events, grace_period_seconds, propagation_policy, orphan_dependents, dry_run (True means "All"),
    field_manager, field_validation, force_conflicts; for logs container, follow, previous, since_seconds, since_time,
    tail_lines, limit_bytes, timestamps; and header_params, query_params, path_params, content_type, serialize (False
    returns the aiohttp response), serializer (called with client and decoded data), _request_timeout (seconds,
    (connect, read), or an aiohttp.ClientTimeout). On a subresource such as proxy, `path` is what follows its name.

    Args:
        client: The ApiClient to send with, of aiokube or of kubernetes_asyncio; whoever made it closes it.
        cache_file: A file that keeps what discovery found, for the next process; None keeps it in this one only.
        discoverer: The class that finds resources, called with (client, cache_file); None takes LazyDiscoverer.
    """

    def __init__(
        self, client: ApiClient, cache_file: str | None = None, discoverer: type[Discoverer] | None = None
    ) -> None:
        self.transport = transport_for(client)
        self.client = client
        self.configuration = client.configuration
        self.cache_file = cache_file
        self.discoverer: type[Discoverer] = discoverer or LazyDiscoverer
        self._resources: Discoverer | None = None

    def __await__(self) -> Generator[Any, None, Self]:
        return self._start().__await__()

    async def __aenter__(self) -> Self:
        return await self._start()

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close what this client opened itself: nothing, unless its ApiClient is another package's."""
        if self.transport is not self.client:
            await self.transport.close()

    async def _start(self) -> Self:
        if self._resources is None:
            self._resources = await self.discoverer(self, self.cache_file)
        return self

    @property
    def resources(self) -> Discoverer:
        """Where resources are found: `await client.resources.get(api_version="v1", kind="Pod")`."""
        if self._resources is None:
            raise RuntimeError("Discoverer is not initialized, use 'async with' or await the client directly")
        return self._resources

    @property
    def version(self) -> dict[str, Any]:
        """What the server says of its version: `{"kubernetes": {"gitVersion": …}}`."""
        return self.resources.version

    @staticmethod
    def ensure_namespace(resource: Resource, namespace: str | None, body: Any) -> str:
        """Return the namespace that was given, else the one in the body's metadata.

        Raises:
            ValueError: There is none.
        """
        namespace = namespace or metadata_of(body, "namespace")
        if not namespace:
            raise ValueError(f"Namespace is required for {resource.group_version}.{resource.kind}")
        return namespace

    @staticmethod
    def serialize_body(body: Any) -> dict[str, Any]:
        """Return a body as plain dicts: of a ResourceInstance, a ResourceField, a typed model, or a dict itself."""
        if is_model(body):
            return model_to_dict(body)
        if callable(getattr(type(body), "to_dict", None)):
            return body.to_dict()  # type: ignore[no-any-return]
        return body or {}

    # --- verbs

    async def get(
        self, resource: Resource, name: str | None = None, namespace: str | None = None, **kwargs: Any
    ) -> Any:
        """Read one object, or list all when no name is given.

        Args:
            resource: What to read.
            name: None lists; a list has its objects in `.items`.
            namespace: None or "" lists all namespaces.
            kwargs: See the class.

        Returns:
            A ResourceInstance; a text where the server sends text.

        Raises:
            ApiException: The answer is not 2xx, NotFoundError and its like.
            ValueError: One object of a kind in namespaces was asked for without a namespace.
        """
        if name is None and not isinstance(resource, Subresource):
            return await self._send("list", resource, None, namespace, None, kwargs)
        return await self._send("get", resource, name, namespace, None, kwargs)

    async def list(
        self,
        resource: Resource,
        namespace: str | None = None,
        *,
        label_selector: str | None = None,
        field_selector: str | None = None,
        page_size: int = 500,
        as_it_comes: bool = False,
        **kwargs: Any,
    ) -> AsyncIterator[ResourceInstance]:
        """Iterate over the objects of one snapshot, fetched in pages.

        All pages are fetched before the first object is handed out, so that a snapshot which the server forgets half
        way (its continue token expires) can be begun anew and is never mixed with another one. What is kept meanwhile
        is the text of the objects.

        Args:
            resource: What to list.
            namespace: None or "" means all namespaces.
            label_selector: Labels that the objects must have.
            field_selector: Fields that the objects must have.
            page_size: Objects a request.
            as_it_comes: True hands out each page when it comes, for lists that do not fit into memory; GoneError is
                raised when the server forgets the snapshot half way.
            kwargs: As of `get`.

        Raises:
            GoneError: See `as_it_comes`.
            ApiException: An answer is not 2xx.
        """
        keywords = {**kwargs, "label_selector": label_selector, "field_selector": field_selector, "limit": page_size}

        async def fetch(keywords: dict[str, Any]) -> ResourceInstance:
            page: ResourceInstance = await self._send("list", resource, None, namespace, None, keywords)
            return page

        if as_it_comes:
            async for page in pages(fetch, keywords):
                for item in items_of(page):
                    yield instance_of(self, item)
            return
        for page in await snapshot(fetch, keywords):
            for item in items_of(page):
                yield instance_of(self, item)

    async def create(self, resource: Resource, body: Any = None, namespace: str | None = None, **kwargs: Any) -> Any:
        """Create an object.

        Args:
            resource: What to create.
            body: The object: a dict, ResourceInstance, ResourceField or typed model.
            namespace: None takes the body's.
            kwargs: See the class.

        Returns:
            The object as the server made it.

        Raises:
            ConflictError: There is one of that name (AlreadyExistsError).
            UnprocessibleEntityError: It is not valid.
            ValueError: It needs a namespace.
        """
        body = {} if body is None else body
        if resource.namespaced:
            namespace = self.ensure_namespace(resource, namespace, body)
        return await self._send("create", resource, None, namespace, body, kwargs)

    async def create_subresource(
        self, resource: Resource, body: Any, name: str | None, namespace: str | None, **kwargs: Any
    ) -> Any:
        """Post to the subresource of an object; name and namespace default from the body."""
        name = metadata_of(body, "name") if name is None else name
        if name is None:
            raise ValueError(f"name is required to create {resource.group_version}.{resource.name}")
        return await self._send("create", resource, name, namespace, {} if body is None else body, kwargs)

    async def delete(
        self,
        resource: Resource,
        name: str | None = None,
        namespace: str | None = None,
        body: Any = None,
        label_selector: str | None = None,
        field_selector: str | None = None,
        **kwargs: Any,
    ) -> Any:
        """Delete one object, or those that the selectors match.

        Args:
            resource: What to delete.
            name: The object; None deletes what the selectors match.
            namespace: Where; with selectors, None means in every namespace that has matching objects.
            body: DeleteOptions as a dict, ResourceInstance or typed model.
            label_selector: Labels of what to delete.
            field_selector: Fields of what to delete.
            kwargs: See the class; besides `preconditions`, a dict with uid and resourceVersion.

        Returns:
            The object that is being deleted, a Status, or a list of them.

        Raises:
            ValueError: Neither name nor selector is given, or a name without the namespace that it needs.
        """
        if not (name or label_selector or field_selector):
            raise ValueError("At least one of name|label_selector|field_selector is required")
        namespaced = _owner(resource).namespaced
        if namespaced and not (label_selector or field_selector or namespace):
            raise ValueError("At least one of namespace|label_selector|field_selector is required")
        kwargs |= {"label_selector": label_selector, "field_selector": field_selector}
        body = delete_options(body, kwargs.pop("preconditions", None))
        if name is not None:
            return await self._send("delete", resource, name, namespace, body, kwargs)
        if namespaced and not namespace:
            return await self._delete_everywhere(resource, body, kwargs)
        return await self._send("deletecollection", resource, None, namespace, body, kwargs)

    async def delete_collection(self, resource: Resource, namespace: str | None = None, **kwargs: Any) -> Any:
        """Delete all objects of a namespace, or of a kind without namespaces, that the selectors match.

        Args:
            resource: What to delete.
            namespace: Where; required for a kind in namespaces, so that nothing is deleted everywhere by mistake.
            kwargs: As of `delete`, `body` included; without a selector all objects are deleted.

        Raises:
            ValueError: The namespace is missing.
        """
        if resource.namespaced:
            namespace = self.ensure_namespace(resource, namespace, None)
        body = delete_options(kwargs.pop("body", None), kwargs.pop("preconditions", None))
        return await self._send("deletecollection", resource, None, namespace, body, kwargs)

    async def replace(
        self, resource: Resource, body: Any = None, name: str | None = None, namespace: str | None = None, **kwargs: Any
    ) -> Any:
        """Replace an object by another version of it; with a resourceVersion in it, only if it has not changed.

        Args:
            resource: What to replace.
            body: The whole object.
            name: None takes the body's.
            namespace: None takes the body's.
            kwargs: See the class.

        Raises:
            ConflictError: It has changed since it was read.
            ValueError: Name or namespace is missing.
        """
        return await self._write("replace", resource, body, name, namespace, kwargs)

    async def modify(
        self,
        resource: Resource,
        change: Callable[[ResourceInstance], Any],
        name: str,
        namespace: str | None = None,
        *,
        attempts: int = ATTEMPTS,
        **kwargs: Any,
    ) -> ResourceInstance:
        """Read an object, change it and replace it; when it has changed meanwhile, again from what it is then.

        Args:
            resource: What to change.
            change: Gets the object and changes it in place; a function or a coroutine function, called for each try.
            name: The object.
            namespace: Where it is; None for kinds without namespaces.
            attempts: How often it is tried in all.
            kwargs: Of `replace`; see the class.

        Returns:
            The object as the server has it then.

        Raises:
            ConflictError: Others were quicker each time.
        """

        async def read() -> ResourceInstance:
            instance: ResourceInstance = await self.get(resource, name, namespace)
            return instance

        async def replace(instance: ResourceInstance) -> ResourceInstance:
            replaced: ResourceInstance = await self.replace(resource, instance, name, namespace, **kwargs)
            return replaced

        return await modify(read, change, replace, attempts=attempts)

    async def patch(
        self, resource: Resource, body: Any = None, name: str | None = None, namespace: str | None = None, **kwargs: Any
    ) -> Any:
        """Change parts of an object.

        Args:
            resource: What to patch.
            body: The patch; a list is a JSON patch.
            name: None takes the body's.
            namespace: None takes the body's.
            kwargs: See the class; besides `patch_type`, "strategic", "merge", "json" or "apply", or its media type
                as `content_type`. By default a list is a JSON patch, and a dict is strategic for kinds that are built
                into Kubernetes and a merge patch for all others, which know no strategic one.

        Raises:
            UnsupportedMediaTypeError: The kind does not take this type of patch.
            ValueError: Name or namespace is missing.
        """
        patch_type = kwargs.pop("patch_type", None)
        if kwargs.get("content_type") is None:
            is_list = isinstance(body, builtins.list | tuple)
            kwargs["content_type"] = content_type(patch_type, group=resource.group, is_list=is_list)
        if kwargs["content_type"] == APPLY:
            kwargs.setdefault("field_manager", FIELD_MANAGER)
            body = with_type(body, resource)
        return await self._write("patch", resource, body, name, namespace, kwargs)

    async def server_side_apply(
        self,
        resource: Resource,
        body: Any = None,
        name: str | None = None,
        namespace: str | None = None,
        force_conflicts: bool | None = None,
        **kwargs: Any,
    ) -> Any:
        """Declare the fields that a manager wants an object to have; the server merges, and creates it if need be.

        Args:
            resource: What to apply.
            body: The fields; apiVersion and kind are filled in when they are missing.
            name: None takes the body's.
            namespace: None takes the body's.
            force_conflicts: True takes over fields that other managers own; None or False refuses.
            kwargs: See the class; `field_manager` is "aiokube" unless it is given.

        Raises:
            ConflictError: Another manager owns a field; `causes` names them.
            ValueError: Name or namespace is missing.
        """
        kwargs |= {"content_type": APPLY, "force_conflicts": force_conflicts}
        if kwargs.get("field_manager") is None:
            kwargs["field_manager"] = FIELD_MANAGER
        return await self._write("apply", resource, with_type(body, resource), name, namespace, kwargs)

    @staticmethod
    def watch(
        resource: Resource,
        namespace: str | None = None,
        name: str | None = None,
        label_selector: str | None = None,
        field_selector: str | None = None,
        resource_version: int | None = None,
        timeout: int | None = None,
        watcher: Watch | None = None,
    ) -> Any:
        """Follow the changes of objects: `async for event in DynamicClient.watch(pods, namespace="web")`.

        Args:
            resource: What to watch.
            namespace: None or "" means all namespaces.
            name: Only this object.
            label_selector: Labels of the objects to watch.
            field_selector: Fields of the objects to watch, besides the name.
            resource_version: Changes after this version; None begins with an ADDED event for each object there is.
            timeout: Seconds until the watch ends; None watches for ever.
            watcher: The Watch to use, so that it can be stopped from elsewhere; one of kubernetes_asyncio works too.

        Returns:
            An async iterator of dicts with type, raw_object (a plain dict) and object (a ResourceInstance).

        Raises:
            GoneError: The history since resource_version is lost; list again, and watch from there.
            InvalidSegment: There can be no object of that name, or namespace.
        """
        if name is not None:
            field_selector = ",".join(filter(None, (name_selector(name), field_selector)))
        keywords = {
            "namespace": namespace,
            "label_selector": label_selector,
            "field_selector": field_selector,
            "resource_version": resource_version,
            **({} if timeout is None else {"timeout_seconds": timeout}),
        }
        if is_foreign_watch(watcher):
            return foreign_events(watcher, partial(ResourceInstance, resource), resource.get, **keywords)
        events = (watcher or Watch()).stream_as(partial(instance_from_json, resource), resource.get, **keywords)
        return for_callers(events, resource.client)

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        """Send any request: request(method, path, body=None, **keywords), the keywords being those of the verbs.

        Returns:
            As the verbs: a ResourceInstance, a text, or what `serializer` makes of the data.

        Raises:
            ApiException: The answer is not 2xx.
            InvalidSegment: The path could be read as another one.
        """
        return await self._request(*args, **kwargs)

    def validate(
        self, definition: dict[str, Any], version: str | None = None, strict: bool = False
    ) -> tuple[builtins.list[str], builtins.list[str]]:
        """Check a definition against the schemas of a Kubernetes version, without asking the server.

        Args:
            definition: The object.
            version: "1.36" for instance; None takes the server's.
            strict: Whether fields that are not known are errors.

        Returns:
            Warnings (there is no schema for the kind) and errors (what is wrong, each with its path).

        Raises:
            KubernetesValidateMissing: The extra is not installed: pip install aiokube[validate].
        """
        if version is None:
            version = self.version.get("kubernetes", {}).get("gitVersion")
        return validation.validate(plain(definition), version, strict=strict)

    async def avalidate(self, definition: Any, strict: bool = False) -> tuple[builtins.list[str], builtins.list[str]]:
        """Check a definition by asking the server for a dry run; knows custom kinds, and changes nothing.

        Args:
            definition: The object.
            strict: Whether fields that are not known are errors, instead of warnings.

        Returns:
            Warnings and errors, each with the path of what it is about.
        """
        return await validation.avalidate(self, definition, strict=strict)

    # --- what the verbs have in common

    async def _write(
        self, verb: str, resource: Resource, body: Any, name: str | None, namespace: str | None, kwargs: dict[str, Any]
    ) -> Any:
        body = {} if body is None else body
        name = metadata_of(body, "name") if name is None else name
        if name is None:
            done = "replace" if verb == "replace" else "patch"
            raise ValueError(f"name is required to {done} {resource.group_version}.{resource.kind}")
        return await self._send(verb, resource, name, namespace, body, kwargs)

    async def _send(
        self, verb: str, resource: Resource, name: str | None, namespace: str | None, body: Any, kwargs: dict[str, Any]
    ) -> Any:
        if name is not None and not namespace and _owner(resource).namespaced:
            namespace = self.ensure_namespace(resource, namespace, body)
        refuse_endless(kwargs)
        return await self._answer(verb_request(verb, resource, name, namespace, body, kwargs), kwargs)

    async def _request(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        refuse_endless(params)
        return await self._answer(path_request(method, path, body, params), params)

    async def _answer(self, request: Request, kwargs: Mapping[str, Any]) -> Any:
        if request.stream:
            return await self.transport.stream(request)
        answer = await self.transport.send(request)
        if self._resources is not None and not request.safe and request.path.startswith(DEFINITIONS_OF_KINDS):
            self._resources.expect_change()
        return result_of(self, answer, kwargs.get("serializer"))

    async def _delete_everywhere(self, resource: Resource, body: Any, kwargs: dict[str, Any]) -> ResourceInstance:
        """Delete what the selectors match in all namespaces; the API deletes collections in one namespace only."""
        selectors = {key: kwargs[key] for key in ("label_selector", "field_selector")}
        found = self.list(resource, **selectors, header_params={"Accept": METADATA_ONLY})
        namespaces = dict.fromkeys([item.metadata.namespace async for item in found])
        items: builtins.list[Any] = []
        for namespace in namespaces:
            answer = await self._send("deletecollection", resource, None, namespace, body, kwargs)
            items.extend(plain(answer).get("items") or ())
        return ResourceInstance(
            self, {"apiVersion": resource.group_version, "kind": f"{resource.kind}List", "metadata": {}, "items": items}
        )


def _owner(resource: Resource) -> Resource:
    """The resource whose objects are named: of a subresource, its parent."""
    return resource.parent if isinstance(resource, Subresource) else resource
