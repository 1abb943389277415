"""Autoscalers in both versions, and disruption budgets."""

from typing import Any

from conformance.case import case, get, merge, post, put

__all__ = ["CASES"]

_V1 = "autoscaling/v1:horizontalpodautoscalers"
_V2 = "autoscaling/v2:horizontalpodautoscalers"
_BUDGETS = "policy/v1:poddisruptionbudgets"
_TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"}
_MEMORY = {
    "type": "Resource",
    "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": "1Gi"}},
}
_CPU = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 7}}}


def _autoscaler(**spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "a"}, "spec": {"scaleTargetRef": _TARGET, "maxReplicas": 3} | spec}


def _of_container(resource: str) -> dict[str, Any]:
    return {"type": "ContainerResource", "containerResource": _CPU["resource"] | {"name": resource, "container": "c"}}


def _budget(**spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "a"}, "spec": spec}


CASES = [
    case(
        "autoscaler-defaults",
        post(_V2, _autoscaler()),
        get(f"{_V1}/a"),
        put(f"{_V2}/a", _autoscaler(behavior={"scaleDown": {"stabilizationWindowSeconds": 5}})),
        get(f"{_V1}/a"),
        looks_at="spec.behavior",
    ),
    case(
        "autoscaler-in-the-older-version",
        post(_V1, _autoscaler(targetCPUUtilizationPercentage=55)),
        get(f"{_V2}/a"),
        put(f"{_V1}/a", _autoscaler(minReplicas=2)),
        get(f"{_V2}/a"),
        looks_at="spec.targetCPUUtilizationPercentage",
    ),
    case(
        "autoscaler-metrics-of-the-older-version",
        post(_V2, _autoscaler(metrics=[_MEMORY, _CPU])),
        get(f"{_V1}/a", name="old"),
        merge(f"{_V1}/a", {"spec": {"targetCPUUtilizationPercentage": 60}}),
        get(f"{_V2}/a"),
        looks_at="spec.metrics",
    ),
    case(
        "autoscaler-status-of-the-older-version",
        post(_V2, _autoscaler()),
        merge(
            f"{_V2}/a/status",
            {
                "status": {
                    "currentReplicas": 1,
                    "desiredReplicas": 2,
                    "conditions": [{"type": "AbleToScale", "status": "True", "reason": "r", "message": "m"}],
                    "currentMetrics": [
                        {"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 3}}}
                    ],
                }
            },
        ),
        get(f"{_V1}/a"),
        merge(f"{_V2}/a/status", {"status": {"currentReplicas": -1}}),
    ),
    case(
        "autoscaler-bounds",
        post(_V2, _autoscaler(maxReplicas=0)),
        post(_V2, _autoscaler(minReplicas=0)),
        post(_V2, _autoscaler(minReplicas=5)),
        post(_V2, _autoscaler(maxReplicas=-1)),
        post(_V1, _autoscaler(minReplicas=5)),
    ),
    case(
        "autoscaler-targets",
        post(_V2, _autoscaler(scaleTargetRef={"kind": "", "name": ""})),
        post(_V2, _autoscaler(scaleTargetRef={"kind": "Deployment", "name": "d"})),
        post(_V2, _autoscaler(scaleTargetRef={"kind": "D", "name": "d", "apiVersion": "a/b/c"})),
        post(_V2, _autoscaler(scaleTargetRef={"kind": "ReplicationController", "name": "a/b", "apiVersion": "v1"})),
    ),
    case(
        "autoscaler-metrics",
        post(_V2, _autoscaler(metrics=[{"type": "X"}])),
        post(_V2, _autoscaler(metrics=[{"type": "Pods"}])),
        post(_V2, _autoscaler(metrics=[_of_container("c"), _of_container("x/y z"), _of_container("requests.x/y")])),
        post(_V2, _autoscaler(metrics=[{"type": "Resource", "resource": {"name": "", "target": {"type": "X"}}}])),
        post(_V2, _autoscaler(metrics=[{"type": "Pods", "resource": _CPU["resource"]}])),
    ),
    case(
        "autoscaler-behavior",
        post(_V2, _autoscaler(behavior={"scaleUp": {"selectPolicy": "X"}})),
        post(_V2, _autoscaler(behavior={"scaleUp": {"stabilizationWindowSeconds": 3601}})),
        post(
            _V2, _autoscaler(behavior={"scaleDown": {"policies": [{"type": "X", "value": 0, "periodSeconds": 1801}]}})
        ),
    ),
    case(
        "budget-lives",
        post(_BUDGETS, _budget(minAvailable=1, selector={"matchLabels": {"a": "b"}}), name="made"),
        put(f"{_BUDGETS}/a", _budget(minAvailable="50%")),
        put(
            f"{_BUDGETS}/a",
            _budget(minAvailable="50%")
            | {"metadata": {"name": "a", "resourceVersion": "${made.metadata.resourceVersion}"}},
        ),
        looks_at="metadata.generation",
    ),
    case(
        "budget-that-is-wrong",
        post(_BUDGETS, _budget(minAvailable=1, maxUnavailable=1)),
        post(_BUDGETS, _budget(minAvailable=-1)),
        post(_BUDGETS, _budget(minAvailable="x")),
        post(_BUDGETS, _budget(maxUnavailable="101%")),
        post(_BUDGETS, _budget(minAvailable=f"{'9' * 5000}%")),
        post(_BUDGETS, _budget(minAvailable=f"{'0' * 5000}1%", maxUnavailable="100%")),
        post(_BUDGETS, _budget(minAvailable="+1%", maxUnavailable="%")),
        post(_BUDGETS, _budget(unhealthyPodEvictionPolicy="X")),
        post(_BUDGETS, _budget(selector={"matchExpressions": [{"key": "a", "operator": "X"}]})),
    ),
]
