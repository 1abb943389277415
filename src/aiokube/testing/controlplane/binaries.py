"""Where the programs of a control plane are.

First the folder that `KUBEBUILDER_ASSETS` names, the convention of controller-runtime's envtest; else the user's
cache, in a folder whose name has the version of Kubernetes and a digest of the Go sources, so that another
version of either is another folder.

Source: https://book.kubebuilder.io/reference/envtest.html
"""

import functools
import hashlib
import os
import platform
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from .exceptions import BuildError

__all__ = [
    "INFORMER",
    "PROGRAMS",
    "Binaries",
    "cache_folder",
    "find_binaries",
    "informer_folder",
    "kubernetes_version",
    "sources",
]

PROGRAMS = ("etcd", "kube-apiserver", "kubectl", "kube-controller-manager")

INFORMER = "informer"
"""A program from the same module that a control plane does not need."""

# What envtest's archives do not have; a control plane does without it.
_OPTIONAL = frozenset({"kube-controller-manager"})


@dataclass(frozen=True)
class Binaries:
    """A folder with the programs in it."""

    folder: Path

    @property
    def missing(self) -> tuple[str, ...]:
        """The programs that are not there."""
        return tuple(name for name in PROGRAMS if not os.access(self.folder / name, os.X_OK))

    def __contains__(self, program: str) -> bool:
        return program not in self.missing

    def __getitem__(self, program: str) -> Path:
        return self.folder / program


def find_binaries() -> Binaries | None:
    """Return the programs, or None when they must be built first.

    Raises:
        BuildError: KUBEBUILDER_ASSETS names a folder that lacks some. Nothing else is used instead,
            because it would be of another version than the one that was asked for.
    """
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    if assets:
        return _assets(Binaries(Path(assets).absolute()))
    built = Binaries(build_folder())
    return None if built.missing else built


def build_folder() -> Path:
    """Return the folder in the cache that these sources are built into."""
    system = f"{sys.platform}-{platform.machine()}".lower()
    return cache_folder() / f"{kubernetes_version()}-{system}-{_digest()}"


def informer_folder() -> Path:
    """Return the folder in the cache that the informer is built into, which its own source is in the name of."""
    return build_folder() / f"{INFORMER}-{_digest((INFORMER,))}"


def cache_folder() -> Path:
    """Return the folder in the user's cache for all that concerns control planes."""
    return platformdirs.user_cache_path("aiokube") / "controlplane"


def sources() -> Path:
    """Return the folder with the Go module."""
    return Path(__file__).with_name("go")


@functools.cache
def kubernetes_version() -> str:
    """Return the version that go.mod requires, such as "v1.36.3"."""
    match = re.search(r"^\s*k8s\.io/kubernetes (v\S+)$", (sources() / "go.mod").read_text(), re.MULTILINE)
    if match is None:
        raise BuildError(f"{sources() / 'go.mod'} does not require k8s.io/kubernetes")
    return match[1]


@functools.cache
def _digest(programs: tuple[str, ...] = PROGRAMS) -> str:
    digest = hashlib.sha256()
    for name in ("go.mod", "go.sum", *(f"{program}/main.go" for program in sorted(programs))):
        content = (sources() / name).read_bytes()
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:12]


def _assets(binaries: Binaries) -> Binaries:
    missing = [name for name in binaries.missing if name not in _OPTIONAL]
    if missing:
        raise BuildError(
            f"KUBEBUILDER_ASSETS is {str(binaries.folder)!r}, where these are missing or cannot be executed: "
            f"{', '.join(missing)}; put them there, or unset it to have them built"
        )
    return binaries
