"""What is shared: entries, and who of several event loops has the last word."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

from aiokube._machinery.requests import Request
from aiokube.client.answer import Answer
from aiokube.client.exceptions import ApiException
from aiokube.dynamic.discovery_identity import Identity
from aiokube.dynamic.discovery_store import ENTRIES_LIMIT, TTL_SECONDS, Entry, Store, Work


class Server:
    """An older server with one group of its own, which does something before it answers."""

    def __init__(self, kind: str, before_answer: Callable[[str], Awaitable[None]] | None = None) -> None:
        self._kind = kind
        self._before_answer = before_answer
        self.asked: list[str] = []

    async def send(self, request: Request) -> Answer:
        self.asked.append(request.path)
        if self._before_answer is not None:
            await self._before_answer(request.path)
        if request.path == "/api":
            raise ApiException(status=404)
        documents = {
            "/version": {"gitVersion": self._kind},
            "/apis": {"kind": "APIGroupList", "groups": [{"name": "g", "versions": [{"version": "v1"}]}]},
            "/apis/g/v1": {"kind": "APIResourceList", "resources": [{"name": "xs", "kind": self._kind}]},
        }
        return Answer(200, "OK", {}, json.dumps(documents[request.path]).encode())


def kinds(entry: Entry) -> list[str]:
    assert entry.snapshot is not None
    return [resource.kind for resource in entry.snapshot.catalog.resources]


def in_another_loop(entry: Entry, server: Server) -> Callable[[str], Awaitable[None]]:
    """While a server is asked for its group, let another event loop learn everything."""

    async def refresh() -> None:
        await entry.refresh(server, complete=True, work=Work.RELOAD)

    async def before_answer(path: str) -> None:
        if path == "/apis/g/v1":
            await asyncio.to_thread(asyncio.run, refresh())

    return before_answer


async def test_answer_to_an_older_question_is_not_kept() -> None:
    """Another event loop asked later and was answered sooner."""
    entry = Entry()
    await entry.current(Server("Old", in_another_loop(entry, Server("New"))), complete=True)
    assert kinds(entry) == ["New"]


async def test_documents_of_older_names_are_not_kept() -> None:
    entry = Entry()
    await entry.current(Server("Old"), complete=False)
    await entry.current(Server("Old", in_another_loop(entry, Server("New"))), complete=True)
    assert kinds(entry) == ["New"]


async def test_who_has_all_documents_is_not_left_with_names() -> None:
    entry, server = Entry(), Server("Kind")
    await entry.current(server, complete=True)
    await entry.refresh(server, complete=False)
    assert kinds(entry) == ["Kind"]
    assert server.asked.count("/apis/g/v1") == 2


async def test_same_content_keeps_the_same_catalog() -> None:
    """So Resources that were found stay the same objects."""
    entry, server = Entry(), Server("Kind")
    before = await entry.current(server, complete=True)
    after = await entry.refresh(server, complete=True, work=Work.RELOAD)
    assert after is not before
    assert after.catalog is before.catalog


async def test_offer_is_taken_when_it_is_newer() -> None:
    now = 1_000_000.0
    entry, server = Entry(clock=lambda: now), Server("Kind")
    known = (await Entry().current(server, complete=True)).knowledge
    assert entry.age(entry.offer(known, age=50)) == 50
    assert entry.age(entry.offer(known, age=100)) == 50
    assert entry.age(entry.offer(known, age=10)) == 10
    server.asked.clear()
    now += TTL_SECONDS - 10
    await entry.current(server, complete=True)
    assert "/apis" in server.asked


def identity(number: int) -> Identity:
    return Identity(server=f"https://{number}.example:443", trust="", user="")


def test_identity_has_one_entry_until_the_store_is_cleared() -> None:
    store = Store()
    entry = store.entry(identity(1))
    assert store.entry(identity(1)) is entry
    store.clear()
    assert store.entry(identity(1)) is not entry


def test_entries_that_nobody_asks_for_are_dropped() -> None:
    """Tokens that change would fill the memory otherwise."""
    store = Store()
    first, second = store.entry(identity(1)), store.entry(identity(2))
    for number in range(3, ENTRIES_LIMIT + 2):
        store.entry(identity(number))
        assert store.entry(identity(1)) is first
    assert store.entry(identity(2)) is not second
