"""What goes wrong with a control plane.

- ControlPlaneError
  - BuildError: the programs are not there and cannot be built
  - ProgramError: a program did not come up, or ended by itself
  - KubectlError: kubectl ended with an exit code other than 0
  - RequestError: a request of the admin was refused
"""

import shlex
from collections.abc import Sequence
from pathlib import Path

__all__ = ["BuildError", "ControlPlaneError", "KubectlError", "ProgramError", "RequestError"]

_TAIL_LINES = 20
_TAIL_BYTES = 8192  # klog lines can be long: this bounds the message


class ControlPlaneError(Exception):
    """Raised when a control plane cannot be started or used."""


class BuildError(ControlPlaneError):
    """Raised when the programs are neither there nor can be built.

    Args:
        problem: what failed and what to do about it.
        output: the end of what the failed command printed.
    """

    def __init__(self, problem: str, output: str = "") -> None:
        super().__init__(problem, output)
        self.problem = problem
        self.output = output

    def __str__(self) -> str:
        return f"{self.problem}\n{self.output}" if self.output else self.problem


class ProgramError(ControlPlaneError):
    """Raised when a program of the control plane does not come up or has ended by itself.

    Args:
        program: such as "kube-apiserver".
        problem: what it did instead of what was expected.
        returncode: its exit code, negative for a signal; None while it runs.
        log_tail: the last lines of its log.
    """

    def __init__(self, program: str, problem: str, *, returncode: int | None = None, log_tail: str = "") -> None:
        super().__init__(program, problem, returncode, log_tail)
        self.program = program
        self.problem = problem
        self.returncode = returncode
        self.log_tail = log_tail

    def __str__(self) -> str:
        code = "" if self.returncode is None else f" (exit code {self.returncode})"
        log = f"; the end of its log:\n{self.log_tail}" if self.log_tail else ""
        return f"{self.program} {self.problem}{code}{log}"


class KubectlError(ControlPlaneError):
    """Raised when kubectl ends with an exit code other than 0."""

    def __init__(self, arguments: Sequence[str], *, returncode: int, stdout: str, stderr: str) -> None:
        super().__init__(arguments, returncode, stdout, stderr)
        self.arguments = tuple(arguments)
        self.returncode = returncode
        self.stdout = stdout
        self.stderr = stderr

    def __str__(self) -> str:
        return f"kubectl {shlex.join(self.arguments)} ended with {self.returncode}: {self.stderr.strip()}"


class RequestError(ControlPlaneError):
    """Raised when the control plane refuses a request that it was sent as the admin."""

    def __init__(self, method: str, path: str, *, status: int, body: str) -> None:
        super().__init__(method, path, status, body)
        self.method = method
        self.path = path
        self.status = status
        self.body = body

    def __str__(self) -> str:
        return f"{self.method} {self.path} was answered with {self.status}: {self.body.strip()}"


def log_tail(path: Path) -> str:
    """Return the last lines of a log file, or nothing when there is none."""
    if not path.exists():
        return ""
    with path.open("rb") as log:
        size = log.seek(0, 2)
        log.seek(max(0, size - _TAIL_BYTES))
        return "\n".join(log.read().decode(errors="replace").splitlines()[-_TAIL_LINES:])
