"""Listing: a collection in pages, all of one snapshot.

A continue token names a snapshot, and a server forgets snapshots after some minutes. What was handed out by then
cannot be taken back, so either the whole snapshot is fetched before any of it is handed out (`snapshot`), or the
caller is told when it breaks off (`pages`). Two snapshots are never mixed.

Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from aiokube.client.exceptions import ApiException
from aiokube.dynamic.instance import ResourceInstance

Fetch = Callable[[dict[str, Any]], Awaitable[ResourceInstance]]
"""Fetches one page, given the keywords of a list."""


async def pages(fetch: Fetch, keywords: dict[str, Any]) -> AsyncIterator[ResourceInstance]:
    """Iterate over pages as they come.

    Raises:
        GoneError: The server has forgotten the snapshot.
    """
    while True:
        page = await fetch(keywords)
        yield page
        metadata = page.attributes["metadata"]
        token = metadata["continue"] if metadata is not None else None
        if not token:
            return
        # A continue token carries the version and how to match it; the server refuses both beside it.
        keywords = {**keywords, "_continue": token, "resource_version": None, "resource_version_match": None}


async def snapshot(fetch: Fetch, keywords: dict[str, Any]) -> list[ResourceInstance]:
    """Return all pages of one snapshot; if the server forgets it half way, of a new one."""
    found: list[ResourceInstance] = []
    try:
        async for page in pages(fetch, keywords):
            if found and page.metadata.resourceVersion != found[0].metadata.resourceVersion:
                break  # the server went on in another snapshot
            found.append(page)
        else:
            return found
    except ApiException as error:
        if error.status != 410 or not found:
            raise
    # As client-go does, the second time all at once: a list without pages cannot expire.
    return [page async for page in pages(fetch, {**keywords, "limit": None})]


def items_of(page: ResourceInstance) -> list[Any]:
    """Return the objects of a page."""
    return page.attributes["items"] or []
