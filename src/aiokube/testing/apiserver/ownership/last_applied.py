"""The last applied configuration: the annotation that client-side `kubectl apply` goes by.

When kubectl goes over to applying on the server, what it owns by the annotation is its own, and the
annotation is kept up to date.

Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/util/managedfields/internal/lastappliedmanager.go
"""

from __future__ import annotations

import json
from typing import Any

from aiokube.testing.apiserver.go.text import json_text, sorted_keys

from .comparison import compare
from .field_set import FieldSet
from .members import applied
from .parts import MalformedError
from .problems import problems
from .updater import Kind, Object

__all__ = ["KUBECTL", "last_applied_fields", "with_last_applied"]

KUBECTL = "kubectl"
"""The field manager that the annotation is for; others opt out by their name."""

_ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration"
_TOTAL_ANNOTATIONS_LIMIT = 256 * 1024


def last_applied_fields(kind: Kind, live: Object) -> FieldSet:
    """Return the fields of an object that are still as they were last applied by client-side apply."""
    config = _read(_annotations(live).get(_ANNOTATION, ""))
    if config is None or config.get("apiVersion") != kind.api_version or problems(kind.node, config):
        return FieldSet()
    try:
        comparison = compare(kind.node, config, live)
        fields = FieldSet(applied(kind.node, config))
    except MalformedError:
        return FieldSet()
    for changed in comparison:
        fields -= changed
    return fields


def with_last_applied(new: Object, config: Object) -> Object:
    """Return an object whose annotation, if it has one, says that this configuration was applied."""
    annotations = _annotations(new)
    if not annotations.get(_ANNOTATION):
        return new
    annotations = annotations | {_ANNOTATION: _written(config)}
    if sum(len(name.encode()) + len(value.encode()) for name, value in annotations.items()) > _TOTAL_ANNOTATIONS_LIMIT:
        del annotations[_ANNOTATION]
    return new | {"metadata": new["metadata"] | {"annotations": annotations}}


def _read(text: str) -> Object | None:
    try:
        config = json.loads(text)
    except ValueError:
        return None
    return config if isinstance(config, dict) and config.get("kind") else None


def _written(config: Object) -> str:
    annotations = _annotations(config)
    if annotations:
        rest = {name: value for name, value in annotations.items() if name != _ANNOTATION}
        config = config | {"metadata": config["metadata"] | {"annotations": rest}}
    return json_text(sorted_keys(config)) + "\n"


def _annotations(value: Object) -> dict[str, Any]:
    metadata = value.get("metadata")
    return (metadata.get("annotations") or {}) if isinstance(metadata, dict) else {}
