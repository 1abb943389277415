"""What this process knows of the servers it talks to, shared by all clients of the same server and user.

Parsed documents are shared, not clients: nothing here belongs to an event loop or holds a connection, and all of it
may be used from several threads. An `Entry` is what is known of one server by one user; its `Snapshot` never changes
and is replaced as a whole. What is missing or too old is asked for by whoever needs it, with that one's client, in
one flight for all who need it in the same event loop.
"""

from __future__ import annotations

import asyncio
import enum
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from aiokube._machinery.catalog import Catalog
from aiokube.dynamic.discovery_flight import Flight
from aiokube.dynamic.discovery_identity import Identity
from aiokube.dynamic.discovery_loader import Knowledge, Sender, fill, load

# Kinds come and go rarely, and a kind that is not found is asked for again anyway: this is how long one that was
# removed or changed may still be taken for what it was. kubectl's cache began with the same.
TTL_SECONDS = 600.0

# How often kinds that are not found may make a server be asked again, for one entry.
MISS_SECONDS = 1.0

# How long after a write of definitions every miss asks: a server takes a moment until it serves what was written.
CHANGE_SECONDS = 5.0

# Entries that are kept: more come only from a program that talks to many clusters, or whose tokens change.
ENTRIES_LIMIT = 32

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """What was known at one time."""

    knowledge: Knowledge
    catalog: Catalog
    serial: int  # of the flight that asked for it; they grow
    asked_at: float  # monotonic seconds


class Work(enum.Enum):
    """What a flight does."""

    RELOAD = "ask for everything"
    REVALIDATE = "ask for what has changed"
    FILL = "ask for the documents that were not read yet"


class Entry:
    """What is known of one server by one user.

    Args:
        clock: Monotonic seconds.
    """

    def __init__(self, *, clock: Clock = time.monotonic) -> None:
        self.snapshot: Snapshot | None = None
        self.saved: dict[str, Snapshot] = {}
        """What the cache files hold, by path."""
        self._clock = clock
        self._lock = threading.Lock()
        self._flights: WeakKeyDictionary[asyncio.AbstractEventLoop, Flight[None]] = WeakKeyDictionary()
        self._last_serial = 0
        self._missed_at = -math.inf
        self._changing_until = -math.inf

    async def current(self, sender: Sender, *, complete: bool) -> Snapshot:
        """Return what is known, asking the server when that is too old or not enough.

        Args:
            sender: To ask with.
            complete: Whether the documents are needed, too, that an older server has apart.
        """
        return await self._until(lambda: self._lack(complete), sender, complete=complete)

    async def refresh(self, sender: Sender, *, complete: bool, work: Work = Work.REVALIDATE) -> Snapshot:
        """Ask the server, whatever is known; all who share the entry have what it says.

        Args:
            sender: To ask with.
            complete: As for `current`.
            work: How to ask.
        """
        # A flight that is under way may have asked before something changed that the caller knows of.
        before = self._last_serial

        def plan() -> Work | None:
            if self.snapshot is None or self.snapshot.serial <= before:
                return work
            return self._lack(complete)

        return await self._until(plan, sender, complete=complete)

    async def after_miss(self, seen: Snapshot, sender: Sender) -> Snapshot:
        """Return what is known after a search that found nothing; the server is asked at most once a second.

        Args:
            seen: What was searched.
            sender: To ask with.
        """

        if self._clock() < self._changing_until:
            return await self.refresh(sender, complete=True)
        if self.snapshot is seen and self._flight() is None and not self._may_ask():
            return seen
        return await self._until(
            lambda: Work.REVALIDATE if self.snapshot is seen else self._lack(complete=True), sender, complete=True
        )

    def expect_change(self) -> None:
        """Take note that definitions of kinds were written: for some seconds every miss asks."""
        self._changing_until = self._clock() + CHANGE_SECONDS

    def offer(self, knowledge: Knowledge, *, age: float) -> Snapshot:
        """Take what was learnt elsewhere, unless there is something newer.

        Args:
            knowledge: What was learnt.
            age: Seconds since the server was asked for it.

        Returns:
            What is known now.
        """
        asked_at = self._clock() - age
        with self._lock:
            if self.snapshot is None or self.snapshot.asked_at < asked_at:
                self.snapshot = Snapshot(knowledge, _catalog(knowledge), self._last_serial, asked_at)
            return self.snapshot

    def age(self, snapshot: Snapshot) -> float:
        """Seconds since the server was asked."""
        return self._clock() - snapshot.asked_at

    def _lack(self, complete: bool) -> Work | None:
        snapshot = self.snapshot
        if snapshot is None or self.age(snapshot) >= TTL_SECONDS:
            return Work.REVALIDATE
        return Work.FILL if complete and snapshot.catalog.pending else None

    def _may_ask(self) -> bool:
        with self._lock:
            now = self._clock()
            if now - self._missed_at < MISS_SECONDS:
                return False
            self._missed_at = now
            return True

    async def _until(self, plan: Callable[[], Work | None], sender: Sender, *, complete: bool) -> Snapshot:
        """Wait for the flight that is under way, or start one, until the plan asks for nothing more."""
        disappointed = False
        while (work := plan()) is not None:
            flight = self._flight()
            mine = flight is None
            if flight is None:
                flight = self._start(work, sender, complete=complete)
            try:
                await flight.join()
            except Exception:
                # Another's client may have failed for reasons of its own, when it is closed for instance.
                if mine or disappointed:
                    raise
                disappointed = True
        assert self.snapshot is not None  # noqa: S101 - no plan is content without one
        return self.snapshot

    def _flight(self) -> Flight[None] | None:
        with self._lock:
            return self._flights.get(asyncio.get_running_loop())

    def _start(self, work: Work, sender: Sender, *, complete: bool) -> Flight[None]:
        loop = asyncio.get_running_loop()

        def end() -> None:
            with self._lock:
                if self._flights.get(loop) is flight:
                    del self._flights[loop]

        flight: Flight[None] = Flight(self._fly(work, sender, complete=complete), on_end=end)
        with self._lock:
            self._flights[loop] = flight
        return flight

    async def _fly(self, work: Work, sender: Sender, *, complete: bool) -> None:
        base = self.snapshot
        if work is Work.FILL and base is not None:
            knowledge = await fill(sender, base.knowledge)
            self._replace(base, Snapshot(knowledge, _catalog(knowledge), base.serial, base.asked_at))
            return
        with self._lock:
            self._last_serial = serial = self._last_serial + 1
        asked_at = self._clock()
        knowledge = await load(sender, base.knowledge if base and work is Work.REVALIDATE else None)
        # Who had everything of an older server is not left with names.
        if complete or (base is not None and not base.catalog.pending):
            knowledge = await fill(sender, knowledge)
        self._keep(knowledge, serial, asked_at)

    def _replace(self, base: Snapshot, snapshot: Snapshot) -> None:
        with self._lock:
            if self.snapshot is base:
                self.snapshot = snapshot

    def _keep(self, knowledge: Knowledge, serial: int, asked_at: float) -> None:
        with self._lock:
            known = self.snapshot
            if known is not None and known.serial > serial:
                return  # another event loop asked later, and was answered sooner
            same = known is not None and (known.knowledge.core, known.knowledge.groups) == (
                knowledge.core,
                knowledge.groups,
            )
            catalog = known.catalog if known is not None and same else _catalog(knowledge)
            self.snapshot = Snapshot(knowledge, catalog, serial, asked_at)


class Store:
    """The entries of this process.

    Args:
        clock: Monotonic seconds.
        wall_clock: Seconds since the epoch, for what is kept in files.
    """

    def __init__(self, *, clock: Clock = time.monotonic, wall_clock: Clock = time.time) -> None:
        self.wall_clock = wall_clock
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[Identity, Entry] = OrderedDict()

    def entry(self, identity: Identity) -> Entry:
        """Return the one entry of an identity; those not asked for in a long time are dropped."""
        with self._lock:
            entry = self._entries.get(identity)
            if entry is None:
                entry = self._entries[identity] = Entry(clock=self._clock)
            self._entries.move_to_end(identity)
            while len(self._entries) > ENTRIES_LIMIT:
                self._entries.popitem(last=False)
            return entry

    def clear(self) -> None:
        """Forget everything; clients that are open keep what they have."""
        with self._lock:
            self._entries.clear()


shared = Store()
"""The store of all clients."""


def _catalog(knowledge: Knowledge) -> Catalog:
    return Catalog((*knowledge.core.versions, *knowledge.groups.versions))
