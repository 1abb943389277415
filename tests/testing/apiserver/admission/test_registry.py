"""What objects use, where no real server without nodes shows it."""

import datetime as dt
from typing import Any

import pytest

from aiokube.testing.apiserver.admission import Measure, measure_of
from aiokube.testing.apiserver.admission.amounts import written
from aiokube.testing.apiserver.errors import GroupResource

NOW = dt.datetime(2026, 1, 1, 12, 0, tzinfo=dt.UTC)


def _measure(resource: str) -> Measure:
    found = measure_of(GroupResource("", resource))
    assert found is not None
    return found


def _pod_uses(pod: dict[str, Any]) -> dict[str, str]:
    return written(_measure("pods").usage({"metadata": {}} | pod, NOW))


def _status(cpu: str, allocated: str, **more: Any) -> dict[str, Any]:
    resources = {"requests": {"cpu": cpu}, "limits": {"cpu": cpu}}
    status = {"name": "c", "resources": resources, "allocatedResources": {"cpu": allocated}}
    return {"containerStatuses": [status]} | more


def _asking(cpu: str) -> dict[str, Any]:
    return {"containers": [{"name": "c", "resources": {"requests": {"cpu": cpu}, "limits": {"cpu": cpu}}}]}


_INFEASIBLE = {"conditions": [{"type": "PodResizePending", "reason": "Infeasible"}]}


@pytest.mark.parametrize(
    ("asked", "status", "requests", "limits"),
    [
        ("1", _status("2", "3"), "3", "2"),
        ("4", _status("2", "3"), "4", "4"),
        ("4", _status("2", "3", **_INFEASIBLE), "3", "2"),
        ("4", {"containerStatuses": [{"name": "c"}]}, "4", "4"),
    ],
)
def test_pod_uses_the_most_of_what_it_asks_for_and_has(
    asked: str, status: dict[str, Any], requests: str, limits: str
) -> None:
    used = _pod_uses({"spec": _asking(asked), "status": status})
    assert (used["cpu"], used["requests.cpu"], used["limits.cpu"]) == (requests, requests, limits)


def test_overhead_counts_where_something_is_limited() -> None:
    pod = {"spec": _asking("1") | {"overhead": {"cpu": "100m", "memory": "1Mi"}}}
    used = _pod_uses(pod)
    assert (used["requests.cpu"], used["limits.cpu"]) == ("1100m", "1100m")
    assert used["requests.memory"] == "1Mi"
    assert "limits.memory" not in used


def test_huge_pages_and_foreign_resources_count_as_requests() -> None:
    requests = {"hugepages-2Mi": "4Mi", "example.com/gpu": "2", "kubernetes.io/x": "1"}
    used = _pod_uses({"spec": {"containers": [{"name": "c", "resources": {"requests": requests}}]}})
    assert used == {
        "count/pods": "1",
        "hugepages-2Mi": "4Mi",
        "pods": "1",
        "requests.example.com/gpu": "2",
        "requests.hugepages-2Mi": "4Mi",
    }
    covers = _measure("pods").covers
    assert all(map(covers, used))
    assert not any(map(covers, ("example.com/gpu", "requests.kubernetes.io/x", "services", "requests.storage")))


@pytest.mark.parametrize(("now", "living"), [(NOW, True), (NOW + dt.timedelta(seconds=31), False)])
def test_pod_on_a_lost_node_uses_nothing_after_its_time(now: dt.datetime, living: bool) -> None:
    metadata = {"deletionTimestamp": "2026-01-01T12:00:00Z", "deletionGracePeriodSeconds": 30}
    used = _measure("pods").usage({"metadata": metadata, "spec": _asking("1")}, now)
    assert ("pods" in used, "count/pods" in used) == (living, True)


@pytest.mark.parametrize(
    ("spec", "ports"),
    [
        ({"type": "ClusterIP"}, "0"),
        ({"type": "NodePort"}, "2"),
        ({"type": "LoadBalancer"}, "2"),
        ({"type": "LoadBalancer", "allocateLoadBalancerNodePorts": False}, "1"),
    ],
)
def test_node_ports_are_counted_before_they_are_given(spec: dict[str, Any], ports: str) -> None:
    service = {"spec": spec | {"ports": [{"port": 1, "nodePort": 30001}, {"port": 2}]}}
    assert written(_measure("services").usage(service, NOW))["services.nodeports"] == ports


def test_events_are_not_counted() -> None:
    assert measure_of(GroupResource("", "events")) is None
    assert measure_of(GroupResource("events.k8s.io", "events")) is None


@pytest.mark.parametrize(
    ("operator", "values", "matching"),
    [("In", ["x"], {"x"}), ("NotIn", ["x"], {"y", ""}), ("Exists", [], {"x", "y"}), ("DoesNotExist", [], {""})],
)
def test_scopes_of_priority_classes(operator: str, values: list[str], matching: set[str]) -> None:
    wanted = {"scopeName": "PriorityClass", "operator": operator, "values": values}
    pods = {name: {"spec": {"priorityClassName": name}} for name in ("x", "y", "")}
    assert {name for name, pod in pods.items() if _measure("pods").is_in_scope(pod, wanted)} == matching
