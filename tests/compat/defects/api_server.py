"""ApiServer: what a kube-apiserver says about its kinds, one document for each group-version, as both packages read it.

It counts what it is asked, and says what a test puts into it.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Self

from aiohttp import web

GROUPS = "/apis"


class Asked(NamedTuple):
    """A request as it arrived."""

    path: str
    authorization: str


class ApiServer:
    """Listens on loopback.

    Attributes:
        answers: What is answered, by path: JSON, or a coroutine function that answers; any other path is 404.
        requests: What arrived, in order.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {
            "/version": {"major": "1", "minor": "36", "gitVersion": "v1.36.3"},
            "/api": {"kind": "APIVersions", "versions": ["v1"]},
            GROUPS: {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
        }
        self.requests: list[Asked] = []
        self.add_kinds("v1", {"pods": "Pod"})
        self.add_kinds("apps/v1", {"deployments": "Deployment"})

    @property
    def url(self) -> str:
        """Where it listens."""
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [request.path for request in self.requests]

    def add_kinds(self, group_version: str, kinds: dict[str, str]) -> str:
        """Serve kinds by plural name, and return the path of their document."""
        group, _, version = group_version.rpartition("/")
        path = f"{GROUPS}/{group_version}" if group else f"/api/{group_version}"
        if group:
            entry = {"groupVersion": group_version, "version": version}
            self.answers[GROUPS]["groups"].append({"name": group, "versions": [entry], "preferredVersion": entry})
        self.answers[path] = {
            "kind": "APIResourceList",
            "apiVersion": "v1",
            "groupVersion": group_version,
            "resources": [
                {"name": name, "kind": kind, "singularName": "", "namespaced": True, "verbs": ["get", "list"]}
                for name, kind in kinds.items()
            ],
        }
        return path

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._answer)
        # A client that gives up ends what it asked for: an answer may be held back for ever.
        self._runner = web.AppRunner(application, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(Asked(request.path, request.headers.get("Authorization", "")))
        answer = self.answers.get(request.path)
        if answer is None:
            missing = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}
            return web.json_response(missing, status=404)
        if callable(answer):
            ready: web.StreamResponse = await answer(request)
            return ready
        return web.json_response(answer)
