"""Conflicts, as they are answered."""

from aiokube.testing.apiserver.ownership.conflicts import ConflictsError
from aiokube.testing.apiserver.ownership.field_set import FieldSet
from aiokube.testing.apiserver.ownership.manager import APPLY, UPDATE, Manager

KUBECTL = Manager.of("kubectl", UPDATE, "apps/v1")
OTHER = Manager.of("a", APPLY, "apps/v1")


def test_one_conflict_is_told_in_a_line() -> None:
    status = ConflictsError({KUBECTL: FieldSet.of_fields("spec.replicas")}).status.status
    assert status == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": 'Apply failed with 1 conflict: conflict with "kubectl" using apps/v1: .spec.replicas',
        "reason": "Conflict",
        "details": {
            "causes": [
                {
                    "reason": "FieldManagerConflict",
                    "message": 'conflict with "kubectl" using apps/v1',
                    "field": ".spec.replicas",
                }
            ]
        },
        "code": 409,
    }


def test_several_conflicts_are_told_by_manager() -> None:
    error = ConflictsError({KUBECTL: FieldSet.of_fields("spec.b", "spec.a"), OTHER: FieldSet.of_fields("spec.a")})
    assert error.status.message == (
        'Apply failed with 3 conflicts: conflicts with "a":\n- .spec.a\n'
        'conflicts with "kubectl" using apps/v1:\n- .spec.a\n- .spec.b'
    )


def test_conflicts_over_what_is_allowed_are_none() -> None:
    error = ConflictsError({KUBECTL: FieldSet.of_fields("a", "b"), OTHER: FieldSet.of_fields("a")})
    rest = error.without(FieldSet.of_fields("a"))
    assert rest is not None
    assert rest.fields == {KUBECTL: FieldSet.of_fields("b")}
    assert error.without(FieldSet.of_fields("a", "b")) is None
