"""The order and the times in which controllers do things."""

from collections.abc import Callable, Hashable, Iterator
from typing import Any

from aiokube.testing.apiserver import bootstrap, errors
from aiokube.testing.apiserver.clock import DrivenClock
from aiokube.testing.apiserver.controllers.controller import Controller
from aiokube.testing.apiserver.controllers.runner import Runner
from aiokube.testing.apiserver.errors import GroupResource, StatusError
from aiokube.testing.apiserver.storage import Event

_CONFIG_MAPS = GroupResource("", "configmaps")


class _Recorder(Controller):
    """Writes down what it does, and fails as often as it is told."""

    watches = (_CONFIG_MAPS,)

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.done: list[tuple[str, Hashable]] = []
        self.failures: list[StatusError] = []
        self.steps: dict[Hashable, list[Callable[[], object]]] = {}

    def hear(self, resource: GroupResource, event: Event) -> None:
        self.work.add(event.object.key)

    def sync(self, key: Hashable) -> Iterator[None]:
        self.done.append((self.cluster.now()[-3:-1], key))
        if self.failures:
            raise self.failures.pop()
        for step in self.steps.pop(key, ()):
            step()
            yield


class _Bench:
    def __init__(self) -> None:
        self.clock = DrivenClock()
        self.turns: list[Callable[[], None]] = []
        cluster = bootstrap.cluster(clock=self.clock, history=10)
        self.made: list[_Recorder] = []
        self.runner = Runner(cluster, [self._make], soon=self.turns.append)
        self.controller = self.made[0]

    def _make(self, *args: Any) -> _Recorder:
        self.made.append(_Recorder(*args))
        return self.made[-1]


def test_what_is_noted_twice_is_done_once_and_not_in_the_same_call() -> None:
    bench = _Bench()
    for key in ("a", "b", "a"):
        bench.controller.work.add(key)
    assert bench.controller.done == []
    (turn,) = bench.turns
    turn()
    assert [key for _, key in bench.controller.done] == ["a", "b"]


def test_requests_have_their_turn_among_many_things_to_do() -> None:
    bench = _Bench()
    for key in range(25):
        bench.controller.work.add(key)
    bench.turns.pop()()
    assert 0 < len(bench.controller.done) < 25
    while bench.turns:
        bench.turns.pop()()
    assert len(bench.controller.done) == 25


def test_others_have_their_turn_between_the_steps_of_something_long() -> None:
    """What is noted of it meanwhile is done when it is over, and not before."""
    bench = _Bench()
    work = bench.controller.work
    bench.controller.steps = {"long": [lambda: work.add("long"), lambda: work.add("short"), lambda: None]}
    for key in ("long", "other"):
        work.add(key)
    bench.runner.drain()
    assert [key for _, key in bench.controller.done] == ["long", "other", "short", "long"]


def test_something_long_that_fails_is_begun_anew() -> None:
    def fail() -> None:
        raise errors.internal_error("no")

    bench = _Bench()
    bench.controller.steps = {"long": [lambda: None, fail]}
    bench.controller.work.add("long")
    bench.runner.drain()
    bench.clock.advance(1)
    assert [key for _, key in bench.controller.done] == ["long", "long"]


def test_what_is_due_is_done_at_its_time() -> None:
    bench = _Bench()
    bench.controller.work.add_later("late", 3)
    bench.controller.work.add_later("early", 1)
    bench.clock.advance(2)
    bench.clock.advance(5)
    assert bench.controller.done == [("01", "early"), ("03", "late")]


def test_what_failed_is_tried_again_later_and_later() -> None:
    bench = _Bench()
    bench.controller.failures = [errors.internal_error("no") for _ in range(3)]
    bench.controller.work.add("a")
    bench.runner.drain()
    assert len(bench.controller.done) == 1
    bench.clock.advance(0.1)
    assert len(bench.controller.done) == 2
    bench.clock.advance(0.1)
    assert len(bench.controller.done) == 2
    bench.clock.advance(10)
    assert len(bench.controller.done) == 4
    bench.clock.advance(1000)
    assert len(bench.controller.done) == 4


def test_what_is_gone_is_not_tried_again() -> None:
    bench = _Bench()
    bench.controller.failures = [errors.not_found(_CONFIG_MAPS, "a")]
    bench.controller.work.add("a")
    bench.runner.drain()
    bench.clock.advance(1000)
    assert len(bench.controller.done) == 1


def test_nothing_is_done_after_the_end() -> None:
    bench = _Bench()
    bench.runner.start()
    bench.controller.work.add("a")
    bench.controller.work.add_later("b", 1)
    bench.runner.close()
    bench.turns.pop()()
    bench.clock.advance(5)
    bench.controller.client.create(
        _CONFIG_MAPS, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}, "default"
    )
    bench.runner.drain()
    assert bench.controller.done == []
