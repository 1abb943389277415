"""APIServer: the server as its user has it, and the one owner of everything that it opens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from aiokube.testing import http10
from aiokube.testing.controlplane.binaries import find_binaries
from aiokube.testing.controlplane.exceptions import KubectlError, RequestError
from aiokube.testing.controlplane.kubectl import KubectlResult
from aiokube.testing.loop_thread import LoopThread
from aiokube.testing.private_file import write_private
from aiokube.testing.users import Auth, User

from .access import Authorization
from .clock import Clock, DrivenClock, WallClock
from .controllers.simulation import Pace
from .exceptions import APIServerError
from .faults import Faults
from .journal import Journal
from .running import Running

if TYPE_CHECKING:
    from aiokube.client import Configuration

__all__ = ["APIServer"]

_RBAC = "rbac.authorization.k8s.io"
_RBAC_PATH = f"/apis/{_RBAC}/v1"


class APIServer:
    """A Kubernetes API server in this process, on loopback.

    What a program sees of it is what it would see of kube-apiserver 1.36; docs/api-server.md says what it does
    not have. It keeps everything in memory, and forgets it when it closes. With `async with` it runs in the event
    loop of whoever starts it; with a plain `with` in a thread of its own, for programs that block.

    Args:
        port: to listen on; 0 takes one that is free.
        tls: False serves http, where users can sign in by token only.
        authorization: "off" lets everybody do everything; "RBAC" evaluates the roles and bindings on the server; a
            function is given the attributes of each request and returns whether it may be done.
        simulate: True schedules pods on a node and lets them run, and has Deployments and their like make them; a
            `Pace` says how long each takes.
        clock: what the server dates and delays by; None is the time as it is, a `DrivenClock` stands still until
            a test moves it.
        history: how many events each resource remembers for watches that begin in the past, of 64 MiB at most.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        tls: bool = True,
        authorization: Authorization = "off",
        simulate: bool | Pace = False,
        clock: Clock | None = None,
        history: int = 10_000,
    ) -> None:
        self._port = port
        self._tls = tls
        self._authorization = authorization
        self._pace = simulate if isinstance(simulate, Pace) else Pace() if simulate else None
        self.clock: Clock = clock or WallClock()
        self._history = history
        self._running: Running | None = None
        self._thread: LoopThread | None = None

    def __enter__(self) -> Self:
        self._thread = LoopThread("aiokube API server")
        try:
            self._thread.run(self.start())
        except BaseException:
            self._end_thread()
            raise
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end_thread()

    def _end_thread(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            try:
                thread.run(self.close())
            finally:
                thread.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Start, and return when requests are answered.

        Raises:
            APIServerError: it is running already.
            OSError: the port is taken.
        """
        if self._running is not None:
            raise APIServerError("this server is running already")
        self._running = Running(
            clock=self.clock, history=self._history, authorization=self._authorization, pace=self._pace
        )
        try:
            await self._running.start(port=self._port, tls=self._tls)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """End all connections and forget everything. May be called again."""
        running, self._running = self._running, None
        if running is not None:
            await running.close()

    # Where it is and who may use it.

    @property
    def url(self) -> str:
        """The base URL, such as https://127.0.0.1:34567."""
        return self._up.url

    @property
    def ca_file(self) -> Path:
        """The certificate of the authority that signed the server's, PEM."""
        return self._up.ca_file

    @property
    def admin(self) -> User:
        """The user who may do everything."""
        return self._up.admin

    def kubeconfig(self, path: Path | str | None = None) -> Path:
        """Write a kubeconfig of the admin, complete in one file, and return where.

        Args:
            path: where to; None is a file of the server's own, which goes with it.
        """
        own = self.kubeconfig_for(self.admin)
        return own if path is None else write_private(Path(path), own.read_text())

    def kubeconfig_for(self, user: User, *, auth: Auth | None = None) -> Path:
        """Return the path of a user's kubeconfig; None signs in by certificate, or by token without TLS."""
        return self._up.users.kubeconfig(user, auth)

    @property
    def configuration(self) -> Configuration:
        """A client configuration of the admin, a new one each time."""
        return self.configuration_for(self.admin)

    def configuration_for(self, user: User, *, auth: Auth | None = None) -> Configuration:
        """Return a client configuration of a user, a new one each time."""
        return self._up.users.configuration(user, auth)

    async def add_user(
        self,
        name: str,
        *,
        groups: Sequence[str] = (),
        rules: Sequence[Mapping[str, Sequence[str]]] = (),
        cluster_role: str | None = None,
    ) -> User:
        """Add a user, who can sign in at once, by certificate and by token. From then on nobody is anonymous.

        Args:
            name: as RBAC sees it; 1 to 64 characters.
            groups: besides system:authenticated; "system:masters" may do everything.
            rules: what the user may do in all namespaces, as the rules of a ClusterRole.
            cluster_role: a ClusterRole that exists, such as "view", in all namespaces.

        Raises:
            ValueError: there is a user of this name, or the name does not fit into a certificate.
        """
        user = self._up.users.add(name, tuple(groups))
        if cluster_role is not None:
            await self._bind(user, cluster_role)
        if rules:
            role = {"metadata": {"name": f"aiokube-user-{name}"}, "rules": [dict(rule) for rule in rules]}
            await self.request("POST", f"{_RBAC_PATH}/clusterroles", role)
            await self._bind(user, f"aiokube-user-{name}")
        return user

    # Using it as the admin, without any client that may be under test.

    async def request(self, method: str, path: str, body: Any = None, *, content_type: str = "application/json") -> Any:
        """Send one request as the admin over a connection of its own, and return the JSON of the answer.

        Raises:
            RequestError: the answer's status is not 2xx.
        """
        data = b"" if body is None else json.dumps(body).encode()
        answer = await http10.request(self._up.endpoint, method, path, data, content_type=content_type)
        if not 200 <= answer.status < 300:
            raise RequestError(method, path, status=answer.status, body=answer.body.decode(errors="replace"))
        return json.loads(answer.body)

    async def kubectl(
        self,
        *args: str,
        input: str | None = None,
        user: User | None = None,
        check: bool = True,
        timeout_seconds: float = 60,
    ) -> KubectlResult:
        """Run kubectl: the one of a control plane that was built, else the one on PATH.

        Args:
            args: its arguments.
            input: what it reads from standard input (`-f -`).
            user: None means the admin.
            check: False returns what failed instead of raising.
            timeout_seconds: after which it is killed.

        Raises:
            KubectlError: its exit code is not 0.
            TimeoutError: it did not end in time.
        """
        binaries = find_binaries()
        program = str(binaries["kubectl"]) if binaries else "kubectl"
        process = await asyncio.create_subprocess_exec(
            program,
            f"--kubeconfig={self.kubeconfig_for(user or self.admin)}",
            *args,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(timeout_seconds):
                out, err = await process.communicate((input or "").encode())
        except BaseException:
            process.kill()
            await process.wait()
            raise
        result = KubectlResult(process.returncode or 0, out.decode(), err.decode())
        if check and result.returncode != 0:
            raise KubectlError(args, returncode=result.returncode, stdout=result.stdout, stderr=result.stderr)
        return result

    # What a test does to it.

    @property
    def faults(self) -> Faults:
        """What goes wrong on purpose, and for which requests."""
        return self._up.faults

    @property
    def requests(self) -> Journal:
        """The requests that arrived."""
        return self._up.journal

    @property
    def resource_version(self) -> str:
        """The latest resourceVersion."""
        return str(self._up.cluster.storage.revision)

    def compact(self, resource_version: int | str | None = None) -> None:
        """Forget what was before a resource version, so that watches and pages from there end with 410.

        Args:
            resource_version: None forgets everything but the present.
        """
        storage = self._up.cluster.storage
        self._in_loop(lambda: storage.compact(storage.revision if resource_version is None else int(resource_version)))

    def advance(self, seconds: float) -> None:
        """Move a `DrivenClock` on; what falls due on the way is done when this returns.

        Raises:
            APIServerError: the server goes by the wall's clock.
        """
        clock = self.clock
        if not isinstance(clock, DrivenClock):
            raise APIServerError("the wall's clock cannot be moved: make the server with clock=DrivenClock()")
        self._in_loop(lambda: clock.advance(seconds))

    def _in_loop(self, function: Callable[[], None]) -> None:
        """Call something that changes the server's state where nothing else does so at the same time."""
        if self._thread is None:
            function()
        else:
            self._thread.call(function)

    async def _bind(self, user: User, role: str) -> None:
        binding = {
            "metadata": {"name": f"aiokube-user-{user.name}-{role}"},
            "roleRef": {"apiGroup": _RBAC, "kind": "ClusterRole", "name": role},
            "subjects": [{"apiGroup": _RBAC, "kind": "User", "name": user.name}],
        }
        await self.request("POST", f"{_RBAC_PATH}/clusterrolebindings", binding)

    @property
    def _up(self) -> Running:
        if self._running is None:
            raise APIServerError("this server is not running: use `async with` or start() it first")
        return self._running
