"""The supervisor and its process, with small programs instead of a control plane."""

import asyncio
import os
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from aiokube.testing.controlplane import ControlPlaneError
from aiokube.testing.controlplane.supervisor import Supervisor, end_detached, is_alive
from processes import alive, eventually, parent

SLEEP = ("sleep", "1000")


@pytest.fixture
async def directory() -> AsyncIterator[Path]:
    """A short path; the supervisor removes it."""
    path = Path(tempfile.mkdtemp(prefix="supervised-"))
    yield path
    assert not path.exists()


@pytest.fixture
async def supervisor(directory: Path) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(directory)
    yield supervisor
    await supervisor.close()


async def test_a_program_ends_with_the_supervisor(directory: Path) -> None:
    supervisor = Supervisor(directory)
    pid = await supervisor.start("sleep", SLEEP, log=directory / "log")
    assert alive(pid)
    await supervisor.close()
    assert not alive(pid)
    assert not directory.exists()
    await supervisor.close()


async def test_children_of_a_program_end_with_it(supervisor: Supervisor, directory: Path) -> None:
    await supervisor.start("shell", ("sh", "-c", "sleep 1000 & echo $!; wait"), log=directory / "log")
    log = directory / "log"
    await eventually(lambda: log.read_text().endswith("\n"))
    child = int(log.read_text())
    assert alive(child)
    await supervisor.close()
    await eventually(lambda: not alive(child))  # it is not the supervisor's to wait for


async def test_a_program_ends_with_a_supervisor_that_is_killed(supervisor: Supervisor, directory: Path) -> None:
    pid = await supervisor.start("sleep", SLEEP, log=directory / "log")
    os.kill(parent(pid), signal.SIGKILL)
    await eventually(lambda: not alive(pid))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_a_signal_ends_the_supervisor_and_all_it_has(
    supervisor: Supervisor, directory: Path, number: signal.Signals
) -> None:
    pid = await supervisor.start("sleep", SLEEP, log=directory / "log")
    os.kill(parent(pid), number)
    await eventually(lambda: not alive(pid) and not directory.exists())


async def test_a_paused_program_ends_with_the_supervisor(supervisor: Supervisor, directory: Path) -> None:
    pid = await supervisor.start("sleep", SLEEP, log=directory / "log")
    await supervisor.signal("sleep", signal.SIGSTOP)
    await supervisor.close()
    assert not alive(pid)


async def test_tells_how_a_program_ended(supervisor: Supervisor, directory: Path) -> None:
    await supervisor.start("sleep", SLEEP, log=directory / "log")
    assert await supervisor.returncode("sleep") is None
    await supervisor.signal("sleep", signal.SIGKILL)
    assert await supervisor.wait("sleep") == -signal.SIGKILL
    assert await supervisor.returncode("sleep") == -signal.SIGKILL
    await supervisor.signal("sleep", signal.SIGKILL)


async def test_a_name_is_free_again_when_its_program_has_ended(supervisor: Supervisor, directory: Path) -> None:
    await supervisor.start("sleep", SLEEP, log=directory / "log")
    with pytest.raises(ControlPlaneError, match=r"cannot start sleep: .*already running"):
        await supervisor.start("sleep", SLEEP, log=directory / "log")
    await supervisor.signal("sleep", signal.SIGKILL)
    await supervisor.wait("sleep")
    assert alive(await supervisor.start("sleep", SLEEP, log=directory / "log"))


async def test_a_program_that_is_not_there_is_an_error(supervisor: Supervisor, directory: Path) -> None:
    with pytest.raises(ControlPlaneError, match=r"cannot start none: FileNotFoundError: .*no-such-program"):
        await supervisor.start("none", ("no-such-program",), log=directory / "log")
    with pytest.raises(ControlPlaneError, match="cannot wait none: KeyError"):
        await supervisor.wait("none")


async def test_runs_a_command_to_its_end(supervisor: Supervisor, directory: Path) -> None:
    (directory / "in").write_text("read")
    command = ("sh", "-c", "cat; echo written >&2; exit 3")
    code = await supervisor.run(command, stdin=directory / "in", stdout=directory / "out", stderr=directory / "err")
    assert (code, (directory / "out").read_text(), (directory / "err").read_text()) == (3, "read", "written\n")


async def test_a_command_longer_than_a_line_of_asyncio_runs(supervisor: Supervisor, directory: Path) -> None:
    text = "x" * 100_000
    await supervisor.run(("printf", "%s", text), stdout=directory / "out")
    assert (directory / "out").read_text() == text


async def test_a_run_that_is_cancelled_is_killed(supervisor: Supervisor, directory: Path) -> None:
    out = directory / "out"
    running = asyncio.create_task(supervisor.run(("sh", "-c", "echo $$; exec sleep 1000"), stdout=out))
    await eventually(lambda: out.exists() and out.read_text().endswith("\n"))
    pid = int(out.read_text())
    assert alive(pid)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await eventually(lambda: not alive(pid))


async def test_programs_see_nothing_of_the_users_environment(
    supervisor: Supervisor, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", "/of/the/user")
    await supervisor.run(("env",), stdout=directory / "out")
    names = {line.partition("=")[0] for line in (directory / "out").read_text().splitlines()}
    assert {"PATH", "HOME", "TMPDIR"} <= names
    assert "KUBECONFIG" not in names


async def test_holds_the_sockets_it_is_given(directory: Path) -> None:
    kept = socket.socket()
    kept.bind(("127.0.0.1", 0))
    address = kept.getsockname()
    supervisor = Supervisor(directory, kept=(kept,))
    kept.close()
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(address)
    await supervisor.close()
    with socket.socket() as other:
        other.bind(address)


async def test_lives_on_when_it_is_detached(directory: Path) -> None:
    supervisor = Supervisor(directory)
    pid = await supervisor.start("sleep", SLEEP, log=directory / "log")
    await supervisor.detach()
    assert is_alive(directory)
    assert alive(pid)
    assert await end_detached(directory)
    assert not alive(pid)
    assert not is_alive(directory)
    assert not await end_detached(directory)
    os.waitpid(-1, 0)  # noqa: ASYNC222 - it has ended; it was a child of this process, which does not end as that of a command would


async def test_a_supervisor_that_is_gone_is_an_error(supervisor: Supervisor, directory: Path) -> None:
    await supervisor.close()
    with pytest.raises(ControlPlaneError, match=f"the supervisor of {directory} is gone"):
        await supervisor.start("sleep", SLEEP, log=directory / "log")


def test_its_process_needs_the_standard_library_alone() -> None:
    """So that it starts fast, and nothing that is installed can keep it from its work."""
    for script in ("supervisor_process.py", "token_webhook.py"):
        source = (Path(sys.modules[Supervisor.__module__].__file__ or "").with_name(script)).read_text()
        imports = [line.split()[1] for line in source.splitlines() if line.startswith(("import ", "from "))]
        assert imports
        assert {name.partition(".")[0] for name in imports} <= sys.stdlib_module_names
