"""The journal: what requests arrived, so that a test can say what its code should have sent.

assert server.requests.count(verb="list", resource="pods") == 1
assert server.requests.matching(verb="create")[-1].json["metadata"]["name"] == "web"
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Unpack

import msgspec

from .access.request_info import RequestInfo
from .matching import Facts, checked, matches

__all__ = ["Entry", "Journal"]

_LIMIT = 10_000
_BODY_BYTES = 16 * 1024 * 1024

_KEPT_HEADERS = frozenset(
    {"accept", "accept-encoding", "connection", "content-encoding", "content-type", "if-none-match", "user-agent"}
)
_KEPT_PREFIX = "impersonate-"


@dataclass(kw_only=True)
class Entry:
    """One request that arrived.

    Attributes:
        info: what it is about: `info.verb`, `info.resource`, `info.namespace`, `info.name` and so on.
        query: all values of each parameter.
        headers: those that say how it is to be handled, by their names in small letters; no credentials.
        user: the name of who made it, as impersonated; "" before that is known, and for who is unknown.
        status: of the answer; None while there is none, and for ever when none was sent.
        body: as it came; None when it is no longer kept, because those after it took the room.
        body_size: in bytes.
        fault: what went wrong on purpose, "" for nothing.
    """

    method: str
    path: str
    info: RequestInfo
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    status: int | None = None
    body: bytes | None = None
    body_size: int = 0
    fault: str = ""

    def __str__(self) -> str:
        query = "&".join(f"{name}={value}" for name, values in self.query.items() for value in values)
        path = f"{self.path}?{query}" if query else self.path
        notes = [f"by {self.user}"] * bool(self.user) + [f"fault: {self.fault}"] * bool(self.fault)
        return " ".join([self.method, path, "->", str(self.status or "no answer"), *notes])

    @property
    def json(self) -> Any:
        """The body, decoded.

        Raises:
            ValueError: there is none, or it is no JSON.
        """
        if not self.body:
            raise ValueError(f"the body of {self} is not there: it had {self.body_size} bytes")
        return msgspec.json.decode(self.body)


class Journal:
    """The latest requests, in the order in which they arrived.

    Args:
        limit: how many are kept.
        body_bytes: how much of their bodies is kept in all.

    Attributes:
        forgotten: how many were let go because there was no more room.
    """

    def __init__(self, *, limit: int = _LIMIT, body_bytes: int = _BODY_BYTES) -> None:
        self._entries: deque[Entry] = deque()
        self._with_bodies: deque[Entry] = deque()
        self._limit = limit
        self._room = body_bytes
        self._used = 0
        self.forgotten = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    def __getitem__(self, index: int) -> Entry:
        return self._entries[index]

    def __repr__(self) -> str:
        lines = "".join(f"\n  {entry}" for entry in self._entries)
        return f"<Journal of {len(self)} requests{lines}>"

    def matching(self, **facts: Unpack[Facts]) -> list[Entry]:
        """Return the requests that have these facts, such as `verb="list", resource="pods"`."""
        wanted = checked(facts)
        return [entry for entry in self if matches(entry.info, wanted)]

    def count(self, **facts: Unpack[Facts]) -> int:
        """Return how many requests have these facts."""
        return len(self.matching(**facts))

    def clear(self) -> None:
        """Forget all."""
        self._entries.clear()
        self._with_bodies.clear()
        self._used = 0

    def add(
        self,
        method: str,
        path: str,
        info: RequestInfo,
        *,
        query: Mapping[str, Sequence[str]],
        headers: Iterable[tuple[str, str]],
    ) -> Entry:
        """Write down a request when it arrives; what comes of it is written into the entry."""
        kept = {name.lower(): value for name, value in headers if _is_kept(name.lower())}
        entry = Entry(method=method, path=path, info=info, query=query, headers=kept)
        self._entries.append(entry)
        if len(self._entries) > self._limit:
            self.forgotten += 1
            self._drop_body(self._entries.popleft())
        return entry

    def add_body(self, entry: Entry, body: bytes) -> None:
        """Write down the body of a request when it is read."""
        entry.body, entry.body_size = body, len(body)
        self._with_bodies.append(entry)
        self._used += len(body)
        while self._used > self._room and self._with_bodies:
            self._drop_body(self._with_bodies[0])

    def _drop_body(self, entry: Entry) -> None:
        if self._with_bodies and self._with_bodies[0] is entry:
            self._with_bodies.popleft()
            self._used -= entry.body_size
        entry.body = None


def _is_kept(name: str) -> bool:
    return name in _KEPT_HEADERS or name.startswith(_KEPT_PREFIX)
