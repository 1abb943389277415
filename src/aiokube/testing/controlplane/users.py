"""Who can sign in to a control plane, and the files by which they do."""

import base64
import hashlib
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

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
    """The users of one control plane, each with a folder in `directory`.

    Args:
        directory: is made, readable by nobody else.
        authority: signs their certificates.
        url: of kube-apiserver, for their kubeconfigs.
    """

    def __init__(self, directory: Path, *, authority: Authority, url: str) -> None:
        self._directory = directory
        self._authority = authority
        self._url = url
        self._users: dict[str, User] = {}
        directory.mkdir(mode=0o700)
        self._write_tokens()

    @property
    def tokens_file(self) -> Path:
        """What `token_webhook.py` reads."""
        return self._directory / "tokens.json"

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
        self._users[name] = user
        for auth in CREDENTIALS:
            write_private(self.kubeconfig(user, auth), kubeconfig(self._url, self._authority, user, auth))
        self._write_tokens()
        return user

    def kubeconfig(self, user: User, auth: Auth) -> Path:
        """Return the path of the user's kubeconfig."""
        return user.token_file.with_name(f"kubeconfig-{auth}")

    def _write_tokens(self) -> None:
        tokens = {
            hashlib.sha256(user.token.encode()).hexdigest(): {
                "username": user.name,
                "uid": user.name,
                "groups": list(user.groups),
            }
            for user in self._users.values()
        }
        new = write_private(self.tokens_file.with_suffix(".new"), json.dumps(tokens))
        new.replace(self.tokens_file)


def kubeconfig(url: str, authority: Authority, user: User, auth: Auth) -> str:
    """Return a kubeconfig that needs no other file. It is JSON, which is YAML too."""
    ca = _base64(authority.key_pair.certificate)
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {"name": "aiokube", "cluster": {"server": url, "certificate-authority-data": ca}},
            ],
            "users": [{"name": user.name, "user": CREDENTIALS[auth](user)}],
            "contexts": [{"name": "aiokube", "context": {"cluster": "aiokube", "user": user.name}}],
            "current-context": "aiokube",
        },
        indent=2,
    )


def write_private(path: Path, text: str) -> Path:
    """Write a file that nobody else can read, and return its path."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w") as file:
        file.write(text)
    return path


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
