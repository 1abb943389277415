"""Who can sign in to a server, and the files by which they do."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from .private_file import write_private

if TYPE_CHECKING:
    from aiokube.client import Configuration

    from .certificates import Authority

__all__ = ["Auth", "User", "Users", "kubeconfig"]

Auth = Literal["certificate", "token"]


@dataclass(frozen=True)
class User:
    """Somebody who can sign in by certificate or by token; both are there as text and as a file."""

    name: str
    groups: tuple[str, ...]
    certificate: str = field(repr=False)
    """PEM."""
    key: str = field(repr=False)
    """PEM."""
    token: str = field(repr=False)
    certificate_file: Path
    key_file: Path
    token_file: Path


class Users:
    """The users of one server, each with a folder in `directory`.

    Args:
        directory: is made, readable by nobody else.
        authority: signs their certificates.
        ca_file: its own certificate, PEM.
        url: of the server, for their kubeconfigs. Over http there is no certificate that could be shown.
    """

    def __init__(self, directory: Path, *, authority: Authority, ca_file: Path, url: str) -> None:
        self._directory = directory
        self._authority = authority
        self._ca_file = ca_file
        self._url = url
        self._users: dict[str, User] = {}
        self._by_token: dict[str, User] = {}
        directory.mkdir(mode=0o700)

    def __iter__(self) -> Iterator[User]:
        """Give them in the order in which they were added."""
        return iter(self._users.values())

    def __len__(self) -> int:
        return len(self._users)

    def by_token(self, token: str) -> User | None:
        """Return who has a token, None for nobody."""
        return self._by_token.get(token)

    @property
    def default_auth(self) -> Auth:
        """How they sign in when nothing else is said."""
        return "certificate" if self._is_encrypted else "token"

    def add(self, name: str, groups: tuple[str, ...]) -> User:
        """Make a user, who may do nothing yet.

        Raises:
            ValueError: the name is taken, or is none that a certificate can hold (1 to 64 characters).
        """
        if name in self._users:
            raise ValueError(f"there is a user {name!r} already")
        pair = self._authority.client(name, groups)
        folder = self._directory / str(len(self._users))
        folder.mkdir(mode=0o700)
        token = secrets.token_urlsafe(32)
        user = User(
            name,
            groups,
            pair.certificate,
            pair.key,
            token,
            write_private(folder / "certificate.pem", pair.certificate),
            write_private(folder / "key.pem", pair.key),
            write_private(folder / "token", token),
        )
        self._users[name] = self._by_token[token] = user
        for auth in CREDENTIALS:
            write_private(self.kubeconfig(user, auth), kubeconfig(self._url, self._authority, user, auth))
        return user

    def kubeconfig(self, user: User, auth: Auth | None = None) -> Path:
        """Return the path of the user's kubeconfig; None is the default way to sign in."""
        return user.token_file.with_name(f"kubeconfig-{auth or self.default_auth}")

    def configuration(self, user: User, auth: Auth | None = None) -> Configuration:
        """Return a client configuration of the user, a new one each time; None is the default way to sign in."""
        from aiokube.client import Configuration

        configuration = Configuration(host=self._url)
        if self._is_encrypted:
            configuration.ssl_ca_cert = str(self._ca_file)
        if (auth or self.default_auth) == "token":
            configuration.api_key["BearerToken"] = f"Bearer {user.token}"
        else:
            configuration.cert_file = str(user.certificate_file)
            configuration.key_file = str(user.key_file)
        return configuration

    @property
    def _is_encrypted(self) -> bool:
        return self._url.startswith("https://")


def kubeconfig(url: str, authority: Authority, user: User, auth: Auth) -> str:
    """Return a kubeconfig that needs no other file. It is JSON, which is YAML too."""
    cluster = {"server": url}
    if url.startswith("https://"):
        cluster["certificate-authority-data"] = _base64(authority.key_pair.certificate)
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "aiokube", "cluster": cluster}],
            "users": [{"name": user.name, "user": CREDENTIALS[auth](user)}],
            "contexts": [{"name": "aiokube", "context": {"cluster": "aiokube", "user": user.name}}],
            "current-context": "aiokube",
        },
        indent=2,
    )


def _certificate_credentials(user: User) -> dict[str, Any]:
    return {
        "client-certificate-data": _base64(user.certificate),
        "client-key-data": _base64(user.key),
    }


def _token_credentials(user: User) -> dict[str, Any]:
    return {"token": user.token}


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


CREDENTIALS: dict[Auth, Callable[[User], dict[str, Any]]] = {
    "certificate": _certificate_credentials,
    "token": _token_credentials,
}
