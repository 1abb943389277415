"""The scale of a custom kind: where its objects have the numbers, and what those may be.

Source: https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/registry/customresource/validator.go
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aiokube.testing.apiserver.field_errors import FieldError, invalid
from aiokube.testing.apiserver.go.format import formatted, type_name
from aiokube.testing.apiserver.scale_paths import ScalePaths

from .field_paths import steps

__all__ = ["Scale"]

_MOST = 2**31 - 1


class _WrongType(ValueError):
    """Raised when a field is not of the type that a scale needs; the text is Go's."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The `subresources.scale` of a version.

    Attributes:
        spec_replicas: the path of how many are wanted, such as `.spec.replicas`.
        status_replicas: the path of how many there are.
        label_selector: the path of the selector of what is counted, as text; "" for none.
    """

    spec_replicas: str
    status_replicas: str
    label_selector: str = ""

    @classmethod
    def of(cls, scale: Mapping[str, Any]) -> Scale:
        return cls(scale["specReplicasPath"], scale["statusReplicasPath"], scale.get("labelSelectorPath") or "")

    @property
    def paths(self) -> ScalePaths:
        """What the verbs of the subresource go by."""
        wanted, there = tuple(steps(self.spec_replicas)), tuple(steps(self.status_replicas))
        return ScalePaths(wanted, there, self._selector, needed=self.spec_replicas)

    def validate_spec(self, obj: Mapping[str, Any]) -> Iterator[FieldError]:
        """Yield what is wrong with the wanted number."""
        return _validate_number(obj, self.spec_replicas)

    def validate_status(self, obj: Mapping[str, Any]) -> Iterator[FieldError]:
        """Yield what is wrong with the number that there is, and with the selector."""
        yield from _validate_number(obj, self.status_replicas)
        if self.label_selector:
            try:
                _text(obj, self.label_selector)
            except _WrongType as error:
                yield invalid(self.label_selector, "", str(error))

    def _selector(self, obj: Mapping[str, Any]) -> str:
        return _text(obj, self.label_selector) if self.label_selector else ""


def _validate_number(obj: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    try:
        value = _number(obj, path)
    except _WrongType as error:
        yield invalid(path, 0, str(error))
        return
    if value < 0:
        yield invalid(path, value, "should be a non-negative integer")
    elif value > _MOST:
        yield invalid(path, value, f"should be less than or equal to {_MOST}")


def _number(obj: Mapping[str, Any], path: str) -> int:
    found = _found(obj, path)
    value = found[0] if found else 0
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong_type(path, value, "int64")
    return value


def _text(obj: Mapping[str, Any], path: str) -> str:
    found = _found(obj, path)
    value = found[0] if found else ""
    if not isinstance(value, str):
        raise _wrong_type(path, value, "string")
    return value


def _found(obj: Any, path: str) -> tuple[Any] | None:
    """Return what stands at a path, in a tuple, None for nothing."""
    names = steps(path)
    for index, name in enumerate(names):
        if obj is None:
            return None
        if not isinstance(obj, Mapping):
            raise _wrong_type(".".join(names[: index + 1]), obj, "map[string]interface{}")
        if name not in obj:
            return None
        obj = obj[name]
    return (obj,)


def _wrong_type(path: str, value: Any, wanted: str) -> _WrongType:
    where = path.removeprefix(".")
    return _WrongType(
        f".{where} accessor error: {formatted(value)} is of the type {type_name(value)}, expected {wanted}"
    )
