"""Event: what a watch hands out, a dict whose object is decoded when it is looked at."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import msgspec

from aiokube._machinery.errors import MalformedObject


class Event(dict[str, Any]):
    """A dict with the keys `type`, `object` and `raw_object`.

    `type` is there at once, the others are decoded at the first look. `raw_object` is the object as a plain dict.
    `object` is what the watch makes of objects, and that same plain dict where it makes nothing of them. Copies, also
    by `copy.deepcopy` and `pickle`, are plain dicts.

    Encoders in C that do not ask a dict for its items (orjson, msgspec) see only what has been looked at: give them
    `dict(event)`, or the object.

    Args:
        type: ADDED, MODIFIED, DELETED or BOOKMARK.
        raw: JSON text of the object.
        make: Makes what `object` is from that text; None for the plain dict.

    Raises:
        MalformedObject: At the first look, when the text turns out not to be a JSON object.
    """

    # What has not been looked at is not in the underlying dict, and found by `__missing__`. A placeholder would be
    # quicker to settle, but whoever goes around the methods below would take it for the value.
    __slots__ = ("_make", "_raw")

    def __init__(self, type: str, raw: bytes, make: Callable[[bytes], Any] | None = None) -> None:
        super().__init__(type=type)
        self._raw: bytes | None = raw  # None: everything has been looked at
        self._make = make

    def __missing__(self, key: str) -> Any:
        if self._raw is None or key not in {"object", "raw_object"}:
            raise KeyError(key)
        if key == "raw_object":
            value = _plain(self._raw)
        else:
            value = self["raw_object"] if self._make is None else self._make(self._raw)
        self[key] = value
        return value

    def get(self, key: str, default: Any = None) -> Any:
        """Return an item, the default when there is none."""
        try:
            return self[key]
        except KeyError:
            return default

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return dict, (dict(self),)

    def _settle(self) -> None:
        """Look at everything, and bring it into the order of the documentation."""
        if self._raw is not None:
            late = {key: self[key] for key in ("object", "raw_object")}
            self._raw = None
            for key in late:
                super().pop(key)
            super().update(late)


def _plain(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedObject("object", str(error)) from None


def _settled_first(name: str) -> Callable[..., Any]:
    """Return the method of dict with that name, which finds this event and others that it is given whole."""
    method = getattr(dict, name)

    @functools.wraps(method)
    def settled(self: Event, *args: Any, **keywords: Any) -> Any:
        for event in (self, *args):
            if isinstance(event, Event):
                event._settle()
        return method(self, *args, **keywords)

    return settled


# That `__iter__` is overridden is also what makes dict(event), {**event}, f(**event) and other.update(event) ask for
# each item instead of copying the underlying dict.
for _name in (
    *("__contains__", "__delitem__", "__eq__", "__ior__", "__iter__", "__len__", "__ne__", "__or__"),
    *("__repr__", "__reversed__", "__ror__"),
    *("clear", "copy", "items", "keys", "pop", "popitem", "setdefault", "values"),
):
    setattr(Event, _name, _settled_first(_name))
