"""Fields that a request cannot change."""

from aiokube.testing.apiserver.ownership.field_set import FieldSet
from aiokube.testing.apiserver.ownership.reset import excluding, only

FIELDS = FieldSet.from_json(
    {
        "f:metadata": {"f:labels": {}},
        "f:spec": {"f:containers": {'k:{"name":"a"}': {".": {}, "f:image": {}, "f:resources": {"f:limits": {}}}}},
        "f:status": {".": {}, "f:phase": {}},
    }
)


def test_excluded_fields_go_with_all_below_them() -> None:
    assert excluding("status", "metadata")(FIELDS).tree == {"f:spec": FIELDS.tree["f:spec"]}


def test_only_what_a_path_goes_through_stays() -> None:
    """The item too, for it lies on the way."""
    assert only("spec.containers.*.resources", "spec.initContainers.*.resources")(FIELDS).tree == {
        "f:spec": {"f:containers": {'k:{"name":"a"}': {".": {}, "f:resources": {"f:limits": {}}}}}
    }
