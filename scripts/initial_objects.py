#!/usr/bin/env python3
"""Writes down what kube-apiserver makes when it starts, besides roles: priorities, flow control, APIServices."""

import asyncio
import json
from pathlib import Path
from typing import Any

from aiokube.testing import ControlPlane

TARGET = Path(__file__).parents[1] / "src/aiokube/testing/apiserver/kinds/initial.json"
RESOURCES = {
    "networking.k8s.io/v1": ("ipaddresses", "servicecidrs"),
    "scheduling.k8s.io/v1": ("priorityclasses",),
    "flowcontrol.apiserver.k8s.io/v1": ("flowschemas", "prioritylevelconfigurations"),
    "apiregistration.k8s.io/v1": ("apiservices",),
}
SET_BY_THE_SERVER = ("uid", "resourceVersion", "creationTimestamp")


async def main() -> None:
    async with ControlPlane(controllers="none") as control_plane:
        found = {
            f"{group_version.partition('/')[0]}/{plural}": await objects(control_plane, group_version, plural)
            for group_version, plurals in RESOURCES.items()
            for plural in plurals
        }
    TARGET.write_text("{" + ",".join(map(section, found.items())) + "}\n")


async def objects(control_plane: ControlPlane, group_version: str, plural: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await control_plane.request("GET", f"/apis/{group_version}/{plural}"))["items"]
    for obj in found:
        for name in SET_BY_THE_SERVER:
            obj["metadata"].pop(name, None)
        for entry in obj["metadata"].get("managedFields", ()):
            del entry["time"]
        for condition in obj.get("status", {}).get("conditions", ()):
            condition.pop("lastTransitionTime", None)
    return found


def section(item: tuple[str, list[dict[str, Any]]]) -> str:
    """Return the objects of a resource, one a line."""
    resource, found = item
    lines = ",\n".join(json.dumps(obj, separators=(",", ":")) for obj in found)
    return f'"{resource}":[\n{lines}\n]'


asyncio.run(main())
