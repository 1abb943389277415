"""RuntimeClasses.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/node/validation/validation.go
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import checks, metadata, names, node_labels
from aiokube.testing.apiserver.kinds.pods import resources
from aiokube.testing.apiserver.kinds.pods import scheduling as pod_scheduling
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = ["BEHAVIOUR", "RuntimeClassRules"]

_KEYS = ("key", "operator", "value", "effect")


class RuntimeClassRules(Rules):
    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        yield from checks.present(new.get("handler"), "handler", names.dns_label)
        if (overhead := new.get("overhead")) is not None:
            limits = {"limits": overhead.get("podFixed") or {}}
            yield from resources.validate_resources(limits, "overhead", frozenset())
        if (scheduling := new.get("scheduling")) is not None:
            yield from metadata.validate_labels(scheduling.get("nodeSelector"), "scheduling.nodeSelector")
            yield from _tolerations(scheduling.get("tolerations") or [], "scheduling.tolerations")

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        yield from self.validate_create(new, context)
        yield from checks.immutable(new.get("handler"), old.get("handler"), "handler")

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        labels = (new.get("scheduling") or {}).get("nodeSelector") or {}
        return (f"scheduling.nodeSelector: {node_labels.OLD[name]}" for name in labels if name in node_labels.OLD)


def _tolerations(tolerations: list[Object], path: str) -> Iterator[FieldError]:
    yield from pod_scheduling.validate_tolerations(tolerations, path)
    seen: set[tuple[str, ...]] = set()
    for index, toleration in enumerate(tolerations):
        key = tuple(toleration.get(name) or "" for name in _KEYS)
        if key in seen:
            yield fields.duplicate(fields.item(path, index), toleration)
        seen.add(key)


BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {("node.k8s.io", "RuntimeClass"): RuntimeClassRules}
