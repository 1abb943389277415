"""Events, which two groups serve and one keeps: as the core group has them, so do the rules here.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/events.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, ClassVar, Final

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import checks, internal, names
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = ["BEHAVIOUR", "EventRules", "StrictEventRules"]

_LIMITS: Final[Mapping[str, int]] = {"reportingInstance": 128, "action": 128, "reason": 128, "message": 1024}
_UNMATCHED = "does not match event.namespace"
_OF_OBJECT = ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")

# What only the older group writes, and what neither may change once it is written through the newer one.
_DEPRECATED = ("firstTimestamp", "lastTimestamp", "count", "source")
_FIXED = (
    "involvedObject",
    "reason",
    "message",
    "source",
    "firstTimestamp",
    "lastTimestamp",
    "count",
    "reason",
    "type",
    "eventTime",
    "action",
    "related",
    "reportingController",
    "reportingInstance",
)
_INTERNAL = {"involvedObject": "ObjectReference", "related": "ObjectReference", "source": "EventSource"}
_ZEROS: Mapping[str, Any] = {"count": 0, "reason": "", "message": "", "type": "", "action": "", "reportingInstance": ""}


def _of_object(name: str, event: Object) -> str:
    return str((event.get("involvedObject") or {}).get(name) or "")


def _source(event: Object) -> str:
    return (event.get("source") or {}).get("component") or event.get("reportingComponent") or ""


def _plain(name: str, event: Object) -> str:
    return event.get(name) or ""


class EventRules(Rules):
    """Events of the core group: nearly everything is allowed, as it was in the beginning."""

    field_labels: ClassVar[Mapping[str, Callable[[Object], str]]] = {
        **{f"involvedObject.{name}": partial(_of_object, name) for name in _OF_OBJECT},
        "reason": partial(_plain, "reason"),
        "reportingComponent": partial(_plain, "reportingComponent"),
        "source": _source,
        "type": partial(_plain, "type"),
    }
    controller_field: ClassVar[str] = "reportingComponent"

    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        namespace, of_object = new["metadata"].get("namespace") or "", _of_object("namespace", new)
        allowed = {"default", "kube-system"} if new.get("eventTime") else {"", "default"}
        if (namespace not in allowed) if not of_object else (not new.get("eventTime") and namespace != of_object):
            yield fields.invalid("involvedObject.namespace", of_object, _UNMATCHED)
        if new.get("eventTime"):
            yield from _modern(new, self.controller_field)
        yield from checks.matching(names.dns_subdomain, namespace, "namespace")


class StrictEventRules(EventRules):
    """Events that come through events.k8s.io."""

    field_labels: ClassVar[Mapping[str, Callable[[Object], str]]] = {
        **{f"regarding.{name}": partial(_of_object, name) for name in _OF_OBJECT},
        "reason": partial(_plain, "reason"),
        "reportingController": partial(_plain, "reportingComponent"),
        "type": partial(_plain, "type"),
    }
    controller_field: ClassVar[str] = "reportingController"

    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        yield from super().validate_create(new, context)
        yield from _series(new)
        if not new.get("eventTime"):
            yield fields.required("eventTime")
        if new.get("type") not in {"Normal", "Warning"}:
            yield fields.invalid("type", "", f"has invalid value: {new.get('type') or ''}")
        yield from (fields.invalid(name, "", "needs to be unset") for name in _DEPRECATED if new.get(name))

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        yield from super().validate_create(new, context)
        if new.get("series") != old.get("series"):
            yield from _series(new)
        for name in _FIXED:
            key = "reportingComponent" if name == "reportingController" else name
            if not checks.same(new.get(key) or None, old.get(key) or None):
                yield fields.invalid(name, _shown(name, new.get(key)), "field is immutable")


def _modern(event: Object, controller_field: str) -> Iterator[FieldError]:
    controller = event.get("reportingComponent") or ""
    if not controller:
        yield fields.required(controller_field)
    yield from checks.matching(names.qualified_name, controller, controller_field)
    for name, limit in _LIMITS.items():
        text = event.get(name) or ""
        if not text and name != "message":
            yield fields.required(name)
        if len(text.encode()) > limit:
            yield fields.invalid(name, "", f"can have at most {limit} characters")


def _series(event: Object) -> Iterator[FieldError]:
    if (series := event.get("series")) is not None:
        if (series.get("count") or 0) < 2:
            yield fields.invalid("series.count", "", "should be at least 2")
        if not series.get("lastObservedTime"):
            yield fields.required("series.lastObservedTime")


def _shown(name: str, value: Any) -> Any:
    if kind := _INTERNAL.get(name):
        return internal.shown(kind, value or {})
    return value or _ZEROS.get(name)


BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {
    ("", "Event"): EventRules,
    ("events.k8s.io", "Event"): StrictEventRules,
}
