"""Comparing: where the answers of two servers to one case are different."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from conformance.allowed import ALLOWED, Allowed
from conformance.answers import Answer
from conformance.case import Case

__all__ = ["Difference", "differences"]

_ABSENT = "(absent)"
_SHOWN_CHARACTERS = 1500


@dataclass(frozen=True)
class Difference:
    """One place where two answers are not the same.

    Attributes:
        where: such as `2 PUT configmaps/a: body.metadata.labels`.
    """

    where: str
    real: Any
    embedded: Any
    allowed: Allowed | None

    def __str__(self) -> str:
        return f"{self.where}\n    real:     {_shown(self.real)}\n    embedded: {_shown(self.embedded)}"


def differences(case: Case, real: list[Answer], embedded: list[Answer]) -> list[Difference]:
    """Return all differences, those that are allowed among them."""
    found: list[Difference] = []
    for number, (request, one, other) in enumerate(zip(case.requests, real, embedded, strict=True), 1):
        for path, ours, theirs in _answers_differ(one, other):
            where = f"{number} {request}: {path}"
            allowed = next((entry for entry in ALLOWED if entry.covers(case.name, path)), None)
            found.append(Difference(where, ours, theirs, allowed))
    return found


def _answers_differ(real: Answer, embedded: Answer) -> Iterator[tuple[str, Any, Any]]:
    if real.status != embedded.status:
        yield "status", real.status, embedded.status
    yield from _differ("headers", real.headers, embedded.headers)
    yield from _differ("body", real.body, embedded.body)


def _differ(path: str, real: Any, embedded: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(real, dict) and isinstance(embedded, dict):
        for name in sorted(real.keys() | embedded.keys()):
            yield from _differ(f"{path}.{name}", real.get(name, _ABSENT), embedded.get(name, _ABSENT))
    elif isinstance(real, list) and isinstance(embedded, list):
        for index in range(max(len(real), len(embedded))):
            yield from _differ(f"{path}[{index}]", _item(real, index), _item(embedded, index))
    elif real != embedded or type(real) is not type(embedded):
        yield path, real, embedded


def _item(items: list[Any], index: int) -> Any:
    return items[index] if index < len(items) else _ABSENT


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
