"""A kubeconfig document: its types, how several become one, and what is in force. No I/O here.

The types follow client-go's v1 `Config`, an empty string and an absent field being the same, and unknown
fields ignored. Paths in them are absolute once a document was parsed with the folder it came from.

Source: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
"""

import base64
import binascii
import os.path
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import msgspec

from aiokube.config.config_exception import ConfigException

__all__ = ["ActiveContext", "Cluster", "Context", "Kubeconfig", "User", "merge", "parse_kubeconfig", "select"]


class Data(bytes):
    """Bytes that the document holds as base64."""

    __slots__ = ()


class _Section(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="kebab"):
    """What may hold secrets; the repr names the fields that are set and shows no value."""

    def __repr__(self) -> str:
        shown = ", ".join(name for name in self.__struct_fields__ if getattr(self, name) is not None)
        return f"<{type(self).__name__} with {shown or 'nothing'}>"


class Cluster(_Section, frozen=True, kw_only=True, omit_defaults=True, rename="kebab"):
    """A server, and how to reach and trust it; a proxy-url may hold a password."""

    server: str | None = None
    tls_server_name: str | None = None
    insecure_skip_tls_verify: bool | None = None
    certificate_authority: str | None = None
    certificate_authority_data: Data | None = None
    proxy_url: str | None = None
    disable_compression: bool | None = None


class User(_Section, frozen=True, kw_only=True, omit_defaults=True, rename="kebab"):
    """Credentials."""

    client_certificate: str | None = None
    client_certificate_data: Data | None = None
    client_key: str | None = None
    client_key_data: Data | None = None
    token: str | None = None
    token_file: str | None = msgspec.field(default=None, name="tokenFile")
    username: str | None = None
    password: str | None = None
    as_: str | None = msgspec.field(default=None, name="as")
    as_uid: str | None = None
    as_groups: list[str | None] | None = None
    as_user_extra: dict[str, list[str | None] | None] | None = None
    auth_provider: dict[str, Any] | None = None
    exec: dict[str, Any] | None = None


class Context(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A user at a cluster, by their names in the document."""

    cluster: str | None = None
    user: str | None = None
    namespace: str | None = None
    extensions: list[Any] | None = None


class _NamedCluster(msgspec.Struct, frozen=True):
    name: str | None = None
    cluster: Cluster | None = None


class _NamedUser(msgspec.Struct, frozen=True):
    name: str | None = None
    user: User | None = None


class _NamedContext(msgspec.Struct, frozen=True):
    name: str | None = None
    context: Context | None = None


class _Document(msgspec.Struct, frozen=True, rename="kebab"):
    api_version: str | None = msgspec.field(default=None, name="apiVersion")
    kind: str | None = None
    current_context: str | None = None
    clusters: list[_NamedCluster | None] | None = None
    users: list[_NamedUser | None] | None = None
    contexts: list[_NamedContext | None] | None = None


class Kubeconfig(msgspec.Struct, frozen=True, kw_only=True):
    """One document, or several merged, with its entries by name."""

    current_context: str | None = None
    clusters: dict[str, Cluster] = {}
    users: dict[str, User] = {}
    contexts: dict[str, Context] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveContext:
    """The entries of a kubeconfig that one client uses."""

    name: str
    context: Context
    cluster_name: str
    cluster: Cluster
    user_name: str | None
    user: User


# Fields that hold the path of a file, which is relative to the folder of the kubeconfig it stands in.
_CLUSTER_PATHS = ("certificate_authority",)
_USER_PATHS = ("client_certificate", "client_key", "token_file")

_JSON_NAMES = {"array": "a list", "bool": "a boolean", "object": "a mapping", "str": "a string"}
_MISMATCH = re.compile(r"Expected `(\w+)(?: \| null)?`, got `(\w+)`(?: - at `\$\.?(.*)`)?")


def parse_kubeconfig(document: object, *, folder: str | None = None) -> Kubeconfig:
    """Check the plain values of a document and give them their types.

    Args:
        document: what the YAML or JSON says; None for an empty file.
        folder: where relative paths start; None leaves them relative to the working directory.

    Raises:
        ConfigException: a value has the wrong type, or a name stands twice in a list. The text names the
            place in the document; the caller adds the file.
    """
    parsed = _Document() if document is None else _converted(document)
    if (parsed.api_version or "v1", parsed.kind or "Config") != ("v1", "Config"):
        raise ConfigException("it is not a kubeconfig: apiVersion must be v1 and kind must be Config")
    return Kubeconfig(
        current_context=parsed.current_context or None,
        clusters={
            name: _resolved(entry.cluster or Cluster(), _CLUSTER_PATHS, folder)
            for name, entry in _by_name("clusters", parsed.clusters).items()
        },
        users={
            name: _resolved(entry.user or User(), _USER_PATHS, folder)
            for name, entry in _by_name("users", parsed.users).items()
        },
        contexts={name: entry.context or Context() for name, entry in _by_name("contexts", parsed.contexts).items()},
    )


def merge(kubeconfigs: Iterable[Kubeconfig]) -> Kubeconfig:
    """Make one kubeconfig of several, as kubectl does for the files of KUBECONFIG.

    Of entries with the same name the first one counts, whole; of current-context the first that is set.

    Source: https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
    """
    merged = Kubeconfig()
    for other in kubeconfigs:
        merged = Kubeconfig(
            current_context=merged.current_context or other.current_context,
            clusters={**other.clusters, **merged.clusters},
            users={**other.users, **merged.users},
            contexts={**other.contexts, **merged.contexts},
        )
    return merged


def select(kubeconfig: Kubeconfig, context: str | None = None) -> ActiveContext:
    """Find what a context refers to.

    Args:
        kubeconfig: the merged document.
        context: a context's name; None means current-context.

    Raises:
        ConfigException: there is no such context, or it names a cluster or user that is not there.
    """
    name = context or kubeconfig.current_context
    if not name:
        raise ConfigException(f"current-context is not set; {_offer('contexts', kubeconfig.contexts)}")
    active = _named(kubeconfig.contexts, name, "context")
    if not active.cluster:
        raise ConfigException(f"context {name!r} names no cluster")
    return ActiveContext(
        name=name,
        context=active,
        cluster_name=active.cluster,
        cluster=_named(kubeconfig.clusters, active.cluster, "cluster", wanted_by=name),
        user_name=active.user or None,
        user=_named(kubeconfig.users, active.user, "user", wanted_by=name) if active.user else User(),
    )


def _converted(document: object) -> _Document:
    try:
        return msgspec.convert(document, _Document, dec_hook=_decode_data)
    except msgspec.ValidationError as error:
        raise ConfigException(_worded(str(error))) from None


def _decode_data(kind: type, value: object) -> object:
    if kind is not Data or not isinstance(value, str):
        raise ValueError("it must be a base64 string")
    try:
        # Line breaks are allowed in it, as Go allows them, and nothing else.
        return Data(base64.b64decode(value.replace("\n", "").replace("\r", ""), validate=True))
    except (binascii.Error, ValueError):
        raise ValueError("it is not valid base64") from None


def _worded(problem: str) -> str:
    """Say "users[2].user.token must be a string, not int" for msgspec's description of it."""
    mismatch = _MISMATCH.fullmatch(problem)
    if mismatch is None:
        return problem
    expected, got, place = mismatch.groups()
    return f"{place or 'the document'} must be {_JSON_NAMES.get(expected, expected)}, not {got}"


class _Named(Protocol):
    @property
    def name(self) -> str | None: ...


_Entry = TypeVar("_Entry", bound=_Named)
_AnySection = TypeVar("_AnySection", bound=_Section)
_Value = TypeVar("_Value")


def _by_name(section: str, entries: list[_Entry | None] | None) -> dict[str, _Entry]:
    named: dict[str, _Entry] = {}
    for entry in entries or ():
        if entry is None:
            continue
        name = entry.name or ""
        if name in named:
            raise ConfigException(f"{section} has two entries named {name!r}")
        named[name] = entry
    return named


def _resolved(section: _AnySection, fields: tuple[str, ...], folder: str | None) -> _AnySection:
    if folder is None:
        return section
    paths = {name: getattr(section, name) for name in fields}
    absolute = {name: os.path.normpath(os.path.join(folder, path)) for name, path in paths.items() if path}
    return msgspec.structs.replace(section, **absolute) if absolute else section


def _named(entries: Mapping[str, _Value], name: str, kind: str, wanted_by: str | None = None) -> _Value:
    try:
        return entries[name]
    except KeyError:
        asker = f", which context {wanted_by!r} names" if wanted_by else ""
        raise ConfigException(f"there is no {kind} {name!r}{asker}; {_offer(kind + 's', entries)}") from None


def _offer(kind: str, entries: Mapping[str, object]) -> str:
    names = ", ".join(repr(name) for name in list(entries)[:10])
    more = ", ..." if len(entries) > 10 else ""
    return f"the {kind} are {names}{more}" if names else f"there are no {kind}"
