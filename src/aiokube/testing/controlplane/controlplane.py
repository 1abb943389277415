"""ControlPlane: one real control plane, from its first file to the last."""

import asyncio
import itertools
import json
import os
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from aiokube.testing import http10
from aiokube.testing.private_file import write_private
from aiokube.testing.users import Auth, User

from . import flags
from .binaries import Binaries, find_binaries
from .exceptions import BuildError, ControlPlaneError, KubectlError, ProgramError, RequestError, log_tail
from .installation import Installation, Program
from .kubectl import KubectlResult

if TYPE_CHECKING:
    from aiokube.client import Configuration

__all__ = ["ControlPlane"]

_PROBE_SECONDS = 0.05
_RBAC = "rbac.authorization.k8s.io"

Rule = Mapping[str, Sequence[str]]


class ControlPlane:
    """A real etcd, kube-apiserver and kube-controller-manager on loopback, for as long as the `async with` lasts.

    It may be started in one event loop, and used and ended in others. When the Python process ends, in
    whatever way, the programs and all their files go with it.

    Args:
        controllers: "default" (namespaces, garbage collection, service accounts, root CA, aggregated cluster
            roles, quotas), "all" that kube-controller-manager has, or "none". Without a kube-controller-manager in
            KUBEBUILDER_ASSETS, "default" is "none".
        api_server_flags: more flags for kube-apiserver; a scalar given here wins.
        etcd_flags: more flags for etcd.
        controller_manager_flags: more flags for kube-controller-manager.
        directory: where its files are; is made, must not exist, and is removed at the end. None means a
            temporary one.
        start_timeout_seconds: how long each program may take to get ready.
    """

    def __init__(
        self,
        *,
        controllers: flags.Controllers = "default",
        api_server_flags: Sequence[str] = (),
        etcd_flags: Sequence[str] = (),
        controller_manager_flags: Sequence[str] = (),
        directory: Path | None = None,
        start_timeout_seconds: float = 60,
    ) -> None:
        self._controllers = controllers
        self._more_flags: dict[Program, Sequence[str]] = {
            "etcd": etcd_flags,
            "kube-apiserver": api_server_flags,
            "kube-controller-manager": controller_manager_flags,
        }
        self._wanted_directory = directory
        self._start_timeout_seconds = start_timeout_seconds
        self._running: Installation | None = None
        self._kubectl_numbers = itertools.count()
        self._pids: dict[Program, int] = {}

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
        """Start everything and return when it is ready; builds the programs first if they are not there.

        Raises:
            BuildError: the programs are not there and cannot be built.
            ProgramError: a program did not come up; the end of its log is in the text.
        """
        if self._running is not None:
            raise ControlPlaneError("this control plane is running already")
        found = find_binaries()
        self._pids.clear()
        self._running = Installation(self._wanted_directory)
        try:
            binaries = found or await self._build()
            self._running.prepare(binaries, self._effective_controllers(binaries))
            await self._start_everything()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """End everything and remove all files. Nothing is left when this returns; may be called again."""
        if self._running is not None:
            await self._running.supervisor.close()
            self._running = None

    # Where it is and who may use it.

    @property
    def url(self) -> str:
        """The base URL of kube-apiserver, such as https://127.0.0.1:34567."""
        return self._up.url

    @property
    def directory(self) -> Path:
        """Where all its files are while it runs, the logs of its programs among them."""
        return self._up.directory

    @property
    def ca_file(self) -> Path:
        """The certificate of the authority that signed kube-apiserver's, PEM."""
        return self._up.directory / "ca.pem"

    @property
    def binaries(self) -> Binaries:
        """The programs that it runs, kubectl among them."""
        return self._up.binaries

    @property
    def admin(self) -> User:
        """The user who may do everything."""
        return self._up.admin

    @property
    def kubeconfig(self) -> Path:
        """The kubeconfig of the admin, complete in one file."""
        return self.kubeconfig_for(self.admin)

    def kubeconfig_for(self, user: User, *, auth: Auth | None = None) -> Path:
        """Return the path of a user's kubeconfig, complete in one file; None signs in by certificate."""
        return self._up.users.kubeconfig(user, auth)

    @property
    def configuration(self) -> "Configuration":
        """A client configuration of the admin, a new one each time."""
        return self.configuration_for(self.admin)

    def configuration_for(self, user: User, *, auth: Auth | None = None) -> "Configuration":
        """Return a client configuration of a user, a new one each time; None signs in by certificate."""
        return self._up.users.configuration(user, auth)

    async def add_user(
        self,
        name: str,
        *,
        groups: Sequence[str] = (),
        rules: Sequence[Rule] = (),
        cluster_role: str | None = None,
    ) -> User:
        """Add a user, who can sign in at once, by certificate and by token, and has these rights already.

        Args:
            name: as RBAC sees it; 1 to 64 characters.
            groups: besides system:authenticated; "system:masters" may do everything.
            rules: what the user may do, as the rules of a ClusterRole, in all namespaces.
            cluster_role: a ClusterRole that exists, such as "view", in all namespaces.

        Raises:
            ValueError: there is a user of this name, or the name does not fit into a certificate.
        """
        user = self._up.add_user(name, tuple(groups))
        if rules or cluster_role:
            await self._grant(user, rules, cluster_role)
        return user

    # Using it as the admin, without any client that may be under test.

    async def kubectl(
        self,
        *args: str,
        input: str | None = None,
        user: User | None = None,
        check: bool = True,
        timeout_seconds: float = 60,
    ) -> KubectlResult:
        """Run kubectl.

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
        up = self._up
        work = up.directory / f"kubectl-{next(self._kubectl_numbers)}"
        work.mkdir()
        try:
            stdin = None if input is None else write_private(work / "stdin", input)
            argv = [str(up.binaries["kubectl"]), f"--kubeconfig={self.kubeconfig_for(user or up.admin)}", *args]
            async with asyncio.timeout(timeout_seconds):
                returncode = await up.supervisor.run(argv, stdin=stdin, stdout=work / "stdout", stderr=work / "stderr")
            result = KubectlResult(returncode, (work / "stdout").read_text(), (work / "stderr").read_text())
        finally:
            shutil.rmtree(work)
        if check and returncode != 0:
            raise KubectlError(args, returncode=returncode, stdout=result.stdout, stderr=result.stderr)
        return result

    async def request(self, method: str, path: str, body: Any = None, *, content_type: str = "application/json") -> Any:
        """Send one request to kube-apiserver as the admin, and return the JSON of the answer.

        Args:
            method: such as "POST".
            path: with the query, quoted.
            body: is sent as JSON; None sends nothing.
            content_type: of the body; a patch has its own.

        Raises:
            RequestError: the answer's status is not 2xx.
            OSError: kube-apiserver cannot be reached.
        """
        data = b"" if body is None else json.dumps(body).encode()
        answer = await http10.request(self._up.api_server, method, path, data, content_type=content_type)
        return _checked(method, path, answer)

    async def compact(self, resource_version: int | str) -> None:
        """Make etcd forget what was before a resource version, as kube-apiserver makes it every five minutes.

        kube-apiserver goes on answering from its memory. A list or watch from an older version is answered
        with 410 (Expired) after `restart("kube-apiserver")`; at once, if it was given `--watch-cache=false`.

        Raises:
            RequestError: it is compacted further already, or the version is of the future.
        """
        path = "/v3/kv/compaction"
        body = json.dumps({"revision": str(resource_version), "physical": True}).encode()
        _checked("POST", path, await http10.request(self._up.etcd, "POST", path, body))

    # Its programs, one by one.

    def pid(self, program: Program) -> int:
        """Return the process id of a program as of its latest start."""
        return self._pids[self._known(program)]

    def log_file(self, program: Program) -> Path:
        """Return the log of a program, over all its runs."""
        return self._up.log_file(program)

    async def kill(self, program: Program) -> None:
        """Kill a program with SIGKILL, as a crash would, and return when it is gone."""
        await self._up.supervisor.signal(self._known(program), signal.SIGKILL)
        await self._up.supervisor.wait(program)

    async def stop(self, program: Program, *, timeout_seconds: float = 90) -> None:
        """End a program with SIGTERM, and return when it is gone; also when it was paused.

        Args:
            program: kube-apiserver lets requests finish, for up to 60 seconds; watches end after one.
            timeout_seconds: how long it may take.

        Raises:
            ProgramError: it is still there.
        """
        supervisor = self._up.supervisor
        for number in (signal.SIGTERM, signal.SIGCONT):
            await supervisor.signal(self._known(program), number)
        try:
            async with asyncio.timeout(timeout_seconds):
                await supervisor.wait(program)
        except TimeoutError:
            raise self._program_error(program, f"did not end {timeout_seconds} s after SIGTERM") from None

    async def restart(self, program: Program) -> None:
        """Start a program again, after `stop()` if it runs, and return when it answers.

        Raises:
            ProgramError: it did not come up.
        """
        if await self._up.supervisor.returncode(self._known(program)) is None:
            await self.stop(program)
        await self._start_program(program)

    async def pause(self, program: Program) -> None:
        """Freeze a program with SIGSTOP: its connections stay open and nothing is answered."""
        await self._up.supervisor.signal(self._known(program), signal.SIGSTOP)

    async def resume(self, program: Program) -> None:
        """Let a paused program go on."""
        await self._up.supervisor.signal(self._known(program), signal.SIGCONT)

    async def wait_until_ready(self) -> None:
        """Return when every program answers, for instance after a pause.

        Raises:
            ProgramError: one has ended, or does not answer in time.
        """
        for program in self._pids:
            await self._until_ready(program)

    async def detach(self) -> None:
        """Let it run on when this process ends; from then on `down` of the command line ends it."""
        await self._up.supervisor.detach()
        self._running = None

    @property
    def _up(self) -> "Installation":
        if self._running is None:
            raise ControlPlaneError("this control plane is not running: use `async with` or start() it first")
        return self._running

    def _known(self, program: Program) -> Program:
        if program not in self._pids:
            raise ValueError(f"no {program!r} runs here, but {', '.join(map(repr, self._pids))}")
        return program

    def _effective_controllers(self, binaries: Binaries) -> flags.Controllers:
        if "kube-controller-manager" in binaries:
            return self._controllers
        if self._controllers == "all":
            raise BuildError(f"controllers are wanted and there is no kube-controller-manager in {binaries.folder}")
        return "none"

    async def _build(self) -> Binaries:
        """Build in a process that the supervisor can kill; what it says goes to this process' standard error."""
        package_root = str(Path(__file__).parents[3])
        search_path = os.pathsep.join(filter(None, (package_root, os.environ.get("PYTHONPATH"))))
        await self._up.supervisor.run(
            [sys.executable, "-m", "aiokube.testing.controlplane", "build"],
            environment=os.environ | {"PYTHONPATH": search_path},
        )
        binaries = find_binaries()
        if binaries is None:
            raise BuildError("the control plane was not built; why is on standard error")
        return binaries

    async def _start_everything(self) -> None:
        await self._up.start_webhook()
        for program in self._up.arguments:
            await self._start_program(program)

    async def _start_program(self, program: Program) -> None:
        up = self._up
        argv = [str(up.binaries[program]), *up.arguments[program], *self._more_flags[program]]
        self._pids[program] = await up.supervisor.start(program, argv, log=up.log_file(program))
        await self._until_ready(program)

    async def _until_ready(self, program: Program) -> None:
        seconds = self._start_timeout_seconds
        try:
            async with asyncio.timeout(seconds):
                while not await self._up.answers(program):
                    returncode = await self._up.supervisor.returncode(program)
                    if returncode is not None:
                        raise self._program_error(program, "ended before it was ready", returncode=returncode)
                    await asyncio.sleep(_PROBE_SECONDS)
        except TimeoutError:
            raise self._program_error(program, f"was not ready after {seconds} s") from None

    def _program_error(self, program: Program, problem: str, *, returncode: int | None = None) -> ProgramError:
        tail = log_tail(self.log_file(program))
        return ProgramError(program, problem, returncode=returncode, log_tail=tail)

    async def _grant(self, user: User, rules: Sequence[Rule], cluster_role: str | None) -> None:
        """Bind the roles, and return when kube-apiserver goes by them.

        It learns of roles and bindings by watching them, so rights begin some milliseconds late. A rule for a
        path that is nobody's is added last; when that holds, all others do.
        """
        name = f"aiokube-user-{user.token_file.parent.name}"
        marker = f"/{name}"
        if cluster_role is not None:
            await self._bind(f"{name}-{cluster_role}", cluster_role, user)
        role = {
            "metadata": {"name": name},
            "rules": [*map(dict, rules), {"nonResourceURLs": [marker], "verbs": ["get"]}],
        }
        await self.request("POST", f"/apis/{_RBAC}/v1/clusterroles", role)
        await self._bind(name, name, user)
        access = {
            "spec": {
                "user": user.name,
                "groups": list(user.groups),
                "nonResourceAttributes": {"path": marker, "verb": "get"},
            }
        }
        path = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
        async with asyncio.timeout(self._start_timeout_seconds):
            while not (await self.request("POST", path, access))["status"]["allowed"]:  # noqa: ASYNC110 - the server's
                await asyncio.sleep(_PROBE_SECONDS)

    async def _bind(self, name: str, role: str, user: User) -> None:
        binding = {
            "metadata": {"name": name},
            "roleRef": {"apiGroup": _RBAC, "kind": "ClusterRole", "name": role},
            "subjects": [{"apiGroup": _RBAC, "kind": "User", "name": user.name}],
        }
        await self.request("POST", f"/apis/{_RBAC}/v1/clusterrolebindings", binding)


def _checked(method: str, path: str, answer: http10.Answer) -> Any:
    if not 200 <= answer.status < 300:
        raise RequestError(method, path, status=answer.status, body=answer.body.decode(errors="replace"))
    return json.loads(answer.body)
