"""What all kinds do that make pods of a template.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/api/pod/util.go (DropDisabledTemplateFields)
"""

from __future__ import annotations

from typing import ClassVar

from aiokube.testing.apiserver.kinds.pods.features import drop_disabled
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = ["TemplateRules"]


class TemplateRules(Rules):
    template_path: ClassVar[tuple[str, ...]] = ("spec", "template")
    """Where the template stands."""

    def prepare_create(self, new: Object, context: Context) -> None:
        drop_disabled(self._template(new))

    def prepare_update(self, new: Object, old: Object, context: Context) -> None:
        drop_disabled(self._template(new))

    def _template(self, obj: Object) -> Object:
        for name in self.template_path:
            obj = obj.get(name) or {}
        return obj
