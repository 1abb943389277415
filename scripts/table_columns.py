"""Write anew which columns a real kube-apiserver has for the tables of its kinds.

Run from the checkout: .venv/bin/python scripts/table_columns.py
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp

from aiokube.client import Configuration
from aiokube.client.tls import ssl_context
from aiokube.testing import ControlPlane

_TARGET = Path("src/aiokube/testing/apiserver/tables/columns.json")
_TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
_DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "scaled"},
    "spec": {
        "replicas": 0,
        "selector": {"matchLabels": {"app": "scaled"}},
        "template": {
            "metadata": {"labels": {"app": "scaled"}},
            "spec": {"containers": [{"name": "only", "image": "none"}]},
        },
    },
}


async def _all_tables() -> dict[str, Any]:
    async with ControlPlane() as control_plane:
        deployments = "/apis/apps/v1/namespaces/default/deployments"
        await control_plane.request("POST", deployments, _DEPLOYMENT)
        async with await _session(control_plane.configuration) as session:
            tables = {kind: columns async for kind, columns in _tables(session)}
            tables["autoscaling/Scale"] = await _columns(session, f"{deployments}/scaled/scale")
    return tables


async def _session(configuration: Configuration) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(ssl=await ssl_context(configuration))
    return aiohttp.ClientSession(configuration.host, connector=connector, raise_for_status=True)


async def _tables(session: aiohttp.ClientSession) -> AsyncIterator[tuple[str, Any]]:
    roots = [("", "/api/v1")]
    for group in (await _json(session, "/apis"))["groups"]:
        roots += [(group["name"], f"/apis/{version['groupVersion']}") for version in group["versions"]]
    for group_name, root in roots:
        for resource in (await _json(session, root))["resources"]:
            if "list" in resource["verbs"]:
                yield f"{group_name}/{resource['kind']}", await _columns(session, f"{root}/{resource['name']}")


async def _columns(session: aiohttp.ClientSession, path: str) -> Any:
    return (await _json(session, path, accept=_TABLE))["columnDefinitions"]


async def _json(session: aiohttp.ClientSession, path: str, *, accept: str = "application/json") -> Any:
    async with session.get(path, headers={"Accept": accept}) as response:
        return await response.json()


def _text(tables: dict[str, Any]) -> str:
    """Return one line for each description and each kind, so that a change is seen where it is."""
    descriptions = list(dict.fromkeys(c["description"] for columns in tables.values() for c in columns))
    kinds = {
        kind: [
            [c["name"], c["type"], c["format"], descriptions.index(c["description"]), c["priority"]] for c in columns
        ]
        for kind, columns in sorted(tables.items())
    }
    lines = ",\n".join(json.dumps(description) for description in descriptions)
    rows = ",\n".join(f"{json.dumps(kind)}: {json.dumps(columns)}" for kind, columns in kinds.items())
    return f'{{"descriptions": [\n{lines}\n],\n"kinds": {{\n{rows}\n}}}}\n'


if __name__ == "__main__":
    _TARGET.write_text(_text(asyncio.run(_all_tables())))
