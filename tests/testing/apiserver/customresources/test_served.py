"""What is served of a definition: its resources, and how they read, check and write objects.

`tests/conformance/cases/custom_objects.py` holds the same against kube-apiserver; here is what it cannot show.
"""

from typing import Any

import pytest

from aiokube.testing.apiserver.codec import Undecodable
from aiokube.testing.apiserver.customresources import object_meta, served
from aiokube.testing.apiserver.errors import GroupResource, StatusError
from aiokube.testing.apiserver.resources import Resource
from custom_kinds import definition

_SCHEMA = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "properties": {"size": {"type": "integer", "default": 1}, "word": {"type": "string"}},
        },
        "status": {"type": "object", "properties": {"phase": {"type": "string", "enum": ["A"]}}},
    },
}
_OLDER = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer"}}}}}
_NO_CONTEXT: Any = None


def _established(**version: Any) -> dict[str, Any]:
    made = definition("example.com", _SCHEMA, **version)
    made["metadata"]["generation"] = 1
    made["spec"]["versions"].append(
        {
            "name": "v1beta1",
            "served": True,
            "storage": False,
            "deprecated": True,
            "schema": {"openAPIV3Schema": _OLDER},
        }
    )
    made["spec"]["versions"].append({"name": "v0", "served": False, "schema": {"openAPIV3Schema": _OLDER}})
    accepted = {"plural": "things", "singular": "thing", "kind": "Thing", "listKind": "ThingList", "shortNames": ["th"]}
    conditions = [{"type": "NamesAccepted", "status": "True"}, {"type": "Established", "status": "True"}]
    made["status"] = {"acceptedNames": accepted, "conditions": conditions}
    return made


def _resources(made: dict[str, Any]) -> dict[str, Resource]:
    return {each.version: each for each in served.resources(made, object_meta=object_meta.node())}


def _thing(version: str = "v1", **spec: Any) -> dict[str, Any]:
    return {"apiVersion": f"example.com/{version}", "kind": "Thing", "metadata": {"name": "a"}, "spec": spec}


def test_each_version_that_is_served_is_a_resource() -> None:
    found = _resources(_established(subresources={"status": {}}))
    assert list(found) == ["v1", "v1beta1"]
    newest, older = found["v1"], found["v1beta1"]
    assert (newest.plural, newest.list_kind, newest.short_names) == ("things", "ThingList", ("th",))
    assert newest.collection == older.collection == GroupResource("example.com", "things")
    assert newest.stored_api_version == older.stored_api_version == "example.com/v1"
    assert (set(newest.subresources), set(older.subresources)) == ({"status"}, set())


def test_nothing_is_served_before_the_names_are_accepted() -> None:
    made = _established()
    made["status"]["conditions"] = [{"type": "NamesAccepted", "status": "False"}]
    assert _resources(made) == {}


def test_a_deprecated_version_names_a_better_one() -> None:
    found = _resources(_established())
    assert found["v1"].warning == ""
    assert found["v1beta1"].warning == "example.com/v1beta1 Thing is deprecated; use example.com/v1 Thing"


def test_a_deprecated_version_without_a_better_one_stands_alone() -> None:
    made = _established(deprecated=True)
    assert served.deprecation(made, "v1") == "example.com/v1 Thing is deprecated"
    made["spec"]["versions"][0]["deprecationWarning"] = "go away"
    assert served.deprecation(made, "v1") == "go away"


def test_a_definition_that_has_changed_reads_objects_anew() -> None:
    made = _established()
    assert _resources(made)["v1"].as_stored
    made["metadata"]["generation"] = 2
    assert not _resources(made)["v1"].as_stored


def test_objects_are_pruned_defaulted_and_sorted() -> None:
    codec = _resources(_established())["v1"].codec
    decoded = codec.decode({**_thing(nope=1), "metadata": {"name": "a", "labels": {}, "wrong": 1}})
    assert decoded.object == _thing(size=1)
    assert list(decoded.object) == ["apiVersion", "kind", "metadata", "spec"]
    assert decoded.problems == ['unknown field "metadata.wrong"', 'unknown field "spec.nope"']


def test_a_body_is_not_changed_by_decoding_it() -> None:
    body = _thing(nope=1)
    _resources(_established())["v1"].codec.decode(body)
    assert body == _thing(nope=1)


def test_objects_convert_by_their_version_alone() -> None:
    found = _resources(_established())
    stored = found["v1"].codec.to_storage(_thing(size=2, word="x"))
    assert found["v1beta1"].codec.from_storage(stored) == _thing("v1beta1", size=2)


def test_numbers_are_stored_as_go_writes_them() -> None:
    codec = _resources(_established())["v1"].codec
    stored = codec.to_storage(codec.decode(_thing(size=3.0)).object)
    assert type(stored["spec"]["size"]) is int
    assert type(codec.decode(_thing(size=2**64)).object["spec"]["size"]) is float


def test_a_body_must_say_what_it_is() -> None:
    codec = _resources(_established())["v1"].codec
    with pytest.raises(Undecodable, match="'Kind' is missing"):
        codec.decode({"apiVersion": "example.com/v1"})


def test_of_another_version_nothing_is_known() -> None:
    codec = _resources(_established())["v1"].codec
    decoded = codec.decode({"apiVersion": "example.com/v3", "kind": "Thing", "metadata": {"name": "a"}, "spec": {}})
    assert decoded.object == {"apiVersion": "example.com/v3", "kind": "Thing", "metadata": {"name": "a"}}
    assert decoded.problems == ['unknown field "spec"']


def test_status_is_checked_against_its_own_schema() -> None:
    rules = _resources(_established(subresources={"status": {}}))["v1"].rules
    old = _thing(size="wrong already")
    (error,) = rules.validate_status({**old, "status": {"phase": "B"}}, old, _NO_CONTEXT)
    assert str(error) == 'status.phase: Unsupported value: "B": supported values: "A"'


def test_a_status_update_keeps_metadata_but_for_who_owns_what() -> None:
    rules = _resources(_established(subresources={"status": {}}))["v1"].rules
    old, new = _thing(), _thing()
    new["metadata"] = {"name": "a", "labels": {"l": "1"}, "managedFields": [{"manager": "m"}]}
    rules.prepare_status(new, old, _NO_CONTEXT)
    assert new["metadata"] == {"name": "a", "managedFields": [{"manager": "m"}]}


def test_without_a_subresource_status_counts_for_the_generation() -> None:
    rules = _resources(_established())["v1"].rules
    assert rules.changes_generation({**_thing(), "status": {"phase": "A"}}, _thing())
    assert not rules.changes_generation({**_thing(), "metadata": {"name": "a", "labels": {"l": "1"}}}, _thing())


def test_a_definition_at_its_end_has_no_new_objects() -> None:
    made = _established()
    made["status"]["conditions"].append({"type": "Terminating", "status": "True"})
    with pytest.raises(StatusError) as caught:
        _resources(made)["v1"].rules.admit_create(_thing(), _NO_CONTEXT)
    assert caught.value.code == 403
    assert "custom resource definition is terminating" in caught.value.message


def test_selectors_know_the_fields_of_the_definition() -> None:
    rules = _resources(_established(selectableFields=[{"jsonPath": ".spec.size"}]))["v1"].rules
    read = rules.field_labels["spec.size"]
    assert (read(_thing(size=3)), read(_thing())) == ("3", "")
    assert rules.unknown_field_label("spec.word") == "field label not supported: spec.word"


def test_scale_is_where_the_definition_says() -> None:
    scale = {
        "specReplicasPath": ".spec.size",
        "statusReplicasPath": ".status.count",
        "labelSelectorPath": ".status.sel",
    }
    resource = _resources(_established(subresources={"scale": scale}))["v1"]
    assert resource.scale is not None
    assert (resource.scale.replicas, resource.scale.status_replicas) == (("spec", "size"), ("status", "count"))
    assert resource.scale.selector({"status": {"sel": "a=b"}}) == "a=b"
    errors = resource.rules.validate_create({**_thing(size=2**31), "status": {"count": "x", "sel": 5}}, _NO_CONTEXT)
    assert [str(error) for error in errors] == [
        ".spec.size: Invalid value: 2147483648: should be less than or equal to 2147483647",
        ".status.count: Invalid value: 0: .status.count accessor error: x is of the type string, expected int64",
        '.status.sel: Invalid value: "": .status.sel accessor error: 5 is of the type int64, expected string',
    ]


def test_columns_are_those_of_the_definition_or_the_age() -> None:
    named = [
        {"name": "Size", "type": "integer", "jsonPath": ".spec.size"},
        {"name": "Broken", "type": "string", "jsonPath": ".spec["},
        {"name": "Lost", "type": "string", "jsonPath": ".spec.word"},
    ]
    found = _resources(_established(additionalPrinterColumns=named))
    assert [column.name for column in found["v1"].make_printer().columns] == ["Name", "Size"]
    assert [column.name for column in found["v1beta1"].make_printer().columns] == ["Name", "Age"]


def test_what_a_definition_says_is_its_spec_and_its_accepted_names() -> None:
    """Watches end when it changes; they go on when labels or conditions do."""
    made, relabelled, renamed = _established(), _established(), _established()
    relabelled["metadata"]["labels"] = {"l": "1"}
    relabelled["status"]["conditions"].append({"type": "Terminating", "status": "True"})
    renamed["status"]["acceptedNames"]["shortNames"] = []
    said, same, other = (_resources(each)["v1"].definition for each in (made, relabelled, renamed))
    assert same == said != other
