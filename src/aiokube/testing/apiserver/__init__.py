"""A Kubernetes API server that runs inside the process, so that nobody needs a cluster to begin or to test.

The judge is kube-apiserver 1.36: tests/conformance runs the same cases on both. From below: `go` has the words of
Go's libraries; `errors` and `schema` know what objects look like; `documents`, `selectors`, `patches`, `ownership`,
`kinds`, `customresources` and `tables` are rules on values; `storage` keeps what there is; `verbs` do what is
asked; `access` says who may; `controllers` do what nobody asks for; `discovery` and `http` are the way in and out;
`server` owns them all.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .clock import Clock, DrivenClock, WallClock
    from .controllers.simulation import Pace
    from .exceptions import APIServerError
    from .faults import Fault, Faults
    from .journal import Entry, Journal
    from .server import APIServer

__all__ = [
    "APIServer",
    "APIServerError",
    "Clock",
    "DrivenClock",
    "Entry",
    "Fault",
    "Faults",
    "Journal",
    "Pace",
    "WallClock",
]

_HOMES = {
    "APIServer": "server",
    "APIServerError": "exceptions",
    "Clock": "clock",
    "DrivenClock": "clock",
    "Entry": "journal",
    "Fault": "faults",
    "Faults": "faults",
    "Journal": "journal",
    "Pace": "controllers.simulation",
    "WallClock": "clock",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
