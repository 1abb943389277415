"""Conversions: the built-in kinds that are served in more than one form, and stored in one of them.

1.36 has two by default: HorizontalPodAutoscalers in two versions, and events in two groups. What a conversion
returns is whole but may lack order and zero values: it is brought into the normal form of its version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import autoscaler_versions, event_versions
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = ["CONVERSIONS", "Conversion", "ConvertedRules", "converted"]


class Conversion(NamedTuple):
    """How objects of a version that is not stored become those of the one that is, and back.

    Attributes:
        stored: group, version and kind of the stored form.
        collection: where the objects are stored.
    """

    stored: tuple[str, str, str]
    collection: GroupResource
    to_storage: Callable[[Object], Object]
    from_storage: Callable[[Object], Object]


CONVERSIONS: Mapping[tuple[str, str, str], Conversion] = {
    ("autoscaling", "v1", "HorizontalPodAutoscaler"): Conversion(
        ("autoscaling", "v2", "HorizontalPodAutoscaler"),
        GroupResource("autoscaling", "horizontalpodautoscalers"),
        autoscaler_versions.from_v1,
        autoscaler_versions.to_v1,
    ),
    ("events.k8s.io", "v1", "Event"): Conversion(
        ("", "v1", "Event"),
        GroupResource("", "events"),
        event_versions.from_events_k8s_io,
        event_versions.to_events_k8s_io,
    ),
}
"""By group, version and kind of a form that is served but not stored."""


class ConvertedRules(Rules):
    """The rules of a stored form, for objects in another: kube-apiserver looks at every object in its own form."""

    rules: Rules
    conversion: Conversion

    def prepare_create(self, new: Object, context: Context) -> None:
        stored = self.conversion.to_storage(new)
        self.rules.prepare_create(stored, context)
        self._put_back(new, stored)

    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        return self.rules.validate_create(self.conversion.to_storage(new), context)

    def prepare_update(self, new: Object, old: Object, context: Context) -> None:
        stored = self.conversion.to_storage(new)
        self.rules.prepare_update(stored, self.conversion.to_storage(old), context)
        self._put_back(new, stored)

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        return self.rules.validate_update(self.conversion.to_storage(new), self.conversion.to_storage(old), context)

    def validate_status(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        return self.rules.validate_status(self.conversion.to_storage(new), self.conversion.to_storage(old), context)

    def validate_name(self, name: str, prefix: bool) -> Iterable[str]:
        return self.rules.validate_name(name, prefix)

    def unknown_field_label(self, label: str) -> str:
        return self.rules.unknown_field_label(label)

    def _put_back(self, new: Object, stored: Object) -> None:
        prepared, metadata = self.conversion.from_storage(stored), new["metadata"]
        given = dict(prepared["metadata"])
        new.clear()
        new.update(prepared)
        # Whoever prepares the rest of the object has its metadata in hand already.
        metadata.clear()
        metadata.update(given)
        new["metadata"] = metadata


def converted(rules: Rules, group: str, version: str, kind: str) -> Rules:
    """Return rules for a form that is not stored, from those that are made for the stored one."""

    class FormRules(ConvertedRules):
        has_generation = rules.has_generation
        creates_on_update = rules.creates_on_update
        unconditional_update = rules.unconditional_update
        returns_deleted = rules.returns_deleted
        default_propagation = rules.default_propagation
        keeps_status = rules.keeps_status
        deprecation = rules.deprecation
        storage_prefix = rules.storage_prefix
        field_labels = rules.field_labels

    FormRules.__name__ = FormRules.__qualname__ = f"{kind}Rules"
    made = FormRules()
    made.rules, made.conversion = rules, CONVERSIONS[group, version, kind]
    return made
