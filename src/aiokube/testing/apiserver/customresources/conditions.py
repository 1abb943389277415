"""How a definition becomes served, and how it ends: what kube-apiserver's controllers write into its status.

Each function returns the definition as a controller would write it next, or None when there is nothing to write;
who keeps the objects asks again until there is nothing left. So a watch sees what it sees on kube-apiserver: the
names accepted, then the definition established, then, at the end, the states of its deletion.

Sources:
    https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/controller/status/naming_controller.go
    https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/controller/establish/establishing_controller.go
    https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/controller/finalizer/crd_finalizer.go
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from aiokube.testing.apiserver.go.text import quoted

from .definition import Definition, condition, is_true
from .definition_validation import approval, is_protected

__all__ = ["FINALIZER", "begin_deletion", "deletion_done", "deletion_started", "next_state"]

FINALIZER = "customresourcecleanup.apiextensions.k8s.io"
"""Holds a definition until its objects are gone."""

_TERMINATING = "Terminating"


def next_state(definition: Definition, others: Iterable[Definition], now: str) -> dict[str, Any] | None:
    """Return what a definition becomes next on its way to being served, None when it is there or is stuck.

    Args:
        others: all definitions, or those of its group; itself may be among them.
        now: metav1.Time.
    """
    return _named(definition, others, now) or _established(definition, now) or _approved(definition, now)


def begin_deletion(definition: dict[str, Any], now: str) -> None:
    """Mark a definition in place whose deletion was asked for."""
    metadata = definition["metadata"]
    metadata["deletionTimestamp"] = now
    if FINALIZER not in (metadata.get("finalizers") or ()):
        metadata["finalizers"] = [*(metadata.get("finalizers") or ()), FINALIZER]
    words = "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"
    _set(definition, _condition(_TERMINATING, "True", "InstanceDeletionPending", words), now)


def deletion_started(definition: Definition, now: str) -> dict[str, Any]:
    """Return a definition whose objects are about to be deleted."""
    changed = deepcopy(dict(definition))
    words = "CustomResource deletion is in progress"
    _set(changed, _condition(_TERMINATING, "True", "InstanceDeletionInProgress", words), now)
    return changed


def deletion_done(definition: Definition, now: str) -> dict[str, Any]:
    """Return a definition whose objects are gone: nothing of ours holds it any more."""
    changed = deepcopy(dict(definition))
    if is_true(definition, "Established"):
        reason, words = "InstanceDeletionCompleted", "removed all instances"
    else:
        reason, words = "NeverEstablished", "resource was never established"
    _set(changed, _condition(_TERMINATING, "False", reason, words), now)
    finalizers = [name for name in changed["metadata"].get("finalizers") or () if name != FINALIZER]
    if finalizers:
        changed["metadata"]["finalizers"] = finalizers
    else:
        changed["metadata"].pop("finalizers", None)
    return changed


def _named(definition: Definition, others: Iterable[Definition], now: str) -> dict[str, Any] | None:
    wanted = definition["spec"]["names"]
    accepted = (definition.get("status") or {}).get("acceptedNames") or {}
    if _without_empty(wanted) == _without_empty(accepted):
        return None
    names, accepting = _accept(wanted, accepted, _used(definition, others))
    found = condition(definition, "NamesAccepted")
    same = found is not None and all(found.get(name) == accepting[name] for name in ("status", "reason", "message"))
    if same and _without_empty(names) == _without_empty(accepted):
        return None
    changed = deepcopy(dict(definition))
    changed["status"] = {**(changed.get("status") or {}), "acceptedNames": names}
    _set(changed, accepting, now)
    established = condition(changed, "Established")
    if established is None or established["status"] != "True":
        if accepting["status"] == "True":
            words = "the initial names have been accepted"
            _set(changed, _condition("Established", "False", "Installing", words), now)
        elif established is None:
            _set(changed, _condition("Established", "False", "NotAccepted", "not all names are accepted"), now)
    return changed


def _used(definition: Definition, others: Iterable[Definition]) -> tuple[set[str], set[str]]:
    """Return the names of resources and of kinds that the definitions of the group have been granted."""
    resources: set[str] = set()
    kinds: set[str] = set()
    for other in others:
        if other["spec"]["group"] == definition["spec"]["group"]:
            names = (other.get("status") or {}).get("acceptedNames") or {}
            resources |= {names.get("plural", ""), names.get("singular", ""), *(names.get("shortNames") or ())}
            kinds |= {names.get("kind", ""), names.get("listKind", "")}
    return resources, kinds


def _accept(
    wanted: Mapping[str, Any], accepted: Mapping[str, Any], used: tuple[set[str], set[str]]
) -> tuple[dict[str, Any], dict[str, str]]:
    resources, kinds = used
    names = dict(accepted)
    state = _condition("NamesAccepted", "True", "NoConflicts", "no conflicts found")
    for name, reason, taken in (
        ("plural", "PluralConflict", resources),
        ("singular", "SingularConflict", resources),
        ("shortNames", "ShortNamesConflict", resources),
        ("kind", "KindConflict", kinds),
        ("listKind", "ListKindConflict", kinds),
    ):
        asked = wanted.get(name)
        conflicts = [one for one in _listed(asked) if one in taken and one not in _listed(accepted.get(name))]
        if conflicts:
            texts = [f"{quoted(one)} is already in use" for one in dict.fromkeys(conflicts)]
            message = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
            state = _condition("NamesAccepted", "False", reason, message)
        else:
            _put(names, name, asked)
    _put(names, "categories", wanted.get("categories"))
    return names, state


def _established(definition: Definition, now: str) -> dict[str, Any] | None:
    if not is_true(definition, "NamesAccepted") or is_true(definition, "Established"):
        return None
    changed = deepcopy(dict(definition))
    words = "the initial names have been accepted"
    _set(changed, _condition("Established", "True", "InitialNamesAccepted", words), now)
    return changed


def _approved(definition: Definition, now: str) -> dict[str, Any] | None:
    if not is_protected(definition["spec"]["group"]):
        return None
    reason, message = approval(definition)
    status = "True" if reason == "ApprovedAnnotation" else "False"
    wanted = _condition("KubernetesAPIApprovalPolicyConformant", status, reason, message)
    found = condition(definition, wanted["type"])
    if found is not None and all(found.get(name) == wanted[name] for name in wanted):
        return None
    changed = deepcopy(dict(definition))
    _set(changed, wanted, now)
    return changed


def _condition(name: str, status: str, reason: str, message: str) -> dict[str, str]:
    return {"type": name, "status": status, "reason": reason, "message": message}


def _set(definition: dict[str, Any], new: Mapping[str, str], now: str) -> None:
    status = dict(definition.get("status") or {})
    conditions = [dict(each) for each in status.get("conditions") or ()]
    found = next((each for each in conditions if each["type"] == new["type"]), None)
    if found is None:
        found = {}
        conditions.append(found)
    changed = found.get("status") != new["status"] or not found.get("lastTransitionTime")
    since = now if changed else found["lastTransitionTime"]
    written = {"type": new["type"], "status": new["status"], "lastTransitionTime": since}
    found |= written | {"reason": new["reason"], "message": new["message"]}
    definition["status"] = {**status, "conditions": conditions}


def _listed(value: str | Sequence[str] | None) -> Sequence[str]:
    return [value] if isinstance(value, str) else value or ()


def _put(names: dict[str, Any], name: str, value: Any) -> None:
    if value:
        names[name] = value
    else:
        names.pop(name, None)


def _without_empty(names: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in names.items() if value}
