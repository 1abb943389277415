"""The newer kinds, whose status can be written without touching labels, annotations, finalizers or owners.

Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/apis/meta/v1/helpers.go (ResetObjectMetaForStatus)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = ["FixedMetadataRules", "keep_metadata"]

_FIXED = (
    "annotations",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "finalizers",
    "generation",
    "labels",
    "ownerReferences",
)


class FixedMetadataRules(Rules):
    reset_fields: ClassVar[Mapping[str, tuple[str, ...]]] = {"": ("status",), "status": ("spec", "metadata")}

    def prepare_status(self, new: Object, old: Object, context: Context) -> None:
        keep_metadata(new, old)


def keep_metadata(new: Object, old: Object) -> None:
    """Put back the metadata of an object of which only a part can be written."""
    for name in _FIXED:
        if name in old["metadata"]:
            new["metadata"][name] = old["metadata"][name]
        else:
            new["metadata"].pop(name, None)
