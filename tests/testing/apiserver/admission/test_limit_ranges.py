"""Several LimitRanges, whose order kube-apiserver leaves to chance, and where they say nothing."""

from typing import Any

import pytest

from aiokube.testing.apiserver.admission import Change, are_limited, check_limits, give_defaults
from aiokube.testing.apiserver.errors import GroupResource, StatusError

PODS = GroupResource("", "pods")
CLAIMS = GroupResource("", "persistentvolumeclaims")


def a_pod(**resources: Any) -> dict[str, Any]:
    metadata = {"name": "a", "namespace": "n"}
    return {"metadata": metadata, "spec": {"containers": [{"name": "c", "resources": resources}]}}


def a_range(**limit: Any) -> dict[str, Any]:
    return {"spec": {"limits": [{"type": "Container"} | limit]}}


def test_the_first_range_gives_and_the_last_that_gave_is_noted() -> None:
    pod = a_pod()
    ranges = [a_range(default={"cpu": "1"}), a_range(default={"cpu": "2", "memory": "1Gi"}), a_range()]
    give_defaults(Change(PODS, "", pod), ranges)
    assert pod["spec"]["containers"][0]["resources"] == {"limits": {"cpu": "1", "memory": "1Gi"}}
    note = "LimitRanger plugin set: memory limit for container c"
    assert pod["metadata"]["annotations"] == {"kubernetes.io/limit-ranger": note}


def test_the_first_range_that_is_broken_speaks_alone() -> None:
    ranges = [a_range(), a_range(max={"cpu": "1", "memory": "1"}), a_range(max={"cpu": "2"})]
    with pytest.raises(StatusError) as caught:
        check_limits(Change(PODS, "", a_pod(limits={"cpu": "3", "memory": "1"})), ranges)
    assert caught.value.code == 403
    assert caught.value.message == 'pods "a" is forbidden: maximum cpu usage per Container is 1, but limit is 3'


@pytest.mark.parametrize(
    ("resource", "subresource", "is_new", "limited"),
    [
        (PODS, "", True, True),
        (PODS, "", False, False),
        (PODS, "resize", False, True),
        (PODS, "status", False, False),
        (CLAIMS, "", True, True),
        (CLAIMS, "", False, True),
        (CLAIMS, "status", False, False),
        (GroupResource("", "configmaps"), "", True, False),
    ],
)
def test_what_is_limited(resource: GroupResource, subresource: str, is_new: bool, limited: bool) -> None:
    old = None if is_new else a_pod()
    assert are_limited(Change(resource, subresource, a_pod(), old)) is limited


def test_what_is_being_deleted_is_not_limited() -> None:
    old = a_pod()
    old["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    assert not are_limited(Change(PODS, "resize", a_pod(), old))
