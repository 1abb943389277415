"""How definitions become served and end, step by step; `tests/conformance` has it on both servers."""

from collections.abc import Iterable
from typing import Any

from aiokube.testing.apiserver.customresources import conditions
from aiokube.testing.apiserver.customresources.definition import condition, is_true
from aiokube.testing.apiserver.customresources.definition_rules import DEFAULTS
from custom_kinds import definition

_NOW = "2024-01-01T00:00:00Z"
_LATER = "2024-01-01T00:00:01Z"


def _definition(
    plural: str = "things", kind: str = "Thing", group: str = "example.com", **names: Any
) -> dict[str, Any]:
    made = definition(group, {"type": "object"}, plural=plural, kind=kind)
    made["spec"]["names"] |= names
    for complete in DEFAULTS.values():
        complete(made["spec"] if complete.__name__ == "_complete_spec" else made)
    return made


def _settled(made: dict[str, Any], others: Iterable[dict[str, Any]] = ()) -> dict[str, Any]:
    for _ in range(10):
        changed = conditions.next_state(made, [*others, made], _NOW)
        if changed is None:
            return made
        made = changed
    raise AssertionError("it does not come to an end")


def test_names_are_accepted_before_a_definition_is_established() -> None:
    first = conditions.next_state(_definition(), [], _NOW)
    assert first is not None
    assert first["status"]["acceptedNames"] == {
        "plural": "things",
        "singular": "thing",
        "kind": "Thing",
        "listKind": "ThingList",
    }
    installing = condition(first, "Established")
    assert installing is not None
    assert (installing["status"], installing["reason"]) == ("False", "Installing")
    second = conditions.next_state(first, [first], _LATER)
    assert second is not None
    assert condition(second, "Established") == {
        "type": "Established",
        "status": "True",
        "lastTransitionTime": _LATER,
        "reason": "InitialNamesAccepted",
        "message": "the initial names have been accepted",
    }
    assert conditions.next_state(second, [second], _LATER) is None


def test_a_name_that_is_taken_is_not_accepted_until_it_is_free() -> None:
    taken = _settled(_definition(shortNames=["t"]))
    stuck = _settled(_definition("gadgets", "Gadget", shortNames=["g", "t"]), [taken])
    found = condition(stuck, "NamesAccepted")
    assert found is not None
    assert (found["reason"], found["message"]) == ("ShortNamesConflict", '"t" is already in use')
    assert not is_true(stuck, "Established")
    assert "shortNames" not in stuck["status"]["acceptedNames"]
    assert is_true(_settled(stuck), "Established")


def test_kinds_conflict_with_kinds_and_resources_with_resources() -> None:
    taken = _settled(_definition())
    kind = condition(_settled(_definition("others", "Thing", singular="other"), [taken]), "NamesAccepted")
    assert kind is not None
    assert kind["reason"] == "ListKindConflict"  # the last one that is found
    elsewhere = _settled(_definition(group="example.org"), [taken])
    assert is_true(elsewhere, "Established")


def test_names_that_were_accepted_stay_so() -> None:
    """An established definition that asks for a name that is taken goes on with the ones it has."""
    taken = _settled(_definition(shortNames=["t"]))
    mine = _settled(_definition("gadgets", "Gadget"), [taken])
    mine["spec"]["names"] = mine["spec"]["names"] | {"shortNames": ["t"]}
    changed = _settled(mine, [taken])
    assert is_true(changed, "Established")
    assert not is_true(changed, "NamesAccepted")


def test_a_kind_of_a_protected_group_is_marked() -> None:
    made = _definition(group="x.k8s.io")
    made["metadata"]["annotations"] = {"api-approved.kubernetes.io": "unapproved, for a test"}
    found = condition(_settled(made), "KubernetesAPIApprovalPolicyConformant")
    assert found is not None
    assert (found["status"], found["reason"]) == ("False", "UnapprovedAnnotation")


def test_a_deletion_waits_for_the_objects() -> None:
    made = _settled(_definition())
    conditions.begin_deletion(made, _NOW)
    assert made["metadata"]["finalizers"] == [conditions.FINALIZER]
    assert is_true(made, "Terminating")
    started = conditions.deletion_started(made, _LATER)
    progress = condition(started, "Terminating")
    assert progress is not None
    assert (progress["reason"], progress["lastTransitionTime"]) == ("InstanceDeletionInProgress", _NOW)
    done = conditions.deletion_done(started, _LATER)
    assert "finalizers" not in done["metadata"]
    assert not is_true(done, "Terminating")


def test_a_deletion_keeps_finalizers_of_others() -> None:
    made = _definition()
    made["metadata"]["finalizers"] = ["example.com/mine"]
    conditions.begin_deletion(made, _NOW)
    done = conditions.deletion_done(made, _NOW)
    assert done["metadata"]["finalizers"] == ["example.com/mine"]
    never = condition(done, "Terminating")
    assert never is not None
    assert never["reason"] == "NeverEstablished"
