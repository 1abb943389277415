"""Evictions, and bindings of pods to nodes."""

from typing import Any

from conformance.case import Request, case, get, merge, post
from conformance.objects import changed, pod

__all__ = ["CASES"]

_BUDGETS = "policy/v1:poddisruptionbudgets"


def _evicted(name: str = "a", **fields: Any) -> Request:
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name}, **fields}
    return post(f"pods/{name}/eviction", eviction)


def _bound(name: str = "a", **fields: Any) -> Request:
    binding = {"metadata": {"name": name}, "target": {"kind": "Node", "name": "n"}, **fields}
    return post(f"pods/{name}/binding", binding)


def _running(name: str = "a") -> tuple[Request, Request]:
    """Return what makes a pod that runs and is ready."""
    status = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    return (
        post("pods", changed(pod(name, nodeName="n"), metadata__labels={"app": "a"})),
        merge(f"pods/{name}/status", {"status": status}),
    )


def _budget(name: str, **status: Any) -> tuple[Request, Request]:
    return (
        post(_BUDGETS, {"metadata": {"name": name}, "spec": {"selector": {"matchLabels": {"app": "a"}}}}),
        merge(f"{_BUDGETS}/{name}/status", {"status": status}),
    )


_FULL = {"observedGeneration": 1, "disruptionsAllowed": 0, "currentHealthy": 1, "desiredHealthy": 1, "expectedPods": 1}

CASES = [
    case(
        "eviction-without-a-budget",
        *_running(),
        _evicted(),
        get("pods/a"),
        _evicted("b"),
        post("pods/a/eviction", {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "x"}}),
        looks_at="status.conditions",
    ),
    case(
        "eviction-against-the-budget",
        *_running(),
        *_budget("d", **_FULL),
        _evicted(),
        get("pods/a"),
        looks_at="details.causes",
    ),
    case(
        "eviction-against-a-budget-that-is-not-looked-at-yet",
        *_running(),
        post(_BUDGETS, {"metadata": {"name": "d"}, "spec": {"selector": {"matchLabels": {"app": "a"}}}}),
        _evicted(),
        looks_at="details.causes",
    ),
    case(
        "eviction-takes-from-the-budget",
        *_running(),
        *_budget("d", **_FULL | {"disruptionsAllowed": 1, "currentHealthy": 2}),
        _evicted(),
        get(f"{_BUDGETS}/d"),
        looks_at="status.disruptedPods",
    ),
    case(
        "eviction-with-two-budgets",
        *_running(),
        *_budget("d", **_FULL),
        *_budget("e", **_FULL),
        _evicted(),
    ),
    case(
        "eviction-of-a-pod-that-does-not-run",
        post("pods", changed(pod(), metadata__labels={"app": "a"})),
        *_budget("d", **_FULL),
        _evicted(),
        get("pods/a"),
    ),
    case(
        "binding-gives-a-node",
        post("pods", pod()),
        _bound(metadata={"name": "a", "annotations": {"x": "y"}}),
        get("pods/a"),
        _bound(),
        looks_at="spec.nodeName",
    ),
    case(
        "binding-that-is-wrong",
        post("pods", pod(schedulingGates=[{"name": "g"}])),
        _bound(),
        _bound(target={"kind": "Node"}),
        _bound(target={"kind": "Foo", "name": "n"}),
        _bound("b"),
        _bound(metadata={"name": "x"}),
    ),
]
