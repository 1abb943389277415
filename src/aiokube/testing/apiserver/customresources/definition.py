"""A CustomResourceDefinition as validation has it before it.

kube-apiserver lifts what is the same in all versions (schemas, subresources, columns, selectable fields) up to
the spec, and there its messages find it: in a definition with one version nearly everything is at
`spec.validation`, not at `spec.versions[0].schema`.

Source: https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/apis/apiextensions/v1/conversion.go
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Definition", "Lifted", "condition", "is_true", "storage_version"]

Definition = Mapping[str, Any]

_LIFTED = ("schema", "subresources", "additionalPrinterColumns", "selectableFields")


@dataclass(frozen=True, slots=True)
class Lifted:
    """The versions of a definition, with what is the same in all of them in one place.

    Attributes:
        common: what was lifted, under the names it has in a version.
        versions: without that.
    """

    common: Mapping[str, Any]
    versions: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, definition: Definition) -> Lifted:
        versions = (definition.get("spec") or {}).get("versions") or []
        common = {
            name: versions[0][name]
            for name in _LIFTED
            if versions
            and versions[0].get(name) is not None
            and all(each.get(name) == versions[0][name] for each in versions)
        }
        rest = [{name: value for name, value in each.items() if name not in common} for each in versions]
        return cls(common, rest)

    def schema(self, version: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return the schema of a version, wherever it is."""
        found = version.get("schema") or self.common.get("schema") or {}
        schema: Mapping[str, Any] | None = found.get("openAPIV3Schema")
        return schema


def condition(definition: Definition, name: str) -> Mapping[str, Any] | None:
    """Return a condition of a definition, None if it does not have it."""
    conditions = (definition.get("status") or {}).get("conditions") or ()
    return next((each for each in conditions if each["type"] == name), None)


def is_true(definition: Definition, name: str) -> bool:
    """Return whether a definition has a condition and it holds."""
    found = condition(definition, name)
    return found is not None and found["status"] == "True"


def storage_version(definition: Definition) -> str | None:
    """Return the version in which objects are stored, None for none."""
    versions = (definition.get("spec") or {}).get("versions") or []
    return next((str(each["name"]) for each in versions if each.get("storage")), None)
