"""kubectl says the same, and ends with the same code, on APIServer and on a real control plane."""

from __future__ import annotations

import asyncio
import difflib
import re
from collections.abc import Sequence

from aiokube.testing import APIServer, ControlPlane
from aiokube.testing.kube_server import KubeServer
from awaited import until_furnished
from kubectl.commands import COMMANDS, Command

NAMESPACE = "kubectl"

# Only what differs from one server to the next that are both right.
MASKS: Sequence[tuple[str, str]] = (
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<uid>"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "<time>"),
    (r"(resourceVersion\"?: ?\"?|Resource Version: +)\d+", r"\1<version>"),
    (r"\b\d+(m\d+)?s\b", "<age>"),
    (r"https://127\.0\.0\.1:\d+", "<url>"),
    (r"\b10\.0\.0\.\d+\b", "<address>"),
    (r"kube-api-access-\w{5}", "kube-api-access-<suffix>"),
    (r"/\S*/(LIVE|MERGED)-\d+", r"\1"),  # what kubectl diff compares, and since when it is there
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ [+-]\d{4}", "<time>"),
    (r"\"?(goVersion|platform|compiler|buildDate)\"?: .*", "<build>"),
    (r"[ \t]+$", ""),
)


async def test_kubectl_cannot_tell_the_servers_apart(fresh_control_plane: ControlPlane) -> None:
    """What it prints is compared but for uids, times, versions, ages and addresses; kubectl sees every kind."""
    assert len(COMMANDS) >= 40
    async with APIServer(authorization="RBAC") as server:
        for each in (fresh_control_plane, server):
            await _begin(each)
        found = []
        for command in COMMANDS:
            real, embedded = await asyncio.gather(_said(fresh_control_plane, command), _said(server, command))
            if real != embedded:
                found.append(_difference(command, real, embedded))
    assert not found, f"{len(found)} of {len(COMMANDS)} commands differ\n\n" + "\n\n".join(found)


async def _begin(server: KubeServer) -> None:
    """Make the namespace, with what controllers put into it."""
    await server.request("POST", "/api/v1/namespaces", {"metadata": {"name": NAMESPACE}})
    await until_furnished(server, NAMESPACE)


async def _said(server: KubeServer, command: Command) -> list[str]:
    arguments = command.arguments.format(ns=NAMESPACE).split(" ")
    async with asyncio.timeout(60):
        while True:  # kubectl takes its time
            result = await server.kubectl(*arguments, input=command.input or None, check=False)
            if result.returncode == 0 or not command.awaited:
                break
    lines = [f"exit code {result.returncode}", *result.stdout.splitlines(), "---", *result.stderr.splitlines()]
    return [_masked(line) for line in lines]


def _masked(line: str) -> str:
    for pattern, shown in MASKS:
        line = re.sub(pattern, shown, line)
    return line


def _difference(command: Command, real: list[str], embedded: list[str]) -> str:
    lines = difflib.unified_diff(real, embedded, "control plane", "APIServer", lineterm="", n=1)
    return "\n".join([f"kubectl {command.arguments}", *lines])
