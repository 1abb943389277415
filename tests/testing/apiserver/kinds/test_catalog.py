from aiokube.testing.apiserver import snapshot
from aiokube.testing.apiserver.kinds import catalog, generic
from aiokube.testing.apiserver.kinds.conversions import CONVERSIONS
from aiokube.testing.apiserver.kinds.initial import initial


def _stored() -> set[tuple[str, str]]:
    """Return the group and kind of everything that the server keeps."""
    return {
        (group.get("metadata", {}).get("name", ""), entry["responseKind"]["kind"])
        for path in ("/api", "/apis")
        for group in snapshot.aggregated(path)["items"]
        for version in group["versions"]
        for entry in version["resources"]
        if {"create", "list"} <= set(entry["verbs"])
    }


def test_the_flags_of_every_kind_are_known() -> None:
    assert {tuple(kind) for kind in generic.TRAITS} == _stored()


def test_every_kind_has_rules() -> None:
    assert {*catalog.RULES} == _stored()


def test_every_form_that_is_not_stored_has_rules() -> None:
    assert {*catalog.FORMS} == {*CONVERSIONS}


def test_defaults_are_of_components_that_there_are() -> None:
    assert {*catalog.DEFAULTS} <= {*snapshot.structs()}


def test_rules_are_named_for_their_kind() -> None:
    assert type(catalog.RULES["", "Service"]).__name__ == "ServiceRules"


def test_initial_objects_are_dated() -> None:
    objects = list(initial(now="2026-01-01T00:00:00Z", port=6443))
    conditions = [one for _, obj in objects for one in obj.get("status", {}).get("conditions", ())]
    assert conditions
    assert {one["lastTransitionTime"] for one in conditions} == {"2026-01-01T00:00:00Z"}
    assert {str(resource) for resource, _ in objects} >= {"endpoints", "priorityclasses.scheduling.k8s.io"}
