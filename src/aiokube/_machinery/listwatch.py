"""How a watch goes on for ever: a state machine without clock and socket.

Time and bytes go in, actions come out. Whoever does the I/O takes events by `next_event` until there is none, asks
`next_action(now)` what to do, does it, and tells how that went: `opened` or `refused`, `received` or `ended`, `broken`.

    WAITING ──Open──▶ OPENING ──opened──▶ OPEN ─┐
       ▲                 │                 ▲  │ └─ Read, received
       └──── Sleep ── BROKEN ◀─────────────┼──┘
                         └──▶ FAILED, ENDED   when there is no sense in going on

What holds:

- The resourceVersion moves with each event that is handed out, never before; a bookmark moves it too. So whatever
  is lost with a connection, read or unread, comes again on the next.
- A watch that starts with the present state (resourceVersion unset, "" or "0", or sendInitialEvents) gets that
  state first, as ADDED events in no order: INITIAL. None of their resourceVersions is one to resume at. The first
  event of another type, as a rule the bookmark that servers send for it, ends this phase.
- When the connection is lost within that phase, the state has to be read again. What was handed out is remembered
  by uid and resourceVersion (one entry for each object that exists, and in this phase only): an object that comes
  again unchanged is left out, one that has changed comes as MODIFIED. One that does not come again was deleted
  meanwhile, and there is no object to tell that by: history is lost, and the watch says so when the phase ends.
- Lost history (410, Expired, Gone) ends the watch. It is never retried.

The full form, which lists and lists again, has its states beside these.

Source: https://github.com/kubernetes/client-go/blob/v0.36.3/tools/cache/reflector.go
        https://github.com/kubernetes/client-go/blob/v0.36.3/tools/watch/retrywatcher.go
"""

from __future__ import annotations

import enum
import math
import random
from collections.abc import Callable
from typing import TypeAlias

import msgspec

from aiokube._machinery.errors import LineTooLong, MalformedObject
from aiokube._machinery.status import Status
from aiokube._machinery.watching import LINE_LIMIT, ErrorEvent, LineSplitter, WatchEvent, decode_event


class Pace(msgspec.Struct, frozen=True):
    """All the times of a watch, in seconds."""

    backoff_start: float = 0.8
    backoff_factor: float = 2.0
    backoff_cap: float = 30.0
    backoff_jitter: float = 1.0  # a delay d becomes d to d * (1 + jitter): 30 to 60 s at the cap
    backoff_reset: float = 120.0  # without a failure, and the next one counts as the first
    restart: float = 1.0  # between two openings: RetryWatcher's minRestartDelay
    very_short: float = 1.0  # a connection that ends sooner, and empty, is a failure
    brief: float = 120.0  # how long failures are retried that may be the request's fault
    retry_after_cap: float = 300.0  # what a server may ask to wait
    connection_min: int = 300  # timeoutSeconds of one connection is drawn from this …
    connection_max: int = 600  # … to this, so that watches do not all end at once
    margin: float = 5.0  # beyond timeoutSeconds without a byte the connection is dead: kube-rs' margin
    untimed: float = 3600.0  # without a timeoutSeconds kube-apiserver ends a watch after 30 to 60 minutes


CLIENT_GO = Pace()


class Phase(enum.Enum):
    """What the events are."""

    INITIAL = "initial"  # the state at the start, in no order
    FOLLOWING = "following"  # changes, in order


class State(enum.Enum):
    """Where the watch is."""

    WAITING = "waiting"  # for the time of the next attempt
    OPENING = "opening"  # asked, and not answered
    OPEN = "open"
    BROKEN = "broken"  # the connection is over, and what follows is not decided
    FAILED = "failed"  # the error is still to be raised
    ENDED = "ended"


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """What the user asked for.

    Attributes:
        resource_version: Where to start; None and "" the present state, "0" the same as any server has it.
        send_initial_events: The parameter of that name, None when not given.
        timeout_seconds: When to end; None and 0 mean never.
        show_bookmarks: Whether BOOKMARK events are handed out.
        timed: Whether timeoutSeconds can be sent when the user gave none.
    """

    resource_version: str | None = None
    send_initial_events: bool | None = None
    timeout_seconds: float | None = None
    show_bookmarks: bool = False
    timed: bool = True

    @property
    def phase(self) -> Phase:
        """What the first events will be."""
        if self.send_initial_events is not None:
            return Phase.INITIAL if self.send_initial_events else Phase.FOLLOWING
        return Phase.INITIAL if self.resource_version in {None, "", "0"} else Phase.FOLLOWING


# --- actions --------------------------------------------------------------------------------------------------


class Open(msgspec.Struct, frozen=True):
    """Open a watch.

    Attributes:
        resource_version: Where; None sends none.
        at_start: Whether the watch begins as the user asked, with sendInitialEvents and resourceVersionMatch if
            given; else it goes on from the resourceVersion, and these must not be sent.
        timeout_seconds: When the server is to end it; None sends none.
        silence_seconds: Give up when no answer came for this long.
    """

    resource_version: str | None
    at_start: bool
    timeout_seconds: int | None
    silence_seconds: float


class Read(msgspec.Struct, frozen=True):
    """Read more, and give up when nothing came for this long."""

    silence_seconds: float


Cause: TypeAlias = Exception | ErrorEvent


class Sleep(msgspec.Struct, frozen=True):
    """Ask again after this time. `cause` is what went wrong, None when nothing did."""

    seconds: float
    cause: Cause | None = None


class Fail(msgspec.Struct, frozen=True):
    """The watch is over, and this is why."""

    cause: Cause


class End(msgspec.Struct, frozen=True):
    """The watch is over, as it should be."""


Action: TypeAlias = Open | Read | Sleep | Fail | End


# --- judging failures -----------------------------------------------------------------------------------------


class Verdict(enum.Enum):
    """What becomes of a watch whose connection is over."""

    REOPEN = "reopen"  # nothing is wrong
    RETRY = "retry"  # after a delay, for as long as it takes
    RETRY_BRIEFLY = "retry briefly"  # after a delay, for a bounded time
    FAIL = "fail"


# By HTTP status at the start, by the Status's code in the stream. Whatever is not here fails.
_VERDICTS: dict[int, Verdict] = {
    408: Verdict.RETRY,
    429: Verdict.RETRY,
    500: Verdict.RETRY_BRIEFLY,  # also what a resourceVersion that is no number gets
    502: Verdict.RETRY,
    503: Verdict.RETRY,
    504: Verdict.RETRY,
}
GONE = frozenset({"Expired", "Gone"})  # reasons of lost history
_TOO_LARGE = "ResourceVersionTooLarge"  # a cause: the server has not seen this resourceVersion, and may never see it


def judge(code: int, status: Status) -> Verdict:
    """Return what becomes of a watch that the server refused or gave up.

    Args:
        code: The HTTP status, or the code in an ERROR event.
        status: What the server said, an empty Status when it said nothing that can be read.
    """
    if status.reason in GONE:
        return Verdict.FAIL
    if any(cause.get("reason") == _TOO_LARGE for cause in status.causes):
        return Verdict.RETRY_BRIEFLY
    return _VERDICTS.get(code, Verdict.FAIL)


class Backoff:
    """Delays that grow with each failure: client-go's wait.Backoff with its reset.

    Args:
        pace: The times.
        random: Gives values from 0 to 1.
    """

    def __init__(self, pace: Pace, random: Callable[[], float]) -> None:
        self._pace = pace
        self._random = random
        self._base = pace.backoff_start
        self._last = -math.inf  # the time of the last failure

    def next(self, now: float) -> float:
        """Return how long to wait after a failure at `now`."""
        pace = self._pace
        if now - self._last > pace.backoff_reset:
            self._base = pace.backoff_start
        delay = self._base * (1 + pace.backoff_jitter * self._random())
        self._base = min(self._base * pace.backoff_factor, pace.backoff_cap)
        self._last = now
        return delay


# --- the machine ----------------------------------------------------------------------------------------------


class _Connection:
    """What there is to know of one connection, or of the attempt to get one."""

    def __init__(self, lines: LineSplitter, attempted_at: float, silence_seconds: float, missing: set[str]) -> None:
        self.lines = lines
        self.attempted_at = attempted_at
        self.opened_at: float | None = None
        self.silence_seconds = silence_seconds
        self.missing = missing  # uids that were handed out, and that a repeated start has yet to bring
        self.empty = True  # no event came
        self.progress = False  # an event came that had not been seen

    def very_short(self, now: float, pace: Pace) -> bool:
        return self.empty and self.opened_at is not None and now - self.opened_at < pace.very_short


class PlainWatch:
    """The watch that a user runs: it resumes as long as nothing is lost.

    Args:
        start: What the user asked for.
        pace: The times.
        line_limit: Bytes that one event may have.
        random: Gives values from 0 to 1.

    Attributes:
        state: Where the watch is.
        phase: What the events are.
        resource_version: Where a watch goes on when everything that was handed out has been dealt with.
    """

    def __init__(
        self,
        start: Start,
        *,
        pace: Pace = CLIENT_GO,
        line_limit: int = LINE_LIMIT,
        random: Callable[[], float] = random.random,
    ) -> None:
        self.state = State.WAITING
        self.phase = start.phase
        self.resource_version = start.resource_version
        self._start = start
        self._pace = pace
        self._random = random
        self._line_limit = line_limit
        self._connection = _Connection(LineSplitter(line_limit), -math.inf, 0.0, set())
        self._deadline: float | None = None  # None: the watch has not begun
        # what was handed out
        self._moved = False  # whether the resourceVersion is another than the start's
        self._last = ("", "")  # type and uid of the event that moved it last
        self._initial: dict[str, str] = {}  # uid -> resourceVersion, in the initial phase
        # what went wrong
        self._verdict = Verdict.REOPEN
        self._cause: Cause | None = None
        self._retry_after = 0.0
        self._not_before = -math.inf
        self._backoff = Backoff(pace, random)
        self._brief_since: float | None = None  # when what is retried only briefly began

    def __repr__(self) -> str:
        return f"<PlainWatch {self.state.value}, {self.phase.value}, at {self.resource_version!r}>"

    # --- out

    def next_event(self) -> WatchEvent | None:
        """Return the next event and move on past it; None when there is none before the next action."""
        while self.state is State.OPEN:
            try:
                line = self._connection.lines.next_line()
                if line is None:
                    return None
                if not line or line.isspace():
                    continue
                event = decode_event(line)
            except LineTooLong as error:
                self._break(error, Verdict.FAIL)
            except MalformedObject as error:
                # Resuming may cure it. When the line after the last good one is bad again, it will stay so.
                self._break(error, Verdict.RETRY if self._connection.progress else Verdict.FAIL)
            else:
                if (handed_out := self._take(event)) is not None:
                    return handed_out
        return None

    def next_action(self, now: float) -> Action:
        """Return what to do at the time `now`, in seconds of any steady clock."""
        if self._deadline is None:
            self._deadline = now + (self._start.timeout_seconds or math.inf)
        if self.state is State.BROKEN:
            self._settle(now, self._deadline - now)
        if self.state is State.WAITING:
            return self._sleep_or_open(now, self._deadline - now)
        if self.state is State.OPENING:
            raise RuntimeError("a watch is being opened: say first how that went")
        if self.state is State.OPEN and (patience := self._deadline + self._pace.margin - now) > 0:
            return Read(min(self._connection.silence_seconds, patience))
        return self._finish()

    # --- in

    def opened(self, now: float) -> None:
        """The server has answered with 2xx."""
        if self.state is State.OPENING:
            self.state = State.OPEN
            self._connection.opened_at = now

    def received(self, chunk: bytes) -> None:
        """Bytes have come. Not to be told before `next_event` has returned None."""
        self._connection.lines.feed(chunk)

    def ended(self) -> None:
        """The stream has ended, and HTTP has no objection."""
        if self._connection.lines.rest.strip():
            self._break(MalformedObject("watch stream", "it ended within a line"), Verdict.RETRY)
        else:
            self._break(None, Verdict.REOPEN)

    def broken(self, error: Exception) -> None:
        """The connection failed, was not to be had, or was silent for too long."""
        self._break(error, Verdict.RETRY)

    def refused(self, code: int, status: Status, error: Exception, *, retry_after: float = 0.0) -> None:
        """The server has answered, and not with 2xx.

        Args:
            code: The HTTP status.
            status: The Status in the body, an empty one when there was none.
            error: What to raise when this is the end.
            retry_after: Seconds that the answer's header asks to wait, 0 when it does not.
        """
        self._break(error, judge(code, status), max(retry_after, status.retry_after_seconds or 0.0))

    def abandoned(self) -> None:
        """The consumer left, and its connection is closed. It may come back, and finds what it has not got."""
        if self.state in {State.OPENING, State.OPEN, State.BROKEN}:
            self.state = State.WAITING
            self._not_before = self._connection.attempted_at + self._pace.restart

    def end(self) -> None:
        """The user wants no more; whatever is told after this changes nothing."""
        self.state = State.ENDED

    # --- events

    def _take(self, event: WatchEvent | ErrorEvent) -> WatchEvent | None:
        """Move on past an event, and return what of it is handed out."""
        self._connection.empty = False
        if isinstance(event, ErrorEvent):
            status = event.status
            self._break(event, judge(status.code, status), status.retry_after_seconds or 0.0)
            return None
        if self.phase is Phase.INITIAL:
            if event.type == "ADDED":
                return self._take_initial(event)
            if self._connection.missing:
                self._break(_deleted_meanwhile(len(self._connection.missing)), Verdict.FAIL)
                return None
            self.phase = Phase.FOLLOWING
            self._initial.clear()
        if event.type != "BOOKMARK":
            if event.resource_version == self.resource_version and (event.type, event.uid) == self._last and event.uid:
                return None  # said twice: a server that repeats what the watch resumed after
            self._last = (event.type, event.uid)
        self.resource_version = event.resource_version
        self._moved = True
        self._progress()
        return event if event.type != "BOOKMARK" or self._start.show_bookmarks else None

    def _take_initial(self, event: WatchEvent) -> WatchEvent | None:
        """An object of the state at the start. Without a uid it cannot be recognised, and is handed out as it is."""
        known = self._initial.get(event.uid) if event.uid else None
        self._connection.missing.discard(event.uid)
        if known == event.resource_version:
            return None
        if event.uid:
            self._initial[event.uid] = event.resource_version
        self._progress()
        return event if known is None else msgspec.structs.replace(event, type="MODIFIED")

    def _progress(self) -> None:
        self._connection.progress = True
        self._brief_since = None

    # --- after a connection

    def _break(self, cause: Cause | None, verdict: Verdict, retry_after: float = 0.0) -> None:
        if self.state is State.ENDED:
            return
        self.state = State.BROKEN
        self._cause = cause
        self._verdict = verdict
        self._retry_after = min(retry_after, self._pace.retry_after_cap)

    def _settle(self, now: float, left: float) -> None:
        """Decide what follows: another connection, the error, the end."""
        connection = self._connection
        if self._verdict is Verdict.REOPEN and connection.very_short(now, self._pace):
            self._break(MalformedObject("watch stream", "it ended at once and empty"), Verdict.RETRY_BRIEFLY)
        if self._verdict is Verdict.FAIL or self._out_of_patience(now):
            self.state = State.FAILED
        elif connection.opened_at is not None and left < 1:
            self.state = State.ENDED  # servers count whole seconds: the watch lasted as long as it should
        else:
            self._not_before = self._next_attempt(now)
            nothing_fits = self._not_before - now >= left
            self.state = State.WAITING if not nothing_fits else State.FAILED if self._cause else State.ENDED

    def _next_attempt(self, now: float) -> float:
        if self._verdict is Verdict.REOPEN:
            return max(now, self._connection.attempted_at + self._pace.restart)
        return now + max(self._backoff.next(now), self._retry_after)

    def _out_of_patience(self, now: float) -> bool:
        if self._verdict is not Verdict.RETRY_BRIEFLY:
            return False
        if self._brief_since is None or now - self._connection.attempted_at > self._pace.backoff_reset:
            self._brief_since = now  # a connection that lasted is no part of a row of failures
        return now - self._brief_since >= self._pace.brief

    def _finish(self) -> Action:
        """The last action; after it there is only the end, also for a consumer that asks again."""
        failed, cause = self.state is State.FAILED, self._cause
        self.state, self._cause = State.ENDED, None
        return Fail(cause) if failed and cause is not None else End()

    # --- before a connection

    def _sleep_or_open(self, now: float, left: float) -> Action:
        if now < self._not_before:
            return Sleep(self._not_before - now, self._cause)
        seconds = self._connection_seconds(left)
        silence_seconds = (self._pace.untimed if seconds is None else seconds) + self._pace.margin
        self.state = State.OPENING
        self._connection = _Connection(LineSplitter(self._line_limit), now, silence_seconds, set(self._initial))
        return Open(self._resume_at(), not self._moved, seconds, silence_seconds)

    def _connection_seconds(self, left: float) -> int | None:
        if not self._start.timed and math.isinf(left):
            return None
        spread = self._pace.connection_max - self._pace.connection_min
        drawn = self._pace.connection_min + round(spread * self._random())
        return max(1, math.ceil(min(left, drawn)))

    def _resume_at(self) -> str | None:
        """None is the newest state. A state to read again must not be older than what was handed out of it."""
        return None if self._initial else self.resource_version


def _deleted_meanwhile(count: int) -> ErrorEvent:
    message = (
        f"too old: the connection was lost before all initial events had come, and {count} of the objects handed out "
        "until then have been deleted since"
    )
    raw = {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "message": message,
        "reason": "Expired",
        "code": 410,
    }
    return ErrorEvent(Status(code=410, reason="Expired", message=message), msgspec.json.encode(raw))
