"""What the containers of a pod ask for together, and the quality that follows from what each asks for."""

from typing import Any

import pytest

from aiokube.testing.apiserver.kinds.pods.quality import quality_of_service
from aiokube.testing.apiserver.kinds.pods.totals import total


def _container(restart: str = "", **requests: str) -> dict[str, Any]:
    policy = {"restartPolicy": restart} if restart else {}
    return {"resources": {"requests": requests}} | policy


def _total(**spec: Any) -> dict[str, str]:
    return {name: quantity.text for name, quantity in total(spec, "requests").items()}


def test_containers_add_up() -> None:
    assert _total(containers=[_container(cpu="100m"), _container(cpu="1", memory="1Gi")]) == {
        "cpu": "1100m",
        "memory": "1Gi",
    }


def test_containers_before_the_others_count_for_more_alone() -> None:
    running = [_container(cpu="1", memory="1Mi")]
    assert _total(containers=running, initContainers=[_container(cpu="2")]) == {"cpu": "2", "memory": "1Mi"}
    assert _total(containers=running, initContainers=[_container(cpu="500m")]) == {"cpu": "1", "memory": "1Mi"}


def test_containers_beside_the_others_add_up() -> None:
    beside = _container("Always", cpu="1")
    assert _total(containers=[_container(cpu="1")], initContainers=[beside]) == {"cpu": "2"}
    assert _total(containers=[_container(cpu="1")], initContainers=[beside, _container(cpu="3")]) == {"cpu": "4"}


_BOTH = {"cpu": "1", "memory": "1Gi"}


@pytest.mark.parametrize(
    ("resources", "quality"),
    [
        ([{}], "BestEffort"),
        ([{"requests": {"cpu": "0"}}], "BestEffort"),
        ([{"requests": {"example.com/gpu": "1"}}], "BestEffort"),
        ([{"requests": {"cpu": "1"}}], "Burstable"),
        ([{"requests": _BOTH, "limits": _BOTH}], "Guaranteed"),
        ([{"requests": _BOTH, "limits": _BOTH}, {}], "Burstable"),
        ([{"requests": {"cpu": "1", "memory": "1Mi"}, "limits": _BOTH}], "Burstable"),
        ([{"requests": {"cpu": "1000m", "memory": "1Gi"}, "limits": _BOTH}], "Guaranteed"),
    ],
)
def test_quality_follows_from_resources(resources: list[dict[str, Any]], quality: str) -> None:
    assert quality_of_service({"containers": [{"resources": each} for each in resources]}) == quality


def test_resources_of_the_pod_come_first() -> None:
    spec = {"resources": {"requests": _BOTH, "limits": _BOTH}, "containers": [{}]}
    assert quality_of_service(spec) == "Guaranteed"
