"""`aiokube demo`: what it shows, on what, and that nothing of it stays."""

import io
import os
import pty
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

import aiokube
from aiokube.cli.demo_screen import PodRow, Screen
from aiokube.cli.demo_tour import Tour
from aiokube.dynamic.exceptions import NotFoundError
from aiokube.testing import APIServer, ControlPlane, Fault, KubeServer
from served import serving

COMMAND = [sys.executable, "-m", "aiokube.cli", "demo"]
SECONDS = 60


def demo(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env=os.environ | environment,
        check=False,
    )


def test_it_shows_the_main_job_in_plain_lines() -> None:
    result = demo()
    assert (result.returncode, result.stderr) == (0, "")
    assert "\x1b" not in result.stdout
    for shown in (
        "an API server inside this process",
        "1. Discover",
        "Coffee filter: 4 cups, small",
        'conflict with "barista": .spec.cups',
        "5 cups, now managed by autoscaler and barista",
        "5 of 5 pods are ready",
        "spec.replica: unknown field",
        "spec.cups in body should be greater than or equal to 1",
    ):
        assert shown in result.stdout
    assert "requests, " in result.stdout.splitlines()[-2]


def test_a_terminal_gets_colours_and_a_table_that_is_alive() -> None:
    written = io.BytesIO()
    near, far = pty.openpty()
    with subprocess.Popen(COMMAND, stdout=far, stderr=far, env=os.environ | {"TERM": "xterm-256color"}) as process:
        os.close(far)
        while chunk := _read(near):
            written.write(chunk)
        os.close(near)
        assert process.wait(SECONDS) == 0
    text = written.getvalue().decode()
    assert "\x1b[1;36m1. Discover" in text
    assert "\x1b[2K\x1b[1A" in text
    assert "5 of 5 pods are ready" in text


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # on Linux a terminal that nobody writes to any more is an error
        return b""


def test_it_runs_on_the_kubeconfigs_cluster(tmp_path: Path) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    with serving("--simulate", "--kubeconfig", kubeconfig) as served:
        result = demo("--cluster", KUBECONFIG=str(kubeconfig))
        assert f"on {served.said['server']}, your cluster" in result.stdout
        assert "5 of 5 pods are ready" in result.stdout
        assert result.returncode == 0


def test_a_cluster_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    result = demo("--cluster", KUBECONFIG=str(tmp_path / "none"), HOME=str(tmp_path))
    assert result.returncode == 1
    assert result.stderr.startswith("aiokube: ")
    assert "Traceback" not in result.stderr


def tour(kube: aiokube.Kube, namespace: str) -> Tour:
    return Tour(kube, Screen(), namespace=namespace, patience_seconds=1, pause_seconds=0)


async def is_gone(kube: aiokube.Kube, kind: str, api_version: str, name: str) -> bool:
    """Return whether an object is gone or going."""
    resource = await kube.resources.get(api_version=api_version, kind=kind)
    try:
        return (await resource.get(name=name)).metadata.deletionTimestamp is not None
    except NotFoundError:
        return True


async def assert_nothing_is_left(server: KubeServer, namespace: str) -> None:
    async with aiokube.connect(server.configuration) as kube:
        assert await is_gone(kube, "Namespace", "v1", namespace)
        definition = f"coffees.{namespace}.example.com"
        assert await is_gone(kube, "CustomResourceDefinition", "apiextensions.k8s.io/v1", definition)


async def test_nothing_is_left_on_a_real_cluster(
    control_plane: ControlPlane, capsys: pytest.CaptureFixture[str]
) -> None:
    """And that it has no nodes, so that no pod gets ready, is no failure."""
    namespace = f"demo-{secrets.token_hex(3)}"
    async with aiokube.connect(control_plane.configuration) as kube:
        await tour(kube, namespace).run()
    assert "0 of 5 pods are ready" in capsys.readouterr().out
    await assert_nothing_is_left(control_plane, namespace)


@pytest.mark.parametrize("resource", ["namespaces", "customresourcedefinitions", "coffees", "deployments"])
async def test_nothing_is_left_when_a_step_fails(resource: str) -> None:
    async with APIServer() as server:
        server.faults.add(Fault.status(500), verb={"create", "patch"}, resource=resource)
        async with aiokube.connect(server.configuration) as kube:
            with pytest.raises(aiokube.dynamic.exceptions.InternalServerError):
                await tour(kube, "demo").run()
        server.faults.clear()
        await assert_nothing_is_left(server, "demo")


def test_a_pod_is_printed_when_it_changes(capsys: pytest.CaptureFixture[str]) -> None:
    with Screen().pods() as table:
        table.change("ADDED", PodRow("a\x1b", "Pending", "", ready=False))
        table.change("MODIFIED", PodRow("a\x1b", "Pending", "", ready=False))
        table.change("MODIFIED", PodRow("a\x1b", "Running", "n", ready=True))
        assert table.ready == 1
        table.change("DELETED", PodRow("a\x1b", "Running", "n", ready=True))
    assert capsys.readouterr().out.splitlines() == [
        r"   ADDED    a\x1b Pending",
        r"   MODIFIED a\x1b Running, ready",
        r"   DELETED  a\x1b Running, ready",
    ]
    assert not table.rows
