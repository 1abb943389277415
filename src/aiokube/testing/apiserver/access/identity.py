"""Who somebody is, as the server knows it.

Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from aiokube.testing.apiserver.kinds.names import dns_label, dns_subdomain

__all__ = [
    "ANONYMOUS",
    "AUTHENTICATED",
    "MASTERS",
    "NODES",
    "UNAUTHENTICATED",
    "UserInfo",
    "node_name",
    "service_account_groups",
    "service_account_name",
    "split_service_account",
    "with_group",
]

AUTHENTICATED = "system:authenticated"
UNAUTHENTICATED = "system:unauthenticated"
MASTERS = "system:masters"
NODES = "system:nodes"

_SERVICE_ACCOUNT = "system:serviceaccount:"
_NODE = "system:node:"


@dataclass(frozen=True)
class UserInfo:
    """A user, with what else their credentials say.

    Attributes:
        uid: "" when the credentials have none.
        extra: such as which credential it was.
    """

    name: str
    uid: str = ""
    groups: tuple[str, ...] = ()
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def json(self) -> dict[str, Any]:
        """The UserInfo of authentication.k8s.io."""
        info: dict[str, Any] = {
            "username": self.name,
            "uid": self.uid,
            "groups": list(self.groups),
            "extra": {key: list(self.extra[key]) for key in sorted(self.extra)},
        }
        return {name: value for name, value in info.items() if value}


ANONYMOUS = UserInfo("system:anonymous", groups=(UNAUTHENTICATED,))


def with_group(user: UserInfo, group: str) -> UserInfo:
    """Return the user as a member of a group too, at the end of them unless they are in it already."""
    return user if group in user.groups else replace(user, groups=(*user.groups, group))


def service_account_name(namespace: str, name: str) -> str:
    """Return the user name of a service account."""
    return f"{_SERVICE_ACCOUNT}{namespace}:{name}"


def service_account_groups(namespace: str) -> tuple[str, ...]:
    """Return the groups of all service accounts of a namespace."""
    return "system:serviceaccounts", f"system:serviceaccounts:{namespace}"


def split_service_account(user_name: str) -> tuple[str, str] | None:
    """Return the namespace and name of the service account that has a user name, None when it is no such name."""
    if not user_name.startswith(_SERVICE_ACCOUNT):
        return None
    namespace, colon, name = user_name.removeprefix(_SERVICE_ACCOUNT).partition(":")
    if not colon or dns_label(namespace) or dns_subdomain(name):
        return None
    return namespace, name


def node_name(user_name: str) -> str | None:
    """Return the name of the node that has a user name, None when it is no such name."""
    name = user_name.removeprefix(_NODE)
    return None if name == user_name or dns_subdomain(name) else name
