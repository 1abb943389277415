"""API servers to test against, and nothing that a client needs in production.

`APIServer` is one in pure Python, inside the process; `ControlPlane` is the real thing: etcd, kube-apiserver and
kube-controller-manager as processes. Modules here may import `client`, `config` and `_machinery`, and no other
part of aiokube: a server must not share the mistakes of the client that is tested against it. Names are imported
when they are first used, so that `import aiokube.testing` is cheap.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .apiserver import APIServer, DrivenClock, Fault, Pace
    from .controlplane import ControlPlane
    from .kube_server import KubeServer
    from .users import User

__all__ = ["APIServer", "ControlPlane", "DrivenClock", "Fault", "KubeServer", "Pace", "User"]

_HOMES = {
    "APIServer": "apiserver",
    "ControlPlane": "controlplane",
    "DrivenClock": "apiserver",
    "Fault": "apiserver",
    "KubeServer": "kube_server",
    "Pace": "apiserver",
    "User": "users",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
