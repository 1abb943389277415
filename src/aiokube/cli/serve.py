"""aiokube serve: an API server for other programs, until it is told to end."""

from __future__ import annotations

import asyncio
import errno
import json
import signal
from pathlib import Path
from typing import Annotated, Any

import typer

import aiokube
from aiokube.testing import APIServer
from aiokube.testing.private_file import replace_private

from .manifests import Manifest, ManifestError, load, read_manifests
from .output import fail, say

__all__ = ["serve"]

_READY = "ready"


def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where to listen on 127.0.0.1; 0 is a free one.")] = 0,
    kubeconfig: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Where to write the admin's kubeconfig; it goes at the end.")
    ] = None,
    tls: Annotated[bool, typer.Option("--tls/--no-tls", help="Serve https, with an authority of its own.")] = True,
    load: Annotated[
        list[Path] | None, typer.Option(help="Manifests to begin with: a file, or a folder of them. May be repeated.")
    ] = None,
    simulate: Annotated[bool, typer.Option("--simulate", help="Let pods run and deployments make them.")] = False,
    rbac: Annotated[bool, typer.Option("--rbac", help="Let roles decide who may do what, instead of nothing.")] = False,
) -> None:
    """Serve the Kubernetes API on loopback, from memory, until Ctrl-C.

    Prints where it is and where the kubeconfig is, and when both can be used the line `ready`.
    """
    try:
        manifests = read_manifests(load or [])
        _check_replaceable(kubeconfig)
        options: dict[str, Any] = {"port": port, "tls": tls, "authorization": "RBAC" if rbac else "off"}
        if simulate:
            options["simulate"] = True
        asyncio.run(_serve(options, kubeconfig and kubeconfig.absolute(), manifests))
    except ManifestError as error:
        fail(error)
    except OSError as error:
        fail(_words(error, port, kubeconfig))


async def _serve(options: dict[str, Any], kubeconfig: Path | None, manifests: list[Manifest]) -> None:
    told_to_end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told_to_end.set)
    async with APIServer(**options) as server:
        say(f"server      {server.url}")
        if manifests:
            async with aiokube.connect(server.configuration) as kube:
                say(f"loaded      {await load(kube, manifests)} objects")
        path = server.kubeconfig() if kubeconfig is None else _copied(server.kubeconfig(), kubeconfig)
        try:
            say(f"kubeconfig  {path}")
            say(_READY)
            await told_to_end.wait()
        finally:
            path.unlink(missing_ok=True)


def _copied(kubeconfig: Path, target: Path) -> Path:
    return replace_private(target, kubeconfig.read_text())


def _check_replaceable(kubeconfig: Path | None) -> None:
    """End the program if a file would be lost that is not one of ours."""
    if kubeconfig is None or not kubeconfig.exists():
        return
    try:
        clusters = json.loads(kubeconfig.read_bytes())["clusters"]
        ours = [cluster["name"] for cluster in clusters] == ["aiokube"]
    except (ValueError, LookupError, TypeError):  # ours are JSON, and look so
        ours = False
    if not ours:
        fail(f"{kubeconfig} exists and is not overwritten: name another file")


def _words(error: OSError, port: int, kubeconfig: Path | None) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of 127.0.0.1 is in use: name another one, or none for one that is free"
    if error.errno == errno.EACCES and error.filename is None:
        return f"port {port} of 127.0.0.1 may not be used: name one from 1024 on"
    if error.filename is not None and kubeconfig is not None:
        return f"the kubeconfig {kubeconfig} cannot be written: {error.strerror}"
    return str(error)
