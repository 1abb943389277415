"""Who owns what after updates and applies."""

import json
from typing import Any

import pytest

from aiokube.testing.apiserver.errors import StatusError
from aiokube.testing.apiserver.ownership import Kind, applied, not_converted, updated, with_old_times
from aiokube.testing.apiserver.schema.node import Node

EARLY, LATE = "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"
NOT_TYPED = "failed to create typed patch object"
Object = dict[str, Any]


def thing_of(api_version: str = "example.com/v1", metadata: Object | None = None, **spec: Any) -> Object:
    named = {"name": "a", **(metadata or {})}
    return {"apiVersion": api_version, "kind": "Thing", "metadata": named} | ({"spec": spec} if spec else {})


def stored(value: Object, entries: list[Object]) -> Object:
    """Return an object as the server has it after a write."""
    metadata = {name: part for name, part in value["metadata"].items() if name != "managedFields"}
    return value | {"metadata": metadata | {"uid": "u"} | ({"managedFields": entries} if entries else {})}


class Store:
    """The one object of a server that knows nothing but ownership."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.live: Object | None = None
        self.time = EARLY

    def update(self, new: Object, *, manager: str = "u", subresource: str = "", kind: Kind | None = None) -> None:
        kind = kind or self.kind
        live = self.live and self.live | {"apiVersion": kind.api_version}
        uid = {"uid": "u"} if self.live else {}
        sent = new | {"metadata": uid | new["metadata"]}
        entries = updated(kind, live, sent, manager=manager, now=self.time, subresource=subresource)
        self.live = stored(new, entries)

    def apply(self, config: Object, *, manager: str = "a", force: bool = False, kind: Kind | None = None) -> None:
        kind = kind or self.kind
        live = self.live and self.live | {"apiVersion": kind.api_version}
        new, entries = applied(kind, live, config, manager=manager, now=self.time, force=force)
        self.live = stored(new, entries)

    @property
    def spec(self) -> Any:
        assert self.live is not None
        return self.live.get("spec")

    @property
    def entries(self) -> list[Object]:
        assert self.live is not None
        return list(self.live["metadata"].get("managedFields", []))

    @property
    def owners(self) -> dict[tuple[str, str], Any]:
        return {(entry["manager"], entry["operation"]): entry["fieldsV1"] for entry in self.entries}


@pytest.fixture
def store(thing: Kind) -> Store:
    return Store(thing)


def refused(store: Store, config: Object, **options: Any) -> StatusError:
    with pytest.raises(StatusError) as caught:
        store.apply(config, **options)
    return caught.value


def test_who_creates_owns_all_but_what_nobody_owns(store: Store) -> None:
    store.update(thing_of(metadata={"namespace": "n", "labels": {"l": "1"}, "generateName": "a-"}, number=1))
    assert store.entries == [
        {
            "manager": "u",
            "operation": "Update",
            "apiVersion": "example.com/v1",
            "time": EARLY,
            "fieldsType": "FieldsV1",
            "fieldsV1": {
                "f:metadata": {"f:generateName": {}, "f:labels": {".": {}, "f:l": {}}},
                "f:spec": {".": {}, "f:number": {}},
            },
        }
    ]


def test_who_updates_owns_what_it_changes_and_nobody_what_is_gone(store: Store) -> None:
    store.update(thing_of(number=1, text="a", map={"k": "1"}), manager="one")
    store.time = LATE
    store.update(thing_of(number=2, map={"k": "1", "l": "1"}), manager="two")
    assert store.owners == {
        ("one", "Update"): {"f:spec": {".": {}, "f:map": {".": {}, "f:k": {}}}},
        ("two", "Update"): {"f:spec": {"f:map": {"f:l": {}}, "f:number": {}}},
    }
    assert [entry["time"] for entry in store.entries] == [EARLY, LATE]


def test_an_update_that_changes_nothing_owns_nothing(store: Store) -> None:
    store.update(thing_of(number=1), manager="one")
    before = store.entries
    store.time = LATE
    store.update(thing_of(number=1), manager="two")
    assert store.entries == before


def test_a_subresource_has_entries_of_its_own(store: Store, node: Node) -> None:
    store.update(thing_of(number=1))
    store.update(
        thing_of(number=1) | {"status": {"a": 1}}, subresource="status", kind=Kind("Thing", "example.com/v1", node)
    )
    assert store.entries[1]["subresource"] == "status"
    assert store.entries[1]["fieldsV1"] == {"f:status": {".": {}, "f:a": {}}}


def test_what_a_request_cannot_change_is_not_owned_by_it(store: Store) -> None:
    store.update(thing_of(number=1) | {"status": {"a": 1}})
    store.apply(thing_of(number=1) | {"status": {"a": 2}})
    assert store.owners == {
        ("u", "Update"): {"f:spec": {".": {}, "f:number": {}}},
        ("a", "Apply"): {"f:spec": {"f:number": {}}},
    }


def test_an_apply_creates(store: Store) -> None:
    store.apply(thing_of(number=1, keyed=[{"name": "x"}]))
    assert store.owners == {
        ("a", "Apply"): {
            "f:spec": {"f:keyed": {'k:{"name":"x","protocol":"TCP"}': {".": {}, "f:name": {}}}, "f:number": {}}
        }
    }
    assert store.entries[0]["time"] == EARLY


def test_who_applies_no_change_owns_with_the_others_and_has_no_time(store: Store) -> None:
    store.update(thing_of(number=1))
    store.apply(thing_of(number=1))
    assert [("time" in entry, entry["manager"]) for entry in store.entries] == [(False, "a"), (True, "u")]


def test_a_conflict_is_refused_and_force_takes_the_field(store: Store) -> None:
    store.update(thing_of(number=1))
    error = refused(store, thing_of(number=2))
    assert (error.code, error.message) == (
        409,
        'Apply failed with 1 conflict: conflict with "u" using example.com/v1: .spec.number',
    )
    store.apply(thing_of(number=2), force=True)
    assert store.spec == {"number": 2}
    assert store.owners == {("u", "Update"): {"f:spec": {}}, ("a", "Apply"): {"f:spec": {"f:number": {}}}}


def test_what_is_no_longer_applied_goes_unless_others_own_it(store: Store) -> None:
    store.apply(thing_of(number=1, text="a", map={"k": "1", "l": "1"}))
    store.apply(thing_of(text="a", map={"l": "1"}), manager="b")
    store.apply(thing_of(flag=True))
    assert store.spec == {"text": "a", "map": {"l": "1"}, "flag": True}


def test_an_item_goes_with_what_others_wrote_into_it_unless_they_own_the_item(store: Store) -> None:
    store.apply(thing_of(keyed=[{"name": "x", "value": 1}, {"name": "y", "value": 1}]))
    store.update(
        thing_of(
            keyed=[
                {"name": "x", "value": 1, "inner": {"x": "1"}},
                {"name": "y", "value": 1, "inner": {"x": "1"}},
            ]
        ),
    )
    store.apply(thing_of(keyed=[{"name": "y", "inner": {"y": "1"}}]), manager="b")
    store.apply(thing_of(number=1))
    assert store.spec == {"keyed": [{"name": "y", "inner": {"x": "1", "y": "1"}}], "number": 1}


def test_what_nobody_owns_goes_with_its_item(store: Store) -> None:
    store.apply(thing_of(keyed=[{"name": "x"}, {"name": "y"}]))
    assert store.live is not None
    # As a default does it: nobody owns it.
    store.live["spec"] = {"keyed": [{"name": "x", "protocol": "TCP"}, {"name": "y", "protocol": "TCP"}]}
    store.apply(thing_of(keyed=[{"name": "y"}]))
    assert store.spec == {"keyed": [{"name": "y", "protocol": "TCP"}]}


def test_null_is_applied_to_scalars_and_keeps_objects(store: Store) -> None:
    store.apply(thing_of(number=1, map={"k": "1"}))
    store.apply(thing_of(number=None, map=None), manager="b", force=True)
    assert store.spec == {"number": None, "map": {"k": "1"}}


def test_applying_in_another_version_goes_on_with_the_same_entry(store: Store, thing_v2: Kind) -> None:
    store.apply(thing_of(number=1, text="a"))
    store.apply(thing_of("example.com/v2", number=1), kind=thing_v2)
    assert store.spec == {"number": 1}
    assert [(entry["manager"], entry["apiVersion"]) for entry in store.entries] == [("a", "example.com/v2")]


def test_conflicts_are_seen_in_other_versions(store: Store, thing_v2: Kind) -> None:
    store.update(thing_of(number=1))
    error = refused(store, thing_of("example.com/v2", number=2), kind=thing_v2)
    assert error.message == 'Apply failed with 1 conflict: conflict with "u" using example.com/v1: .spec.number'


def test_entries_of_versions_that_are_gone_are_dropped(store: Store) -> None:
    store.update(thing_of(number=1))
    assert store.live is not None
    gone = store.entries[0] | {"apiVersion": "example.com/v0", "manager": "old"}
    store.live["metadata"]["managedFields"].append(gone)
    store.update(thing_of(number=2))
    assert [entry["manager"] for entry in store.entries] == ["u"]


def test_whoever_wrote_before_the_first_apply_is_one_manager(store: Store) -> None:
    store.update(thing_of(number=1, text="a"))
    assert store.live is not None
    del store.live["metadata"]["managedFields"]
    error = refused(store, thing_of(number=2))
    assert error.message.endswith('conflict with "before-first-apply" using example.com/v1: .spec.number')
    store.apply(thing_of(number=1))
    assert store.owners == {
        ("a", "Apply"): {"f:spec": {"f:number": {}}},
        ("before-first-apply", "Update"): {"f:spec": {".": {}, "f:number": {}, "f:text": {}}},
    }


def test_updates_do_not_begin_to_track_an_object(store: Store) -> None:
    store.update(thing_of(number=1))
    assert store.live is not None
    del store.live["metadata"]["managedFields"]
    store.update(thing_of(number=2))
    assert store.entries == []


@pytest.mark.parametrize("sent", [[], [{}]])
def test_a_client_can_have_the_managed_fields_forgotten(store: Store, sent: list[Object]) -> None:
    store.update(thing_of(number=1))
    store.update(thing_of(metadata={"managedFields": sent}, number=1))
    assert store.entries == []


def test_a_client_can_set_managed_fields(store: Store) -> None:
    store.update(thing_of(number=1))
    sent = store.entries[0] | {"manager": "else", "fieldsV1": {"f:spec": {"f:text": {}, "f:atomicMap": {"f:a": {}}}}}
    store.update(thing_of(metadata={"managedFields": [sent]}, number=1))
    assert store.owners == {("else", "Update"): {"f:spec": {"f:atomicMap": {}, "f:text": {}}}}


@pytest.mark.parametrize(
    "wrong", [{"operation": "Nope"}, {"fieldsV1": {"spec": {}}}, {"apiVersion": ""}, {"fieldsType": ""}]
)
def test_managed_fields_that_are_not_valid_are_not_heard(store: Store, wrong: Object) -> None:
    store.update(thing_of(number=1))
    before = store.entries
    store.update(thing_of(metadata={"managedFields": [before[0] | wrong]}, number=1))
    assert store.entries == before


def test_a_subresource_cannot_set_managed_fields(store: Store) -> None:
    store.update(thing_of(number=1))
    before = store.entries
    store.update(thing_of(metadata={"managedFields": [{}]}, number=1), subresource="status")
    assert store.entries == before


@pytest.mark.parametrize(
    ("config", "code", "reason", "message"),
    [
        ({"kind": "Thing"}, 400, "BadRequest", "invalid object type: /, Kind=Thing"),
        (
            {"apiVersion": "v1", "kind": "Pod"},
            400,
            "BadRequest",
            "invalid object type: /v1, Kind=Pod",
        ),
        (
            {"apiVersion": "a/b/c", "kind": "Thing"},
            400,
            "BadRequest",
            "invalid object type: /, Kind=Thing",
        ),
        (thing_of(metadata={"managedFields": []}), 400, "BadRequest", "metadata.managedFields must be nil"),
        (
            thing_of(metadata={"namespace": "n"}, other=1),
            500,
            "",
            f"{NOT_TYPED} (n/a; example.com/v1, Kind=Thing): .spec.other: field not declared in schema",
        ),
        (
            {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": 5},
            500,
            "",
            f"{NOT_TYPED} (/; example.com/v1, Kind=Thing): .metadata: expected map, got &{{5}}",
        ),
    ],
)
def test_what_cannot_be_applied_is_refused(store: Store, config: Object, code: int, reason: str, message: str) -> None:
    error = refused(store, config)
    assert (error.code, error.reason, error.message) == (code, reason, message)


def test_a_stored_object_that_a_changed_schema_does_not_allow_is_told(store: Store) -> None:
    fields = {"f:spec": {"f:number": {}}}
    entry = {"manager": "m", "operation": "Update", "apiVersion": "example.com/v1", "fieldsV1": fields}
    gone = "(/a; example.com/v1, Kind=Thing){}: .spec.gone: field not declared in schema"
    store.live = stored(thing_of(gone=1), [entry])
    assert refused(store, thing_of(number=1)).message == f"failed to create typed live object {gone.format('')}"
    store.live = stored(thing_of(gone=1), [])
    assert refused(store, thing_of(number=1)).message == (
        f"failed to create manager for existing fields: failed to convert new object {gone.format(' to smd typed')}"
    )


def test_an_object_that_cannot_have_owners_is_written_without(store: Store) -> None:
    store.update(thing_of(set=[None]))
    assert store.entries == []


LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def client_side(config: Object, **changed: Any) -> Object:
    """Return an object as client-side `kubectl apply` writes it, and then somebody changed."""
    annotations = {LAST_APPLIED: json.dumps(config)}
    return config | {"metadata": config["metadata"] | {"annotations": annotations}, "spec": config["spec"] | changed}


def test_kubectl_takes_over_what_it_applied_on_the_client(store: Store) -> None:
    store.update(client_side(thing_of(number=1, text="a")), manager="kubectl-client-side-apply")
    refused(store, thing_of(number=2, text="a"), manager="other")
    store.apply(thing_of(number=2, text="<a>"), manager="kubectl")
    assert store.spec == {"number": 2, "text": "<a>"}
    assert store.live is not None
    assert store.live["metadata"]["annotations"][LAST_APPLIED] == (
        '{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"a"},'
        '"spec":{"number":2,"text":"\\u003ca\\u003e"}}\n'
    )


def test_kubectl_does_not_take_over_what_was_changed_since(store: Store) -> None:
    store.update(client_side(thing_of(number=1, text="a"), number=3))
    error = refused(store, thing_of(number=2, text="b"), manager="kubectl")
    assert error.message == 'Apply failed with 1 conflict: conflict with "u" using example.com/v1: .spec.number'


@pytest.mark.parametrize(
    "annotation", ["{", "[]", "{}", json.dumps(thing_of("example.com/v2", number=1)), json.dumps(thing_of(other=1))]
)
def test_an_annotation_that_says_nothing_allows_nothing(store: Store, annotation: str) -> None:
    store.update(thing_of(metadata={"annotations": {LAST_APPLIED: annotation}}, number=1))
    assert refused(store, thing_of(number=2), manager="kubectl").code == 409


def test_the_annotation_is_dropped_when_annotations_get_too_long(store: Store) -> None:
    store.update(thing_of(metadata={"annotations": {LAST_APPLIED: "{}", "big": "x" * 260_000}}, number=1))
    store.apply(thing_of(text="y" * 3000), manager="kubectl")
    assert store.live is not None
    assert list(store.live["metadata"]["annotations"]) == ["big"]


def test_times_alone_are_no_change() -> None:
    entry = {"manager": "a", "time": EARLY, "fieldsV1": {}}
    old = thing_of(metadata={"managedFields": [entry]}, number=1)
    later = [entry | {"time": LATE}]
    assert with_old_times(old, thing_of(metadata={"managedFields": later}, number=1)) == old
    changed = thing_of(metadata={"managedFields": later}, number=2)
    assert with_old_times(old, changed) is changed
    owned = thing_of(metadata={"managedFields": [entry | {"time": LATE, "manager": "b"}]}, number=1)
    assert with_old_times(old, owned) is owned


@pytest.mark.parametrize(
    ("decoding", "converting"),
    [
        (
            "json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32",
            "cannot convert float64 to int32",
        ),
        (
            "json: cannot unmarshal bool into Go struct field A.spec.maxSurge of type int32",
            "json: cannot unmarshal bool into Go value of type int32",
        ),
        (
            "illegal base64 data at input byte 0",
            "error decoding from json: illegal base64 data at input byte 0",
        ),
        ("quantities must match", "quantities must match"),
    ],
)
def test_what_applying_makes_may_be_no_object(decoding: str, converting: str) -> None:
    error = not_converted({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}, decoding)
    assert (error.code, error.reason) == (500, "")
    assert error.message == (
        "failed to convert new object (/a; /v1, Kind=ConfigMap) to proper version: "
        f"unable to convert unstructured object to /v1, Kind=ConfigMap: {converting}"
    )
