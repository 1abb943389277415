"""An event: what one write did to one object."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, final

from .stored import Stored

__all__ = ["Event", "EventType"]


class EventType(Enum):
    """What a watch says happened."""

    ADDED = "ADDED"
    MODIFIED = "MODIFIED"
    DELETED = "DELETED"


@final
class Event:
    """One change of one object.

    Attributes:
        type: What happened.
        object: The object as it is now; as it was last, with the counter of the deletion, when it is gone.
        previous: What was there before; None when nothing was.
    """

    __slots__ = ("_forms", "object", "previous", "type")

    def __init__(self, type: EventType, object: Stored, previous: Stored | None) -> None:
        self.type = type
        self.object = object
        self.previous = previous
        self._forms: dict[Any, bytes] | None = {}

    def __repr__(self) -> str:
        return f"<Event {self.type.value} {self.object!r}>"

    @property
    def resource_version(self) -> int:
        return self.object.resource_version

    @property
    def size(self) -> int:
        """How many bytes its object has."""
        return len(self.object.body)

    def form(self, key: Any, make: Callable[[], bytes]) -> bytes:
        """Return one encoding of this event, made once for all who want the same one while it happens."""
        if self._forms is None:
            return make()
        form = self._forms.get(key)
        if form is None:
            form = self._forms[key] = make()
        return form

    def settle(self) -> None:
        """Keep no encoding from now on: whoever listened has been told, and history has no room for them."""
        self._forms = None
