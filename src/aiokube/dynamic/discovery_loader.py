"""Asking a server which kinds it has: the requests, in as few round trips as the server allows.

`/api`, `/apis` and `/version` are asked at once. A server with aggregated discovery has then told everything; an
older one has told the names of its group-versions, and `fill` asks for the document of each, several at a time.

A part that fails does not take the others with it: its failure is kept in its place. Only `/apis` has to answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, Protocol, TypeVar

import msgspec
from aiohttp import ClientError

from aiokube._machinery.discovery import (
    CORE_PREFIX,
    GROUPS_PREFIX,
    Failure,
    GroupVersion,
    parse_resources,
    parse_root,
    parse_version,
    resources_request,
    root_request,
    version_request,
)
from aiokube._machinery.errors import InvalidSegment, MalformedObject
from aiokube._machinery.requests import Request
from aiokube.client.exceptions import ApiException

# Documents asked for at once from an older server; it has about 25 of them, and more with custom kinds.
CONCURRENCY = 16

_T = TypeVar("_T")

# What a part of discovery may fail with. Errors of the client itself, of its credentials for instance, are not here:
# they would be those of all parts.
_FAILURES = (ApiException, ClientError, OSError, TimeoutError, MalformedObject, InvalidSegment)


class Answer(Protocol):
    """What a server answered with 2xx."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body(self) -> bytes: ...


class Sender(Protocol):
    """Sends requests: an ApiClient."""

    async def send(self, request: Request) -> Answer: ...


class Root(msgspec.Struct, frozen=True):
    """What is known from `/api` or from `/apis`."""

    versions: tuple[GroupVersion, ...] = ()
    etag: str = ""


class Knowledge(msgspec.Struct, frozen=True):
    """All that a server told about itself."""

    core: Root
    groups: Root
    version: dict[str, Any]  # as from `/version`
    version_failure: Failure | None = None


async def load(sender: Sender, known: Knowledge | None = None) -> Knowledge:
    """Ask for everything that three concurrent requests can tell.

    Args:
        sender: The client to ask with.
        known: What is known; of it the parts are returned that the server says are still so.

    Raises:
        ApiException: `/apis` was answered with an error.
        aiohttp.ClientError: The server cannot be reached.
        MalformedObject: What `/apis` answers is no discovery document.
    """
    core, groups, version = await _together(
        _tolerant(_load_core(sender, known.core if known else Root())),
        _load_root(sender, GROUPS_PREFIX, known.groups if known else Root()),
        _tolerant(_load_version(sender)),
    )
    if isinstance(core, Failure):
        core = Root((GroupVersion(CORE_PREFIX, "", "v1", preferred=True, failure=core),))
    if isinstance(version, Failure):
        return Knowledge(core=core, groups=groups, version={}, version_failure=version)
    return Knowledge(core=core, groups=groups, version=version)


async def fill(sender: Sender, known: Knowledge) -> Knowledge:
    """Ask for the documents that were not read yet; a group-version that cannot be asked keeps its failure."""
    slots = asyncio.Semaphore(CONCURRENCY)

    async def filled(version: GroupVersion) -> GroupVersion:
        if not version.pending:
            return version
        async with slots:
            found = await _tolerant(load_resources(sender, version))
        return msgspec.structs.replace(version, failure=found) if isinstance(found, Failure) else found

    async def filled_root(root: Root) -> Root:
        return msgspec.structs.replace(root, versions=tuple(await _together(*map(filled, root.versions))))

    core, groups = await _together(filled_root(known.core), filled_root(known.groups))
    return msgspec.structs.replace(known, core=core, groups=groups)


async def load_resources(sender: Sender, version: GroupVersion) -> GroupVersion:
    """Ask for the document of one group-version, and raise what it fails with."""
    answer = await sender.send(resources_request(version))
    return parse_resources(version, answer.body)


async def _load_core(sender: Sender, known: Root) -> Root:
    try:
        return await _load_root(sender, CORE_PREFIX, known)
    except ApiException as error:
        if error.status != 404:
            raise
        return Root()  # an API server of its own groups only, behind no aggregator, has no core group


async def _load_root(sender: Sender, prefix: str, known: Root) -> Root:
    try:
        answer = await sender.send(root_request(prefix, etag=known.etag))
    except ApiException as error:
        if error.status == 304 and known.etag:
            return known
        raise
    versions = parse_root(prefix, answer.body)
    # A document of names only says nothing of what the documents it names have become.
    complete = not any(version.pending for version in versions)
    return Root(versions=versions, etag=answer.headers.get("ETag", "") if complete else "")


async def _load_version(sender: Sender) -> dict[str, Any]:
    return parse_version((await sender.send(version_request())).body)


async def _tolerant(attempt: Coroutine[Any, Any, _T]) -> _T | Failure:
    try:
        return await attempt
    except ApiException as error:
        return Failure(
            reason=error.status_reason or error.reason or "", message=error.summary(), status=error.status or 0
        )
    except _FAILURES as error:
        return Failure(reason=type(error).__name__, message=str(error) or "no answer in time")


async def _together(*attempts: Coroutine[Any, Any, Any]) -> list[Any]:
    """Run all at once and return their results; when one fails the others end, and its own error is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(attempt) for attempt in attempts]
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [task.result() for task in tasks]
