"""Watch: changes as they happen, for as long as they are wanted.

Coming from kubernetes_asyncio, what is better:

- `stop()` ends a wait at once, from any task; a watch without `timeout_seconds` goes on over lost connections, with
  backoff, from the last event handed out, and finds dead ones;
- lost history is a `GoneError`, at the start and later; nothing is skipped, and nothing comes twice;
- a Watch opens no client of its own and closes none; `break` closes the connection.
"""

from __future__ import annotations

import weakref
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any, ClassVar, Self

from aiokube._machinery.listwatch import CLIENT_GO, Pace, PlainWatch
from aiokube._machinery.watching import LINE_LIMIT, WatchEvent
from aiokube.watch.event import Event
from aiokube.watch.opener import Opener
from aiokube.watch.streams import EventStream, LineStream


class Watch:
    """Streams the changes of a resource, or the lines of a log.

        watch = Watch()
        async for event in watch.stream(pods.get, namespace="web", timeout_seconds=60):
            print(event["type"], event["object"]["metadata"]["name"])

    It is its own iterator, and may be used for one stream after the other.

    Args:
        return_type: "str" for lines of text. With a typed method of kubernetes_asyncio: the name of its model for
            the objects, None for what its docstring says.
        line_limit: Bytes that one event or line may have; more is a LineTooLong.

    Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
    """

    _pace: ClassVar[Pace] = CLIENT_GO

    def __init__(self, return_type: str | None = None, *, line_limit: int = LINE_LIMIT) -> None:
        self._return_type = return_type
        self._line_limit = line_limit
        self._begin: Callable[[], EventStream | LineStream] | None = None  # makes another iterator of the stream
        self._machine: PlainWatch | None = None
        self._stopped = False
        # An iterator belongs to its loop: with `break` it goes, and takes the connection with it.
        self._current: weakref.ref[EventStream | LineStream] | None = None
        self._held: EventStream | LineStream | None = None  # for `anext(watch)`, where nobody else holds it

    @property
    def resource_version(self) -> str | None:
        """Where a watch has to start to get what this one has not handed out.

        While the objects that were there at the start are coming, it is still the start.
        """
        return self._machine.resource_version if self._machine is not None else None

    def stream(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """Watch what a function lists, or follow the log that it reads.

        Nothing is sent before the first event is asked for. Iterating again, after `break`, goes on where it ended;
        a log begins anew.

        Args:
            func: A verb of a resource (`pods.get`), a typed method of kubernetes_asyncio, or a coroutine function
                that takes `watch`, `_preload_content` and `resource_version` and gives an unread response.
            args: Its arguments.
            kwargs: Its keywords. `resource_version`: where to start, else with an ADDED event for each object there
                is. `timeout_seconds`: when to end, over all reconnections; without it, never.
                `allow_watch_bookmarks=True`: hand out BOOKMARK events too. They are requested in any case.

        Returns:
            This Watch, to be iterated: events with the keys `type`, `object` and `raw_object`, or lines of text.

        Raises:
            GoneError: While iterating: the history from `resource_version` on is no longer there. List, or watch
                without `resource_version`.
            ApiException: While iterating: the server refuses, and not only for the moment.
            MalformedObject: While iterating: what came is no event. LineTooLong: it is too long.
        """
        return self._stream(None, func, args, kwargs)

    def stream_as(self, wrap: Callable[[bytes], Any], func: Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """As `stream`, with `object` of each event made by a function from the JSON text of the object."""
        return self._stream(wrap, func, args, kwargs)

    def stop(self) -> None:
        """End the stream: a task that waits for its next event is woken, the connection is closed.

        To be called from the event loop of the stream. It may be called before the first event, and again.
        """
        self._stopped = True
        if self._machine is not None:
            self._machine.end()
        if self._current is not None and (current := self._current()) is not None:
            current.stop()

    async def close(self) -> None:
        """End the stream, as `stop`. The client that is watched with stays open."""
        self.stop()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self.stop()

    def __aiter__(self) -> AsyncIterator[Any]:
        return self._iterator()

    async def __anext__(self) -> Any:
        self._held = self._iterator()
        return await self._held.__anext__()

    async def aclose(self) -> None:
        """End the stream, as `stop`; for contextlib.aclosing."""
        self.stop()

    def _stream(
        self,
        wrap: Callable[[bytes], Any] | None,
        func: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Self:
        self.stop()
        self._stopped = False
        self._current = None
        opener = Opener(func, args, kwargs, return_type=self._return_type)
        if opener.text:
            self._machine = None
            self._begin = partial(LineStream, opener, line_limit=self._line_limit)
        else:
            machine = self._machine = PlainWatch(opener.start, pace=self._pace, line_limit=self._line_limit)
            make = _maker(wrap, opener.model)
            self._begin = partial(EventStream, machine, opener, make)
        return self

    def _iterator(self) -> EventStream | LineStream:
        """The iterator of the stream: the one there is, or another that goes on where the last one ended."""
        if self._begin is None:
            raise RuntimeError("nothing to iterate: call stream() first")
        current = self._current() if self._current is not None else None
        if current is None:
            current = self._begin()
            self._current = weakref.ref(current)
            if self._stopped:
                current.stop()
        return current


def _maker(wrap: Callable[[bytes], Any] | None, model: Callable[[bytes], Any] | None) -> Callable[[WatchEvent], Event]:
    """Return what makes the dict that is handed out of an event."""
    if wrap is None and model is not None:
        # A bookmark has none of the fields that a model wants to have.
        return lambda event: Event(event.type, event.raw, None if event.type == "BOOKMARK" else model)
    return lambda event: Event(event.type, event.raw, wrap)
