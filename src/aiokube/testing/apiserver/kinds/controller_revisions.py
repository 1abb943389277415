"""ControllerRevisions.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/apps/validation/validation.go
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import checks
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = ["BEHAVIOUR", "ControllerRevisionRules"]


class ControllerRevisionRules(Rules):
    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        yield from _number(new)
        data = new.get("data")
        if data is None:
            yield fields.required("data", "data is mandatory")
        elif not isinstance(data, dict):
            yield fields.required("data", "data must be a valid JSON object")

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        yield from _number(new)
        yield from checks.immutable(new.get("data"), old.get("data"), "data")


def _number(revision: Object) -> Iterator[FieldError]:
    return checks.not_negative(revision.get("revision"), "revision")


BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {("apps", "ControllerRevision"): ControllerRevisionRules}
