"""The runner: lets controllers do what they noted, one thing at a time, in the order in which it was noted."""

from __future__ import annotations

import asyncio
import logging
import math
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator

from aiokube.testing.apiserver.clock import DrivenClock, Timer
from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.errors import GroupResource, StatusError
from aiokube.testing.apiserver.storage import Event

from .controller import Controller, Work, is_futile

__all__ = ["Runner"]

_log = logging.getLogger("aiokube.testing.apiserver")

_FIRST_RETRY_SECONDS = 0.1
_LAST_RETRY_SECONDS = 60.0

# So many things are done before requests have their turn again.
_TURN = 10

# How exactly what is due later is done; finer, and a thousand pods would wake who counts them a thousand times.
_SLOT_MICROSECONDS = 10_000

Make = Callable[[Cluster, Work], Controller]

_Item = tuple[Controller, Hashable]
_END = object()


class Runner:
    """Runs controllers from `start()` to `close()`, in the event loop of the server.

    What a change asks for is done in a turn of the loop of its own; what is due by the clock is done when the
    clock says so, with all that follows from it, so that `DrivenClock.advance()` returns when it is done.

    Args:
        make: a controller each.
        soon: has a function called when the present call is over; None means the running event loop's.
    """

    def __init__(
        self, cluster: Cluster, make: Iterable[Make], *, soon: Callable[[Callable[[], None]], object] | None = None
    ) -> None:
        self._cluster = cluster
        self._soon = soon
        self._todo: OrderedDict[_Item, None] = OrderedDict()  # the first of a dict is found by passing what is gone
        self._begun: dict[_Item, Iterator[None]] = {}
        self._again: set[_Item] = set()
        self._due: dict[int, dict[_Item, None]] = {}
        self._timers: dict[int, Timer] = {}
        self._failures: dict[_Item, int] = {}
        self._woken = False
        self._stop_listening: Callable[[], None] | None = None
        self._controllers = [_Work(self).of(cluster, each) for each in make]

    def start(self) -> None:
        """Look at what is there, and listen to what changes."""
        self._stop_listening = self._cluster.storage.listen(self._hear)
        for controller in self._controllers:
            controller.begin()

    def close(self) -> None:
        """Do nothing more; may be called again."""
        self._todo.clear()
        self._begun.clear()
        self._again.clear()
        self._failures.clear()
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._due.clear()
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None

    def drain(self) -> None:
        """Do all that is noted, and all that follows from it."""
        while self._todo:
            self._do_next()

    def add(self, controller: Controller, key: Hashable) -> None:
        """Note something to do; what is being done in steps is done again after them."""
        item = controller, key
        if item in self._begun:
            self._again.add(item)
        else:
            self._todo.setdefault(item)
        self._wake()

    def add_later(self, controller: Controller, key: Hashable, seconds: float) -> None:
        """Note something to do when the clock has gone on; what falls due at about the same time is done together."""
        clock = self._cluster.clock
        now = round(clock.now().timestamp() * 1_000_000)
        slot = math.ceil((now + round(seconds * 1_000_000)) / _SLOT_MICROSECONDS)
        if slot not in self._due:
            self._due[slot] = {}
            wait = (slot * _SLOT_MICROSECONDS - now) / 1_000_000
            self._timers[slot] = clock.call_later(wait, lambda: self._fall_due(slot))
        self._due[slot].setdefault((controller, key))

    def _fall_due(self, slot: int) -> None:
        del self._timers[slot]
        for controller, key in self._due.pop(slot):
            self.add(controller, key)
        if isinstance(self._cluster.clock, DrivenClock):
            self.drain()

    def _turn(self) -> None:
        self._woken = False
        try:
            for _ in range(_TURN):
                if not self._todo:
                    return
                self._do_next()
        finally:  # whatever a controller raised is reported by the loop, and the others go on
            if self._todo:
                self._wake()

    def _wake(self) -> None:
        if not self._woken:
            self._woken = True
            (self._soon or asyncio.get_running_loop().call_soon)(self._turn)

    def _do_next(self) -> None:
        item, _ = self._todo.popitem(last=False)
        try:
            is_over = self._step(item)
        except StatusError as error:
            if not is_futile(error):
                self._retry(*item, error)
        else:
            if is_over:
                self._failures.pop(item, None)

    def _step(self, item: _Item) -> bool:
        """Do something, or its next step, and return whether that was all; else it is behind all others again."""
        controller, key = item
        steps = self._begun.get(item)
        if steps is None:
            steps = self._begun[item] = iter(controller.sync(key) or ())
        is_over = True
        try:
            is_over = next(steps, _END) is _END
        finally:
            if is_over:
                self._end(item)
        if not is_over:
            self._todo[item] = None
        return is_over

    def _end(self, item: _Item) -> None:
        self._begun.pop(item, None)  # a controller may have closed the runner
        if item in self._again:
            self._again.remove(item)
            self._todo[item] = None

    def _retry(self, controller: Controller, key: Hashable, error: StatusError) -> None:
        failures = self._failures[controller, key] = self._failures.get((controller, key), 0) + 1
        seconds = min(_FIRST_RETRY_SECONDS * 2 ** (failures - 1), _LAST_RETRY_SECONDS)
        _log.info("%s could not look after %s, and tries again in %s s: %s", controller, key, seconds, error)
        self.add_later(controller, key, seconds)

    def _hear(self, resource: GroupResource, event: Event) -> None:
        for controller in self._controllers:
            if controller.watches is None or resource in controller.watches:
                controller.hear(resource, event)


class _Work:
    """What one controller notes."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    def of(self, cluster: Cluster, make: Make) -> Controller:
        self._controller = make(cluster, self)
        return self._controller

    def add(self, key: Hashable) -> None:
        self._runner.add(self._controller, key)

    def add_later(self, key: Hashable, seconds: float) -> None:
        self._runner.add_later(self._controller, key, seconds)
