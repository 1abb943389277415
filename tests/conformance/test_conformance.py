"""APIServer answers as kube-apiserver does: every case on both, in one run."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from aiokube.testing import ControlPlane
from conformance.allowed import ALLOWED
from conformance.answers import Answer, Server, answers
from conformance.case import Case
from conformance.cases import TOPICS
from conformance.comparing import differences
from conformance.masking import masked
from conformance.servers import embedded_server, server_of

_CASES = [pytest.param(case, id=f"{topic}/{case.name}") for topic, cases in TOPICS.items() for case in cases]
_LEAST_CASES = 250
_LEAST_SUBJECTS = 150
_MOST_ALLOWED = 10

Subject = tuple[str, str, int, str, str]


@dataclass
class Tally:
    """What the cases that ran looked at: verb, kind, code, reason and field."""

    ran: int = 0
    subjects: set[Subject] = field(default_factory=set)
    allowed: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def tally() -> Tally:
    return Tally()


@pytest.fixture(scope="module")
def real(control_plane: ControlPlane) -> Server:
    return server_of(control_plane)


@pytest.fixture(scope="module")
def embedded() -> Iterator[Server]:
    with embedded_server() as server:
        yield server


@pytest.mark.parametrize("case", _CASES)
def test_both_answer_alike(case: Case, real: Server, embedded: Server, tally: Tally) -> None:
    """Status, headers and body are the same after masking."""
    given = masked(answers(case, real), case.text)
    found = differences(case, given, masked(answers(case, embedded), case.text))
    tally.ran += 1
    tally.subjects |= _subjects(case, given)
    tally.allowed |= {difference.allowed.reason for difference in found if difference.allowed}
    wrong = [difference for difference in found if not difference.allowed]
    assert not wrong, "\n".join(["the answers differ", *map(str, wrong)])


def test_the_cases_look_at_many_things(tally: Tally) -> None:
    """Needs all of the above to have run."""
    assert tally.ran == len(_CASES), "run the whole file"
    assert len(_CASES) >= _LEAST_CASES
    assert len(tally.subjects) >= _LEAST_SUBJECTS


def test_what_may_differ_is_little_and_does(tally: Tally) -> None:
    """Needs all of the above to have run."""
    assert len(ALLOWED) <= _MOST_ALLOWED
    assert {entry.reason for entry in ALLOWED} == tally.allowed


def test_each_case_has_a_namespace_of_its_own() -> None:
    namespaces = sorted(case.namespace for cases in TOPICS.values() for case in cases)
    assert not [one for one, other in itertools.pairwise(namespaces) if one == other]


def _subjects(case: Case, given: list[Answer]) -> set[Subject]:
    subjects = set()
    for request, answer in zip(case.requests, given, strict=True):
        body = answer.body if isinstance(answer.body, dict) else {}
        verb = "WATCH" if request.events else f"{request.method} {request.content_type or ''}".strip()
        kind = request.path.partition("?")[0].rpartition(":")[2].split("/")
        kind_name = "/".join(part for part in kind[:1] + kind[2:]) if kind[0] else request.path.partition("?")[0]
        causes = (body.get("details") or {}).get("causes") or () if body.get("kind") == "Status" else ()
        fields = {cause.get("field", "") for cause in causes} or {case.looks_at}
        subjects |= {(verb, kind_name, answer.status, str(body.get("reason", "")), name) for name in fields}
    return subjects
