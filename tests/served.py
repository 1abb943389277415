"""`aiokube serve` as a process."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["Served", "serving"]


class Served:
    """A server that runs; what it printed is read up to `ready`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: dict[str, str] = {}
        assert process.stdout is not None
        for line in process.stdout:
            word, _, rest = line.rstrip("\n").partition(" ")
            self.said[word] = rest.strip()
            if word == "ready":
                return
        raise AssertionError(f"it ended with {process.wait()}")

    @property
    def kubeconfig(self) -> Path:
        return Path(self.said["kubeconfig"])

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(10)


@contextmanager
def serving(*arguments: str | Path) -> Iterator[Served]:
    """Run it with these arguments, and kill it at the end if it still runs."""
    command = [sys.executable, "-m", "aiokube.cli", "serve", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Served(process)
        finally:
            process.kill()
