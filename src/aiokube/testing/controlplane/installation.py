"""What one control plane has on the machine: a directory, ports, command lines, a supervisor."""

import json
import shutil
import socket
import ssl
import tempfile
from pathlib import Path
from typing import Literal

from aiokube.testing import http10
from aiokube.testing.certificates import Authority, new_key
from aiokube.testing.private_file import write_private
from aiokube.testing.users import User, Users

from . import flags
from .binaries import Binaries
from .exceptions import ControlPlaneError
from .supervisor import Supervisor, fits, python
from .tokens_file import write_tokens

__all__ = ["Installation", "Program"]

Program = Literal["etcd", "kube-apiserver", "kube-controller-manager"]

_HOSTS = ("127.0.0.1", "localhost", "kubernetes.default.svc", "kubernetes.default", "kubernetes", "10.0.0.1")


class Installation:
    """The files, ports and processes of a control plane, from the moment that there is something to clean up."""

    binaries: Binaries
    admin: User
    users: Users
    api_server: http10.Endpoint
    arguments: dict[Program, list[str]]

    def __init__(self, wanted: Path | None) -> None:
        with _reserved_port() as port, _listening_port() as webhook:
            self.port: int = port.getsockname()[1]
            self._webhook_port: int = webhook.getsockname()[1]
            self._webhook_descriptor = webhook.fileno()
            self.directory = _made(wanted)
            try:
                self.supervisor = Supervisor(self.directory, kept=(port, webhook))
            except BaseException:
                shutil.rmtree(self.directory)
                raise

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @property
    def etcd(self) -> http10.Endpoint:
        return http10.Endpoint(unix_socket=self.directory / flags.ETCD_SOCKET)

    def log_file(self, program: str) -> Path:
        return self.directory / f"{program}.log"

    def prepare(self, binaries: Binaries, controllers: flags.Controllers) -> None:
        """Write the files and decide the command lines."""
        self.binaries = binaries
        authority = Authority()
        server = authority.server(_HOSTS)
        webhook_url = f"http://127.0.0.1:{self._webhook_port}"
        for name, text in {
            "ca.pem": authority.key_pair.certificate,
            "ca-key.pem": authority.key_pair.key,
            "server.pem": server.certificate,
            "server-key.pem": server.key,
            "service-accounts-key.pem": new_key(),
            "token-webhook.kubeconfig": _webhook_kubeconfig(webhook_url),
        }.items():
            write_private(self.directory / name, text)
        self.users = Users(
            self.directory / "users", authority=authority, ca_file=self.directory / "ca.pem", url=self.url
        )
        self.admin = self.add_user("admin", ("system:masters",))
        self.api_server = http10.Endpoint(port=self.port, tls=self._tls())
        kubeconfig = self.users.kubeconfig(self.admin, "certificate")
        self.arguments = {
            "etcd": flags.etcd(),
            "kube-apiserver": flags.api_server(self.port, service_accounts=controllers != "none"),
        }
        if controllers != "none":
            self.arguments["kube-controller-manager"] = flags.controller_manager(kubeconfig, controllers)

    def add_user(self, name: str, groups: tuple[str, ...]) -> User:
        """Make a user, whose token the webhook knows at once."""
        user = self.users.add(name, groups)
        write_tokens(self._tokens_file, self.users)
        return user

    async def start_webhook(self) -> None:
        script = Path(__file__).with_name("token_webhook.py")
        await self.supervisor.start(
            "token-webhook",
            [*python(script), str(self._webhook_descriptor), str(self._tokens_file)],
            log=self.log_file("token-webhook"),
            descriptors=[self._webhook_descriptor],
        )

    async def answers(self, program: Program) -> bool:
        """Tell whether a program does its work."""
        return all([await self._is_ok(endpoint, path) for endpoint, path in self._probes(program)])

    @property
    def _tokens_file(self) -> Path:
        return self.directory / "tokens.json"

    def _probes(self, program: Program) -> list[tuple[http10.Endpoint, str]]:
        probes: dict[Program, list[tuple[http10.Endpoint, str]]] = {
            "etcd": [(self.etcd, "/health")],
            "kube-apiserver": [(self.api_server, "/readyz"), (self.api_server, "/api/v1/namespaces/default")],
            "kube-controller-manager": [(self.api_server, "/api/v1/namespaces/default/serviceaccounts/default")],
        }
        return probes[program]

    async def _is_ok(self, endpoint: http10.Endpoint, path: str) -> bool:
        try:
            return (await http10.request(endpoint, "GET", path, timeout_seconds=5)).status == 200
        except OSError:  # not yet listening, or not yet with its certificate
            return False

    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.directory / "ca.pem")
        context.load_cert_chain(self.admin.certificate_file, self.admin.key_file)
        return context


def _made(wanted: Path | None) -> Path:
    """Make the directory, for its owner alone."""
    if wanted is None:
        roomy = fits(Path(tempfile.gettempdir(), "aiokube-........"))
        # Paths of unix sockets are short: with a long TMPDIR there is only this.
        return Path(tempfile.mkdtemp(prefix="aiokube-", dir=None if roomy else "/tmp"))  # noqa: S108
    if not fits(wanted.absolute()):
        raise ControlPlaneError(f"the path {str(wanted)!r} is too long for unix sockets in it")
    wanted.mkdir(mode=0o700, parents=True)
    return wanted.absolute()


def _reserved_port() -> socket.socket:
    """Take a free port that only sockets of this user with SO_REUSEPORT can share; it gets no connections."""
    reserved = socket.socket()
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    reserved.bind(("127.0.0.1", 0))
    return reserved


def _listening_port() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener


def _webhook_kubeconfig(url: str) -> str:
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "webhook", "cluster": {"server": url}}],
            "users": [{"name": "webhook", "user": {}}],
            "contexts": [{"name": "webhook", "context": {"cluster": "webhook", "user": "webhook"}}],
            "current-context": "webhook",
        }
    )
