"""Faults: what goes wrong on purpose, and for which requests.

    server.faults.add(Fault.status(429, retry_after_seconds=1), verb="list", resource="pods", times=3)
    server.faults.add(Fault.cut(after_events=2), verb="watch", every=2)
    server.faults.add(Fault.lose_answer(), verb={"create", "update"}, probability=0.1, seed=7)

Here is decided, and nothing is done: `decide()` says which fault a request gets, and whoever has the connection
acts by its kind. Of several rules that fit, the first that fires counts.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Unpack

import msgspec

from .access.request_info import RequestInfo
from .errors import StatusError
from .matching import Facts, checked, matches

__all__ = ["Fault", "FaultKind", "FaultRule", "Faults"]

_REASONS = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    409: "Conflict",
    410: "Expired",
    422: "Invalid",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}
_HTML = """<html>
<head><title>{code}</title></head>
<body><center><h1>{code}</h1></center></body>
</html>
"""


class FaultKind(Enum):
    """What happens, and when."""

    REFUSE = "refuse"
    """The connection is reset before the request is handled: nothing was done."""
    DELAY = "delay"
    """`seconds` pass before the request is handled as ever."""
    ANSWER = "answer"
    """`code`, `headers` and `body` are the answer, and the request is not handled."""
    STALL = "stall"
    """The answer stops after `after_bytes` of its body or `after_events`, and the connection stays open; with
    neither, not even its head comes. The request is handled."""
    CUT = "cut"
    """The connection is reset after `after_bytes` of the body, or in the middle of the line that comes after
    `after_events`. The head promises the whole body. The request is handled."""
    LOSE_ANSWER = "lose answer"
    """The connection is reset after the request was handled, before anything of the answer: a write is done."""
    ERROR_EVENT = "error event"
    """A watch says ERROR after `after_events`, with `body` as the line, and ends."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something that goes wrong. The functions make them; the attributes are for whoever acts."""

    kind: FaultKind
    seconds: float = 0
    after_bytes: int | None = None
    after_events: int | None = None
    code: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)

    @classmethod
    def refuse(cls) -> Fault:
        """Reset the connection before the request is handled."""
        return cls(kind=FaultKind.REFUSE)

    @classmethod
    def delay(cls, seconds: float) -> Fault:
        """Wait before the request is handled."""
        return cls(kind=FaultKind.DELAY, seconds=seconds)

    @classmethod
    def stall(cls, *, after_bytes: int | None = None, after_events: int | None = None) -> Fault:
        """Stop sending and keep the connection open, until the client has enough or the server closes.

        Args:
            after_bytes: of the body. With neither this nor `after_events`, nothing is sent at all.
            after_events: of a watch.
        """
        return cls(kind=FaultKind.STALL, after_bytes=after_bytes, after_events=after_events)

    @classmethod
    def cut(cls, *, after_bytes: int | None = None, after_events: int | None = None) -> Fault:
        """Reset the connection in the middle of the body.

        Args:
            after_bytes: of the body; None is in the middle of it.
            after_events: of a watch; the next one is cut in two.
        """
        return cls(kind=FaultKind.CUT, after_bytes=after_bytes, after_events=after_events)

    @classmethod
    def lose_answer(cls) -> Fault:
        """Do what is asked, and reset the connection instead of saying so."""
        return cls(kind=FaultKind.LOSE_ANSWER)

    @classmethod
    def status(cls, code: int, message: str = "", *, reason: str = "", retry_after_seconds: int | None = None) -> Fault:
        """Answer with a Status and do nothing else.

        Args:
            code: such as 410, 429, 500 or 503.
            message: None given, it says that it is on purpose.
            reason: "" is the one that kube-apiserver has for the code.
            retry_after_seconds: is in the header Retry-After and in the details; None is in neither.
        """
        details = None if retry_after_seconds is None else {"retryAfterSeconds": retry_after_seconds}
        status = _status(code, reason, message, details)
        headers = {"Content-Type": "application/json"}
        if retry_after_seconds is not None:
            headers["Retry-After"] = str(retry_after_seconds)
        return cls(kind=FaultKind.ANSWER, code=code, headers=headers, body=msgspec.json.encode(status) + b"\n")

    @classmethod
    def html(cls, code: int = 502, body: str | None = None) -> Fault:
        """Answer with a page for people, as a proxy on the way does.

        Args:
            body: None is a short page with the code.
        """
        text = _HTML.format(code=code) if body is None else body
        headers = {"Content-Type": "text/html; charset=utf-8"}
        return cls(kind=FaultKind.ANSWER, code=code, headers=headers, body=text.encode())

    @classmethod
    def error_event(cls, code: int = 410, message: str = "", *, reason: str = "", after_events: int = 0) -> Fault:
        """End a watch with an event of type ERROR, as kube-apiserver says 410 (Expired) to one that runs.

        Args:
            after_events: how many other events come first.
        """
        event = {"type": "ERROR", "object": _status(code, reason, message, None)}
        return cls(
            kind=FaultKind.ERROR_EVENT, after_events=after_events, code=code, body=msgspec.json.encode(event) + b"\n"
        )


class FaultRule:
    """A fault, the requests that can get it, and how many it got so far.

    Attributes:
        fault: what goes wrong.
        seen: how many requests fitted.
        fired: how many of them got the fault.
    """

    def __init__(
        self,
        fault: Fault,
        facts: Facts,
        *,
        times: int | None,
        after: int,
        every: int,
        probability: float,
        seed: int | str,
    ) -> None:
        self.fault = fault
        self.seen = 0
        self.fired = 0
        self._facts = facts
        self._times = times
        self._after = after
        self._every = every
        self._probability = probability
        self._random = random.Random(seed)

    def __repr__(self) -> str:
        about = " ".join(f"{name}={value!r}" for name, value in self._facts.items()) or "every request"
        return f"<FaultRule {self.fault.kind.value}: {about}; fired {self.fired} of {self.seen}>"

    def fires(self, info: RequestInfo) -> bool:
        """Return whether a request gets the fault, and count it."""
        if not matches(info, self._facts):
            return False
        self.seen += 1
        if not self._is_turn() or self._is_spent():
            return False
        self.fired += 1
        return True

    def _is_turn(self) -> bool:
        turn = self.seen - self._after
        # The dice are thrown for each request, so that what a seed gives does not hang on the other conditions.
        lucky = self._random.random() < self._probability
        return turn > 0 and turn % self._every == 0 and lucky

    def _is_spent(self) -> bool:
        return self._times is not None and self.fired >= self._times


class Faults:
    """The faults of a server; none at first."""

    def __init__(self) -> None:
        self._rules: list[FaultRule] = []

    def __repr__(self) -> str:
        return f"<Faults {self._rules!r}>"

    def add(
        self,
        fault: Fault,
        *,
        times: int | None = None,
        after: int = 0,
        every: int = 1,
        probability: float = 1.0,
        seed: int | str = 0,
        **facts: Unpack[Facts],
    ) -> FaultRule:
        """Let requests get a fault from now on.

        Args:
            fault: what goes wrong.
            times: how often at most; None is without end.
            after: so many requests that fit pass first.
            every: 2 is every second request that fits.
            probability: from 0 to 1, for each request that fits.
            seed: of the chance; the same one gives the same order of faults.
            facts: which requests fit, such as `verb="list", resource="pods"`.

        Raises:
            ValueError: a number is out of its range.
        """
        if (times is not None and times < 0) or after < 0 or every < 1 or not 0 <= probability <= 1:
            raise ValueError("times and after are 0 or more, every is 1 or more, probability is from 0 to 1")
        rule = FaultRule(
            fault, checked(facts), times=times, after=after, every=every, probability=probability, seed=seed
        )
        self._rules.append(rule)
        return rule

    def remove(self, rule: FaultRule) -> None:
        """End a rule; one that has ended already stays so."""
        self._rules = [other for other in self._rules if other is not rule]

    def clear(self) -> None:
        """End all rules."""
        self._rules = []

    def decide(self, info: RequestInfo) -> Fault | None:
        """Return the fault that a request gets, None for none, and count it."""
        return next((rule.fault for rule in tuple(self._rules) if rule.fires(info)), None)


def _status(code: int, reason: str, message: str, details: Mapping[str, Any] | None) -> dict[str, Any]:
    known = _REASONS.get(code, "")
    return StatusError(code, reason or known, message or f"a fault on purpose: {code} {known}".rstrip(), details).status
