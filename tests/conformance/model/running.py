"""Runs programs on both servers and compares what they were told.

Several run at the same time, each in a namespace and on connections of its own. Those that are halted run together:
all their first parts, then the histories are compacted, then all their second parts.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiokube.testing import APIServer, ControlPlane
from conformance.answers import Answer, Conversation, Server
from conformance.case import APPLY, JSON_PATCH, MERGE, STRATEGIC, Case, Request, post
from conformance.comparing import Difference, differences
from conformance.masking import masked
from conformance.servers import server_of

from .generator import Program
from .kinds import COLLECTED, DEFINITIONS, KINDS

__all__ = ["History", "Servers", "Step", "run", "servers"]

_AT_ONCE = 6

_PATCHES = {APPLY: "apply", JSON_PATCH: "json patch", MERGE: "merge patch", STRATEGIC: "strategic patch"}
_VERBS = {
    ("DELETE", False): "deletecollection",
    ("DELETE", True): "delete",
    ("GET", False): "list",
    ("GET", True): "get",
    ("POST", False): "create",
    ("PUT", True): "update",
}
"""By method, and whether the path is of one object."""

Step = tuple[str, str, int]
"""What a step was: verb, kind and status code."""


@dataclass(frozen=True)
class Servers:
    """Two servers on which programs can run.

    Attributes:
        compact: makes both forget what was before.
    """

    real: Server
    embedded: Server
    compact: Callable[[], None]


@dataclass
class History:
    """What both servers answered to one program, after masking."""

    program: Program
    real: list[Answer] = field(default_factory=list)
    embedded: list[Answer] = field(default_factory=list)

    @property
    def differences(self) -> list[Difference]:
        """Where they disagree, without what is allowed."""
        found = differences(self.program.case, self.real, self.embedded)
        return [difference for difference in found if difference.allowed is None]

    @property
    def steps(self) -> Counter[Step]:
        """What the steps were, by what the real server answered."""
        return Counter(map(_step, self.program.case.requests, self.real))


@contextmanager
def servers() -> Iterator[Servers]:
    """Start both, and give both the custom kinds of the programs."""
    control_plane = ControlPlane()
    # asyncio.run() would unset the event loop that pytest-asyncio has set for the test.
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(control_plane.start())
        try:
            with APIServer() as api_server:
                real, embedded = server_of(control_plane), server_of(api_server)

                def compact() -> None:
                    runner.run(_forget(control_plane, api_server))
                    # Custom kinds are served again a moment after kube-apiserver is.
                    _say("again", [request for request in DEFINITIONS if request.until_status], real)
                    collect()

                def collect() -> None:
                    # It looks for new kinds when it starts, and then twice a minute; when kube-apiserver was gone, it
                    # may have lost some.
                    runner.run(control_plane.restart("kube-controller-manager"))
                    for server in (real, embedded):
                        _say("collecting", COLLECTED, server)

                for server in (real, embedded):
                    _say("defining", DEFINITIONS, server)
                collect()
                yield Servers(real, embedded, compact)
        finally:
            runner.run(control_plane.close())


async def _forget(control_plane: ControlPlane, api_server: APIServer) -> None:
    """Compact both after everything that programs know; kube-apiserver starts anew, or its cache goes on to answer."""
    namespace = {"metadata": {"generateName": "compaction-"}}
    latest = await control_plane.request("POST", "/api/v1/namespaces", namespace)
    await control_plane.compact(latest["metadata"]["resourceVersion"])
    await control_plane.restart("kube-apiserver")
    await api_server.request("POST", "/api/v1/namespaces", namespace)
    api_server.compact()


def _say(name: str, requests: Sequence[Request], server: Server) -> None:
    with server.connection() as connection:
        conversation = Conversation(Case(name, ()), connection, server)
        conversation.ask(post("/api/v1/namespaces", {"metadata": {"name": "${ns}"}}))
        for request in requests:
            answer = conversation.ask(request)
            if answer.status not in (200, 201, request.until_status):
                raise AssertionError(f"{request}: {answer.body}")


def run(programs: Sequence[Program], on: Servers) -> list[History]:
    """Run programs on both servers, and return what was answered in the order of the programs."""
    histories = {one.seed: History(one) for one in programs}
    whole = [one for one in programs if one.halt is None]
    halted = [one for one in programs if one.halt is not None]
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="model") as threads:
        for one, answers in zip(whole, threads.map(lambda one: _on_both(one, on), whole), strict=True):
            _note(histories[one.seed], answers)
        if halted:
            with ExitStack() as connections:
                for one, answers in zip(halted, _in_two_parts(halted, on, threads, connections), strict=True):
                    _note(histories[one.seed], answers)
    return list(histories.values())


Pair = tuple[list[Answer], list[Answer]]


def _note(history: History, answers: Pair) -> None:
    text = history.program.case.text
    history.real, history.embedded = (masked(one, text) for one in answers)


def _on_both(program: Program, on: Servers) -> Pair:
    with on.real.connection() as to_real, on.embedded.connection() as to_embedded:
        pair = Conversation(program.case, to_real, on.real), Conversation(program.case, to_embedded, on.embedded)
        return _first_part(program, pair)


def _in_two_parts(
    programs: list[Program], on: Servers, threads: ThreadPoolExecutor, connections: ExitStack
) -> list[Pair]:
    pairs = [
        tuple(Conversation(one.case, connections.enter_context(to.connection()), to) for to in (on.real, on.embedded))
        for one in programs
    ]
    first = list(threads.map(_first_part, programs, pairs))
    on.compact()
    for pair in pairs:
        pair[0].connection.close()  # the real server is another one now
    second = threads.map(_second_part, programs, pairs)
    return [(one[0] + other[0], one[1] + other[1]) for one, other in zip(first, second, strict=True)]


def _first_part(program: Program, pair: tuple[Conversation, ...]) -> Pair:
    for conversation in pair:
        conversation.enter()
    return _ask(program.case.requests[: program.halt], pair)


def _second_part(program: Program, pair: tuple[Conversation, ...]) -> Pair:
    return _ask(program.case.requests[program.halt :], pair)


def _ask(requests: Sequence[Request], pair: tuple[Conversation, ...]) -> Pair:
    real, embedded = ([conversation.ask(request) for request in requests] for conversation in pair)
    return real, embedded


def _step(request: Request, answer: Answer) -> Step:
    path = request.path.partition("?")[0]
    kind = next(kind for kind in KINDS if path == kind.path or path.startswith(f"{kind.path}/"))
    _, _, subresource = path.removeprefix(kind.path).strip("/").partition("/")
    is_one = path != kind.path
    return _verb(request, is_one=is_one), "/".join(filter(None, (kind.name, subresource))), _code(answer)


def _verb(request: Request, *, is_one: bool) -> str:
    if request.events:
        return "watch"
    if request.method == "PATCH":
        return _PATCHES[str(request.content_type)]
    return _VERBS[request.method, is_one]


def _code(answer: Answer) -> int:
    """Return the status; of a watch that was refused after it began, what its only event says."""
    if isinstance(answer.body, list) and answer.body and isinstance(answer.body[-1], dict):
        event: dict[str, Any] = answer.body[-1]
        if event.get("type") == "ERROR":
            return int(event["object"]["code"])
    return answer.status
