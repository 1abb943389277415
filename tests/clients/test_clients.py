"""The Python clients see the same on APIServer and on a real control plane, each with its own API.

The programs are in the folder `programs`, one for each client. Each runs as a process, so that what a client leaves
open and warns of is not ours, and prints what it saw as JSON.
"""

from __future__ import annotations

import asyncio
import difflib
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from aiokube.testing import APIServer, ControlPlane, Fault
from aiokube.testing.kube_server import KubeServer
from awaited import until_forgotten, until_furnished
from custom_kinds import definition

PROGRAMS = Path(__file__).with_name("programs")
CLIENTS = ("kubernetes", "kubernetes_asyncio", "kr8s", "lightkube", "cloudcoil")
DEEDS = {"create", "read", "list", "select", "patch", "apply", "watch", "delete", "custom kind", "error"}

# Only what differs from one server to the next that are both right.
MASKS: Sequence[tuple[str, str]] = (
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<uid>"),
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(Z|\+00:00)", "<time>"),
    (r'("resourceVersion": )"\d+"', r'\1"<version>"'),
)


@pytest.fixture
async def server() -> AsyncIterator[APIServer]:
    async with APIServer(authorization="RBAC") as server:
        # As a real one may be for a moment, whose custom kinds are discovered before they are served.
        server.faults.add(Fault.status(404), verb="list", resource="kettles", times=1)
        yield server


@pytest.fixture
async def group(control_plane: ControlPlane, namespace: str) -> AsyncIterator[str]:
    """The API group of the program's custom kind, whose definition it leaves behind.

    It is gone from discovery before the next program asks for all groups, and then for what is in each.
    """
    name = f"{namespace}.example.com"
    yield name
    await control_plane.kubectl("delete", "crd", f"kettles.{name}", "--ignore-not-found")
    await until_forgotten(control_plane, definition(name, {}, plural="kettles", kind="Kettle"))


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_client_cannot_tell_the_servers_apart(
    client: str, control_plane: ControlPlane, server: APIServer, namespace: str, group: str, tmp_path: Path
) -> None:
    """What it sees is compared but for uids, times and versions."""
    await server.request("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})
    program = PROGRAMS / f"with_{client}.py"
    real, embedded = await asyncio.gather(
        _seen(control_plane, program, namespace, group, tmp_path / "real"),
        _seen(server, program, namespace, group, tmp_path / "embedded"),
    )
    assert real.keys() == DEEDS
    assert real["select"] == [["a", "c"], ["b"], ["c"]]
    assert all(real.values()), "a deed that shows nothing"
    differences = [_difference(deed, real[deed], embedded.get(deed)) for deed in real]
    assert not any(differences), "\n\n".join(filter(None, differences))


def test_every_program_is_run() -> None:
    assert {path.stem for path in PROGRAMS.glob("with_*.py")} == {f"with_{client}" for client in CLIENTS}


async def _seen(server: KubeServer, program: Path, namespace: str, group: str, temporary: Path) -> Any:
    """Run a program when the namespace has what controllers put into it, and return what it saw."""
    await until_furnished(server, namespace)
    temporary.mkdir()  # where the dynamic clients keep what they discovered
    environment = os.environ | {"KUBECONFIG": str(server.kubeconfig_for(server.admin)), "TMPDIR": str(temporary)}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(program),
        namespace,
        group,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(120):
            out, err = await process.communicate()
    except BaseException:
        process.kill()
        await process.wait()
        raise
    assert process.returncode == 0, f"on {type(server).__name__}: {err.decode()}"
    return json.loads(out)


def _difference(deed: str, real: Any, embedded: Any) -> str:
    lines = difflib.unified_diff(_lines(real), _lines(embedded), "control plane", "APIServer", lineterm="", n=5)
    found = "\n".join(lines)
    return f"{deed}\n{found}" if found else ""


def _lines(seen: Any) -> list[str]:
    text = json.dumps(_managers_sorted(seen), indent=1, sort_keys=True)
    for pattern, shown in MASKS:
        text = re.sub(pattern, shown, text)
    return text.splitlines()


def _managers_sorted(value: Any) -> Any:
    """Return it with managed fields in one order: theirs is that of the seconds they were written in."""
    if isinstance(value, list):
        return [_managers_sorted(each) for each in value]
    if not isinstance(value, dict):
        return value
    result = {name: _managers_sorted(each) for name, each in value.items()}
    if isinstance(managed := result.get("managedFields"), list):
        managed.sort(key=lambda entry: (entry["manager"], entry["operation"], entry.get("subresource") or ""))
    return result
