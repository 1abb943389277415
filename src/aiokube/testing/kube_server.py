"""KubeServer: what the servers to test against have in common, so that tests run on any of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from .users import Auth, User

if TYPE_CHECKING:
    from aiokube.client import Configuration

    from .controlplane.kubectl import KubectlResult

__all__ = ["KubeServer"]


class KubeServer(Protocol):
    """A server that runs: `APIServer` and `ControlPlane` are such."""

    @property
    def url(self) -> str:
        """The base URL, such as https://127.0.0.1:34567."""
        ...

    @property
    def ca_file(self) -> Path:
        """The certificate of the authority that signed the server's, PEM."""
        ...

    @property
    def admin(self) -> User:
        """The user who may do everything."""
        ...

    @property
    def configuration(self) -> Configuration:
        """A client configuration of the admin, a new one each time."""
        ...

    def configuration_for(self, user: User, *, auth: Auth | None = None) -> Configuration:
        """Return a client configuration of a user, a new one each time; None signs in in the default way."""
        ...

    def kubeconfig_for(self, user: User, *, auth: Auth | None = None) -> Path:
        """Return the path of a user's kubeconfig, complete in one file; None signs in in the default way."""
        ...

    async def add_user(
        self,
        name: str,
        *,
        groups: Sequence[str] = (),
        rules: Sequence[Mapping[str, Sequence[str]]] = (),
        cluster_role: str | None = None,
    ) -> User:
        """Add a user, who can sign in at once and has these rights already."""
        ...

    async def request(self, method: str, path: str, body: Any = None, *, content_type: str = "application/json") -> Any:
        """Send one request as the admin, and return the JSON of the answer."""
        ...

    async def kubectl(
        self,
        *args: str,
        input: str | None = None,
        user: User | None = None,
        check: bool = True,
        timeout_seconds: float = 60,
    ) -> KubectlResult:
        """Run kubectl, as the admin if no other user is given."""
        ...
