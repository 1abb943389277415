"""JSON Patch, RFC 6902, as kube-apiserver applies it.

It is our own, because what is allowed beyond the RFC is part of what a client sees: negative indices count from
the end, `replace` of a member that is not there adds it, a `value` that is missing is null, whatever stands
before the first slash of a path is passed over. Why a patch does not apply, the server does not say.

Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/endpoints/handlers/patch.go
Source: https://github.com/evanphx/json-patch/blob/v4.13.0/patch.go
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from aiokube.testing.apiserver.documents import InvalidDocument, read_json
from aiokube.testing.apiserver.errors import StatusError, bad_request, request_entity_too_large
from aiokube.testing.apiserver.go.json_syntax import go_kind
from aiokube.testing.apiserver.go.text import quoted

from .opened import Members, Opened, Slot, equal, write

__all__ = ["JSONPatch", "apply", "read"]

_MAX_OPERATIONS: Final = 10_000
_MAX_COPIED_BYTES: Final = 3 * 1024 * 1024

_FIELDS = {"op": str, "path": str, "from": str, "value": object}
_INDEX = re.compile(r"[+-]?[0-9]+")


class JSONPatch(NamedTuple):
    """A patch that was read.

    Attributes:
        operations: the members of each, in order; None for one that is null.
        strict_errors: fields that no operation has, and fields that stand twice.
    """

    operations: Sequence[Members | None]
    strict_errors: Sequence[str]


class _DoesNotApply(Exception):
    """Raised when an operation fails, with why."""


def read(body: bytes, *, strict: bool) -> JSONPatch:
    """Read the body of a request.

    Args:
        body: UTF-8.
        strict: look for what is unknown or stands twice (field validation Warn and Strict).

    Raises:
        StatusError: 400 for what is no JSON Patch, 413 for one with too many operations.
    """
    try:
        document = read_json(body)
    except InvalidDocument as error:
        raise bad_request(f"error decoding patch: {error}" if strict else str(error)) from error
    wrong = _type_error(document.value, strict=strict)
    if wrong:
        raise bad_request(f"error decoding patch: json: {wrong}" if strict else f"json: {wrong}")
    operations = [] if document.value is None else document.value
    if len(operations) > _MAX_OPERATIONS:
        too_many = f"The allowed maximum operations in a JSON patch is {_MAX_OPERATIONS}, got {len(operations)}"
        raise request_entity_too_large(too_many)
    items = Opened(msgspec.json.format(document.text, indent=-1)).as_items() or []
    opened = [None if item is None else item.as_members() for item in items]
    return JSONPatch(opened, _strict_errors(operations, document.duplicates) if strict else ())


def apply(document: bytes, patch: JSONPatch) -> bytes:
    """Return the text of an object with a patch applied.

    Args:
        document: the object as JSON, as the server writes it.

    Raises:
        StatusError: 422 when an operation does not apply.
    """
    root = Opened(document)
    root.as_members()
    state = _State(root)
    try:
        for operation in patch.operations:
            state.do(operation or {})
    except _DoesNotApply as error:
        raise _refused() from error
    return write(state.root)


def _refused() -> StatusError:
    return StatusError(422, "Invalid", "the server rejected our request due to an error in our request", {})


class _State:
    """The object while operations are applied to it."""

    def __init__(self, root: Opened) -> None:
        self.root = root
        self._copied_bytes = 0

    def do(self, operation: Members) -> None:
        kind = _text(operation, "op")
        if kind not in _OPERATIONS:
            raise _DoesNotApply(f"unexpected kind: {kind}")
        _OPERATIONS[kind](self, operation)

    def add(self, operation: Members) -> None:
        self._place(_text(operation, "path")).add(operation.get("value"))

    def remove(self, operation: Members) -> None:
        self._place(_text(operation, "path")).remove()

    def replace(self, operation: Members) -> None:
        path, value = _text(operation, "path"), operation.get("value")
        if path:
            place = self._place(path)
            place.get()
            place.set(value)
        elif value is not None and (value.as_members() is not None or value.as_items() is not None):
            self.root = value
        else:
            raise _DoesNotApply("replace operation value must be object or array")

    def move(self, operation: Members) -> None:
        source = self._place(_text(operation, "from"))
        value = source.get()
        source.remove()
        self._place(_text(operation, "path")).add(value)

    def copy(self, operation: Members) -> None:
        value = self._place(_text(operation, "from")).get()
        place = self._place(_text(operation, "path"))
        text = write(value)
        self._copied_bytes += len(text) if value is not None else 0
        if self._copied_bytes > _MAX_COPIED_BYTES:
            raise _DoesNotApply("copies exceed the limit")
        place.add(None if value is None else Opened(text))

    def test(self, operation: Members) -> None:
        path = _text(operation, "path")
        value = self._place(path).get() if path else self.root
        if not equal(value, operation.get("value")):
            raise _DoesNotApply(f"testing value {path} failed")

    def _place(self, path: str) -> _Place:
        _, *parents, key = path.split("/") if "/" in path else _missing(path)
        container: Slot = self.root
        for parent in parents:
            container = _Place(container, _decoded(parent), path).get()
        return _Place(container, _decoded(key), path)


class _Place:
    """Where something stands or will: a key of an object, or an index of a list."""

    def __init__(self, container: Slot, key: str, path: str) -> None:
        members = container.as_members() if container is not None else None
        items = container.as_items() if container is not None and members is None else None
        if members is None and items is None:
            _missing(path)
        self._members = members
        self._items = items if items is not None else []
        self._key = key

    def get(self) -> Slot:
        if self._members is not None:
            return self._members.get(self._key)
        return self._items[self._index(len(self._items))]

    def set(self, value: Slot) -> None:
        if self._members is not None:
            self._members[self._key] = value
        else:
            self._items[self._index(len(self._items))] = value

    def add(self, value: Slot) -> None:
        if self._members is not None:
            self._members[self._key] = value
        elif self._key == "-":
            self._items.append(value)
        else:
            self._items.insert(self._index(len(self._items) + 1), value)

    def remove(self) -> None:
        if self._members is None:
            del self._items[self._index(len(self._items))]
        elif self._key in self._members:
            del self._members[self._key]
        else:
            raise _DoesNotApply(f"unable to remove nonexistent key: {self._key}")

    def _index(self, size: int) -> int:
        index = int(self._key) if _INDEX.fullmatch(self._key) else size
        if not -size <= index < size:
            raise _DoesNotApply(f"unable to access invalid index: {self._key}")
        return index % size


_OPERATIONS: Mapping[str, Callable[[_State, Members], None]] = {
    "add": _State.add,
    "copy": _State.copy,
    "move": _State.move,
    "remove": _State.remove,
    "replace": _State.replace,
    "test": _State.test,
}


def _missing(path: str) -> list[str]:
    raise _DoesNotApply(f"doc is missing path: {path}")


def _text(operation: Members, field: str) -> str:
    value = operation.get(field)
    if value is None:
        raise _DoesNotApply(f"operation missing {field} field")
    text = msgspec.json.decode(value.text)
    if not isinstance(text, str):
        raise _DoesNotApply(f"{field} is not a string")
    return text


def _decoded(token: str) -> str:
    # Both at once, from the left: after the other, "~01" would come out as "/".
    return _ESCAPED.sub(lambda match: "/" if match[0] == "~1" else "~", token)


_ESCAPED = re.compile("~[01]")


def _type_error(value: Any, *, strict: bool) -> str:
    """Return what Go says of JSON that is no list of objects, with strings where it decodes the fields too."""
    patch, operation = (
        ("[]handlers.jsonPatchOp", "handlers.jsonPatchOp") if strict else ("jsonpatch.Patch", "jsonpatch.Operation")
    )
    if value is None:
        return ""
    if not isinstance(value, list):
        return f"cannot unmarshal {go_kind(value)} into Go value of type {patch}"
    for item in value:
        if item is not None and not isinstance(item, dict):
            return f"cannot unmarshal {go_kind(item)} into Go value of type {operation}"
        for field, content in item.items() if strict and item else ():
            if _FIELDS.get(field) is str and not isinstance(content, str | None):
                into = f"Go struct field jsonPatchOp.{field} of type string"
                return f"cannot unmarshal {go_kind(content)} into {into}"
    return ""


def _strict_errors(operations: Sequence[Any], duplicates: Sequence[str]) -> list[str]:
    unknown = [
        f"[{index}].{field}"
        for index, operation in enumerate(operations)
        for field in operation or ()
        if field not in _FIELDS
    ]
    skipped = tuple(f"duplicate field {quoted(path)[:-1]}{after}" for path in unknown for after in ('"', ".", "["))
    problems = [f"unknown field {quoted(path)}" for path in unknown]
    problems += [problem for problem in duplicates if not problem.startswith(skipped)]
    return [f"json patch {problem}" for problem in problems]
