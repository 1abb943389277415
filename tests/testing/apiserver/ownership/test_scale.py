"""Who owns replicas, by the object and by its Scale."""

from typing import Any

from aiokube.testing.apiserver.ownership import owners_of_object, owners_of_scale

PATHS = {"apps/v1": "spec.replicas", "apps/v2": None}
TIME = "2026-01-01T00:00:00Z"


def entry(manager: str, fields: Any, *, api_version: str = "apps/v1", **more: Any) -> dict[str, Any]:
    kept = {"manager": manager, "operation": "Update", "apiVersion": api_version, "time": TIME}
    complete = kept | {"fieldsType": "FieldsV1", "fieldsV1": fields} | more
    return {name: value for name, value in complete.items() if value is not None}


BOTH = entry("both", {"f:spec": {"f:paused": {}, "f:replicas": {}}})
ONLY = entry("only", {"f:spec": {"f:replicas": {}}})
NONE = entry("none", {"f:spec": {"f:paused": {}}})
OLD = entry("old", {"f:spec": {"f:replicas": {}}}, api_version="apps/v2")
GONE = entry("gone", {"f:spec": {"f:replicas": {}}}, api_version="apps/v0")
REPLICAS: dict[str, Any] = {"f:spec": {"f:replicas": {}}}


def test_a_scale_is_owned_by_who_owns_the_replicas() -> None:
    assert owners_of_scale([BOTH, GONE, NONE, OLD, ONLY], PATHS) == [
        entry("both", REPLICAS, api_version="autoscaling/v1"),
        entry("only", REPLICAS, api_version="autoscaling/v1"),
    ]


def test_who_writes_the_scale_takes_the_replicas_from_the_others() -> None:
    scaler = entry("scaler", REPLICAS, api_version="autoscaling/v1", subresource="scale")
    assert owners_of_object([BOTH, GONE, NONE, OLD, ONLY], [scaler], PATHS, api_version="apps/v1") == [
        entry("scaler", REPLICAS, time=None, subresource="scale"),
        entry("both", {"f:spec": {"f:paused": {}}}),
        NONE,
        OLD,
    ]


def test_an_applier_that_still_owns_the_scale_keeps_the_replicas() -> None:
    applier = BOTH | {"operation": "Apply"}
    scale = [entry("both", REPLICAS, operation="Apply", api_version="autoscaling/v1")]
    assert owners_of_object([applier, ONLY], scale, PATHS, api_version="apps/v1") == [applier]


def test_an_updater_that_still_owns_the_scale_gets_a_second_entry() -> None:
    """As on kube-apiserver, which finds it in another version there."""
    scale = owners_of_scale([BOTH], PATHS)
    assert owners_of_object([BOTH], scale, PATHS, api_version="apps/v1") == [
        entry("both", REPLICAS, time=None),
        entry("both", {"f:spec": {"f:paused": {}}}),
    ]
