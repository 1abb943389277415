"""Nothing is left of a control plane, however the process ends that started it."""

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from aiokube.testing import ControlPlane
from aiokube.testing.controlplane import ControlPlaneError
from processes import eventually, parent, processes_in

# SIGINT is set because who runs the tests in the background of a shell has it ignored, and hands that down.
PROGRAM = """
    import asyncio, signal, sys
    from pathlib import Path
    from aiokube.testing import ControlPlane

    signal.signal(signal.SIGINT, signal.default_int_handler)

    async def main():
        async with ControlPlane(directory=Path(sys.argv[1])) as control_plane:
            watching = asyncio.create_task(control_plane.kubectl("get", "namespaces", "--watch"))
            print("up", flush=True)
            await watching

    asyncio.run(main())
"""


@pytest.fixture
def directory() -> Iterator[Path]:
    """A directory that a control plane may make; short, because of the sockets in it."""
    with tempfile.TemporaryDirectory(prefix="ending-") as parent:
        yield Path(parent, "plane")


@pytest.fixture
def python(directory: Path) -> Iterator["subprocess.Popen[str]"]:
    """A Python process that starts a control plane in `directory`, prints "up", and waits for ever."""
    command = [sys.executable, "-c", textwrap.dedent(PROGRAM), str(directory)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


async def test_nothing_is_left_after_an_exception(directory: Path) -> None:
    async def fail() -> None:
        async with ControlPlane(directory=directory):
            assert len(processes_in(directory)) == 5  # the supervisor, the webhook and three programs
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        await fail()
    assert not directory.exists()
    assert processes_in(directory) == []


def test_nothing_is_left_after_an_interrupt(directory: Path, python: "subprocess.Popen[str]") -> None:
    assert python.stdout is not None
    assert python.stdout.readline() == "up\n"
    python.send_signal(signal.SIGINT)
    _, error = python.communicate()
    assert "KeyboardInterrupt" in error
    assert not directory.exists()
    assert processes_in(directory) == []


async def test_nothing_is_left_after_the_kill_of_the_python_process(
    directory: Path, python: "subprocess.Popen[str]"
) -> None:
    assert python.stdout is not None
    assert python.stdout.readline() == "up\n"
    await eventually(lambda: len(processes_in(directory)) == 6)  # kubectl is the sixth
    python.kill()
    await eventually(lambda: processes_in(directory) == [])
    assert not directory.exists()


async def test_nothing_is_left_after_a_kill_while_it_starts(directory: Path, python: "subprocess.Popen[str]") -> None:
    await eventually((directory / "kube-apiserver.log").exists)
    python.kill()
    await eventually(lambda: processes_in(directory) == [])
    assert not directory.exists()


async def test_nothing_is_left_after_the_kill_of_the_supervisor(directory: Path) -> None:
    """Which the control plane notices: it says so, and removes the files itself."""
    control_plane = ControlPlane(controllers="none", directory=directory)
    await control_plane.start()
    os.kill(parent(control_plane.pid("etcd")), signal.SIGKILL)
    await eventually(lambda: processes_in(directory) == [])
    with pytest.raises(ControlPlaneError, match=r"supervisor of .* is gone"):
        await control_plane.kubectl("version")
    await control_plane.close()
    assert not directory.exists()
