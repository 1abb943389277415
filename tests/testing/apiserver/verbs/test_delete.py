"""Deletions: at once, after a grace period, or when nothing holds the object any more."""

from __future__ import annotations

from typing import Any

import pytest

from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.errors import GroupResource, StatusError
from aiokube.testing.apiserver.verbs.delete import delete, delete_each
from aiokube.testing.apiserver.verbs.options import DeleteOptions, Preconditions

CONFIG_MAPS = GroupResource("", "configmaps")
PODS = GroupResource("", "pods")
POD_SPEC = {"containers": [{"name": "c", "image": "i"}], "nodeName": "n"}


def metadata(cluster: Cluster, collection: GroupResource = CONFIG_MAPS) -> dict[str, Any] | None:
    obj = cluster.get(collection, "a", "default")
    return None if obj is None else obj["metadata"]


def test_an_object_that_nothing_holds_goes_at_once(cluster: Cluster, call: Any, put: Any) -> None:
    put("a")
    delete(cluster, call("a"), DeleteOptions())
    assert metadata(cluster) is None


def test_a_dry_run_deletes_nothing(cluster: Cluster, call: Any, put: Any) -> None:
    put("a")
    before = cluster.storage.revision
    delete(cluster, call("a"), DeleteOptions(dryRun=["All"]))
    assert metadata(cluster) is not None
    assert cluster.storage.revision == before


def test_finalizers_hold_an_object_that_is_marked(cluster: Cluster, call: Any, put: Any) -> None:
    put("a", metadata={"finalizers": ["example.com/x"]})
    delete(cluster, call("a"), DeleteOptions())
    marked = metadata(cluster)
    assert marked is not None
    assert (marked["deletionTimestamp"], marked["deletionGracePeriodSeconds"]) == ("2026-01-01T00:00:00Z", 0)


@pytest.mark.parametrize(
    ("policy", "finalizers"),
    [("Foreground", ["foregroundDeletion"]), ("Orphan", ["orphan"]), ("Background", None), (None, None)],
)
def test_a_policy_is_a_finalizer_for_the_garbage_collector(
    cluster: Cluster, call: Any, put: Any, policy: str | None, finalizers: list[str] | None
) -> None:
    put("a")
    delete(cluster, call("a"), DeleteOptions(propagationPolicy=policy))
    left = metadata(cluster)
    assert (left and left["finalizers"]) == finalizers


@pytest.mark.parametrize("wanted", [Preconditions(uid="x"), Preconditions(resourceVersion="1")])
def test_preconditions_that_do_not_hold_are_a_conflict(
    cluster: Cluster, call: Any, put: Any, wanted: Preconditions
) -> None:
    put("a")
    with pytest.raises(StatusError, match="in the precondition") as caught:
        delete(cluster, call("a"), DeleteOptions(preconditions=wanted))
    assert caught.value.code == 409
    assert metadata(cluster) is not None


def test_preconditions_that_hold_let_it_go(cluster: Cluster, call: Any, put: Any) -> None:
    there = put("a")["metadata"]
    wanted = Preconditions(uid=there["uid"], resourceVersion=there["resourceVersion"])
    delete(cluster, call("a"), DeleteOptions(preconditions=wanted))
    assert metadata(cluster) is None


def test_a_grace_period_is_shortened_and_never_longer(cluster: Cluster, call: Any, put: Any) -> None:
    put("default", plural="serviceaccounts")
    put("a", plural="pods", spec=POD_SPEC)
    for asked, due in ((None, 30), (10, 10), (20, 10), (3, 3)):
        delete(cluster, call("a", plural="pods"), DeleteOptions(gracePeriodSeconds=asked))
        marked = metadata(cluster, PODS)
        assert marked is not None
        assert (marked["deletionTimestamp"], marked["deletionGracePeriodSeconds"]) == (
            f"2026-01-01T00:00:{due:02}Z",
            due,
        )
    delete(cluster, call("a", plural="pods"), DeleteOptions(gracePeriodSeconds=0))
    assert metadata(cluster, PODS) is None


def test_a_grace_period_of_any_length_is_no_bug(cluster: Cluster, call: Any, put: Any) -> None:
    put("default", plural="serviceaccounts")
    put("a", plural="pods", spec=POD_SPEC)
    delete(cluster, call("a", plural="pods"), DeleteOptions(gracePeriodSeconds=2**63 - 1))
    assert metadata(cluster, PODS) is not None


def test_what_is_not_there_is_not_found(cluster: Cluster, call: Any) -> None:
    with pytest.raises(StatusError) as caught:
        delete(cluster, call("a"), DeleteOptions())
    assert caught.value.code == 404


def test_a_cluster_keeps_its_first_namespaces(cluster: Cluster, call: Any) -> None:
    with pytest.raises(StatusError, match="may not be deleted"):
        delete(cluster, call("default", plural="namespaces", namespace=""), DeleteOptions())


def test_many_are_deleted_one_by_one_until_one_may_not_be(cluster: Cluster, call: Any, put: Any) -> None:
    """What is gone by itself is passed over; what comes after the one that may not be deleted stays."""
    collection = cluster.collection(CONFIG_MAPS)
    for name in "abcd":
        put(name)
    objects = collection.all("default")
    steps = delete_each(cluster, call(), objects, DeleteOptions(preconditions=Preconditions(uid=objects[1].uid)))
    collection.remove(objects[0].object())
    next(steps)
    assert len(collection) == 3
    next(steps)
    with pytest.raises(StatusError, match="UID in the precondition"):
        next(steps)
    assert [stored.key for stored in collection.all()] == ["default/c", "default/d"]
