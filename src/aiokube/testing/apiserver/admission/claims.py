"""What claims use: themselves and storage, of their class too.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/quota/v1/evaluator/core/persistent_volume_claims.go
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from math import ceil
from typing import Any

from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.kinds.rules import Object
from aiokube.testing.apiserver.schema.quantities import Quantity, parse

from .amounts import Amounts, number
from .change import Change
from .measure import Measure, Requirement, count_name, labels_match

__all__ = ["ClaimMeasure"]

_CLAIMS = GroupResource("", "persistentvolumeclaims")
_COUNT = "persistentvolumeclaims"
_STORAGE = "requests.storage"
_OF_CLASS = ".storageclass.storage.k8s.io/"
_CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class"


class ClaimMeasure(Measure):
    def __init__(self) -> None:
        super().__init__(_CLAIMS, _COUNT)

    def covers(self, name: str) -> bool:
        return name in self.names or name == _STORAGE or name.endswith((_OF_CLASS + _COUNT, _OF_CLASS + _STORAGE))

    def looks_at(self, change: Change) -> bool:
        return not change.subresource or (change.subresource == "status" and not change.is_new)

    def is_freed(self, new: Object, old: Object) -> bool:
        return True

    def usage(self, obj: Object, now: dt.datetime) -> Amounts:
        used = {count_name(_CLAIMS): number(1), _COUNT: number(1)}
        storage = _storage(obj)
        if storage is not None:
            used[_STORAGE] = storage
        if name := _class(obj):
            used |= {f"{name}{_OF_CLASS}{one}": used[one] for one in (_COUNT, _STORAGE) if one in used}
        return used

    def is_in_scope(self, obj: Object, requirement: Requirement) -> bool:
        if requirement.get("scopeName") != "VolumeAttributesClass":
            return False
        return any(labels_match(requirement, name) for name in _attributes_classes(obj) or {""})


def _class(claim: Object) -> str:
    annotations: Mapping[str, str] = claim["metadata"].get("annotations") or {}
    return annotations.get(_CLASS_ANNOTATION, claim["spec"].get("storageClassName") or "")


def _storage(claim: Object) -> Quantity | None:
    """Return what is asked for, or what was given if that is more."""
    asked = _amount(claim["spec"].get("resources"), "requests")
    given = _amount(claim.get("status"), "allocatedResources")
    if asked is None or given is None or given.amount <= asked.amount:
        return asked
    return given


def _amount(holder: Mapping[str, Any] | None, field: str) -> Quantity | None:
    text = ((holder or {}).get(field) or {}).get("storage")
    if text is None:
        return None
    quantity = parse(text)
    if quantity.amount.denominator == 1:
        return quantity
    return Quantity.of(Fraction(ceil(quantity.amount)), quantity.notation)


def _attributes_classes(claim: Object) -> set[str]:
    status = claim.get("status") or {}
    names = (
        claim["spec"].get("volumeAttributesClassName"),
        status.get("currentVolumeAttributesClassName"),
        (status.get("modifyVolumeStatus") or {}).get("targetVolumeAttributesClassName"),
    )
    return {name for name in names if name}
