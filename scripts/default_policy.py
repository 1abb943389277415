#!/usr/bin/env python3
"""Writes down the roles and bindings that kube-apiserver makes for itself: those of a control plane, as they are."""

import asyncio
import json
from pathlib import Path
from typing import Any

from aiokube.testing import ControlPlane

TARGET = Path(__file__).parents[1] / "src/aiokube/testing/apiserver/access/default_policy.json"
RESOURCES = ("clusterroles", "clusterrolebindings", "roles", "rolebindings")
SET_BY_THE_SERVER = ("uid", "resourceVersion", "creationTimestamp", "managedFields")
SELECTED = "?labelSelector=kubernetes.io/bootstrapping%3Drbac-defaults"
GROUP = "/apis/rbac.authorization.k8s.io/v1"


async def main() -> None:
    async with ControlPlane() as control_plane:
        await until_aggregated(control_plane)
        policy = {resource: await objects(control_plane, resource) for resource in RESOURCES}
    TARGET.write_text("{" + ",".join(map(section, policy.items())) + "}\n")


async def until_aggregated(control_plane: ControlPlane) -> None:
    """Wait for the controller that fills admin, edit and view."""
    while not all([await rules(control_plane, role) for role in ("admin", "edit", "view")]):  # noqa: ASYNC110 - the server's
        await asyncio.sleep(0.1)


async def rules(control_plane: ControlPlane, role: str) -> Any:
    return (await control_plane.request("GET", f"{GROUP}/clusterroles/{role}")).get("rules")


async def objects(control_plane: ControlPlane, resource: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await control_plane.request("GET", f"{GROUP}/{resource}{SELECTED}"))["items"]
    for obj in found:
        for name in SET_BY_THE_SERVER:
            obj["metadata"].pop(name, None)
    return found


def section(item: tuple[str, list[dict[str, Any]]]) -> str:
    """Return the objects of a resource, one a line."""
    resource, found = item
    lines = ",\n".join(json.dumps(obj, separators=(",", ":")) for obj in found)
    return f'"{resource}":[\n{lines}\n]'


asyncio.run(main())
