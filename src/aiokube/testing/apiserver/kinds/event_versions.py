"""Events of events.k8s.io, which are those of the core group with other names of fields.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/events/v1/conversion.go
"""

from __future__ import annotations

from typing import Final

from aiokube.testing.apiserver.kinds.rules import Object

__all__ = ["from_events_k8s_io", "to_events_k8s_io"]

_CORE_NAMES: Final = {
    "regarding": "involvedObject",
    "note": "message",
    "deprecatedSource": "source",
    "deprecatedFirstTimestamp": "firstTimestamp",
    "deprecatedLastTimestamp": "lastTimestamp",
    "deprecatedCount": "count",
    "reportingController": "reportingComponent",
}
_NAMES: Final = {core: name for name, core in _CORE_NAMES.items()}


def to_events_k8s_io(event: Object) -> Object:
    """Return an event of the core group as events.k8s.io has it."""
    return _renamed(event, _NAMES) | {"apiVersion": "events.k8s.io/v1"}


def from_events_k8s_io(event: Object) -> Object:
    """Return an event of events.k8s.io as the core group has it."""
    return _renamed(event, _CORE_NAMES) | {"apiVersion": "v1"}


def _renamed(event: Object, names: dict[str, str]) -> Object:
    return {names.get(name, name): value for name, value in event.items()}
