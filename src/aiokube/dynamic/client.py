"""DynamicClient: every verb on every kind that a cluster serves.

A verb becomes a `Request` by the tables of `_machinery` and goes out through an ApiClient; what comes back is an
object that is decoded as it is read, or a text. Nothing here knows the layers that are built on it.
"""

from __future__ import annotations

import builtins
import inspect
import warnings
from collections.abc import AsyncIterator, Generator, Mapping
from functools import partial
from types import TracebackType
from typing import Any, Self

import msgspec

from aiokube import validation
from aiokube._machinery.errors import MalformedObject
from aiokube._machinery.headers import checked_headers
from aiokube._machinery.objects import ResourceField, encode, is_model, model_to_dict, plain
from aiokube._machinery.params import extra_pairs, query_pairs, unknown
from aiokube._machinery.patches import APPLY, content_type
from aiokube._machinery.paths import quote_query, quote_sub_path
from aiokube._machinery.requests import Request, Target, build
from aiokube.client.api_client import ApiClient
from aiokube.client.exceptions import ApiException
from aiokube.client.rest import Answer, timeouts_from
from aiokube.dynamic.discovery import Discoverer, EagerDiscoverer, LazyDiscoverer
from aiokube.dynamic.foreign import foreign_events, is_foreign_watch, transport_for
from aiokube.dynamic.instance import ResourceInstance, instance_from_json, instance_of
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

_METHODS = {
    "get": "GET",
    "list": "GET",
    "create": "POST",
    "replace": "PUT",
    "patch": "PATCH",
    "apply": "PATCH",
    "delete": "DELETE",
    "deletecollection": "DELETE",
}


class IgnoredKeywordWarning(UserWarning):
    """A verb was given a keyword that it does not know; it had no effect."""


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
        self.client = client
        self.configuration = client.configuration
        self.cache_file = cache_file
        self.discoverer: type[Discoverer] = discoverer or LazyDiscoverer
        self.transport = transport_for(client)
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
        namespace = namespace or _metadata(body, "namespace")
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
        kwargs |= {"label_selector": label_selector, "field_selector": field_selector, "limit": page_size}
        if as_it_comes:
            async for page in self._pages(resource, namespace, kwargs):
                for item in page.attributes["items"] or ():
                    yield instance_of(self, item)
            return
        for page in await self._snapshot(resource, namespace, kwargs):
            for item in page.attributes["items"] or ():
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
        name = _name(body, name)
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
        body = _delete_options(body, kwargs.pop("preconditions", None))
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
        body = _delete_options(kwargs.pop("body", None), kwargs.pop("preconditions", None))
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
            body = _typed(body, resource)
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
        return await self._write("apply", resource, _typed(body, resource), name, namespace, kwargs, verb="patch")

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
        """
        if name is not None:
            field_selector = f"metadata.name={name}" + (f",{field_selector}" if field_selector else "")
        keywords = {
            "namespace": namespace,
            "label_selector": label_selector,
            "field_selector": field_selector,
            "resource_version": resource_version,
            **({} if timeout is None else {"timeout_seconds": timeout}),
        }
        if is_foreign_watch(watcher):
            return foreign_events(watcher, partial(ResourceInstance, resource), resource.get, **keywords)
        return (watcher or Watch()).stream_as(partial(instance_from_json, resource), resource.get, **keywords)

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

    # --- requests

    async def _write(
        self,
        what: str,
        resource: Resource,
        body: Any,
        name: str | None,
        namespace: str | None,
        kwargs: dict[str, Any],
        *,
        verb: str | None = None,
    ) -> Any:
        body = {} if body is None else body
        name = _name(body, name)
        if name is None:
            raise ValueError(f"name is required to {verb or what} {resource.group_version}.{resource.kind}")
        if _owner(resource).namespaced:
            namespace = self.ensure_namespace(resource, namespace, body)
        return await self._send(what, resource, name, namespace, body, kwargs)

    async def _send(
        self,
        verb: str,
        resource: Resource,
        name: str | None,
        namespace: str | None,
        body: Any,
        kwargs: dict[str, Any],
    ) -> Any:
        if name is not None and not namespace and _owner(resource).namespaced:
            namespace = self.ensure_namespace(resource, namespace, body)
        path = resource.path(name, namespace)
        if (below := kwargs.pop("path", None)) is not None:
            if not isinstance(resource, Subresource):
                raise ValueError(f"{resource!r} has no paths below it; only subresources such as proxy do")
            path = f"{path}/{quote_sub_path(below)}"
        request = Request(
            method=_METHODS[verb],
            path=path,
            query=_query(kwargs) if kwargs else "",
            headers=_headers(kwargs, body),
            body=None if body is None else encode(body),
            target=Target(verb, resource.qualified_name, name, namespace),
            stream=_is_stream(kwargs),
            retry=not kwargs.get("watch"),
            timeouts=timeouts_from(kwargs.get("_request_timeout")),
        )
        return await self._answer(request, kwargs)

    async def _request(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        request = build(
            method,
            path,
            path_params=params.get("path_params"),
            query=_pairs(params),
            headers=_headers(params, body),
            body=None if body is None else body if isinstance(body, bytes | str) else encode(body),
            stream=_is_stream(params),
            retry=not params.get("watch"),
            timeouts=timeouts_from(params.get("_request_timeout")),
        )
        return await self._answer(request, params)

    async def _answer(self, request: Request, kwargs: dict[str, Any]) -> Any:
        if request.stream:
            return await self.transport.stream(request)
        if kwargs.get("watch"):
            raise ValueError("watch=True gives a stream: use watch() instead, or serialize=False to read it yourself")
        answer = await self.transport.send(request)
        if self._resources is not None and not request.safe and request.path.startswith(DEFINITIONS_OF_KINDS):
            self._resources.expect_change()
        return self._interpret(answer, kwargs.get("serializer"))

    def _interpret(self, answer: Answer, serializer: Any) -> Any:
        if not answer.content_type.endswith("json"):
            text = answer.body.decode("utf-8", "replace")
            return text if serializer in (None, ResourceInstance) else serializer(self, text)
        if serializer in (None, ResourceInstance) and answer.body[:1] == b"{":
            return instance_from_json(self, answer.body)
        try:
            data = msgspec.json.decode(answer.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise MalformedObject("answer", str(error)) from None
        return data if serializer in (None, ResourceInstance) else serializer(self, data)

    # --- collections

    async def _pages(
        self, resource: Resource, namespace: str | None, kwargs: dict[str, Any]
    ) -> AsyncIterator[ResourceInstance]:
        kwargs = dict(kwargs)
        while True:
            page = await self._send("list", resource, None, namespace, None, dict(kwargs))
            yield page
            metadata = page.attributes["metadata"]
            token = metadata["continue"] if metadata is not None else None
            if not token:
                return
            # A continue token carries the version and its match rule; the server refuses both beside it.
            kwargs |= {"_continue": token, "resource_version": None, "resource_version_match": None}

    async def _snapshot(
        self, resource: Resource, namespace: str | None, kwargs: dict[str, Any]
    ) -> builtins.list[ResourceInstance]:
        pages: builtins.list[ResourceInstance] = []
        try:
            async for page in self._pages(resource, namespace, kwargs):
                if pages and page.metadata.resourceVersion != pages[0].metadata.resourceVersion:
                    break  # the server went on in another snapshot
                pages.append(page)
            else:
                return pages
        except ApiException as error:
            if error.status != 410 or not pages:
                raise
        # As client-go does, the second time all at once: a list without pages cannot expire.
        return [page async for page in self._pages(resource, namespace, {**kwargs, "limit": None})]

    async def _delete_everywhere(self, resource: Resource, body: Any, kwargs: dict[str, Any]) -> ResourceInstance:
        """Delete what the selectors match in all namespaces; the API deletes collections in one namespace only."""
        selectors = {key: kwargs[key] for key in ("label_selector", "field_selector")}
        names_only = {"Accept": "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"}
        found = self.list(resource, **selectors, header_params=names_only)
        namespaces = dict.fromkeys([item.metadata.namespace async for item in found])
        items: builtins.list[Any] = []
        for namespace in namespaces:
            answer = await self._send("deletecollection", resource, None, namespace, body, dict(kwargs))
            items.extend(plain(answer).get("items") or ())
        return ResourceInstance(
            self, {"apiVersion": resource.group_version, "kind": f"{resource.kind}List", "metadata": {}, "items": items}
        )


def _owner(resource: Resource) -> Resource:
    """The resource whose objects are named: of a subresource, its parent."""
    return resource.parent if isinstance(resource, Subresource) else resource


def _name(body: Any, name: str | None) -> str | None:
    return _metadata(body, "name") if name is None else name


def _metadata(body: Any, key: str) -> str | None:
    """A member of a body's metadata; None when there is none, or the body has no metadata, as a JSON patch."""
    metadata = _member(body, "metadata")
    return None if metadata is None else _member(metadata, key)


def _member(value: Any, key: str) -> Any:
    if is_model(value):
        return getattr(value, key, None)
    if isinstance(value, Mapping):
        return value.get(key)
    return value[key] if isinstance(value, ResourceField | ResourceInstance) else None


def _typed(body: Any, resource: Resource) -> Any:
    """A body with apiVersion and kind, which the server asks of what is applied."""
    if isinstance(resource, Subresource) or isinstance(body, str | bytes):
        return body
    document = plain(model_to_dict(body) if is_model(body) else body or {})
    return {"apiVersion": resource.group_version, "kind": resource.kind, **document}


def _delete_options(body: Any, preconditions: Mapping[str, Any] | None) -> Any:
    if preconditions is None:
        return body or None
    wanted = {"resourceVersion" if key == "resource_version" else key: value for key, value in preconditions.items()}
    options = model_to_dict(body) if is_model(body) else plain(body or {})
    return {"apiVersion": "v1", "kind": "DeleteOptions", **options, "preconditions": wanted}


def _query(kwargs: Mapping[str, Any]) -> str:
    return quote_query(_pairs(kwargs))


def _pairs(kwargs: Mapping[str, Any]) -> builtins.list[tuple[str, str]]:
    for keyword, near in unknown(kwargs).items():
        hint = f"; did you mean {near}?" if near else ""
        text = f"keyword {keyword} is not known and has no effect{hint}"
        warnings.warn(text, IgnoredKeywordWarning, stacklevel=_callers_stacklevel())
    return query_pairs(kwargs) + extra_pairs(kwargs.get("query_params"))


def _callers_stacklevel() -> int:
    """Where a warning of the function that asks belongs: to the first frame that is not aiokube's.

    How many there are between depends on the verb. (From Python 3.12 on `skip_file_prefixes` would do.)
    """
    frame, level = inspect.currentframe(), 0
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "aiokube":
        frame, level = frame.f_back, level + 1
    return level


def _headers(kwargs: Mapping[str, Any], body: Any) -> tuple[tuple[str, str], ...]:
    given = kwargs.get("header_params")
    headers = checked_headers(given) if given else ()
    if body is None or any(name.lower() == "content-type" for name, _ in headers):
        return headers
    return (*headers, *checked_headers([("Content-Type", kwargs.get("content_type") or "application/json")]))


def _is_stream(kwargs: Mapping[str, Any]) -> bool:
    return kwargs.get("serialize", True) is False or kwargs.get("_preload_content", True) is False
