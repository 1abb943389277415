"""What is wrong with one field of an object, in the words that kube-apiserver has for it.

Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/util/validation/field/errors.go
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .go.text import quoted, shown

__all__ = [
    "OMITTED",
    "FieldError",
    "Reason",
    "aggregate",
    "child",
    "duplicate",
    "forbidden",
    "internal",
    "invalid",
    "item",
    "key",
    "not_found",
    "not_supported",
    "required",
    "too_long",
    "too_many",
]


class Reason(Enum):
    """Why a field is refused: the reason of the cause in a Status, and the words in its message."""

    NOT_FOUND = ("FieldValueNotFound", "Not found")
    REQUIRED = ("FieldValueRequired", "Required value")
    DUPLICATE = ("FieldValueDuplicate", "Duplicate value")
    INVALID = ("FieldValueInvalid", "Invalid value")
    NOT_SUPPORTED = ("FieldValueNotSupported", "Unsupported value")
    FORBIDDEN = ("FieldValueForbidden", "Forbidden")
    TOO_LONG = ("FieldValueTooLong", "Too long")
    TOO_MANY = ("FieldValueTooMany", "Too many")
    TOO_FEW = ("FieldValueTooFew", "Too few")
    INTERNAL = ("InternalError", "Internal error")
    TYPE_INVALID = ("FieldValueTypeInvalid", "Invalid value")

    @property
    def cause(self) -> str:
        return self.value[0]

    @property
    def words(self) -> str:
        return self.value[1]


class _Omitted(Enum):
    OMITTED = "omitted"


OMITTED = _Omitted.OMITTED
"""Stands for a value that the message does not show."""

_WITHOUT_VALUE = {Reason.REQUIRED, Reason.FORBIDDEN, Reason.TOO_LONG, Reason.INTERNAL}


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that is refused.

    Attributes:
        reason: Why.
        field: Where it stands, such as `spec.containers[0].name`; "" is the object itself.
        value: What stood there, or OMITTED.
        detail: More words; "" for none.
    """

    reason: Reason
    field: str
    value: Any = OMITTED
    detail: str = ""

    @property
    def body(self) -> str:
        """The message without the field's name, as a Status has it in a cause."""
        words = self.reason.words
        if self.reason not in _WITHOUT_VALUE and self.value is not OMITTED:
            words = f"{words}: {shown(self.value)}"
        return f"{words}: {self.detail}" if self.detail else words

    def __str__(self) -> str:
        return f"{self.field}: {self.body}"

    @property
    def cause(self) -> dict[str, str]:
        """The cause in the details of a Status."""
        return {"reason": self.reason.cause, "message": self.body, "field": self.field}


def aggregate(errors: Iterable[FieldError | str]) -> str:
    """Return the one line that says them all: alone as it is, several in brackets, each text once."""
    texts = list(dict.fromkeys(str(error) for error in errors))
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def child(path: str, *names: str) -> str:
    """Return the path of a field below another."""
    return ".".join([path, *names] if path else names)


def item(path: str, index: int) -> str:
    """Return the path of an item of a list."""
    return f"{path}[{index}]"


def key(path: str, name: str) -> str:
    """Return the path of a key of a map."""
    return f"{path}[{name}]"


def not_found(field: str, value: Any) -> FieldError:
    return FieldError(Reason.NOT_FOUND, field, value)


def required(field: str, detail: str = "") -> FieldError:
    return FieldError(Reason.REQUIRED, field, "", detail)


def duplicate(field: str, value: Any) -> FieldError:
    return FieldError(Reason.DUPLICATE, field, value)


def invalid(field: str, value: Any, detail: str) -> FieldError:
    return FieldError(Reason.INVALID, field, value, detail)


def not_supported(field: str, value: Any, supported: Iterable[str]) -> FieldError:
    """Return the error for a word that is none of the known ones, which are shown in the order given."""
    words = ", ".join(map(quoted, supported))
    return FieldError(Reason.NOT_SUPPORTED, field, value, f"supported values: {words}" if words else "")


def forbidden(field: str, detail: str) -> FieldError:
    return FieldError(Reason.FORBIDDEN, field, "", detail)


def too_long(field: str, limit: int) -> FieldError:
    detail = f"may not be more than {limit} {'byte' if limit == 1 else 'bytes'}" if limit >= 0 else "value is too long"
    return FieldError(Reason.TOO_LONG, field, OMITTED, detail)


def too_many(field: str, actual: int, limit: int) -> FieldError:
    detail = f"must have at most {limit} {'item' if limit == 1 else 'items'}" if limit >= 0 else "has too many items"
    return FieldError(Reason.TOO_MANY, field, actual if actual >= 0 else OMITTED, detail)


def internal(field: str, detail: str) -> FieldError:
    return FieldError(Reason.INTERNAL, field, OMITTED, detail)
