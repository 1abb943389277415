"""The command line: python -m aiokube.testing.controlplane up|down|build|path."""

import argparse
import asyncio
import shlex
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from .binaries import cache_folder, find_binaries
from .build import build_binaries
from .exceptions import ControlPlaneError
from .lasting import bring_down, bring_up
from .lock import exclusive

_COMMANDS = {
    "up": "start a control plane that runs until `down`, and print how to use it",
    "down": "end it and remove all its files",
    "build": "build the programs into the user's cache, if they are not there",
    "path": "print the folder with the programs, which KUBEBUILDER_ASSETS may be set to",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, and return the exit code."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        print(_run(options))
    except ControlPlaneError as error:
        _report(str(error))
        return 1
    except KeyboardInterrupt:
        _report("interrupted")
        return 130
    return 0


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    """End as after Ctrl-C, so that what was started is cleaned up."""
    raise KeyboardInterrupt


def _run(options: argparse.Namespace) -> str:
    match options.command:
        case "up":
            with exclusive(cache_folder() / "up.lock", _report):
                kubeconfig = asyncio.run(bring_up(kubeconfig=options.kubeconfig, controllers=options.controllers))
            return f"export KUBECONFIG={shlex.quote(str(kubeconfig))}"
        case "down":
            with exclusive(cache_folder() / "up.lock", _report):
                return "the control plane is gone" if asyncio.run(bring_down()) else "no control plane is up"
        case "build":
            return str((find_binaries() or build_binaries(_report)).folder)
        case _:
            return str(_found_folder())


def _found_folder() -> Path:
    found = find_binaries()
    if found is None:
        raise ControlPlaneError("the programs are not built yet: python -m aiokube.testing.controlplane build")
    return found.folder


def _report(line: str) -> None:
    print(f"aiokube: {line}", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m aiokube.testing.controlplane",
        description="A real etcd, kube-apiserver and kube-controller-manager on loopback.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    parsers = {name: commands.add_parser(name, help=text) for name, text in _COMMANDS.items()}
    parsers["up"].add_argument(
        "--kubeconfig", type=Path, metavar="FILE", help="also write the admin's kubeconfig here; `down` removes it"
    )
    parsers["up"].add_argument(
        "--controllers", choices=("default", "all", "none"), default="default", help="default: %(default)s"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
