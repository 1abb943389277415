"""Metadata: what the server asks of every object, with and without a namespace, built in or custom."""

from typing import Any

from aiokube.testing.apiserver.kinds import metadata, names

_BEFORE = {
    "name": "a",
    "namespace": "n",
    "uid": "u",
    "resourceVersion": "1",
    "creationTimestamp": "2026-01-01T00:00:00Z",
    "generation": 2,
}


def _rule(name: str, prefix: bool) -> list[str]:
    return names.dns_subdomain(name, prefix=prefix)


def _created(*, namespaced: bool = True, builtin: bool = True, **fields: Any) -> list[str]:
    obj = {"metadata": {"name": "a", "namespace": "n"} | fields}
    found = metadata.validate_create(obj, namespaced=namespaced, name_rule=_rule, builtin=builtin)
    return [str(error) for error in found]


def _updated(before: dict[str, Any] | None = None, *, builtin: bool = True, **fields: Any) -> list[str]:
    old = _BEFORE | (before or {})
    new = {"metadata": old | fields}
    found = metadata.validate_update(new, {"metadata": old}, namespaced=True, builtin=builtin)
    return [str(error) for error in found]


def test_a_plain_object_is_right() -> None:
    assert _created() == _created(namespaced=False, namespace="") == _updated() == []


def test_a_name_is_needed() -> None:
    assert _created(name="") == ["metadata.name: Required value: name or generateName is required"]


def test_a_generated_name_is_judged_twice() -> None:
    found = _created(generateName="AB-", name="AB-x")
    assert [error.partition(":")[0] for error in found] == ["metadata.generateName", "metadata.name"]


def test_the_namespace_fits_the_scope() -> None:
    assert _created(namespace="") == ["metadata.namespace: Required value"]
    assert _created(namespaced=False) == ["metadata.namespace: Forbidden: not allowed on this type"]
    assert len(_created(namespace="A")) == 1


def test_annotations_have_a_limit_together() -> None:
    half = "x" * (128 * 1024)
    assert _created(annotations={"a": half}) == []
    assert _created(annotations={"a": half, "b": half}) == [
        "metadata.annotations: Too long: may not be more than 262144 bytes"
    ]


def test_annotations_may_be_named_in_capitals() -> None:
    assert _created(annotations={"A.B/c": ""}) == []
    assert len(_created(labels={"A.B/c": ""})) == 1


def test_finalizers_of_built_in_kinds_are_qualified() -> None:
    assert _created(finalizers=["kubernetes", "orphan", "a.b/c"]) == []
    assert _created(finalizers=["foo"], builtin=False) == []
    (error,) = _created(finalizers=["foo"])
    assert error.endswith("name is neither a standard finalizer name nor is it fully qualified")


def test_dependents_cannot_be_orphaned_and_go_first() -> None:
    assert len(_created(finalizers=["orphan", "foregroundDeletion"])) == 1


def test_owners_are_named_in_full() -> None:
    owner = {"apiVersion": "a/b/c", "kind": "", "name": "", "uid": ""}
    fields = [error.partition(":")[0] for error in _created(ownerReferences=[owner])]
    assert fields == [f"metadata.ownerReferences.{name}" for name in ("apiVersion", "kind", "name", "uid")]


def test_events_own_nothing() -> None:
    owner = {"apiVersion": "v1", "kind": "Event", "name": "x", "uid": "y"}
    assert "/v1, Kind=Event is disallowed from being an owner" in _created(ownerReferences=[owner])[0]


def test_one_owner_controls() -> None:
    owners = [{"apiVersion": "v1", "kind": "Pod", "name": name, "uid": name, "controller": True} for name in "xy"]
    (error,) = _created(ownerReferences=owners)
    assert error.endswith('Found "true" in references for Pod/x and Pod/y')


def test_managed_fields_have_a_form() -> None:
    entry = {"operation": "Foo", "fieldsType": "V2", "manager": "a\x07b", "subresource": "x" * 257}
    assert [error.partition(":")[0] for error in _created(managedFields=[entry])] == [
        f"metadata.managedFields[0].{name}" for name in ("operation", "fieldsType", "manager", "subresource")
    ]


def test_unprintable_managers_are_pointed_at() -> None:
    (error,) = _created(managedFields=[{"operation": "Update", "manager": "é\x07"}])
    assert error.endswith("invalid character U+0007 (at position 2)")


def test_identity_does_not_change() -> None:
    assert 'metadata.name: Invalid value: "other": field is immutable' in _updated(name="other")
    assert 'metadata.namespace: Invalid value: "other": field is immutable' in _updated(namespace="other")
    assert 'metadata.uid: Invalid value: "other": field is immutable' in _updated(uid="other")


def test_changes_are_judged_twice() -> None:
    """kube-apiserver looks once for all kinds and once for each, and its causes show it."""
    assert len(_updated(uid="other")) == 2


def test_a_change_needs_a_version() -> None:
    assert 'metadata.resourceVersion: Invalid value: "": must be specified for an update' in _updated(
        resourceVersion=""
    )


def test_generations_do_not_fall() -> None:
    assert "metadata.generation: Invalid value: 1: must not be decremented" in _updated(generation=1)


def test_what_is_being_deleted_gets_no_finalizers() -> None:
    deleted = {"deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": ["a.b/c"]}
    assert _updated(deleted, finalizers=[]) == []
    assert _updated(deleted, finalizers=["a.b/c", "a.b/d"])[0] == (
        "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, "
        'found new finalizers []string{"a.b/d"}'
    )


def test_custom_objects_may_gain_any_finalizer() -> None:
    assert _updated(finalizers=["foo"], builtin=False) == []
    assert len(_updated(finalizers=["foo"])) == 1
