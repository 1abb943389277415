"""Clients for both packages: one whose requests are answered as a test says, and one of each server."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Mapping
from typing import Any

from aiokube.testing import KubeServer
from compat.packages import Package
from scripted import Exchange, ScriptedRequest, ScriptedServer

CONFIG_MAP: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one"}}


class Recorder:
    """Resources of a scripted server, made by hand: nothing is sent but what the test sends.

    Args:
        package: Whose client.
        server: Where it sends to.
        api: The client's ApiClient.

    Attributes:
        client: The DynamicClient; it has not been awaited.
        config_maps, deployments, nodes: Resources.
    """

    def __init__(self, package: Package, server: ScriptedServer, api: Any) -> None:
        self.server = server
        self.client = package.dynamic.DynamicClient(api)
        self._package = package
        self.config_maps = self.resource("ConfigMap", "configmaps")
        self.nodes = self.resource("Node", "nodes", namespaced=False)
        subresources = {"scale": {"kind": "Scale", "name": "deployments/scale", "namespaced": True}}
        self.deployments = self.resource("Deployment", "deployments", group="apps", subresources=subresources)

    def resource(self, kind: str, plural: str, *, group: str = "", namespaced: bool = True, **more: Any) -> Any:
        """Return a Resource of the client."""
        return self._package.dynamic.Resource(
            prefix="apis" if group else "api",
            group=group,
            api_version="v1",
            kind=kind,
            namespaced=namespaced,
            name=plural,
            client=self.client,
            **more,
        )

    def instance(self, content: Mapping[str, Any]) -> Any:
        """Return a ResourceInstance of the client."""
        return self._package.dynamic.ResourceInstance(self.client, content)

    async def sent(self, call: Awaitable[Any]) -> ScriptedRequest:
        """Await a call, which must send one request, and return that request."""
        before = len(self.server.requests)
        await self.answered(call)
        (request,) = self.server.requests[before:]
        return request

    async def answered(
        self,
        call: Awaitable[Any],
        answer: Any = CONFIG_MAP,
        *,
        status: int = 200,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Await a call whose request is answered with this, and return what it gives."""
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()

        async def script(exchange: Exchange) -> None:
            await exchange.answer(status, body, {"Content-Type": content_type, **(headers or {})})

        self.server.play(script)
        return await call


def configuration_of(package: Package, kube_server: KubeServer) -> Any:
    """A package's Configuration for the admin of a server."""
    configuration = package.client.Configuration(host=kube_server.url, ssl_ca_cert=str(kube_server.ca_file))
    configuration.cert_file = str(kube_server.admin.certificate_file)
    configuration.key_file = str(kube_server.admin.key_file)
    return configuration
