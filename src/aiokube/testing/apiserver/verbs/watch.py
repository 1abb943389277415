"""Watch: what a watch still has to send, as lines.

A feed begins to listen in the moment in which it takes what is there, so nothing is lost in between. It holds a
bounded number of lines: whoever reads too slowly is told that it is over, and nobody waits for them.

Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from aiokube.testing.apiserver import errors
from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.forms import Form, Shown, object_body
from aiokube.testing.apiserver.storage import Event, EventType, Stored, encode
from aiokube.testing.apiserver.storage.history import Forgotten

from .call import Call
from .options import ListOptions
from .read import NotYet, revision_of
from .selection import Selection

__all__ = ["Feed"]

_LIMIT = 10_000
_INITIAL_END = "k8s.io/initial-events-end"


class Feed:
    """The lines of one watch.

    Args:
        wake: is called whenever there is something to take, or nothing more will come.
        limit: how many events may wait; None means 10,000.

    Attributes:
        is_over: nothing more will come.
        is_waiting: it begins at a version that is not reached yet.
        was_too_slow: it is over because nobody took what it had.
    """

    def __init__(
        self,
        cluster: Cluster,
        call: Call,
        options: ListOptions,
        selection: Selection,
        form: Form,
        *,
        wake: Callable[[], None] = lambda: None,
        limit: int | None = None,
    ) -> None:
        self._cluster = cluster
        self._resource = call.resource
        self._selection = selection
        self._form = form
        self._bookmarks = options.allow_watch_bookmarks
        self._wake = wake
        self._limit = _LIMIT if limit is None else limit
        self._lines: deque[bytes] = deque()
        self._headers = form.is_table  # a table says once what its columns are
        self._collection = cluster.collection(call.resource.collection)
        self._stops: list[Callable[[], None]] = []
        self.is_over = False
        self.is_waiting = False
        self.was_too_slow = False
        self._awaited = 0
        self._begin(call, options)

    def take(self) -> bytes:
        """Return all lines that wait, b"" when none do."""
        lines = b"".join(self._lines)
        self._lines.clear()
        return lines

    def bookmark(self) -> None:
        """Say up to where everything was sent, if the client asked to be told and kube-apiserver knows."""
        if self._bookmarks and self._resource.cached and not self.is_over:
            self._lines.append(self._bookmark({}))

    def give_up(self) -> None:
        """End a watch whose version was not reached."""
        self.close()
        self.is_waiting = False
        error = NotYet(self._awaited).error(self._cluster.storage.revision)
        self._lines.append(_line("ERROR", encode(error.status)))

    def close(self) -> None:
        """Listen no more; may be called again."""
        self.is_over = True
        while self._stops:
            self._stops.pop()()

    def _begin(self, call: Call, options: ListOptions) -> None:
        since = revision_of(options.resource_version)
        if since > self._cluster.storage.revision:
            self._await(since, lambda: self._begin(call, options))
            return
        if options.send_initial_events:
            self._send_all(call.namespace)
            if self._bookmarks:
                self._lines.append(self._bookmark({_INITIAL_END: "true"}))
        elif since:
            try:
                for event in self._collection.history.since(since):
                    self._send(event)
            except Forgotten as error:
                self._lines.append(_line("ERROR", encode(errors.expired(str(error)).status)))
                self.is_over = True
                return
        self._stops.append(self._collection.listen(self._hear))
        if self._resource.custom:
            self._stops.append(self._cluster.resources.listen(self._look_at_definition))

    def _await(self, revision: int, begin: Callable[[], None]) -> None:
        """Begin when a version is reached."""
        self.is_waiting = True

        def look(resource: GroupResource, event: Event) -> None:
            if event.resource_version >= revision:
                self.close()
                self.is_waiting = self.is_over = False
                begin()
                self._wake()

        self._awaited = revision
        self._stops.append(self._cluster.storage.listen(look))

    def _send_all(self, namespace: str) -> None:
        for stored in self._collection.all(namespace):
            if self._selection.matches(stored):
                self._lines.append(_line("ADDED", self._shown(stored)))

    def _hear(self, event: Event) -> None:
        if len(self._lines) >= self._limit:
            self.was_too_slow = True
            self._lines.clear()
            self.close()
        else:
            self._send(event)
        self._wake()

    def _look_at_definition(self) -> None:
        """End when the definition of a custom kind says something else, or is gone; all until then was said before.

        Source: https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/apiserver/customresource_handler.go
        """
        known = self._resource
        now = self._cluster.resources.find(known.group, known.version, known.plural)
        if now is None or now.definition != known.definition:
            self.close()
            self._wake()

    def _send(self, event: Event) -> None:
        """Say of an event what it means to what is selected: a change may bring an object in, or take it out."""
        is_in = event.type is not EventType.DELETED and self._selection.matches(event.object)
        was_in = event.previous is not None and self._selection.matches(event.previous)
        if is_in:
            self._append(event, EventType.MODIFIED if was_in else EventType.ADDED, event.object)
        elif was_in:
            self._append(event, EventType.DELETED, _last_seen(event))

    def _append(self, event: Event, type: EventType, stored: Stored) -> None:
        resource = self._resource
        key = (type, resource.api_version, self._form, self._headers)
        self._lines.append(event.form(key, lambda: _line(type.value, self._shown(stored))))
        self._headers = False

    def _bookmark(self, annotations: dict[str, str]) -> bytes:
        resource = self._resource
        blank = resource.rules.blank
        metadata: dict[str, object] = {"resourceVersion": str(self._cluster.storage.revision)}
        if annotations := blank.get("metadata", {}).get("annotations", {}) | annotations:
            metadata["annotations"] = annotations
        head = {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": metadata}
        obj = resource.codec.normal(blank | head)
        return _line("BOOKMARK", self._shown(obj))

    def _shown(self, shown: Shown) -> bytes:
        headers, self._headers = self._headers, False
        return object_body(self._resource, shown, self._form, self._cluster.clock.now(), headers=headers)


def _last_seen(event: Event) -> Stored:
    """Return an object that is no longer selected as it was when it was, with the version of the change."""
    if event.type is EventType.DELETED or event.previous is None:
        return event.object
    return event.previous.at(event.resource_version)


def _line(type: str, body: bytes) -> bytes:
    return b'{"type":"%s","object":%s}\n' % (type.encode(), body)
