"""APIServer for programs without an event loop: `with` runs it in a thread of its own."""

import json
import threading
import urllib.request

import pytest

from aiokube.testing import APIServer, DrivenClock
from aiokube.testing.apiserver import APIServerError
from realserver import context_of


def read(server: APIServer, path: str) -> dict[str, object]:
    with urllib.request.urlopen(f"{server.url}{path}", context=context_of(server)) as answer:  # noqa: S310 - it is loopback
        found: dict[str, object] = json.load(answer)
    return found


def test_it_answers_whoever_waits() -> None:
    with APIServer() as server:
        assert read(server, "/api/v1/namespaces/default")["kind"] == "Namespace"
        assert server.requests.count(resource="namespaces") == 1
    assert "aiokube API server" not in {thread.name for thread in threading.enumerate()}


async def test_it_answers_where_a_loop_runs() -> None:
    with APIServer() as server:
        assert (await server.request("GET", "/version"))["major"] == "1"


def test_its_clock_is_moved_where_it_runs() -> None:
    clock = DrivenClock()
    with APIServer(clock=clock) as server:
        where: list[str] = []
        before = clock.now()
        clock.call_later(5, lambda: where.append(threading.current_thread().name))
        server.advance(10)
        assert (clock.now() - before).total_seconds() == 10
        assert where == ["aiokube API server"]
        server.compact()


def test_only_a_clock_that_can_be_driven_is_moved() -> None:
    with pytest.raises(APIServerError, match="make the server with clock=DrivenClock"):
        APIServer().advance(1)


def test_a_port_that_is_taken_leaves_nothing_behind() -> None:
    with APIServer() as server:
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"), APIServer(port=port):
            pass
    assert "aiokube API server" not in {thread.name for thread in threading.enumerate()}
