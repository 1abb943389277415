"""The command line, as a user runs it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from aiokube.testing import ControlPlane
from processes import processes_in


class Command:
    """The command, with a cache of its own, and programs that are there."""

    def __init__(self, folder: Path, assets: Path | None) -> None:
        self.folder = folder
        self.up_folder = folder / "aiokube" / "controlplane" / "up"
        self._environment = {"XDG_CACHE_HOME": str(folder), "KUBEBUILDER_ASSETS": str(assets or "")}

    def __call__(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run it to its end, which is that of its output too."""
        return subprocess.run(
            [sys.executable, "-m", "aiokube.testing.controlplane", *arguments],
            env=os.environ | self._environment,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def command(control_plane: ControlPlane) -> Iterator[Command]:
    with tempfile.TemporaryDirectory(prefix="main-") as folder:  # tmp_path is too long for sockets
        command = Command(Path(folder), control_plane.binaries.folder)
        yield command
        command("down")


def test_path_prints_the_folder_of_the_programs(command: Command, control_plane: ControlPlane) -> None:
    assert command("path").stdout == f"{control_plane.binaries.folder}\n"
    assert command("build").stdout == f"{control_plane.binaries.folder}\n"


def test_path_says_how_to_build(command: Command) -> None:
    result = Command(command.folder, assets=None)("path")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.endswith("not built yet: python -m aiokube.testing.controlplane build\n")


def test_up_lasts_until_down(command: Command, control_plane: ControlPlane) -> None:
    """And is not kept from it by what was left when the machine went down."""
    command.up_folder.mkdir(parents=True)
    (command.up_folder / "etcd").write_text("of the past")
    kubeconfig = command.folder / "a kubeconfig"
    up = command("up", "--kubeconfig", str(kubeconfig), "--controllers=none")
    assert (up.stdout, up.stderr) == (f"export KUBECONFIG='{kubeconfig}'\n", "")

    kubectl = [str(control_plane.binaries["kubectl"]), "get", "namespaces", "-o", "name"]
    for path in (kubeconfig, command.up_folder / "kubeconfig"):
        environment = {"KUBECONFIG": str(path), "HOME": str(command.folder)}
        names = subprocess.run(kubectl, env=environment, capture_output=True, text=True, check=True).stdout
        assert "namespace/default" in names

    running = processes_in(command.up_folder)
    assert command("up").stdout == f"export KUBECONFIG={command.up_folder / 'kubeconfig'}\n"
    assert processes_in(command.up_folder) == running

    assert command("down").stdout == "the control plane is gone\n"
    assert processes_in(command.up_folder) == []
    assert not kubeconfig.exists()
    assert not command.up_folder.exists()
    assert command("down").stdout == "no control plane is up\n"


def test_up_overwrites_no_kubeconfig(command: Command) -> None:
    kubeconfig = command.folder / "kubeconfig"
    kubeconfig.write_text("precious")
    result = command("up", "--kubeconfig", str(kubeconfig))
    assert (result.returncode, result.stderr) == (
        1,
        f"aiokube: {kubeconfig} exists and is not overwritten: name another file\n",
    )
    assert kubeconfig.read_text() == "precious"
    assert not command.up_folder.exists()
