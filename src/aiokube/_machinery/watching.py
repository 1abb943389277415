"""A watch stream: bytes as they come, complete lines, events.

A watch answers with one JSON document a line. Bytes arrive cut anywhere, inside a character too, so lines are found
on bytes, and only what a newline ended is a line: a connection that breaks leaves half a line that can look like a
whole document (`{}`), and must never become an event.

An event keeps the text of its object as its own bytes; of the object only what resuming needs is decoded.

Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/apis/meta/v1/watch.go (type WatchEvent)
"""

from __future__ import annotations

import msgspec

from aiokube._machinery.errors import LineTooLong, MalformedObject
from aiokube._machinery.status import Status, parse_status

LINE_LIMIT = 16 * 1024 * 1024  # bytes: what client-go's streaming decoder takes before ErrObjectTooLarge


class WatchEvent(msgspec.Struct, frozen=True, gc=False):
    """What happened to an object, and the object.

    Attributes:
        type: ADDED, MODIFIED, DELETED or BOOKMARK.
        raw: JSON text of the object.
        resource_version: The object's resourceVersion: where a watch that has delivered this event goes on.
        uid: The object's uid, empty when it has none.
    """

    type: str
    raw: bytes
    resource_version: str
    uid: str = ""


class ErrorEvent(msgspec.Struct, frozen=True, gc=False):
    """The server's last word on a watch that it gives up.

    Attributes:
        status: What it said.
        raw: JSON text of that Status.
    """

    status: Status
    raw: bytes


class LineSplitter:
    """Cuts a stream into its lines, in time linear in its length.

    Give it what came with `feed`, take lines with `next_line` until that returns None. The newline is not part of
    its line; a CR before it is.

    Args:
        limit: Bytes that a line may have.
    """

    __slots__ = ("_chunk", "_limit", "_parts", "_position", "_size")

    def __init__(self, limit: int = LINE_LIMIT) -> None:
        self._limit = limit
        self._chunk = b""  # what came last
        self._position = 0  # where the next line begins in it
        self._parts: list[bytes] = []  # of a line that began in earlier chunks, joined once, when it is complete
        self._size = 0  # bytes in these

    def feed(self, chunk: bytes) -> None:
        """Take what came next; not before `next_line` has returned None."""
        self._chunk = chunk
        self._position = 0

    def next_line(self) -> bytes | None:
        """Return the next complete line, None when there is none yet.

        Raises:
            LineTooLong: A line is longer than the limit, complete or not.
        """
        end = self._chunk.find(b"\n", self._position)
        if end < 0:
            self._keep_rest()
            return None
        line = self._take(end)
        self._position = end + 1
        return line

    @property
    def rest(self) -> bytes:
        """What came after the last newline: half a line, as long as the stream goes on."""
        return b"".join((*self._parts, self._chunk[self._position :]))

    def _take(self, end: int) -> bytes:
        piece = self._chunk[self._position : end]
        self._check(self._size + len(piece))
        if not self._parts:
            return piece
        line = b"".join((*self._parts, piece))
        self._parts.clear()
        self._size = 0
        return line

    def _keep_rest(self) -> None:
        if self._position < len(self._chunk):
            self._parts.append(self._chunk[self._position :])
            self._size += len(self._parts[-1])
        self._chunk = b""
        self._position = 0
        self._check(self._size)

    def _check(self, size: int) -> None:
        if size > self._limit:
            raise LineTooLong(size, self._limit)


# --- one line -------------------------------------------------------------------------------------------------


class _Metadata(msgspec.Struct, gc=False):
    resourceVersion: str = ""
    uid: str = ""


class _Object(msgspec.Struct, gc=False):
    metadata: _Metadata


class _Line(msgspec.Struct, gc=False):
    type: str
    object: msgspec.Raw


_decode_object = msgspec.json.Decoder(_Object).decode
_decode_line = msgspec.json.Decoder(_Line).decode

_TYPES = frozenset({"ADDED", "MODIFIED", "DELETED", "BOOKMARK"})
_ERROR = "ERROR"

# How kube-apiserver begins a line, byte by byte. What follows is the object, then "}". When that object decodes, the
# line was cut in the right place, so this needs one scan of it where decoding the line first would need two.
_OBJECT = b'"object":'
_BEGINNINGS = {f'{{"type":"{name}",'.encode(): name for name in _TYPES}
_LONGEST_BEGINNING = max(map(len, _BEGINNINGS)) + len(_OBJECT)
_CLOSING_BRACE = 0x7D

_UNDECODABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def decode_event(line: bytes) -> WatchEvent | ErrorEvent:
    """Return the event that a complete line holds.

    Raises:
        MalformedObject: The line is no JSON, or not that of an event, or its type is unknown, or its object has no
            resourceVersion, or an ERROR has no Status. Going on would skip what it was.
    """
    cut = line.find(_OBJECT, 0, _LONGEST_BEGINNING)
    event_type = _BEGINNINGS.get(line[:cut])
    if event_type is None or line[-1] != _CLOSING_BRACE:
        return _decode_any(line)
    try:
        return _event(event_type, line[cut + len(_OBJECT) : -1])
    except MalformedObject:
        return _decode_any(line)  # written in another way after all, or finds the same


def _decode_any(line: bytes) -> WatchEvent | ErrorEvent:
    """Decode a line however it is written."""
    try:
        event = _decode_line(line)
    except _UNDECODABLE as error:
        if status := parse_status(line):
            return ErrorEvent(status, line)  # a Status where an event should be is an answer too
        raise MalformedObject("watch event", str(error)) from None
    raw = bytes(event.object).strip()
    if event.type in _TYPES:
        return _event(event.type, raw)
    if event.type != _ERROR:
        raise MalformedObject("watch event", f"unknown type {event.type[:40]!r}")
    status = parse_status(raw)
    if status is None:
        raise MalformedObject("watch event", "an ERROR that holds no Status")
    return ErrorEvent(status, raw)


def _event(event_type: str, raw: bytes) -> WatchEvent:
    try:
        metadata = _decode_object(raw).metadata
    except _UNDECODABLE as error:
        raise MalformedObject("watch event", f"{event_type}: {error}") from None
    if not metadata.resourceVersion:
        raise MalformedObject("watch event", f"{event_type} of an object without metadata.resourceVersion")
    return WatchEvent(event_type, raw, metadata.resourceVersion, metadata.uid)
