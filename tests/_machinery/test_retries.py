"""What is sent again, and after how long: the table in the module's head, row by row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiokube._machinery.headers import retry_after
from aiokube._machinery.requests import Request, build
from aiokube._machinery.retries import LIMIT, NETWORK_WAIT, RETRY_AFTER_CAP, wait_after_answer, wait_after_loss

READS = ["GET", "HEAD", "OPTIONS"]
WRITES = ["POST", "PUT", "PATCH", "DELETE"]
BUSY = [429, 500, 501, 502, 503, 504, 599]
OTHERS = [200, 204, 301, 302, 304, 307, 400, 401, 403, 404, 408, 409, 410, 413, 422, 428, 430, 499, 600, 0]


def request_of(method: str, *, retry: bool = True) -> Request:
    return build(method, "/api/v1/pods", body=None if method in READS else {}, retry=retry)


@pytest.mark.parametrize("method", [*READS, *WRITES])
@pytest.mark.parametrize("status", BUSY)
@pytest.mark.parametrize(("asked", "wait"), [(0.0, 0.0), (0.5, 0.5), (30.0, 30.0), (30.5, 30.0), (1e9, 30.0)])
def test_a_busy_server_that_names_a_time_is_asked_again(method: str, status: int, asked: float, wait: float) -> None:
    assert wait_after_answer(request_of(method), status, asked) == wait


@pytest.mark.parametrize("method", [*READS, *WRITES])
def test_a_server_that_asks_for_no_wait_is_not_hammered(method: str) -> None:
    """Our own backoff doubles with each repetition, up to a second."""
    waits = [wait_after_answer(request_of(method), 429, 0.0, attempt=attempt) for attempt in range(LIMIT)]
    assert waits == [0.0, 0.1, 0.2, 0.4, 0.8, 1.0, 1.0, 1.0, 1.0, 1.0]
    assert wait_after_answer(request_of(method), 503, 2.0, attempt=3) == 2.0


@pytest.mark.parametrize("method", [*READS, *WRITES])
@pytest.mark.parametrize("status", [*BUSY, *OTHERS])
def test_a_server_that_names_no_time_is_not_asked_again(method: str, status: int) -> None:
    assert wait_after_answer(request_of(method), status, None) is None


@pytest.mark.parametrize("method", [*READS, *WRITES])
@pytest.mark.parametrize("status", OTHERS)
@pytest.mark.parametrize("asked", [0.0, 1.0])
def test_any_other_answer_is_final_whatever_it_asks(method: str, status: int, asked: float) -> None:
    assert wait_after_answer(request_of(method), status, asked) is None


@pytest.mark.parametrize("method", READS)
def test_a_lost_read_is_sent_again_at_once_and_then_with_a_wait(method: str) -> None:
    waits = [wait_after_loss(request_of(method), attempt=attempt) for attempt in range(LIMIT)]
    assert waits == [0.0, *[NETWORK_WAIT] * (LIMIT - 1)]


@pytest.mark.parametrize("method", [*WRITES, "TRACE", "CONNECT", "NEW"])
@pytest.mark.parametrize("attempt", [0, 1, LIMIT])
def test_a_lost_write_is_never_sent_again(method: str, attempt: int) -> None:
    assert wait_after_loss(request_of(method), attempt=attempt) is None


@pytest.mark.parametrize("method", [*READS, *WRITES])
def test_a_request_with_rules_of_its_own_is_never_sent_again(method: str) -> None:
    request = request_of(method, retry=False)
    assert wait_after_answer(request, 429, 1.0) is None
    assert wait_after_loss(request, attempt=0) is None


@given(st.text() | st.integers().map(str) | st.floats().map(str), st.sampled_from(BUSY))
def test_no_header_makes_a_client_wait_for_long(value: str, status: int) -> None:
    wait = wait_after_answer(request_of("POST"), status, retry_after(value, now=0.0))
    assert wait is None or 0.0 <= wait <= RETRY_AFTER_CAP == 30.0


def test_the_limit_is_the_one_of_client_go() -> None:
    assert LIMIT == 10
