"""Acting as somebody else: the headers Impersonate-*, and who may use them.

Since 1.36 there are several ways to be allowed to. The constrained ones come first, each with verbs of its own
(`impersonate:user-info` on the user, and `impersonate-on:user-info:list` on what is then done); the verb
`impersonate` allows everything, as ever. A refusal names what the first way would have asked for.

Source: https://kep.k8s.io/5284
Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/endpoints/filters/impersonation/mode.go
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import unquote

from aiokube.testing.apiserver.errors import StatusError, bad_request
from aiokube.testing.apiserver.go.text import quoted
from aiokube.testing.apiserver.kinds.names import dns_subdomain

from .authorization import Authorizer, forbidden, require
from .identity import (
    ANONYMOUS,
    AUTHENTICATED,
    MASTERS,
    NODES,
    UNAUTHENTICATED,
    UserInfo,
    node_name,
    service_account_groups,
    split_service_account,
    with_group,
)
from .request_info import Attributes

__all__ = ["impersonated", "impersonated_by_headers"]

_GROUP = "authentication.k8s.io"
_EXTRA = "impersonate-extra-"
_MANY = 4
"""From so many values on, the right to use all values is asked for first."""


@dataclass(frozen=True)
class _Mode:
    name: str
    """"" is the one that allows everything."""

    @property
    def verb(self) -> str:
        return f"impersonate:{self.name}" if self.name else "impersonate"

    @property
    def group(self) -> str:
        return _GROUP if self.name else ""

    def serves(self, wanted: UserInfo) -> bool:
        alone = not (wanted.uid or wanted.groups or wanted.extra)
        is_node = node_name(wanted.name) is not None
        is_account = split_service_account(wanted.name) is not None
        match self.name:
            case "arbitrary-node":
                return alone and is_node
            case "serviceaccount":
                return alone and is_account
            case "user-info":
                return not is_node and not is_account
            case _:
                return True


_MODES = tuple(map(_Mode, ("arbitrary-node", "serviceaccount", "user-info", "")))


def impersonated_by_headers(headers: Iterable[tuple[str, str]]) -> UserInfo | None:
    """Return whom a request wants to be, with nothing added; None when it does not say.

    Args:
        headers: all of the request's, a name as often as it comes.

    Raises:
        StatusError: 400, there is something about a user and not the name.
    """
    name = uid = ""
    groups: list[str] = []
    extra: dict[str, tuple[str, ...]] = {}
    for header, value in headers:
        header = header.lower()
        if header == "impersonate-user":
            name = name or value
        elif header == "impersonate-uid":
            uid = uid or value
        elif header == "impersonate-group":
            groups.append(value)
        elif header.startswith(_EXTRA):
            key = unquote(header.removeprefix(_EXTRA))
            extra[key] = (*extra.get(key, ()), value)
    wanted = UserInfo(name, uid, tuple(groups), extra)
    if not name and (uid or groups or extra):
        raise bad_request(f"requested {_go_syntax(wanted)} without impersonating a user name")
    return wanted if name else None


def impersonated(wanted: UserInfo, request: Attributes, authorizer: Authorizer) -> UserInfo:
    """Return who a request acts as.

    Args:
        wanted: whom it wants to be, with nothing added.
        request: what it does, as the user who really makes it.

    Raises:
        StatusError: 403, that user may not.
    """
    refusals = []
    for mode in filter(lambda mode: mode.serves(wanted), _MODES):
        try:
            return _in_mode(mode, wanted, request, authorizer)
        except StatusError as refusal:
            refusals.append(refusal)
    raise refusals[0]


def _in_mode(mode: _Mode, wanted: UserInfo, request: Attributes, authorizer: Authorizer) -> UserInfo:
    if mode.name:
        require(authorizer, replace(request, verb=f"impersonate-on:{mode.name}:{request.verb}"))
    actual = _named(mode, wanted, request.user, authorizer)
    ask = Attributes(user=request.user, verb=mode.verb, group=_GROUP, version="v1")
    if wanted.uid:
        require(authorizer, replace(ask, resource="uids", name=wanted.uid))
    _require_groups(mode, wanted.groups, replace(ask, group=mode.group, resource="groups"), authorizer)
    _require_extra(mode, wanted.extra, replace(ask, resource="userextras"), authorizer)
    if actual.name == ANONYMOUS.name:
        return with_group(actual, UNAUTHENTICATED)
    return actual if UNAUTHENTICATED in actual.groups else with_group(actual, AUTHENTICATED)


def _named(mode: _Mode, wanted: UserInfo, requester: UserInfo, authorizer: Authorizer) -> UserInfo:
    """Ask for the name, and return the user with the groups that the name alone brings."""
    ask = Attributes(user=requester, verb=mode.verb, group=mode.group, version="v1")
    account, node = split_service_account(wanted.name), node_name(wanted.name)
    if account:
        namespace, name = account
        require(authorizer, replace(ask, resource="serviceaccounts", namespace=namespace, name=name))
        return replace(wanted, groups=wanted.groups or service_account_groups(namespace))
    if mode.name and node is not None:
        require(authorizer, replace(ask, resource="nodes", name=node))
        return replace(wanted, groups=(NODES,))
    require(authorizer, replace(ask, resource="users", name=wanted.name))
    return wanted


def _require_groups(mode: _Mode, groups: tuple[str, ...], ask: Attributes, authorizer: Authorizer) -> None:
    if mode.name:
        if "" in groups:
            raise forbidden(ask, "impersonating the empty string group is not allowed")
        if MASTERS in groups:
            raise forbidden(replace(ask, name=MASTERS), "impersonating the system:masters group is not allowed")
        if len(groups) >= _MANY and authorizer.authorize(replace(ask, name="*")).allowed:
            return
    for group in groups:
        require(authorizer, replace(ask, name=group))


def _require_extra(mode: _Mode, extra: Mapping[str, tuple[str, ...]], ask: Attributes, authorizer: Authorizer) -> None:
    if mode.name:
        for key, values in extra.items():
            if why := _wrong_extra(key, values):
                raise forbidden(ask, why)
        many = len(extra) >= _MANY or sum(map(len, extra.values())) >= _MANY
        if many and authorizer.authorize(replace(ask, subresource="*", name="*")).allowed:
            return
    for key, values in extra.items():
        for value in values:
            require(authorizer, replace(ask, subresource=key, name=value))


def _wrong_extra(key: str, values: tuple[str, ...]) -> str:
    if not key:
        return "impersonating the empty string key in extra is not allowed"
    host, _, path = key.partition("/")
    wrong = dns_subdomain(host) if host and path else ['must be a domain-prefixed path (such as "acme.io/foo")']
    if wrong:
        shown = quoted(host if host and path else key)
        return f"impersonating an invalid key in extra is not allowed: extra.key: Invalid value: {shown}: {wrong[0]}"
    if key != key.lower():
        return f"impersonating a non-lowercase key in extra is not allowed: {quoted(key)}"
    if "" in values:
        return "impersonating the empty string value in extra is not allowed"
    return ""


def _go_syntax(user: UserInfo) -> str:
    """Return a user as `%#v` writes it."""
    extra = ", ".join(f"{quoted(key)}:{_go_strings(user.extra[key])}" for key in sorted(user.extra))
    extra = f"map[string][]string{{{extra}}}" if extra else "map[string][]string(nil)"
    groups = _go_strings(user.groups)
    return f'&user.DefaultInfo{{Name:"", UID:{quoted(user.uid)}, Groups:{groups}, Extra:{extra}}}'


def _go_strings(values: tuple[str, ...]) -> str:
    return f"[]string{{{', '.join(map(quoted, values))}}}" if values else "[]string(nil)"
