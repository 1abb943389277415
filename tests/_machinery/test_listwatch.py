"""The plain watch, without clock and socket: each promise W1 to W8, and the faults of the matrix that are its own."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiokube._machinery.errors import LineTooLong, MalformedObject
from aiokube._machinery.listwatch import (
    Action,
    Backoff,
    End,
    Fail,
    Open,
    Pace,
    Phase,
    PlainWatch,
    Read,
    Sleep,
    Start,
    State,
    Verdict,
    judge,
)
from aiokube._machinery.status import Status
from aiokube._machinery.watching import ErrorEvent


def line(event_type: str, version: object, uid: str = "", **more: Any) -> bytes:
    """One event as the server writes it."""
    metadata = {"resourceVersion": str(version), "uid": uid or f"uid-{version}", **more}
    return msgspec.json.encode({"type": event_type, "object": {"kind": "Pod", "metadata": metadata}}) + b"\n"


def bookmark(version: object) -> bytes:
    return msgspec.json.encode({"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": str(version)}}}) + b"\n"


def error(code: int, reason: str = "", **details: Any) -> bytes:
    status = {"kind": "Status", "code": code, "reason": reason, "message": "no", "details": details}
    return msgspec.json.encode({"type": "ERROR", "object": status}) + b"\n"


class Run:
    """A watch that is driven by a test: the test is the network and the clock.

    Attributes:
        watch: The machine.
        now: The time.
        got: What was handed out: type, uid and resourceVersion of each event.
    """

    def __init__(self, *, random: Callable[[], float] = lambda: 0.0, line_limit: int = 1 << 20, **start: Any) -> None:
        self.watch = PlainWatch(Start(**start), random=random, line_limit=line_limit)
        self.now = 1000.0
        self.got: list[tuple[str, str, str]] = []

    def action(self) -> Action:
        return self.watch.next_action(self.now)

    def open(self) -> Open:
        """Sleep as long as it takes and open; the answer is 200."""
        action = self.action()
        if isinstance(action, Sleep):
            self.now += action.seconds
            action = self.action()
        assert isinstance(action, Open)
        self.watch.opened(self.now)
        return action

    def receive(self, *chunks: bytes) -> list[tuple[str, str, str]]:
        """Bytes come; return what was handed out because of them."""
        before = len(self.got)
        for chunk in chunks:
            assert isinstance(self.action(), Read)
            self.watch.received(chunk)
            while (event := self.watch.next_event()) is not None:
                self.got.append((event.type, event.uid, event.resource_version))
        return self.got[before:]

    def fail(self, why: Exception | None = None) -> None:
        """The connection is lost."""
        self.watch.broken(why or ConnectionResetError("reset"))

    def pause(self) -> float:
        """How long the watch waits now."""
        action = self.action()
        assert isinstance(action, Sleep)
        return round(action.seconds, 6)

    def failure(self) -> Exception | ErrorEvent:
        """What the watch fails with now; after that it is over."""
        action = self.action()
        assert isinstance(action, Fail), action
        assert self.action() == End()
        return action.cause


# --- W1, W3: the resourceVersion --------------------------------------------------------------------------------


def test_the_first_connection_asks_what_the_user_asked() -> None:
    run = Run(resource_version="5")
    assert run.open() == Open("5", at_start=True, timeout_seconds=300, silence_seconds=305.0)


def test_the_resource_version_moves_with_each_event_that_is_handed_out_and_not_before() -> None:
    run = Run(resource_version="5")
    run.open()
    run.watch.received(line("ADDED", 6) + line("MODIFIED", 7))
    assert run.watch.resource_version == "5"
    run.watch.next_event()
    assert run.watch.resource_version == "6"
    run.watch.next_event()
    assert run.watch.resource_version == "7"


def test_row_1_after_a_reset_the_watch_goes_on_from_the_last_event() -> None:
    run = Run(resource_version="5")
    run.open()
    run.receive(line("ADDED", 6))
    run.fail()
    assert run.open() == Open("6", at_start=False, timeout_seconds=300, silence_seconds=305.0)


def test_row_2_events_that_were_read_and_not_taken_come_again() -> None:
    run = Run(resource_version="5")
    run.open()
    run.watch.received(line("ADDED", 6) + line("ADDED", 7))
    run.watch.next_event()
    run.fail()
    assert run.watch.next_event() is None
    assert run.open().resource_version == "6"
    assert run.receive(line("ADDED", 7)) == [("ADDED", "uid-7", "7")]


@pytest.mark.parametrize(
    "fragment", [b'{"type":"ADD', b"{}", b'{"type":"ADDED","object":{"metadata":{"resourceVersion":"9"}}}']
)
def test_rows_3_and_4_half_a_line_is_never_an_event(fragment: bytes) -> None:
    run = Run(resource_version="5")
    run.open()
    assert run.receive(line("ADDED", 6) + fragment) == [("ADDED", "uid-6", "6")]
    run.now += 100
    run.watch.ended()
    assert run.pause() == 0.8, "it is no end in good order"
    assert run.open().resource_version == "6"


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_row_5_small_pieces_give_the_same_events(size: int) -> None:
    stream = line("ADDED", 6, name="é😀") + b"\r\n\n" + line("DELETED", 7)[:-1] + b"\r\n" + bookmark(8)
    run = Run(resource_version="5")
    run.open()
    run.receive(*(stream[at : at + size] for at in range(0, len(stream), size)))
    assert run.got == [("ADDED", "uid-6", "6"), ("DELETED", "uid-7", "7")]
    assert run.watch.resource_version == "8"


def test_row_6_two_events_a_bookmark_and_blank_lines_in_one_piece() -> None:
    run = Run(resource_version="5")
    run.open()
    run.receive(line("ADDED", 6) + b"\n \r\n" + line("MODIFIED", 7) + bookmark(9))
    assert [version for _, _, version in run.got] == ["6", "7"]
    assert run.watch.resource_version == "9"


def test_row_7_a_line_beyond_the_limit_is_a_typed_failure() -> None:
    run = Run(resource_version="5", line_limit=1000)
    run.open()
    run.receive(line("ADDED", 6), b"x" * 600, b"x" * 600)
    assert isinstance(run.failure(), LineTooLong)
    assert run.watch.resource_version == "6"


def test_row_21_a_bookmark_moves_the_resource_version_and_is_not_shown() -> None:
    run = Run(resource_version="5")
    run.open()
    assert run.receive(bookmark(50)) == []
    run.fail()
    assert run.open().resource_version == "50"


def test_bookmarks_are_shown_to_who_asked_each_of_them() -> None:
    run = Run(resource_version="5", show_bookmarks=True)
    run.open()
    assert run.receive(bookmark(50), bookmark(50)) == [("BOOKMARK", "", "50")] * 2


def test_row_22_an_event_that_the_server_repeats_after_a_resume_is_handed_out_once() -> None:
    run = Run(resource_version="5")
    run.open()
    run.receive(line("MODIFIED", 6, "a"))
    run.fail()
    run.open()
    assert run.receive(line("MODIFIED", 6, "a") + line("MODIFIED", 90, "b")) == [("MODIFIED", "b", "90")]


def test_row_22_events_of_the_same_resource_version_that_differ_are_all_handed_out() -> None:
    """Versions are only compared for being equal, and one may stand for several changes."""
    run = Run(resource_version="5")
    run.open()
    changes = [("MODIFIED", "a", "6"), ("MODIFIED", "b", "6"), ("DELETED", "b", "6"), ("ADDED", "c", "4")]
    assert run.receive(*(line(kind, version, uid) for kind, uid, version in changes)) == changes


# --- W4: the state at the start --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "phase"),
    [
        ({}, Phase.INITIAL),
        ({"resource_version": ""}, Phase.INITIAL),
        ({"resource_version": "0"}, Phase.INITIAL),
        ({"resource_version": "5"}, Phase.FOLLOWING),
        ({"resource_version": "5", "send_initial_events": True}, Phase.INITIAL),
        ({"send_initial_events": True}, Phase.INITIAL),
        ({"resource_version": "0", "send_initial_events": False}, Phase.FOLLOWING),
    ],
)
def test_what_the_first_events_are_depends_on_the_start(start: dict[str, Any], phase: Phase) -> None:
    assert Run(**start).watch.phase is phase


@pytest.mark.parametrize("start", [None, "", "0"])
def test_initial_objects_do_not_move_the_resource_version(start: str | None) -> None:
    run = Run(resource_version=start)
    run.open()
    run.receive(line("ADDED", 100) + line("ADDED", 5))
    assert run.watch.resource_version == start


@pytest.mark.parametrize("ending", [bookmark(120), line("MODIFIED", 120), line("DELETED", 120)])
def test_the_first_event_that_is_not_added_ends_the_initial_ones(ending: bytes) -> None:
    run = Run()
    run.open()
    run.receive(line("ADDED", 100) + line("ADDED", 5) + ending)
    assert (run.watch.phase, run.watch.resource_version) == (Phase.FOLLOWING, "120")
    run.fail()
    assert run.open().resource_version == "120"


def test_what_was_asked_about_the_start_is_not_asked_again_when_going_on() -> None:
    run = Run(resource_version="5", send_initial_events=True)
    assert run.open().at_start
    run.receive(line("ADDED", 3))
    run.fail()
    assert run.open().at_start
    run.receive(line("ADDED", 3), bookmark(9))
    run.fail()
    assert run.open() == Open("9", at_start=False, timeout_seconds=300, silence_seconds=305.0)


def test_a_start_without_initial_events_that_saw_nothing_starts_again_as_asked() -> None:
    run = Run(resource_version="0", send_initial_events=False)
    run.open()
    run.fail()
    assert run.open() == Open("0", at_start=True, timeout_seconds=300, silence_seconds=305.0)


def test_a_state_that_is_read_again_is_read_as_it_is_now() -> None:
    """ "0" means any state the server has: it could be older than what was handed out."""
    run = Run(resource_version="0")
    assert run.open().resource_version == "0"
    run.fail()
    assert run.open().resource_version == "0"
    run.receive(line("ADDED", 100))
    run.fail()
    assert run.open().resource_version is None


def test_objects_that_come_again_unchanged_are_handed_out_once() -> None:
    run = Run()
    run.open()
    run.receive(line("ADDED", 100, "a") + line("ADDED", 5, "b"))
    run.fail()
    run.open()
    again = line("ADDED", 5, "b") + line("ADDED", 100, "a") + line("ADDED", 7, "c")
    assert run.receive(again) == [("ADDED", "c", "7")]


def test_objects_that_come_again_changed_were_modified() -> None:
    run = Run()
    run.open()
    run.receive(line("ADDED", 100, "a"))
    run.fail()
    run.open()
    assert run.receive(line("ADDED", 130, "a") + bookmark(140)) == [("MODIFIED", "a", "130")]
    assert run.watch.resource_version == "140"


@pytest.mark.parametrize("ending", [bookmark(120), line("MODIFIED", 120, "a")])
def test_an_object_that_does_not_come_again_is_lost_history(ending: bytes) -> None:
    run = Run()
    run.open()
    run.receive(line("ADDED", 100, "a") + line("ADDED", 5, "b"))
    run.fail()
    run.open()
    assert run.receive(line("ADDED", 100, "a") + ending) == []
    cause = run.failure()
    assert isinstance(cause, ErrorEvent)
    assert (cause.status.code, cause.status.reason) == (410, "Expired")
    assert "1 of the objects" in json.loads(cause.raw)["message"]


def test_objects_without_uid_cannot_be_recognised_and_come_again() -> None:
    event = b'{"type":"ADDED","object":{"metadata":{"resourceVersion":"5"}}}\n'
    run = Run()
    run.open()
    run.receive(event + event)
    run.fail()
    run.open()
    assert run.receive(event + bookmark(6)) == [("ADDED", "", "5")]
    assert run.watch.resource_version == "6"


def test_what_is_remembered_of_the_initial_objects_is_forgotten_when_they_have_come() -> None:
    run = Run()
    run.open()
    run.receive(line("ADDED", 100, "a") + bookmark(120) + line("ADDED", 121, "z"))
    run.fail()
    run.open()
    assert run.receive(line("MODIFIED", 122, "z")) == [("MODIFIED", "z", "122")]


# --- W5: lost history ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "reason"), [(410, "Expired"), (410, "Gone"), (410, ""), (0, "Expired"), (500, "Expired")]
)
def test_rows_10_and_11_lost_history_ends_the_watch_at_once(code: int, reason: str) -> None:
    told = Run(resource_version="5")
    told.open()
    told.receive(line("ADDED", 6), error(code, reason))
    assert isinstance(told.failure(), ErrorEvent)

    refused = Run(resource_version="5")
    assert isinstance(refused.action(), Open)
    gone = RuntimeError("410")
    refused.watch.refused(code, Status(code=code, reason=reason), gone)
    assert refused.failure() is gone


# --- W6, rows 16 to 19: refusals -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (400, Verdict.FAIL),
        (401, Verdict.FAIL),
        (403, Verdict.FAIL),
        (404, Verdict.FAIL),
        (408, Verdict.RETRY),
        (410, Verdict.FAIL),
        (422, Verdict.FAIL),
        (429, Verdict.RETRY),
        (500, Verdict.RETRY_BRIEFLY),
        (502, Verdict.RETRY),
        (503, Verdict.RETRY),
        (504, Verdict.RETRY),
        (0, Verdict.FAIL),
    ],
)
def test_what_becomes_of_a_watch_that_is_refused(code: int, verdict: Verdict) -> None:
    assert judge(code, Status(code=code)) is verdict


def test_a_resource_version_that_the_server_has_not_seen_is_tried_for_a_bounded_time() -> None:
    details = {"causes": [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]}
    assert judge(504, Status(code=504, reason="Timeout", details=details)) is Verdict.RETRY_BRIEFLY


@pytest.mark.parametrize("code", [429, 500, 503, 504])
def test_rows_16_and_17_the_watch_goes_on_at_the_same_place_after_a_delay(code: int) -> None:
    run = Run(resource_version="5")
    assert isinstance(run.action(), Open)
    run.watch.refused(code, Status(code=code), RuntimeError())
    assert run.pause() == 0.8
    assert run.open().resource_version == "5"
    run.receive(line("ADDED", 6), error(code))
    assert run.pause() == 1.6
    assert run.open().resource_version == "6"


def test_row_16_the_server_says_how_long_to_wait() -> None:
    run = Run(resource_version="5")
    run.open()
    run.receive(error(429, retryAfterSeconds=17))
    assert run.pause() == 17
    run.open()
    run.receive(error(429))
    assert run.pause() == 1.6, "it is not said for the next time"


@pytest.mark.parametrize(("asked", "waited"), [(0.0, 0.8), (0.1, 0.8), (20.0, 20.0), (1e9, 300.0), (-5.0, 0.8)])
def test_the_longer_of_the_two_waits_counts_and_none_is_endless(asked: float, waited: float) -> None:
    run = Run(resource_version="5")
    run.action()
    run.watch.refused(429, Status(), RuntimeError(), retry_after=asked)
    assert run.pause() == waited


def test_500_is_retried_for_two_minutes_and_then_raised() -> None:
    run = Run(resource_version="garbage")
    began, attempts, refusal = run.now, 0, RuntimeError("500")
    while True:
        action = run.action()
        if isinstance(action, Fail):
            break
        if isinstance(action, Sleep):
            run.now += action.seconds
        else:
            attempts += 1
            run.watch.refused(500, Status(code=500), refusal)
    assert action.cause is refusal
    assert 120 <= run.now - began <= 160
    assert attempts < 12


def test_an_event_between_two_500_is_a_new_beginning() -> None:
    run = Run(resource_version="5")
    for version in range(6, 40):
        run.open()
        run.receive(line("ADDED", version), error(500))
        run.now += 20
    assert run.watch.resource_version == "39"
    assert run.open()


def test_a_quiet_connection_that_lasted_is_a_new_beginning_too() -> None:
    run = Run(resource_version="5")
    for _ in range(20):
        run.open()
        run.now += 300
        run.receive(error(500))
    assert run.open()


def test_429_is_retried_for_as_long_as_it_takes() -> None:
    run = Run(resource_version="5")
    for _ in range(100):
        action = run.action()
        if isinstance(action, Sleep):
            run.now += action.seconds
            action = run.action()
        assert isinstance(action, Open)
        run.watch.refused(429, Status(code=429), RuntimeError())
    assert run.now > 1000 + 40 * 30


@pytest.mark.parametrize("code", [401, 403, 404, 400])
def test_rows_18_and_19_what_is_the_users_fault_is_raised(code: int) -> None:
    run = Run(resource_version="5")
    run.open()
    run.fail()
    run.now += run.pause()
    assert isinstance(run.action(), Open)
    refusal = RuntimeError(str(code))
    run.watch.refused(code, Status(code=code), refusal)
    assert run.failure() is refusal


# --- the pace --------------------------------------------------------------------------------------------------


def test_delays_are_those_of_client_go() -> None:
    lowest, highest = Backoff(Pace(), lambda: 0.0), Backoff(Pace(), lambda: 1.0)
    assert [lowest.next(0) for _ in range(8)] == pytest.approx([0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30])
    assert [highest.next(0) for _ in range(8)] == pytest.approx([1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 60, 60])


def test_two_minutes_without_a_failure_and_the_delays_begin_anew() -> None:
    backoff = Backoff(Pace(), lambda: 0.0)
    delays = [backoff.next(now) for now in (0, 119, 239, 360, 361)]
    assert delays == pytest.approx([0.8, 1.6, 3.2, 0.8, 1.6])


def test_a_watch_that_the_server_ends_in_time_is_opened_again_at_once() -> None:
    run = Run(resource_version="5")
    run.open()
    run.now += 300
    run.watch.ended()
    assert run.action() == Open("5", at_start=True, timeout_seconds=300, silence_seconds=305.0)


def test_two_openings_are_a_second_apart() -> None:
    run = Run(resource_version="5")
    run.open()
    run.now += 0.25
    run.receive(line("ADDED", 6))
    run.watch.ended()
    assert run.pause() == 0.75


def test_row_13_a_server_that_answers_with_nothing_is_no_hot_loop_and_not_asked_for_ever() -> None:
    run = Run(resource_version="5")
    delays = []
    while not isinstance(action := run.action(), Fail):
        if isinstance(action, Sleep):
            delays.append(action.seconds)
            run.now += action.seconds
        else:
            run.watch.opened(run.now)
            run.watch.ended()
    assert isinstance(action.cause, MalformedObject)
    assert delays == pytest.approx([0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30, 30])


def test_the_first_failure_after_a_good_time_waits_as_the_first_one_did() -> None:
    run = Run(resource_version="5")
    for _ in range(3):
        run.open()
        run.fail()
    assert run.pause() == 3.2
    run.open()
    run.now += 600
    run.fail()
    assert run.pause() == 0.8


def test_what_went_wrong_is_told_with_the_pause_and_only_then() -> None:
    run = Run(resource_version="5")
    run.open()
    reset = ConnectionResetError()
    run.fail(reset)
    told = run.action()
    assert isinstance(told, Sleep)
    assert told.cause is reset
    run.open()
    run.receive(line("ADDED", 6))
    run.watch.ended()
    assert run.action() == Sleep(1.0, None)


@pytest.mark.parametrize(("drawn", "seconds"), [(0.0, 300), (0.5, 450), (1.0, 600)])
def test_row_8_each_connection_has_its_time_and_silence_beyond_it_is_death(drawn: float, seconds: int) -> None:
    run = Run(resource_version="5", random=lambda: drawn)
    assert run.open() == Open("5", at_start=True, timeout_seconds=seconds, silence_seconds=seconds + 5)
    assert run.action() == Read(seconds + 5)


def test_a_function_that_takes_no_timeout_is_given_the_longest_that_a_server_takes() -> None:
    run = Run(resource_version="5", timed=False)
    assert run.open() == Open("5", at_start=True, timeout_seconds=None, silence_seconds=3605.0)


# --- timeout_seconds -------------------------------------------------------------------------------------------


def test_the_users_time_is_for_all_connections_together() -> None:
    run = Run(resource_version="5", timeout_seconds=60)
    assert run.open().timeout_seconds == 60
    run.now += 20.5
    run.receive(line("ADDED", 6))
    run.watch.ended()
    assert run.open().timeout_seconds == 40
    run.now += 39.5
    run.watch.ended()
    assert run.action() == End()


def test_a_long_time_is_asked_for_piece_by_piece() -> None:
    run = Run(resource_version="5", timeout_seconds=1000)
    asked = []
    for _ in range(4):
        asked.append(run.open().timeout_seconds)
        run.now += asked[-1] or 0
        run.watch.ended()
    assert asked == [300, 300, 300, 100]
    assert run.action() == End()


@pytest.mark.parametrize("unlimited", [None, 0])
def test_no_time_is_no_end(unlimited: int | None) -> None:
    run = Run(resource_version="5", timeout_seconds=unlimited)
    for _ in range(50):
        run.open()
        run.now += 300
        run.watch.ended()
    assert isinstance(run.action(), Open)


def test_a_server_that_ends_a_moment_too_soon_is_not_asked_for_that_moment() -> None:
    run = Run(resource_version="5", timeout_seconds=5)
    run.open()
    run.now += 4.98
    run.watch.ended()
    assert run.action() == End()


def test_a_server_that_does_not_end_in_time_is_left() -> None:
    run = Run(resource_version="5", timeout_seconds=5)
    run.open()
    assert run.action() == Read(10)
    run.now += 9
    assert run.receive(line("ADDED", 6)) == [("ADDED", "uid-6", "6")]
    assert run.action() == Read(1)
    run.now += 1
    assert run.action() == End()


def test_a_connection_that_breaks_in_the_last_second_was_long_enough() -> None:
    run = Run(resource_version="5", timeout_seconds=5)
    run.open()
    run.now += 4.5
    run.fail()
    assert run.action() == End()


def test_time_that_runs_out_without_a_connection_is_a_failure() -> None:
    """It must not look as if nothing had happened in the cluster."""
    run = Run(resource_version="5", timeout_seconds=5)
    refused = ConnectionRefusedError()
    while isinstance(action := run.action(), Open | Sleep):
        if isinstance(action, Open):
            run.watch.broken(refused)
        else:
            run.now += action.seconds
    assert action == Fail(refused)
    assert run.now <= 1005


# --- W7, row 20: what is no event --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bad",
    [
        b"rubbish\n",
        b'{"type":"RENAMED","object":{"metadata":{"resourceVersion":"9"}}}\n',
        b'{"type":"ADDED","object":{}}\n',
        b'{"type":"ERROR","object":{}}\n',
    ],
)
def test_row_20_what_is_no_event_is_a_loud_failure_that_skips_nothing(bad: bytes) -> None:
    run = Run(resource_version="5")
    run.open()
    run.receive(line("ADDED", 6) + bad + line("ADDED", 10))
    assert run.open().resource_version == "6", "it may have been the connection: asked once more"
    run.receive(bad + line("ADDED", 10))
    assert isinstance(run.failure(), MalformedObject)
    assert run.got == [("ADDED", "uid-6", "6")]
    assert run.watch.resource_version == "6"


def test_an_answer_that_is_no_watch_fails_at_its_first_line() -> None:
    run = Run()
    run.open()
    run.receive(b'{"kind":"PodList","items":[]}\n')
    assert isinstance(run.failure(), MalformedObject)


# --- W12: the end, and consumers that come and go ----------------------------------------------------------------


@pytest.mark.parametrize("state", [State.WAITING, State.OPENING, State.OPEN, State.BROKEN])
def test_a_watch_that_was_ended_stays_so_whatever_comes(state: State) -> None:
    run = Run(resource_version="5")
    if state is not State.WAITING:
        run.action()
    if state in {State.OPEN, State.BROKEN}:
        run.watch.opened(run.now)
        run.watch.received(line("ADDED", 6) + line("ADDED", 7))
    if state is State.BROKEN:
        run.watch.broken(ConnectionResetError())
    assert run.watch.state is state
    run.watch.end()
    run.watch.opened(run.now)
    run.watch.broken(ConnectionResetError())
    run.watch.refused(500, Status(), RuntimeError())
    run.watch.ended()
    run.watch.abandoned()
    assert run.watch.next_event() is None
    assert run.action() == End()
    assert run.action() == End()


@pytest.mark.parametrize("opened", [False, True])
def test_a_consumer_that_left_finds_what_it_has_not_got(opened: bool) -> None:
    run = Run(resource_version="5")
    run.action()
    if opened:
        run.watch.opened(run.now)
        run.receive(line("ADDED", 6))
        run.watch.received(line("ADDED", 7))
    run.watch.abandoned()
    assert run.watch.next_event() is None
    assert run.pause() == 1.0, "and does not hammer the server by coming and going"
    assert run.open().resource_version == ("6" if opened else "5")


def test_an_action_is_not_asked_for_while_one_is_done() -> None:
    run = Run()
    run.action()
    with pytest.raises(RuntimeError, match="being opened"):
        run.action()


def test_it_shows_where_it_is() -> None:
    run = Run(resource_version="5")
    run.open()
    assert repr(run.watch) == "<PlainWatch open, following, at '5'>"


# --- W1 as a whole -----------------------------------------------------------------------------------------------


class Cluster:
    """A server that keeps all history, and sends what a real one would."""

    def __init__(self) -> None:
        self.version = 10
        self.history: list[tuple[int, str, str]] = []  # version, type, uid
        self.objects: dict[str, int] = {}

    def change(self, uid: str) -> None:
        self.version += 1
        kind = "ADDED" if uid not in self.objects else "MODIFIED"
        self.objects[uid] = self.version
        self.history.append((self.version, kind, uid))

    def delete(self, uid: str) -> None:
        if self.objects.pop(uid, None) is not None:
            self.version += 1
            self.history.append((self.version, "DELETED", uid))

    def stream(self, start: str | None) -> list[bytes]:
        if start is None:
            return [*(line("ADDED", v, uid) for uid, v in sorted(self.objects.items())), bookmark(self.version)]
        return [line(kind, v, uid) for v, kind, uid in self.history if v > int(start)]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.sampled_from("cdr"), st.sampled_from("abcd")), st.tuples(st.just("x"), st.integers(0, 400))
        )
    )
)
def test_whatever_breaks_a_consumer_that_applies_the_events_has_the_state_or_knows_that_it_has_not(
    program: list[tuple[str, Any]],
) -> None:
    """c: change, d: delete, r: read all there is, x: cut the connection after so many bytes of what there is."""
    cluster, run, view = Cluster(), Run(), dict[str, str]()
    cluster.change("a")
    cluster.change("b")
    sent = run.open().resource_version
    pending, at = cluster.stream(sent), cluster.version
    lost = False

    def deliver(data: bytes) -> None:
        for kind, uid, version in run.receive(data):
            assert (kind == "ADDED") == (uid not in view), "nothing is added twice, or changed before it is there"
            assert view.get(uid) != version, "nothing comes twice"
            if kind == "DELETED":
                del view[uid]
            else:
                view[uid] = version

    for step, what in [*program, ("r", "")]:
        fresh = [line(kind, v, uid) for v, kind, uid in cluster.history if v > at]
        pending, at = [*pending, *fresh], cluster.version
        if step == "c":
            cluster.change(what)
        elif step == "d":
            cluster.delete(what)
        elif step == "r":
            deliver(b"".join(pending))
            pending = []
        else:
            deliver(b"".join(pending)[:what])
            if run.watch.state is State.OPEN:
                run.fail()
                sent = run.open().resource_version
                pending, at = cluster.stream(sent), cluster.version
        if run.watch.state is not State.OPEN:
            assert isinstance(run.failure(), ErrorEvent)
            lost = True
            break
    if not lost:
        deliver(b"".join(pending + [line(kind, v, uid) for v, kind, uid in cluster.history if v > at]))
        assert view == {uid: str(version) for uid, version in cluster.objects.items()}


def test_waits_are_finite_numbers() -> None:
    assert all(math.isfinite(value) for value in msgspec.structs.astuple(Pace()))
