"""`aiokube serve` as other programs use it: a process."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from aiokube.testing import ControlPlane
from served import serving

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: loaded}\ndata: {a: b}\n"
BEGINNING_SECONDS = 60


def refused(*arguments: str | Path) -> str:
    """Return what is said on standard error by a server that does not come up."""
    command = [sys.executable, "-m", "aiokube.cli", "serve", *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=BEGINNING_SECONDS, check=False)
    assert (result.returncode, "ready" in result.stdout) == (1, False)
    return result.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_end(tmp_path: Path, number: int) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    with serving("--kubeconfig", kubeconfig) as served:
        assert served.kubeconfig == kubeconfig
        assert stat.S_IMODE(kubeconfig.stat().st_mode) == 0o600
        assert json.loads(kubeconfig.read_text())["clusters"][0]["cluster"]["server"] == served.said["server"]
        assert served.end(number) == 0
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("tls", ["--tls", "--no-tls"])
def test_kubectl_uses_what_it_serves(control_plane: ControlPlane, tmp_path: Path, tls: str) -> None:
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text(CONFIG_MAP)
    with serving("--load", manifest, tls) as served:
        assert served.said["loaded"] == "1 objects"
        assert served.said["server"].startswith("https://" if tls == "--tls" else "http://")
        kubectl = [control_plane.binaries["kubectl"], f"--kubeconfig={served.kubeconfig}"]
        environment = os.environ | {"HOME": str(tmp_path)}
        arguments = ["get", "configmap", "loaded", "-o", "jsonpath={.data.a}"]
        result = subprocess.run([*kubectl, *arguments], capture_output=True, text=True, env=environment, check=True)
        assert result.stdout == "b"
        assert served.end() == 0


def test_a_port_can_be_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert refused("--port", str(port)) == (
            f"aiokube: port {port} of 127.0.0.1 is in use: name another one, or none for one that is free\n"
        )
    with serving("--port", str(port)) as served:
        assert served.said["server"] == f"https://127.0.0.1:{port}"


def test_a_manifest_that_is_refused_is_named(tmp_path: Path) -> None:
    """And what the server says of it cannot steer the terminal."""
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text(f'{CONFIG_MAP}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: "\\e[31mred"}}\n')
    said = refused("--load", manifest)
    assert f"{manifest}, document 2 (ConfigMap \\x1b[31mred): " in said
    assert "\x1b" not in said


def test_a_kubeconfig_of_somebody_else_is_not_overwritten(tmp_path: Path) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text("apiVersion: v1\nkind: Config\nclusters: [{name: mine}]\n")
    assert (
        refused("--kubeconfig", kubeconfig)
        == f"aiokube: {kubeconfig} exists and is not overwritten: name another file\n"
    )
    assert "mine" in kubeconfig.read_text()


def test_one_that_was_left_behind_is_replaced(tmp_path: Path) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    with serving("--kubeconfig", kubeconfig) as served:
        served.end(signal.SIGKILL)
    left = kubeconfig.read_text()
    with serving("--kubeconfig", kubeconfig):
        assert kubeconfig.read_text() != left


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    kubeconfig = tmp_path / "none" / "kubeconfig"
    assert refused("--kubeconfig", kubeconfig) == (
        f"aiokube: the kubeconfig {kubeconfig} cannot be written: No such file or directory\n"
    )


def test_the_version_is_shown() -> None:
    command = [sys.executable, "-m", "aiokube.cli", "--version"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout.startswith("aiokube ")
