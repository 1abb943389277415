"""Pace: how long things take in a simulated cluster."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Pace"]


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds of the server's clock.

    Attributes:
        schedule_seconds: until a new pod has a node.
        start_seconds: from then until its containers run and it is ready.
        run_seconds: how long the pods of jobs run before they succeed.
        stop_seconds: until a pod that is deleted is gone; never longer than its grace period.
    """

    schedule_seconds: float = 0.02
    start_seconds: float = 0.1
    run_seconds: float = 1.0
    stop_seconds: float = 0.1
