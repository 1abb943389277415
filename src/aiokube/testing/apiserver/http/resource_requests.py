"""Requests about resources: from what is asked to the verb that does it, and to the form that is wanted."""

from __future__ import annotations

import asyncio
import functools
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from aiohttp import web

from aiokube.testing.apiserver import documents, errors, ownership
from aiokube.testing.apiserver.access import RequestInfo, Security, UserInfo
from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.forms import Form, list_body, object_body
from aiokube.testing.apiserver.page import Page
from aiokube.testing.apiserver.resources import Resource
from aiokube.testing.apiserver.scale_paths import ScalePaths
from aiokube.testing.apiserver.verbs import patch as patching
from aiokube.testing.apiserver.verbs import subresources, virtual
from aiokube.testing.apiserver.verbs.body import read_object
from aiokube.testing.apiserver.verbs.call import Call, Outcome
from aiokube.testing.apiserver.verbs.create import create
from aiokube.testing.apiserver.verbs.delete import delete, delete_each
from aiokube.testing.apiserver.verbs.options import (
    DeleteOptions,
    WriteOptions,
    delete_options,
    list_options,
    write_options,
)
from aiokube.testing.apiserver.verbs.read import NotYet, get, list_page
from aiokube.testing.apiserver.verbs.scale import apply_scale, change_scale, get_scale, read_scale, scale_node
from aiokube.testing.apiserver.verbs.selection import Selection
from aiokube.testing.apiserver.verbs.update import replace
from aiokube.testing.apiserver.verbs.watch import Feed

from .answer import Answer, rendered, warning_headers
from .negotiation import Accepted, accept, body_type, require_produced, require_streamed, unread_patch
from .received import Received
from .slices import in_slices
from .watching import PATIENCE_SECONDS, stream, watch_seconds

__all__ = ["ResourceRequests"]

_OF_ONE = frozenset({"get", "update", "patch", "delete"})
_OF_MANY = frozenset({"list", "watch", "create", "deletecollection"})
_READING = frozenset({"list", "watch"})

_Result = Answer | web.StreamResponse


class ResourceRequests:
    """Does what is asked of resources.

    Args:
        closing: is set when the server closes, which ends watches.
    """

    def __init__(self, cluster: Cluster, security: Security, closing: asyncio.Event) -> None:
        self._cluster = cluster
        self._security = security
        self._closing = closing
        self._verbs: dict[str, Callable[[Call, Received, Accepted], Awaitable[_Result]]] = {
            "get": self._get,
            "list": self._list,
            "watch": self._watch,
            "create": self._create,
            "update": self._update,
            "patch": self._patch,
            "delete": self._delete,
            "deletecollection": self._delete_collection,
        }

    def warnings(self, info: RequestInfo) -> tuple[str, ...]:
        """Return what is to be said of any request that a resource has a verb for, whatever comes of it."""
        resource = self._cluster.resources.find(info.group, info.version, info.resource)
        return self._warnings_of(resource) if resource is not None and info.verb in resource.verbs else ()

    @staticmethod
    def _warnings_of(resource: Resource) -> tuple[str, ...]:
        warning = resource.warning or resource.rules.deprecation
        return (warning,) if warning else ()

    async def answer(self, info: RequestInfo, received: Received, user: UserInfo) -> _Result | None:
        """Return what comes of a request, None when nothing is served there.

        Raises:
            StatusError: whatever is wrong with it.
        """
        resource = self._cluster.resources.find(info.group, info.version, info.resource)
        if resource is None:
            if not self._cluster.resources.is_built_in(info.group):
                return None
            raise _nothing_there()
        if resource.custom and not _in_scope(resource, info):
            return None
        call = Call(resource, namespace=info.namespace, name=info.name, subresource=info.subresource, user=user)
        if resource.group_resource == ("", "namespaces"):
            call.namespace = ""
        try:
            return await self._answered(call, info, received)
        except errors.StatusError as error:
            error.warnings = tuple(call.warnings)
            raise

    async def _answered(self, call: Call, info: RequestInfo, received: Received) -> _Result | None:
        resource, verb = call.resource, info.verb
        if info.subresource:
            return await self._subresource(call, verb, received)
        self._check_verb(resource, info, received.method)
        if not resource.custom:
            require_produced(received.header("Accept"), streams=verb in _READING)
        accepted = accept(received.header("Accept"), received.query, received.header("User-Agent"))
        _check_form(resource, verb, accepted.form)
        return await self._verbs[verb](call, received, accepted)

    def _check_verb(self, resource: Resource, info: RequestInfo, method: str) -> None:
        """Require that a path leads somewhere, and that the method is for what is there.

        Raises:
            StatusError: it does not (404), or it is not (405).
        """
        has_name = bool(info.name) and info.verb not in _READING  # which may select by a name
        if not resource.custom:
            if info.namespace and not resource.namespaced and resource.plural != "namespaces":
                raise _nothing_there()
            if not resource.verbs & (_OF_ONE if has_name else _OF_MANY):
                raise _nothing_there()
        is_everywhere = resource.namespaced and not info.namespace
        if (
            info.verb not in resource.verbs
            or method == "HEAD"
            or (is_everywhere and info.verb not in _READING)
            or has_name is not (info.verb in _OF_ONE)
        ):
            raise _not_allowed(resource, info.verb)

    # Reading.

    async def _get(self, call: Call, received: Received, accepted: Accepted) -> Answer:
        version = (received.query.get("resourceVersion") or [""])[0]
        outcome = await self._in_time(lambda: get(self._cluster, call, version))
        return self._object(call, outcome, accepted)

    async def _list(self, call: Call, received: Received, accepted: Accepted) -> Answer:
        options = list_options(received.query)
        selection = self._selection(call, options.label_selector, options.field_selector)
        page = await self._in_time(lambda: list_page(self._cluster, call, options, selection))
        return self._page(call, page, accepted)

    async def _watch(self, call: Call, received: Received, accepted: Accepted) -> _Result:
        options = list_options({**received.query, "watch": ["true"]})
        one = f"metadata.name={call.name}" if call.name else ""  # as the old paths /watch/… have it
        selection = self._selection(call, options.label_selector, options.field_selector or one)
        require_streamed(accepted)

        def make_feed(wake: Callable[[], None]) -> Feed:
            return Feed(self._cluster, call, options, selection, accepted.form, wake=wake)

        response = web.StreamResponse(
            headers={"Content-Type": accepted.media_type, "Cache-Control": "no-cache, private"}
        )
        response.headers.extend(warning_headers(self._warnings_of(call.resource)))
        response.enable_chunked_encoding()
        await stream(
            received.request,
            response,
            make_feed,
            seconds=watch_seconds(options.timeout_seconds),
            closing=self._closing,
            fault=received.fault,
        )
        return response

    # Writing.

    async def _create(self, call: Call, received: Received, accepted: Accepted) -> Answer:
        document = documents.read(
            await received.body(), body_type(received.header("Content-Type")), kind=call.resource.kind
        )
        self._with_options(call, received, write_options(received.query, "CreateOptions"))
        answer = virtual.answer(self._cluster, self._security, call, document)
        if answer is not None:
            return self._object(call, answer, accepted)
        return self._object(call, create(self._cluster, call, read_object(call, document)), accepted)

    async def _update(self, call: Call, received: Received, accepted: Accepted) -> Answer:
        text = await received.body()
        self._with_options(call, received, write_options(received.query, "UpdateOptions"))
        document = documents.read(text, body_type(received.header("Content-Type")), kind=call.resource.kind)
        return self._object(call, replace(self._cluster, call, read_object(call, document)), accepted)

    async def _patch(self, call: Call, received: Received, accepted: Accepted) -> Answer:
        patch_type = received.header("Content-Type").partition(";")[0].strip()
        known = patching.patch_types(call)
        if patch_type not in known:
            raise unread_patch(known, custom=call.resource.custom)
        text = await received.body()
        options = write_options(received.query, "PatchOptions", applies=patch_type == patching.APPLY)
        self._with_options(call, received, options)
        return self._object(call, patching.patch(self._cluster, call, patch_type, text, options), accepted)

    async def _delete(self, call: Call, received: Received, accepted: Accepted) -> Answer:
        options = await _delete_options(received)
        return self._object(call, delete(self._cluster, call, options), accepted)

    async def _delete_collection(self, call: Call, received: Received, accepted: Accepted) -> Answer:
        listed = list_options(received.query)
        selection = self._selection(call, listed.label_selector, listed.field_selector)
        options = await _delete_options(received)
        if not listed.limit:  # kube-apiserver pages through all, which makes versions exact
            listed = msgspec.structs.replace(listed, limit=sys.maxsize)
        page = await self._in_time(lambda: list_page(self._cluster, call, listed, selection))
        await in_slices(delete_each(self._cluster, call, page.objects, options))
        return self._page(call, page, accepted)

    async def _subresource(self, call: Call, verb: str, received: Received) -> _Result | None:
        found = call.resource.subresources.get(call.subresource)
        if found is None:
            resource = call.resource
            raise errors.not_found(resource.group_resource, call.name) if resource.custom else _nothing_there()
        if verb not in found.verbs or received.method == "HEAD":
            raise _not_allowed(call.resource, verb)
        accepted = accept(received.header("Accept"), received.query, received.header("User-Agent"))
        if (call.resource.group, call.resource.plural, call.subresource) in subresources.ACTIONS:
            return await self._act(call, received, accepted)
        if call.resource.scale is not None and call.subresource == "scale":
            return await self._scale(call, verb, received, accepted, call.resource.scale)
        if call.subresource != "status" and call.subresource not in call.resource.rules.parts:
            raise subresources.not_here(call)
        return await self._verbs[verb](call, received, accepted)

    async def _act(self, call: Call, received: Received, accepted: Accepted) -> Answer:
        media_type = body_type(received.header("Content-Type"))
        text = await received.body()
        self._with_options(call, received, write_options(received.query, "CreateOptions"))
        document = documents.read(text, media_type, kind=call.resource.subresources[call.subresource].kind.kind)
        return self._object(call, subresources.act(self._cluster, self._security, call, document.value), accepted)

    async def _scale(self, call: Call, verb: str, received: Received, accepted: Accepted, paths: ScalePaths) -> Answer:
        if verb == "get":
            return self._object(call, get_scale(self._cluster, call, paths), accepted)
        text = await received.body()
        if verb == "update":
            self._with_options(call, received, write_options(received.query, "UpdateOptions"))
            document = documents.read(text, body_type(received.header("Content-Type")), kind="Scale")
            wanted = read_scale(call, document)
            return self._object(call, change_scale(self._cluster, call, paths, lambda _: wanted), accepted)
        patch_type = received.header("Content-Type").partition(";")[0].strip()
        known = patching.patch_types(call)
        if patch_type not in known:
            raise unread_patch(known, custom=call.resource.custom)
        options = write_options(received.query, "PatchOptions", applies=patch_type == patching.APPLY)
        self._with_options(call, received, options)
        if patch_type == patching.APPLY:
            document = documents.read_apply(text)
            answer = apply_scale(self._cluster, call, paths, document, force=bool(options.force))
            return self._object(call, answer, accepted)
        change = functools.partial(patching.patched, call, patch_type, text, node=scale_node())
        return self._object(call, change_scale(self._cluster, call, paths, change), accepted)

    # Between.

    def _with_options(self, call: Call, received: Received, options: WriteOptions) -> None:
        call.dry_run = options.dry_run
        call.field_validation = options.field_validation
        call.manager = ownership.manager_name(options.field_manager, received.header("User-Agent"))

    def _selection(self, call: Call, label_selector: str, field_selector: str) -> Selection:
        return Selection(
            call.resource, namespace=call.namespace, label_selector=label_selector, field_selector=field_selector
        )

    async def _in_time(self, read: Callable[[], Any]) -> Any:
        """Read, and wait a little for a version that is not reached yet."""
        end = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while True:
            try:
                return read()
            except NotYet as error:
                left = end - asyncio.get_running_loop().time()
                if left <= 0:
                    raise error.error(self._cluster.storage.revision) from None
                await self._next_change(left)

    async def _next_change(self, seconds: float) -> None:
        changed = asyncio.Event()
        stop = self._cluster.storage.listen(lambda _resource, _event: changed.set())
        try:
            async with asyncio.timeout(seconds):
                await changed.wait()
        except TimeoutError:
            pass  # whoever waits looks at the time themselves
        finally:
            stop()

    def _object(self, call: Call, outcome: Outcome, accepted: Accepted) -> Answer:
        body = object_body(call.resource, outcome.object, accepted.form, self._cluster.clock.now())
        body = rendered(body, accepted.media_type, pretty=accepted.pretty)
        return Answer(outcome.code, body, accepted.media_type, warnings=tuple(call.warnings))

    def _page(self, call: Call, page: Page, accepted: Accepted) -> Answer:
        body = list_body(call.resource, page, accepted.form, self._cluster.clock.now())
        body = rendered(body, accepted.media_type, pretty=accepted.pretty)
        return Answer(200, body, accepted.media_type, warnings=tuple(call.warnings))


async def _delete_options(received: Received) -> DeleteOptions:
    text = await received.body()
    if not text:
        return delete_options(received.query, None)
    document = documents.read(text, body_type(received.header("Content-Type")))
    return delete_options(received.query, document.value or {})


def _nothing_there() -> errors.StatusError:
    return errors.StatusError(404, "NotFound", "the server could not find the requested resource", {})


def _in_scope(resource: Resource, info: RequestInfo) -> bool:
    """Return whether a path has a namespace just as the objects of a custom kind have; lists may be of all."""
    if not resource.namespaced:
        return not info.namespace
    return bool(info.namespace) or info.verb in {"list", "watch"}


def _check_form(resource: Resource, verb: str, form: Form) -> None:
    """Require that a list is asked for as a list, and an object as an object.

    Raises:
        StatusError: it is the other way round (406).
    """
    go_type = f"*{resource.go_type}"
    if form.kind == "PartialObjectMetadata" and verb in {"list", "deletecollection"}:
        what = f"you requested PartialObjectMetadata, but the requested object is a list ({go_type}List)"
    elif form.kind == "PartialObjectMetadataList" and verb not in {"list", "deletecollection"}:
        what = f"you requested PartialObjectMetadataList, but the requested object is not a list ({go_type})"
    else:
        return
    raise errors.StatusError(406, "NotAcceptable", what)


def _not_allowed(resource: Resource, verb: str) -> errors.StatusError:
    if resource.custom:
        return errors.method_not_allowed(resource.group_resource, verb)
    return errors.method_not_allowed_here()
