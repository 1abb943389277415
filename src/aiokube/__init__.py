"""aiokube: the async dynamic Kubernetes client.

`connect()` gives a client; `client`, `config`, `dynamic` and `watch` are where users of kubernetes_asyncio expect
them. All is imported when it is first used, so that `import aiokube` stays cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from aiokube._version import __version__

if TYPE_CHECKING:
    from aiokube import client, config, dynamic, testing, watch
    from aiokube.kube import Kube, connect

__all__ = ["Kube", "__version__", "client", "config", "connect", "dynamic", "testing", "watch"]

_HOMES = {"Kube": "aiokube.kube", "connect": "aiokube.kube"}
_PACKAGES = frozenset({"client", "config", "dynamic", "testing", "watch"})


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name in _PACKAGES:
        return import_module(f"aiokube.{name}")
    raise AttributeError(f"module 'aiokube' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
