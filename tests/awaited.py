"""What a real server has done a moment after it was asked: kinds that are served or forgotten, a furnished namespace.

Each look takes in all that tests rely on, for no part of a server waits for the other: requests for a custom kind are
answered by one, both kinds of discovery are written by two more, each from a copy of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from aiokube.testing import KubeServer
from realserver import session_of

__all__ = ["until_forgotten", "until_furnished", "until_served"]

_SECONDS = 120
_DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"

_Look = Callable[[str], Awaitable[tuple[int, Any]]]


async def until_served(server: KubeServer, *definitions: Mapping[str, Any]) -> None:
    """Return when custom kinds that were defined are established, served and discovered.

    Args:
        definitions: of the kinds, as they were sent.
    """
    async with _looking(server) as look:
        for definition in definitions:
            await _until(partial(_is_established, look, definition))
            for version in _served(definition):
                await _until(partial(_is_served, look, definition, version))


async def until_forgotten(server: KubeServer, *definitions: Mapping[str, Any]) -> None:
    """Return when custom kinds whose definitions were deleted are neither served nor discovered any more."""
    async with _looking(server) as look:
        for definition in definitions:
            await _until(partial(_is_forgotten, look, definition))


async def until_furnished(server: KubeServer, namespace: str) -> None:
    """Return when a namespace has what controllers put into each, and without which it takes no pods."""
    async with _looking(server) as look:
        for path in ("serviceaccounts/default", "configmaps/kube-root-ca.crt"):
            await _until(partial(_is_there, look, f"/api/v1/namespaces/{namespace}/{path}"))


@asynccontextmanager
async def _looking(server: KubeServer) -> AsyncIterator[_Look]:
    async with session_of(server) as session:

        async def look(path: str) -> tuple[int, Any]:
            headers = {"Accept": _AGGREGATED if path == "/apis" else "application/json"}
            async with session.get(path, headers=headers) as response:
                is_json = response.content_type == "application/json"
                return response.status, await response.json() if is_json else await response.text()

        yield look


async def _until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(_SECONDS):
        while not await holds():  # noqa: ASYNC110 - there is no event
            await asyncio.sleep(0.02)


def _served(definition: Mapping[str, Any]) -> list[str]:
    return [version["name"] for version in definition["spec"]["versions"] if version["served"]]


async def _is_there(look: _Look, path: str) -> bool:
    status, _ = await look(path)
    return status == 200


async def _is_established(look: _Look, definition: Mapping[str, Any]) -> bool:
    _, found = await look(f"{_DEFINITIONS}/{definition['metadata']['name']}")
    conditions = found["status"].get("conditions") or []  # null at first
    return any((each["type"], each["status"]) == ("Established", "True") for each in conditions)


async def _is_served(look: _Look, definition: Mapping[str, Any], version: str) -> bool:
    group, plural = definition["spec"]["group"], definition["spec"]["names"]["plural"]
    if not await _is_there(look, f"/apis/{group}/{version}/{plural}"):  # 404, or 429 while its storage is made
        return False
    _, legacy = await look(f"/apis/{group}")
    if not isinstance(legacy, dict) or version not in [each["version"] for each in legacy.get("versions", ())]:
        return False
    _, listed = await look(f"/apis/{group}/{version}")
    if not isinstance(listed, dict) or plural not in [each["name"] for each in listed.get("resources", ())]:
        return False
    return (version, plural) in await _aggregated(look, group)


async def _is_forgotten(look: _Look, definition: Mapping[str, Any]) -> bool:
    group, plural = definition["spec"]["group"], definition["spec"]["names"]["plural"]
    paths = [f"{_DEFINITIONS}/{definition['metadata']['name']}"]
    for version in _served(definition):
        paths.append(f"/apis/{group}/{version}/{plural}")
        _, listed = await look(f"/apis/{group}/{version}")
        if isinstance(listed, dict) and plural in [each["name"] for each in listed.get("resources", ())]:
            return False
    for path in paths:
        if (await look(path))[0] != 404:
            return False
    return plural not in [name for _, name in await _aggregated(look, group)]


async def _aggregated(look: _Look, group: str) -> list[tuple[str, str]]:
    """Return version and plural of what aggregated discovery has of a group."""
    _, found = await look("/apis")
    return [
        (version["version"], resource["resource"])
        for item in found["items"]
        if item["metadata"]["name"] == group
        for version in item["versions"]
        for resource in version.get("resources", ())
    ]
