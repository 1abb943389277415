"""The one control plane of a user that outlives the command that started it.

Its directory is a fixed one in the user's cache, so that the command that ends it finds it.
"""

import json
import shutil
from pathlib import Path

from aiokube.testing.private_file import write_private

from .binaries import cache_folder
from .controlplane import ControlPlane
from .exceptions import ControlPlaneError
from .flags import Controllers
from .supervisor import end_detached, is_alive

__all__ = ["bring_down", "bring_up"]


async def bring_up(*, kubeconfig: Path | None = None, controllers: Controllers = "default") -> Path:
    """Start the control plane, unless it is up already.

    Args:
        kubeconfig: where to write the admin's kubeconfig besides.
        controllers: as ControlPlane has them; does not change what is up already.

    Returns:
        The path of the admin's kubeconfig: the one asked for, or that in the directory.

    Raises:
        ControlPlaneError: there is another file of that name, or the control plane did not come up.
    """
    copy = None if kubeconfig is None else _writable(kubeconfig)
    if not is_alive(_directory()):
        shutil.rmtree(_directory(), ignore_errors=True)  # what is left after the machine went down
        await _start_lasting(controllers)
    if copy is None:
        return _kubeconfig()
    write_private(_copies_file(), json.dumps(sorted({str(path) for path in (*_copies(), copy)})))
    return write_private(copy, _kubeconfig().read_text())


async def bring_down() -> bool:
    """End the control plane, and remove its files and the kubeconfigs that were asked for.

    Returns:
        Whether there was anything.
    """
    existed = _directory().exists()
    copies = _copies()
    await end_detached(_directory())
    shutil.rmtree(_directory(), ignore_errors=True)  # is there only if nothing ran any more
    for copy in copies:
        copy.unlink(missing_ok=True)
    return existed


async def _start_lasting(controllers: Controllers) -> None:
    control_plane = ControlPlane(controllers=controllers, directory=_directory())
    await control_plane.start()
    try:
        _kubeconfig().symlink_to(control_plane.kubeconfig)
        await control_plane.detach()
    finally:
        await control_plane.close()  # does nothing to one that is detached


def _writable(path: Path) -> Path:
    absolute = path.absolute()
    if absolute.exists() and absolute not in _copies():
        raise ControlPlaneError(f"{absolute} exists and is not overwritten: name another file")
    return absolute


def _copies() -> list[Path]:
    return [Path(path) for path in json.loads(_copies_file().read_text())] if _copies_file().exists() else []


def _directory() -> Path:
    return cache_folder() / "up"


def _kubeconfig() -> Path:
    return _directory() / "kubeconfig"


def _copies_file() -> Path:
    return _directory() / "kubeconfig-copies.json"
