"""Conflicts: fields that somebody would change by an apply although others own them.

Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/util/managedfields/internal/conflict.go
"""

from __future__ import annotations

from collections.abc import Mapping

from aiokube.testing.apiserver import errors

from . import path_elements
from .field_set import FieldSet
from .manager import Manager

__all__ = ["ConflictsError"]


class ConflictsError(Exception):
    """Raised when an apply that is not forced would change what others own.

    Attributes:
        fields: That are in conflict, by whom they belong to, sorted by that.
    """

    def __init__(self, fields: Mapping[Manager, FieldSet]) -> None:
        super().__init__(fields)
        self.fields = {manager: fields[manager] for manager in sorted(fields, key=lambda one: one.identifier)}

    def without(self, allowed: FieldSet) -> ConflictsError | None:
        """Return the conflicts over other fields than these, None if there are no others."""
        rest = {manager: fields - allowed for manager, fields in self.fields.items()}
        rest = {manager: fields for manager, fields in rest.items() if fields}
        return ConflictsError(rest) if rest else None

    @property
    def status(self) -> errors.StatusError:
        """The error that the request is answered with."""
        conflicts = [(manager, path_elements.text(path)) for manager, fields in self.fields.items() for path in fields]
        causes = [
            {"reason": "FieldManagerConflict", "message": f"conflict with {manager}", "field": path}
            for manager, path in conflicts
        ]
        if len(conflicts) == 1:
            ((manager, path),) = conflicts
            return errors.apply_conflict(f"Apply failed with 1 conflict: conflict with {manager}: {path}", causes)
        lines = []
        for manager in self.fields:
            lines.append(f"conflicts with {manager}:")
            lines += [f"- {path}" for owner, path in conflicts if owner == manager]
        return errors.apply_conflict(f"Apply failed with {len(conflicts)} conflicts: " + "\n".join(lines), causes)
