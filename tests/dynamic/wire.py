"""Wire: resources of a server that records what is sent to it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Mapping
from typing import Any

from aiokube.dynamic import DynamicClient, Resource
from scripted import Exchange, Script, ScriptedRequest, ScriptedServer

POD: dict[str, Any] = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "one"}}


class Wire:
    """Resources made by hand: nothing is sent but what the test sends.

    Attributes:
        client: The DynamicClient; it has not been awaited, and asks nothing by itself.
        server: What it sends to.
        pods, nodes: Resources in namespaces and without, with subresources.
    """

    def __init__(self, client: DynamicClient, server: ScriptedServer) -> None:
        self.client = client
        self.server = server
        self.pods = self._resource("Pod", "pods", ("status", "log", "eviction", "proxy", "ephemeral/v2"))
        self.nodes = self._resource("Node", "nodes", ("status", "proxy"), namespaced=False)

    def _resource(self, kind: str, plural: str, subresources: tuple[str, ...], *, namespaced: bool = True) -> Resource:
        parts = {name: {"kind": kind, "name": f"{plural}/{name}", "namespaced": namespaced} for name in subresources}
        return Resource(
            "api", "", "v1", kind, namespaced=namespaced, name=plural, client=self.client, subresources=parts
        )

    async def sent(self, call: Awaitable[Any], answer: Any = POD) -> ScriptedRequest:
        """Await a call, which must send one request, and return that request."""
        before = len(self.server.requests)
        self.server.play(answering(answer))
        await call
        (request,) = self.server.requests[before:]
        return request


def answering(content: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Script:
    """Return a script that answers with JSON."""

    async def script(exchange: Exchange) -> None:
        await exchange.answer(status, json.dumps(content).encode(), headers)

    return script


def refusing(status: int, reason: str, message: str = "no") -> Script:
    """Return a script that answers with a Status."""
    return answering(
        {"kind": "Status", "status": "Failure", "code": status, "reason": reason, "message": message}, status=status
    )
