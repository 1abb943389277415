"""Quotas: what is charged to them, and what they do not let in.

The real server looks at copies of its own of quotas, that come a little late, as does what its controller counts:
after each change of a quota, or of what it counts when something goes, a dry run is repeated until it is answered
by what is new. Nothing is made just before something goes, as it might be overlooked when the rest is counted.
"""

from typing import Any

from conformance.case import Request, apply, case, delete, get, merge, post, put, strategic
from conformance.objects import pod, service

__all__ = ["CASES"]

_QUOTAS = "resourcequotas"
_LEASES = "coordination.k8s.io/v1:leases"
_NONE: dict[str, str] = {"count/endpoints": "0"}
_ENDPOINTS: dict[str, Any] = {"metadata": {"name": "z"}}


def _named(name: str) -> dict[str, Any]:
    return {"metadata": {"name": name}}


def _quota(hard: dict[str, str], **spec: Any) -> tuple[Request, Request]:
    """Return the requests for a quota, and for what it refuses when it was counted."""
    return (
        post(_QUOTAS, {"metadata": {"name": "a"}, "spec": {"hard": hard | _NONE} | spec}),
        post("endpoints?dryRun=All", _ENDPOINTS, until="limited: count/endpoints=0"),
    )


def _container(name: str = "c", *, requests: Any = None, limits: Any = None, **more: Any) -> dict[str, Any]:
    sides = {"requests": requests, "limits": limits}
    resources = {side: amounts for side, amounts in sides.items() if amounts is not None}
    return {"name": name, "image": "i", "resources": resources} | more


def _pod(name: str, *containers: dict[str, Any], **spec: Any) -> Request:
    return post("pods", pod(name, containers=list(containers) or [_container()], **spec))


def _resized(name: str, **limits: str) -> Request:
    name, _, query = name.partition("?")
    return strategic(f"pods/{name}/resize?{query}", {"spec": {"resources": {"requests": limits, "limits": limits}}})


def _fits(**limits: str) -> Request:
    """Return the request that waits until there is room for a pod."""
    fitting = pod("z", resources={"limits": {"memory": "1Mi"} | limits})
    return post("pods?dryRun=All", fitting, until_status=201)


CASES = [
    case(
        "quota-counts-objects",
        *_quota({"secrets": "9", "count/secrets": "3", "count/leases.coordination.k8s.io": "1"}),
        get(f"{_QUOTAS}/a"),
        merge(f"{_QUOTAS}/a", {"spec": {"hard": {"secrets": "2", "count/endpoints": None, "services": "0"}}}),
        post("services?dryRun=All", service(), until="limited: services=0"),
        get(f"{_QUOTAS}/a"),
        post("secrets?dryRun=All", _named("a")),
        post("secrets", _named("a")),
        get(f"{_QUOTAS}/a"),
        post("secrets", _named("a b")),
        apply("secrets/b", {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "b"}}),
        get(f"{_QUOTAS}/a"),
        post("secrets", _named("a")),
        post("secrets", {"metadata": {"generateName": "gen-"}}),
        post("secrets?dryRun=All", _named("c")),
        apply("secrets/c", {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "c"}}),
        merge("secrets/a", {"data": {"a": "YQ=="}}),
        post("events", {"metadata": {"name": "a"}, "involvedObject": {"namespace": "${ns}"}}),
        delete("secrets/a"),
        post("secrets?dryRun=All", _named("c"), until_status=201),
        get(f"{_QUOTAS}/a"),
        put(f"{_LEASES}/a", _named("a")),
        put(f"{_LEASES}/b", _named("b")),
        post(_LEASES, _named("a")),
        post("secrets", _named("c")),
        post("secrets", _named("d")),
        get(f"{_QUOTAS}/a"),
        looks_at="status.used",
    ),
    case(
        "quota-measures-pods",
        *_quota({"pods": "3", "requests.cpu": "1", "limits.memory": "2Gi", "requests.x.y/z": "3"}),
        _pod("a"),
        _pod("a", _container("d"), _container(limits={"cpu": "1"}), initContainers=[_container("i")]),
        _pod("a", _container(limits={"cpu": "500m", "memory": "1Gi", "x.y/z": "2"})),
        get(f"{_QUOTAS}/a"),
        _pod("b", _container(limits={"cpu": "600m", "memory": "1G", "x.y/z": "2"})),
        _pod("b", _container(limits={"cpu": "600m", "memory": "512Mi"}), priorityClassName="x"),
        _pod("b", _container(limits={"cpu": "600m", "memory": "512Mi"})),
        _pod(
            "b",
            _container(limits={"cpu": "100m", "memory": "512Mi"}),
            initContainers=[
                _container("i", limits={"cpu": "100m", "memory": "100Mi"}, restartPolicy="Always"),
                _container("j", limits={"cpu": "200m", "memory": "700Mi"}),
            ],
        ),
        get(f"{_QUOTAS}/a"),
        _pod("c", resources={"limits": {"cpu": "150m", "memory": "1Mi"}}),
        get(f"{_QUOTAS}/a"),
        _pod("d", resources={"limits": {"memory": "1Mi"}}),
        _resized("c?dryRun=All", cpu="1"),
        _resized("c", cpu="151m"),
        get(f"{_QUOTAS}/a"),
        merge("pods/c/status", {"status": {"phase": "Succeeded"}}),
        _fits(cpu="150m"),
        get(f"{_QUOTAS}/a"),
        delete("pods/b?gracePeriodSeconds=0"),
        _fits(cpu="400m"),
        get(f"{_QUOTAS}/a"),
        looks_at="status.used",
    ),
]
