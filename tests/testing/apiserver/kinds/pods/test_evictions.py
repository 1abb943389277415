"""Evictions: which pods may go, and what a budget says then."""

import copy
from typing import Any

import pytest

from aiokube.testing.apiserver.errors import StatusError
from aiokube.testing.apiserver.kinds.pods.evictions import mark_evicted, take_from_budgets

_NOW = "2026-01-01T00:00:00Z"
_READY = [{"type": "Ready", "status": "True"}]


def _pod(phase: str = "Running", conditions: list[dict[str, str]] = _READY) -> dict[str, Any]:
    return {
        "metadata": {"name": "p", "labels": {"a": "b"}},
        "spec": {},
        "status": {"phase": phase, "conditions": conditions},
    }


def _budget(spec: dict[str, Any] | None = None, **status: Any) -> dict[str, Any]:
    base = {"observedGeneration": 1, "disruptionsAllowed": 1, "currentHealthy": 2, "desiredHealthy": 1}
    return {
        "metadata": {"name": "d", "generation": 1},
        "spec": {"selector": {"matchLabels": {"a": "b"}}} | (spec or {}),
        "status": base | status,
    }


def _refusal(*budgets: dict[str, Any]) -> StatusError:
    with pytest.raises(StatusError) as caught:
        take_from_budgets(_pod(), budgets, _NOW)
    return caught.value


def _cause(**status: Any) -> str:
    error = _refusal(_budget(**status))
    assert error.code == 429
    assert error.details is not None
    message: str = error.details["causes"][0]["message"]
    return message


def test_a_pod_without_a_budget_goes() -> None:
    other = _budget({"selector": {"matchLabels": {"x": "y"}}})
    assert take_from_budgets(_pod(), [other, _budget({"selector": None})], _NOW) is None


def test_a_budget_is_spent() -> None:
    budget = _budget()
    before = copy.deepcopy(budget)
    taken = take_from_budgets(_pod(), [budget], _NOW)
    assert taken is not None
    assert taken["status"]["disruptionsAllowed"] == 0
    assert taken["status"]["disruptedPods"] == {"p": _NOW}
    assert taken["status"]["conditions"][0]["reason"] == "InsufficientPods"
    assert budget == before


def test_a_budget_with_room_left_says_nothing_new() -> None:
    taken = take_from_budgets(_pod(), [_budget(disruptionsAllowed=2)], _NOW)
    assert taken is not None
    assert "conditions" not in taken["status"]


@pytest.mark.parametrize("phase", ["Pending", "Succeeded", "Failed"])
def test_a_pod_that_does_not_run_goes_anyway(phase: str) -> None:
    assert take_from_budgets(_pod(phase), [_budget(disruptionsAllowed=0)], _NOW) is None


def test_a_pod_that_is_not_ready_goes_when_enough_are() -> None:
    healthy = _budget(disruptionsAllowed=0, currentHealthy=2, desiredHealthy=2)
    assert take_from_budgets(_pod(conditions=[]), [healthy], _NOW) is None
    always = _budget({"unhealthyPodEvictionPolicy": "AlwaysAllow"}, disruptionsAllowed=0, currentHealthy=0)
    assert take_from_budgets(_pod(conditions=[]), [always], _NOW) is None


def test_a_pod_with_two_budgets_stays() -> None:
    assert _refusal(_budget(), _budget()).code == 500


def test_a_budget_that_nobody_has_looked_at_is_waited_for() -> None:
    assert "still being processed" in _cause(observedGeneration=0)


def test_a_budget_says_why_not() -> None:
    none = {"disruptionsAllowed": 0}
    failed = {"type": "DisruptionAllowed", "status": "False", "reason": "SyncFailed", "message": "m"}
    assert _cause(**none, currentHealthy=1).endswith("needs 1 healthy pods and has 1 currently")
    assert _cause(**none).endswith("does not allow evicting pods currently")
    assert _cause(**none, conditions=[failed]).endswith("because it failed sync: m")
    assert _cause(**none, conditions=[failed | {"reason": "R"}]).endswith("currently (R): m")


def test_broken_budgets_are_named() -> None:
    error = _refusal(_budget(disruptionsAllowed=-1))
    assert (error.code, error.message.partition(":")[0]) == (403, 'poddisruptionbudget.policy "d" is forbidden')
    assert _refusal(_budget(disruptedPods={str(number): _NOW for number in range(2001)})).code == 403


def test_the_pod_says_why_it_goes() -> None:
    pod = _pod()
    mark_evicted(pod, _NOW)
    assert [each["type"] for each in pod["status"]["conditions"]] == ["Ready", "DisruptionTarget"]
