"""A real control plane on loopback: etcd, kube-apiserver and kube-controller-manager as child processes.

    async with ControlPlane() as cp:
        await cp.kubectl("get", "namespaces")

Here is only what starts, talks to and ends those programs; what they do is theirs. `go/` holds the Go sources
from which they are built, `supervisor_process.py` and `token_webhook.py` run as processes of their own and
import nothing but the standard library. `python -m aiokube.testing.controlplane` is the command line.
"""

from aiokube.testing.users import User

from .binaries import Binaries
from .controlplane import ControlPlane
from .exceptions import BuildError, ControlPlaneError, KubectlError, ProgramError, RequestError
from .installation import Program
from .kubectl import KubectlResult

__all__ = [
    "Binaries",
    "BuildError",
    "ControlPlane",
    "ControlPlaneError",
    "KubectlError",
    "KubectlResult",
    "Program",
    "ProgramError",
    "RequestError",
    "User",
]
