"""Faults: which requests get one, and what it says."""

import json

import pytest

from aiokube.testing.apiserver.access import request_info
from aiokube.testing.apiserver.faults import Fault, FaultKind, Faults

LIST = request_info("GET", "/api/v1/namespaces/default/pods")
GET = request_info("GET", "/api/v1/namespaces/default/pods/a")


@pytest.fixture
def faults() -> Faults:
    return Faults()


def pattern(faults: Faults, requests: int = 8) -> str:
    """Return which of some lists get a fault, as `x` among `.`."""
    return "".join("x" if faults.decide(LIST) else "." for _ in range(requests))


def test_nothing_goes_wrong_at_first(faults: Faults) -> None:
    assert pattern(faults) == "........"


def test_a_fault_is_for_the_requests_that_fit(faults: Faults) -> None:
    refuse = Fault.refuse()
    faults.add(refuse, verb={"list", "watch"}, resource="pods", namespace="default")
    assert faults.decide(LIST) is refuse
    assert faults.decide(GET) is None
    assert faults.decide(request_info("GET", "/api/v1/pods")) is None
    assert faults.decide(request_info("GET", "/healthz")) is None


def test_a_path_can_be_meant(faults: Faults) -> None:
    faults.add(Fault.refuse(), path="/healthz")
    assert faults.decide(request_info("GET", "/healthz"))
    assert not faults.decide(LIST)


def test_the_first_ones_of_many(faults: Faults) -> None:
    faults.add(Fault.refuse(), times=3)
    assert pattern(faults) == "xxx....."


def test_every_other_one_after_some(faults: Faults) -> None:
    rule = faults.add(Fault.refuse(), after=1, every=2, times=2)
    assert pattern(faults) == "..x.x..."
    assert (rule.seen, rule.fired) == (8, 2)
    assert repr(rule) == "<FaultRule refuse: every request; fired 2 of 8>"


def test_chance_is_the_same_for_the_same_seed(faults: Faults) -> None:
    faults.add(Fault.refuse(), probability=0.5, seed=7)
    first = pattern(faults, 1000)
    assert 400 < first.count("x") < 600
    again, other = Faults(), Faults()
    again.add(Fault.refuse(), probability=0.5, seed=7)
    other.add(Fault.refuse(), probability=0.5, seed=8)
    assert pattern(again, 1000) == first
    assert pattern(other, 1000) != first


def test_the_first_rule_that_fires_counts(faults: Faults) -> None:
    first, second = Fault.refuse(), Fault.delay(1)
    rule = faults.add(first, times=1)
    faults.add(second)
    assert [faults.decide(LIST), faults.decide(LIST)] == [first, second]
    faults.remove(rule)
    faults.remove(rule)
    assert faults.decide(LIST) is second
    faults.clear()
    assert faults.decide(LIST) is None


@pytest.mark.parametrize("numbers", [{"times": -1}, {"after": -1}, {"every": 0}, {"probability": 1.5}])
def test_numbers_have_a_range(faults: Faults, numbers: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="every is 1 or more"):
        faults.add(Fault.refuse(), **numbers)  # type: ignore[arg-type]  # a name for each number


def test_facts_are_known_ones(faults: Faults) -> None:
    with pytest.raises(TypeError, match="requests have no 'kind', but verb,"):
        faults.add(Fault.refuse(), kind="Pod")  # type: ignore[call-arg]  # what a user may write
    with pytest.raises(ValueError, match="no request has the verb 'apply', but get,"):
        faults.add(Fault.refuse(), verb={"get", "apply"})


def test_a_status_is_kube_apiservers() -> None:
    fault = Fault.status(429, "slow down", retry_after_seconds=2)
    assert (fault.kind, fault.code) == (FaultKind.ANSWER, 429)
    assert fault.headers == {"Content-Type": "application/json", "Retry-After": "2"}
    assert json.loads(fault.body) == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": "slow down",
        "reason": "TooManyRequests",
        "details": {"retryAfterSeconds": 2},
        "code": 429,
    }


def test_a_status_without_more_says_that_it_is_on_purpose() -> None:
    fault = Fault.status(410)
    assert "Retry-After" not in fault.headers
    status = json.loads(fault.body)
    assert (status["reason"], status["message"]) == ("Expired", "a fault on purpose: 410 Expired")


def test_a_page_is_html() -> None:
    fault = Fault.html(503)
    assert fault.headers["Content-Type"].startswith("text/html")
    assert b"<h1>503</h1>" in fault.body


def test_an_error_event_is_a_line_of_a_watch() -> None:
    fault = Fault.error_event(410, after_events=2)
    assert (fault.kind, fault.after_events) == (FaultKind.ERROR_EVENT, 2)
    assert fault.body.endswith(b"\n")
    event = json.loads(fault.body)
    assert (event["type"], event["object"]["code"]) == ("ERROR", 410)
