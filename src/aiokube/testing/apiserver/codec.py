"""The seam between what all verbs do with objects and what a kind's schema says about them.

Built-in kinds read objects as Go does, into structs; custom kinds keep what their schema knows. Verbs see one
Protocol.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from .field_errors import FieldError
from .schema.node import Node

__all__ = ["Codec", "Decoded", "Object", "Undecodable"]

Object = dict[str, Any]


class Decoded(NamedTuple):
    """An object as it was read: complete, without what its kind does not know.

    Attributes:
        problems: What strict field validation refuses, in the words of kube-apiserver.
    """

    object: Object
    problems: Sequence[str]


class Undecodable(ValueError):
    """Raised when a value is no object of a kind; the text is kube-apiserver's, without the subject before it.

    Attributes:
        kind: what the value says it is, "" when it does not say.
        version: the version it says it is of.
        converted: the text where a value that was read already is made an object, instead of one in JSON.
    """

    def __init__(self, text: str, *, kind: str = "", version: str = "", converted: str = "") -> None:
        super().__init__(text)
        self.kind = kind
        self.version = version
        self.converted = converted or text


class Codec(Protocol):
    """How objects of one kind in one version are read, completed and written."""

    @property
    def node(self) -> Node:
        """What the objects look like."""
        ...

    def decode(self, value: Object, *, is_converted: bool = False) -> Decoded:
        """Return the object that a request's value means, with defaults.

        Args:
            is_converted: the value was read already; what it then is in Go decides which numbers fit.

        Raises:
            Undecodable: it is none of this kind, or not well-formed.
            StatusError: it is of another version than the path (400).
        """
        ...

    def complete(self, value: Object) -> Object:
        """Return the object that an apply has made, with defaults; by its schema it is already.

        Raises:
            Undecodable: it is not well-formed.
        """
        ...

    def normal(self, obj: Object) -> Object:
        """Return an object as the server writes it, with kind, apiVersion and metadata first."""
        ...

    def validate(self, obj: Object, old: Object | None) -> Sequence[FieldError]:
        """Return what the schema finds wrong; built-in kinds have no schema to break, but rules."""
        ...

    def to_storage(self, obj: Object) -> Object:
        """Return an object of this version in the version that is stored."""
        ...

    def from_storage(self, obj: Object) -> Object:
        """Return a stored object in this version."""
        ...

    def other_version(self, obj: Object, api_version: str) -> tuple[Node, Object] | None:
        """Return an object of this version in another, and what objects look like there; None for none of the kind."""
        ...
