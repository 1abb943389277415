"""A page: what a list answers with, before it has a form."""

from __future__ import annotations

from dataclasses import dataclass

from .storage import Stored

__all__ = ["Page"]


@dataclass(frozen=True, slots=True)
class Page:
    """Objects of a list, all or as many as were asked for.

    Attributes:
        resource_version: of the whole list.
        continue_: the token for the next page; "" when this is the last.
        remaining: how many objects are left after this page; None when that is not known.
    """

    objects: list[Stored]
    resource_version: int
    continue_: str = ""
    remaining: int | None = None
