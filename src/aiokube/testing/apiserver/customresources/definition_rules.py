"""CustomResourceDefinitions: defaults, validation, and how they begin to end.

Sources:
    https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/registry/customresourcedefinition/strategy.go
    https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/apis/apiextensions/v1/defaults.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from aiokube.testing.apiserver.field_errors import FieldError, invalid
from aiokube.testing.apiserver.go.text import quoted
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

from . import definition_validation
from .conditions import begin_deletion
from .definition import storage_version

__all__ = ["BEHAVIOUR", "DEFAULTS", "DefinitionRules"]


class DefinitionRules(Rules):
    standard_finalizers = False

    def prepare_create(self, new: Object, context: Context) -> None:
        stored = storage_version(new)
        new["status"] = {"storedVersions": [stored]} if stored is not None else {}

    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        return [*_name(new), *definition_validation.validate(new, None)]

    def prepare_update(self, new: Object, old: Object, context: Context) -> None:
        stored = storage_version(new)
        status = dict(new.get("status") or {})
        if stored is not None and stored not in (status.get("storedVersions") or ()):
            new["status"] = status | {"storedVersions": [*(status.get("storedVersions") or ()), stored]}

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        return definition_validation.validate(new, old)

    def changes_generation(self, new: Object, old: Object) -> bool:
        return bool(new.get("spec") != old.get("spec"))

    def validate_status(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        return definition_validation.validate_status(new)

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        before = set(definition_validation.unknown_formats(old)) if old is not None else set()
        found = definition_validation.unknown_formats(new)
        return [f"unrecognized format {quoted(name)}" for name in found if name not in before]

    def begin_deletion(self, obj: Object, propagation: str | None, context: Context) -> bool:
        """Let the definition stand as Terminating: its objects have to go first."""
        begin_deletion(obj, context.now())
        return True


def _name(definition: Object) -> Iterator[FieldError]:
    spec, name = definition.get("spec") or {}, definition["metadata"].get("name", "")
    plural = (spec.get("names") or {}).get("plural", "")
    if name and name != f"{plural}.{spec.get('group', '')}":
        yield invalid("metadata.name", name, 'must be spec.names.plural+"."+spec.group')


def _complete(definition: dict[str, Any]) -> None:
    status = definition.get("status") or {}
    if not status.get("storedVersions") and (stored := storage_version(definition)) is not None:
        definition["status"] = {**status, "storedVersions": [stored]}


def _complete_spec(spec: dict[str, Any]) -> None:
    names = spec.get("names") or {}
    kind = names.get("kind") or ""
    wanted = {"singular": kind.lower(), "listKind": f"{kind}List" if kind else ""}
    spec["names"] = {**names, **{name: value for name, value in wanted.items() if value and not names.get(name)}}
    if spec.get("conversion") is None:
        spec["conversion"] = {"strategy": "None"}


_PREFIX = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1."

BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {
    ("apiextensions.k8s.io", "CustomResourceDefinition"): DefinitionRules
}

DEFAULTS: Mapping[str, Callable[[dict[str, Any]], None]] = {
    f"{_PREFIX}CustomResourceDefinitionSpec": _complete_spec,
    f"{_PREFIX}CustomResourceDefinition": _complete,
}
"""By the name of the component, as those of `kinds.catalog`."""
