"""Checks of one value, or of a list of them, as many fields of many kinds need them.

Each yields what is wrong with a value at a path. Values may be absent (None), which nothing here minds unless it
says so: objects are in normal form, and whether a field must be there is for its kind to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from aiokube.testing.apiserver.field_errors import (
    FieldError,
    duplicate,
    invalid,
    item,
    not_supported,
    required,
    too_many,
)

from . import names

__all__ = [
    "Check",
    "alone",
    "each",
    "each_once",
    "immutable",
    "in_range",
    "matching",
    "no_backsteps",
    "not_negative",
    "one_of",
    "port",
    "positive",
    "present",
    "same",
    "shown",
]

Check = Callable[[Any], Iterable[str]]
"""What is wrong with a text or a number, in words: the functions of `names`."""


def matching(check: Check, value: Any, path: str) -> Iterator[FieldError]:
    """Refuse a value that a check has words for."""
    return (invalid(path, value, words) for words in check(value))


def present(value: str | None, path: str, check: Check | None = None) -> Iterator[FieldError]:
    """Refuse an empty text, and one that a check has words for."""
    if not value:
        yield required(path)
    elif check is not None:
        yield from matching(check, value, path)


def not_negative(value: int | None, path: str) -> Iterator[FieldError]:
    if value is not None and value < 0:
        yield invalid(path, value, "must be greater than or equal to 0")


def positive(value: int | None, path: str) -> Iterator[FieldError]:
    if value is not None and value <= 0:
        yield invalid(path, value, "must be greater than zero")


def in_range(value: int | None, lowest: int, highest: int, path: str) -> Iterator[FieldError]:
    if value is not None:
        yield from (invalid(path, value, words) for words in names.in_range(value, lowest, highest))


def port(value: int, path: str) -> Iterator[FieldError]:
    """Refuse what cannot be the number of a port of a service that is called by the server."""
    if wrong := names.port_number(value):
        yield invalid(path, value, f"port is not valid: {', '.join(wrong)}")


def no_backsteps(value: str, path: str) -> Iterator[FieldError]:
    """Refuse a path with `..` in it."""
    if ".." in value.split("/"):
        yield invalid(path, value, "must not contain '..'")


def one_of(value: str | None, words: Sequence[str], path: str, *, needed: bool = False) -> Iterator[FieldError]:
    """Refuse a word that is none of the known ones.

    Args:
        words: in the order in which the message shows them.
        needed: an absent or empty word is refused as missing; otherwise only an empty one is, as unknown.
    """
    if needed and not value:
        yield required(path)
    elif value is not None and value not in words:
        yield not_supported(path, value, words)


def alone(values: Sequence[str], path: str, what: str) -> Iterator[FieldError]:
    """Refuse a `*` that is not the only one of its list."""
    if len(values) > 1 and "*" in values:
        yield invalid(path, values, f"if '*' is present, must not specify other {what}")


def each(
    values: Sequence[Any] | None, limit: int, check: Callable[[Any, str], Iterator[FieldError]], path: str
) -> Iterator[FieldError]:
    """Return what is wrong with the items of a list, of which there may be only so many."""
    values = values or ()
    if len(values) > limit:
        yield too_many(path, len(values), limit)
        return
    for index, value in enumerate(values):
        yield from check(value, item(path, index))


def each_once(
    values: Sequence[Any] | None,
    limit: int,
    check: Callable[[Any, str], Iterator[FieldError]],
    path: str,
    key: Callable[[Any], Any],
) -> Iterator[FieldError]:
    """Return what is wrong with the items of a list, none of which may stand in it twice.

    Args:
        key: what is compared, and shown of one that is there twice: a text, or an object of texts.
    """
    values = values or ()
    yield from each(values, limit, check, path)
    if len(values) > limit:
        return
    seen: set[Any] = set()
    for index, value in enumerate(values):
        found = key(value)
        mark = tuple(found.items()) if isinstance(found, dict) else found
        if mark in seen:
            yield duplicate(item(path, index), found)
        seen.add(mark)


def immutable(new: Any, old: Any, path: str) -> Iterator[FieldError]:
    """Refuse a change."""
    if not same(new, old):
        yield invalid(path, new, "field is immutable")


def same(one: Any, other: Any) -> bool:
    """Whether two values in normal form are the same to Go, for which an empty list or text is as good as none."""
    return bool(one == other) or (one in _EMPTY and other in _EMPTY)


def shown(labels: Mapping[str, str] | None) -> dict[str, str] | None:
    """Return labels as messages show them: sorted, and null when there are none."""
    return dict(sorted(labels.items())) if labels else None


_EMPTY: tuple[Any, ...] = (None, [], "")
