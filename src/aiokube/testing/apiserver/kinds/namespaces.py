"""Namespaces: their label, their own finalizers, and how they end.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/registry/core/namespace/strategy.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import ClassVar

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import checks, names
from aiokube.testing.apiserver.kinds.rules import Context, Object, Part, Rules

__all__ = ["BEHAVIOUR", "NamespaceRules"]

_LABEL = "kubernetes.io/metadata.name"
_STANDARD_FINALIZERS = frozenset({"kubernetes", "orphan", "foregroundDeletion"})


def _prepare_finalize(new: Object, old: Object, context: Context) -> None:
    """Complete a namespace that came to its subresource `finalize`, which alone changes spec.finalizers."""
    new["status"] = old.get("status") or {}
    _name_label(new)


def _validate_finalize(new: Object, old: Object, context: Context) -> Iterator[FieldError]:
    for index, finalizer in enumerate((new.get("spec") or {}).get("finalizers") or ()):
        yield from _finalizer(fields.item("spec.finalizers", index), finalizer)


class NamespaceRules(Rules):
    field_labels: ClassVar[Mapping[str, Callable[[Object], str]]] = {
        "status.phase": lambda namespace: (namespace.get("status") or {}).get("phase", "")
    }

    parts: ClassVar[Mapping[str, Part]] = {"finalize": Part(_prepare_finalize, _validate_finalize)}

    def prepare_create(self, new: Object, context: Context) -> None:
        new["status"] = {"phase": "Active"}
        finalizers = (new.setdefault("spec", {}) or {}).get("finalizers") or []
        if "kubernetes" not in finalizers:
            finalizers = [*finalizers, "kubernetes"]
        new["spec"] = {"finalizers": finalizers}
        _name_label(new)

    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        for finalizer in new["spec"].get("finalizers") or ():
            yield from _finalizer("spec.finalizers", finalizer)

    def prepare_update(self, new: Object, old: Object, context: Context) -> None:
        new["spec"] = dict(old.get("spec") or {})
        new["status"] = old.get("status") or {}
        _name_label(new)

    def validate_status(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        phase = (new.get("status") or {}).get("phase", "")
        going = bool(new["metadata"].get("deletionTimestamp"))
        if phase != ("Terminating" if going else "Active"):
            words = (
                "may only be 'Terminating' if `deletionTimestamp` is not empty"
                if going
                else "may only be 'Active' if `deletionTimestamp` is empty"
            )
            yield fields.invalid("status.Phase", phase, words)

    def begin_deletion(self, obj: Object, propagation: str | None, context: Context) -> bool:
        """Let the namespace stand as Terminating: what is in it has to go first."""
        metadata = obj["metadata"]
        metadata["deletionTimestamp"] = context.now()
        obj["status"] = (obj.get("status") or {}) | {"phase": "Terminating"}
        finalizers = metadata.get("finalizers") or []
        wanted = {"Orphan": "orphan", "Foreground": "foregroundDeletion"}.get(propagation or "")
        kept = [one for one in finalizers if propagation is None or one not in _STANDARD_FINALIZERS - {"kubernetes"}]
        if wanted:
            kept.append(wanted)
        if kept != finalizers:
            metadata["finalizers"] = kept
        return True

    def may_go(self, old: Object) -> bool:
        return not (old.get("spec") or {}).get("finalizers")


def _finalizer(path: str, finalizer: str) -> Iterator[FieldError]:
    yield from checks.matching(names.qualified_name, finalizer, path)
    if "/" not in finalizer and finalizer not in _STANDARD_FINALIZERS:
        yield fields.invalid(path, finalizer, "name is neither a standard finalizer name nor is it fully qualified")


def _name_label(namespace: Object) -> None:
    metadata = namespace["metadata"]
    if name := metadata.get("name"):
        metadata["labels"] = (metadata.get("labels") or {}) | {_LABEL: name}


BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {("", "Namespace"): NamespaceRules}
