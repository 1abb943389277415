from typing import Any

import pytest

from aiokube.testing.apiserver.kinds import autoscaler_versions, event_versions

_TARGET = {"kind": "Deployment", "name": "d", "apiVersion": "apps/v1"}
_METRICS: dict[str, dict[str, Any]] = {
    "resource": {
        "type": "Resource",
        "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": "1Gi"}},
    },
    "containerResource": {
        "type": "ContainerResource",
        "containerResource": {
            "name": "cpu",
            "container": "c",
            "target": {"type": "Utilization", "averageUtilization": 70},
        },
    },
    "pods": {
        "type": "Pods",
        "pods": {
            "metric": {"name": "m", "selector": {"matchLabels": {"a": "b"}}},
            "target": {"type": "AverageValue", "averageValue": "5"},
        },
    },
    "object by value": {
        "type": "Object",
        "object": {"describedObject": _TARGET, "metric": {"name": "m"}, "target": {"type": "Value", "value": "5"}},
    },
    "object by average": {
        "type": "Object",
        "object": {
            "describedObject": _TARGET,
            "metric": {"name": "m"},
            "target": {"type": "AverageValue", "averageValue": "5"},
        },
    },
    "external": {
        "type": "External",
        "external": {"metric": {"name": "m"}, "target": {"type": "Value", "value": "5"}},
    },
}


def _autoscaler(metrics: list[dict[str, Any]], **spec: Any) -> dict[str, Any]:
    return {
        "kind": "HorizontalPodAutoscaler",
        "apiVersion": "autoscaling/v2",
        "metadata": {"name": "a", "annotations": {"x": "y"}},
        "spec": {"scaleTargetRef": _TARGET, "minReplicas": 1, "maxReplicas": 3, "metrics": metrics} | spec,
        "status": {"currentReplicas": 1, "desiredReplicas": 2, "currentMetrics": None},
    }


@pytest.mark.parametrize("name", _METRICS)
def test_metrics_survive_the_older_version(name: str) -> None:
    autoscaler = _autoscaler([_METRICS[name]])
    assert autoscaler_versions.from_v1(autoscaler_versions.to_v1(autoscaler)) == autoscaler


def test_behavior_survives_the_older_version() -> None:
    rules = {"selectPolicy": "Max", "policies": [{"type": "Pods", "value": 1, "periodSeconds": 3}], "tolerance": "500m"}
    autoscaler = _autoscaler([_METRICS["pods"]], behavior={"scaleDown": rules})
    assert autoscaler_versions.from_v1(autoscaler_versions.to_v1(autoscaler)) == autoscaler


def test_cpu_has_a_field_in_the_older_version() -> None:
    target = {"type": "Utilization", "averageUtilization": 7}
    cpu = {"type": "Resource", "resource": {"name": "cpu", "target": target}}
    v1 = autoscaler_versions.to_v1(_autoscaler([cpu, _METRICS["pods"]]))
    assert v1["spec"]["targetCPUUtilizationPercentage"] == 7
    assert autoscaler_versions.from_v1(v1)["spec"]["metrics"] == [_METRICS["pods"], cpu]


@pytest.mark.parametrize("text", ["", "{", "7", '{"a":1}'])
def test_annotations_that_cannot_be_read_are_as_good_as_none(text: str) -> None:
    v1 = autoscaler_versions.to_v1(_autoscaler([_METRICS["pods"]]))
    v1["metadata"]["annotations"]["autoscaling.alpha.kubernetes.io/metrics"] = text
    converted = autoscaler_versions.from_v1(v1)
    assert [metric["resource"]["name"] for metric in converted["spec"]["metrics"]] == ["cpu"]
    assert converted["metadata"]["annotations"] == {"x": "y"}


def test_events_change_names_of_fields_and_nothing_else() -> None:
    event = {
        "kind": "Event",
        "apiVersion": "v1",
        "metadata": {"name": "a"},
        "message": "m",
        "count": 3,
        "type": "Normal",
    }
    converted = event_versions.to_events_k8s_io(event)
    assert converted["note"] == "m"
    assert converted["deprecatedCount"] == 3
    assert converted["apiVersion"] == "events.k8s.io/v1"
    assert event_versions.from_events_k8s_io(converted) == event
