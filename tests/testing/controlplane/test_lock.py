"""The lock between processes."""

import subprocess
import sys
from pathlib import Path

from aiokube.testing.controlplane.lock import exclusive

HOLDER = """
import sys
from pathlib import Path
from aiokube.testing.controlplane.lock import exclusive

with exclusive(Path(sys.argv[1]), print):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_waits_for_the_holder_and_says_so(tmp_path: Path) -> None:
    lock = tmp_path / "folder" / "lock"
    command = [sys.executable, "-c", HOLDER, str(lock)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        lines: list[str] = []

        def report(line: str) -> None:
            lines.append(line)
            holder.kill()  # which gives up the lock

        with exclusive(lock, report):
            assert lines == [f"another process holds {lock}: waiting for 0 s"]


def test_is_free_again_afterwards(tmp_path: Path) -> None:
    lines: list[str] = []
    for _ in range(2):
        with exclusive(tmp_path / "lock", lines.append):
            pass
    assert lines == []
