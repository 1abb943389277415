"""Slices: what would hold up everybody else is done a little at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

__all__ = ["in_slices"]

_STEPS = 10
"""Between two turns of the loop: some milliseconds, and so few events that watches do not fall behind."""


async def in_slices(steps: Iterable[object]) -> None:
    """Take all steps of some work, and let others have their turn between them."""
    for number, _ in enumerate(steps, start=1):
        if number % _STEPS == 0:
            await asyncio.sleep(0)
