"""Where the programs are found."""

from pathlib import Path

import pytest

from aiokube.testing import ControlPlane
from aiokube.testing.controlplane import BuildError
from aiokube.testing.controlplane.binaries import (
    PROGRAMS,
    Binaries,
    build_folder,
    find_binaries,
    kubernetes_version,
)

ENVTEST = ("etcd", "kube-apiserver", "kubectl")


def make_programs(folder: Path, *programs: str) -> Path:
    folder.mkdir(parents=True)
    for program in programs:
        (folder / program).touch(0o755)
    return folder


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and no KUBEBUILDER_ASSETS."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)
    return tmp_path / "cache"


def test_the_folder_that_envtest_uses_comes_first(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_programs(build_folder(), *PROGRAMS)
    assets = make_programs(tmp_path / "assets", *ENVTEST)
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(assets))
    found = find_binaries()
    assert found == Binaries(assets)
    assert found.missing == ("kube-controller-manager",)
    assert found["etcd"] == assets / "etcd"


def test_a_program_that_is_missing_there_is_named(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assets = make_programs(tmp_path / "assets", "etcd")
    (assets / "kubectl").touch(0o644)
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(assets))
    with pytest.raises(BuildError, match="cannot be executed: kube-apiserver, kubectl; put them there, or unset"):
        find_binaries()


def test_the_cache_comes_next(cache: Path) -> None:
    assert find_binaries() is None
    make_programs(build_folder(), *ENVTEST)
    assert find_binaries() is None
    (build_folder() / "kube-controller-manager").touch(0o755)
    assert find_binaries() == Binaries(build_folder())


def test_the_folder_is_named_for_the_version_and_the_sources(cache: Path) -> None:
    assert build_folder().is_relative_to(cache)
    assert build_folder().name.startswith(f"{kubernetes_version()}-")
    assert kubernetes_version().startswith("v1.")


async def test_runs_without_the_controllers_that_envtest_does_not_have(
    control_plane: ControlPlane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And admits pods, which then need no service account."""
    for program in ENVTEST:
        (tmp_path / program).symlink_to(control_plane.binaries[program])
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(tmp_path))
    async with ControlPlane() as envtest:
        assert envtest.binaries.folder == tmp_path
        with pytest.raises(ValueError, match="no 'kube-controller-manager' runs here"):
            envtest.pid("kube-controller-manager")
        pod = {"metadata": {"name": "shop"}, "spec": {"containers": [{"name": "shop", "image": "shop"}]}}
        await envtest.request("POST", "/api/v1/namespaces/default/pods", pod)


async def test_all_controllers_are_not_to_be_had_there(
    control_plane: ControlPlane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for program in ENVTEST:
        (tmp_path / program).symlink_to(control_plane.binaries[program])
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(tmp_path))
    with pytest.raises(BuildError, match="no kube-controller-manager in"):
        await ControlPlane(controllers="all").start()
