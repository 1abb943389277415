"""JSON text that is opened only where a patch touches it.

kube-apiserver answers a patch whose result does not decode with the text of that result, in which objects that
the patch went through have their keys sorted, and all others are as they were; and it compares scalars in a
`test` by their text, so that 1 is not 1.0. Patching text by levels gives the same, and costs less than decoding
the whole.

None is null.

Source: https://github.com/evanphx/json-patch/blob/v4.13.0/patch.go
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

__all__ = ["Members", "Opened", "Slot", "equal", "open_members", "write"]


class Opened:
    """A value that is not null: its text, or what it was opened to, which is then what counts."""

    __slots__ = ("items", "members", "text")

    def __init__(self, text: bytes = b"", members: Members | None = None) -> None:
        self.text = text
        self.members = members
        self.items: list[Slot] | None = None

    def as_members(self) -> Members | None:
        """Return the members of an object, which may be changed; None for anything else."""
        if self.members is None and self.items is None and self.text.startswith(b"{"):
            self.members = open_members(self.text)
        return self.members

    def as_items(self) -> list[Slot] | None:
        """Return the items of a list, which may be changed; None for anything else."""
        if self.members is None and self.items is None and self.text.startswith(b"["):
            self.items = [_slot(item) for item in _LIST.decode(self.text)]
        return self.items


Slot: TypeAlias = Opened | None
Members: TypeAlias = dict[str, Slot]

_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_HTML = {sign.encode(): f"\\u{ord(sign):04x}".encode() for sign in "<>&\u2028\u2029"}
_LIST = msgspec.json.Decoder(list[msgspec.Raw])


def open_members(text: bytes) -> Members:
    """Return the members of the object that a text holds."""
    return {key: _slot(member) for key, member in _OBJECT.decode(text).items()}


def write(slot: Slot) -> bytes:
    """Return the text of a value as Go writes it; the members of whatever was opened are sorted."""
    text = _write(slot)
    for sign, escaped in _HTML.items():  # they stand in strings alone
        text = text.replace(sign, escaped)
    return text


def _write(slot: Slot) -> bytes:
    if slot is None:
        return b"null"
    if slot.members is not None:
        members = (msgspec.json.encode(key) + b":" + _write(slot.members[key]) for key in sorted(slot.members))
        return b"{" + b",".join(members) + b"}"
    if slot.items is not None:
        return b"[" + b",".join(map(_write, slot.items)) + b"]"
    return slot.text


def equal(one: Slot, other: Slot) -> bool:
    """Return whether two values are the same: scalars by their text, objects without regard to order."""
    if one is None or other is None:
        return one is other
    members, items = one.as_members(), one.as_items()
    if members is not None:
        others = other.as_members()
        return (
            others is not None
            and members.keys() == others.keys()
            and all(equal(member, others[key]) for key, member in members.items())
        )
    if items is not None:
        those = other.as_items()
        return those is not None and len(items) == len(those) and all(map(equal, items, those))
    return other.as_members() is None and other.as_items() is None and one.text == other.text


def _slot(raw: msgspec.Raw) -> Slot:
    text = bytes(raw)
    return None if text == b"null" else Opened(text)
