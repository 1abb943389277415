"""PriorityClasses.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/scheduling/validation/validation.go
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.errors import GroupResource, forbidden
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import checks
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = ["BEHAVIOUR", "SYSTEM", "PriorityClassRules"]

SYSTEM: Final[Mapping[str, int]] = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}
"""The classes that every cluster has, with their values."""

_CLASSES = GroupResource("scheduling.k8s.io", "priorityclasses")
_HIGHEST: Final = 1_000_000_000
_POLICIES = ("PreemptLowerPriority", "Never")


class PriorityClassRules(Rules):
    """The generation is 1 for ever: what may change does not count."""

    def prepare_create(self, new: Object, context: Context) -> None:
        new["metadata"]["generation"] = 1

    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        found = list(_class(new))
        if not found:
            _admit_default(new, None, context)
        return found

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        found = list(_change(new, old))
        if not found:
            _admit_default(new, old, context)
        return found


def _class(new: Object) -> Iterator[FieldError]:
    name, value = new["metadata"].get("name", ""), new.get("value") or 0
    if name.startswith("system-"):
        if words := _system_words(name, value, bool(new.get("globalDefault"))):
            reserved = "priority class names with 'system-' prefix are reserved for system use only"
            yield fields.forbidden("metadata.name", f"{reserved}. error: {words}")
    elif value > _HIGHEST:
        yield fields.forbidden("value", f"maximum allowed value of a user defined priority is {_HIGHEST}")
    if new.get("preemptionPolicy") is not None:
        yield from checks.one_of(new["preemptionPolicy"], _POLICIES, "preemptionPolicy", needed=True)


def _change(new: Object, old: Object) -> Iterator[FieldError]:
    if (new.get("value") or 0) != (old.get("value") or 0):
        yield fields.forbidden("value", "may not be changed in an update.")
    yield from checks.immutable(new.get("preemptionPolicy"), old.get("preemptionPolicy"), "preemptionPolicy")


def _admit_default(new: Object, old: Object | None, context: Context) -> None:
    """Let no second class be the default: the last that kube-apiserver looks at."""
    name = new["metadata"].get("name", "")
    for other in context.list(_CLASSES) if new.get("globalDefault") else ():
        default = other["metadata"]["name"]
        if other.get("globalDefault") and (old is None or default != name):
            why = f"PriorityClass {default} is already marked as default. Only one default can exist"
            raise forbidden(_CLASSES, name, why)


def _system_words(name: str, value: int, default: bool) -> str:
    if name not in SYSTEM:
        return f"{name} is not a known system priority class"
    if value != SYSTEM[name]:
        return f"value of {name} PriorityClass must be {SYSTEM[name]}"
    return f"globalDefault of {name} PriorityClass must be false" if default else ""


BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {("scheduling.k8s.io", "PriorityClass"): PriorityClassRules}
