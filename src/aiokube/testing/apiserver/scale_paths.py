"""Where an object has what its scale says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["Path", "ScalePaths"]

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScalePaths:
    """Where a kind has its numbers of replicas.

    Attributes:
        replicas: that are wanted.
        status_replicas: that are there.
        selector: returns the selector of an object's pods as text, "" for none.
        needed: what messages call the wanted number of a custom kind, whose objects need not have it; "" for
            built-in kinds, which always do.
    """

    replicas: Path
    status_replicas: Path
    selector: Callable[[dict[str, Any]], str]
    needed: str = ""
