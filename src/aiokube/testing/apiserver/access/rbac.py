"""Role-based access control: what the roles and bindings that are stored allow.

A `Policy` is made of those objects once and asked many times; who keeps it makes another one when one of them
changes. Nothing here has state.

Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/
Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/registry/rbac/validation/rule.go
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.go.text import quoted

from .identity import UserInfo, service_account_name
from .objects import Objects
from .request_info import Attributes

__all__ = ["GROUP", "RESOURCES", "Grant", "MissingRole", "Policy", "Rule", "joined", "rule_allows", "rules_of"]

GROUP = "rbac.authorization.k8s.io"

_ROLES = GroupResource(GROUP, "roles")
_ROLE_BINDINGS = GroupResource(GROUP, "rolebindings")
_CLUSTER_ROLES = GroupResource(GROUP, "clusterroles")
_CLUSTER_ROLE_BINDINGS = GroupResource(GROUP, "clusterrolebindings")

RESOURCES = frozenset({_ROLES, _ROLE_BINDINGS, _CLUSTER_ROLES, _CLUSTER_ROLE_BINDINGS})
"""What a policy is made of."""


@dataclass(frozen=True)
class Rule:
    """One rule of a role."""

    verbs: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


@dataclass(frozen=True)
class Grant:
    """A rule that somebody has, and by which binding, in words."""

    rule: Rule
    source: str


class MissingRole(Exception):
    """Raised when a binding is for a role that does not exist.

    Attributes:
        kind: "Role" or "ClusterRole", or what else the binding says.
        name: of the role.
    """

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(kind, name)
        self.kind = kind
        self.name = name

    def __str__(self) -> str:
        if self.kind not in {"Role", "ClusterRole"}:
            return f"unsupported role reference kind: {quoted(self.kind)}"
        return f"{self.kind.lower()}.{GROUP} {quoted(self.name)} not found"


def joined(missing: Iterable[MissingRole]) -> str:
    """Return the one text for all roles that should be there, "" for none."""
    texts = list(dict.fromkeys(map(str, missing)))
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]" if texts else ""


@dataclass(frozen=True)
class _Binding:
    kind: str
    name: str
    namespace: str
    role_kind: str
    role_name: str
    subjects: tuple[dict[str, Any], ...]

    def subject_of(self, user: UserInfo) -> dict[str, Any] | None:
        return next((subject for subject in self.subjects if _is_subject(user, subject, self.namespace)), None)

    def source(self, subject: dict[str, Any]) -> str:
        """Say by what somebody has a right, as kube-apiserver does, with the name before the namespace."""
        where = f"{self.name}/{self.namespace}" if self.namespace else self.name
        whom = subject["name"]
        if subject["kind"] == "ServiceAccount":
            whom = f"{whom}/{subject.get('namespace') or self.namespace}"
        role = f"{self.role_kind} {quoted(self.role_name)}"
        return f"{self.kind} {quoted(where)} of {role} to {subject['kind']} {quoted(whom)}"


class Policy:
    """All roles and bindings at one moment."""

    def __init__(self, objects: Objects) -> None:
        self._roles = {_key(role): rules_of(role) for role in objects.list(_ROLES)}
        self._cluster_roles = {_key(role): rules_of(role) for role in objects.list(_CLUSTER_ROLES)}
        self._cluster_bindings = _bindings("ClusterRoleBinding", objects.list(_CLUSTER_ROLE_BINDINGS))
        self._bindings: dict[str, list[_Binding]] = {}
        for binding in _bindings("RoleBinding", objects.list(_ROLE_BINDINGS)):
            self._bindings.setdefault(binding.namespace, []).append(binding)

    def grants(self, user: UserInfo, namespace: str) -> Iterator[Grant | MissingRole]:
        """Give all rules that somebody has in a namespace ("" for none), and the roles that should be there."""
        for binding in (*self._cluster_bindings, *(self._bindings.get(namespace, ()) if namespace else ())):
            subject = binding.subject_of(user)
            if subject is None:
                continue
            try:
                rules = self.role(binding.role_kind, binding.role_name, binding.namespace)
            except MissingRole as missing:
                yield missing
                continue
            source = binding.source(subject)
            yield from (Grant(rule, source) for rule in rules)

    def role(self, kind: str, name: str, namespace: str) -> tuple[Rule, ...]:
        """Return the rules of a role.

        Args:
            namespace: of the binding, where a Role is looked for.

        Raises:
            MissingRole: there is no such role.
        """
        if kind == "Role":
            found = self._roles.get((namespace, name))
        else:
            found = self._cluster_roles.get(("", name)) if kind == "ClusterRole" else None
        if found is None:
            raise MissingRole(kind, name)
        return found


def rules_of(role: dict[str, Any]) -> tuple[Rule, ...]:
    """Return the rules of a Role or ClusterRole."""
    return tuple(
        Rule(
            verbs=tuple(rule.get("verbs") or ()),
            groups=tuple(rule.get("apiGroups") or ()),
            resources=tuple(rule.get("resources") or ()),
            names=tuple(rule.get("resourceNames") or ()),
            paths=tuple(rule.get("nonResourceURLs") or ()),
        )
        for rule in role.get("rules") or ()
    )


def rule_allows(rule: Rule, wanted: Attributes) -> bool:
    """Return whether a rule allows something."""
    if not _has(rule.verbs, wanted.verb):
        return False
    if not wanted.is_resource:
        return any(_path_matches(path, wanted.path) for path in rule.paths)
    return (
        _has(rule.groups, wanted.group)
        and _resource_matches(rule, wanted)
        and (not rule.names or wanted.name in rule.names)
    )


def _resource_matches(rule: Rule, wanted: Attributes) -> bool:
    if not wanted.subresource:
        return _has(rule.resources, wanted.resource)
    return (
        _has(rule.resources, f"{wanted.resource}/{wanted.subresource}") or f"*/{wanted.subresource}" in rule.resources
    )


def _path_matches(pattern: str, path: str) -> bool:
    return pattern == path or (pattern.endswith("*") and path.startswith(pattern.rstrip("*")))


def _has(known: tuple[str, ...], wanted: str) -> bool:
    return "*" in known or wanted in known


def _is_subject(user: UserInfo, subject: dict[str, Any], namespace: str) -> bool:
    match subject.get("kind"):
        case "User":
            return bool(user.name == subject["name"])
        case "Group":
            return subject["name"] in user.groups
        case "ServiceAccount":
            home = subject.get("namespace") or namespace
            return bool(home) and user.name == service_account_name(home, subject["name"])
        case _:
            return False


def _bindings(kind: str, objects: Iterable[dict[str, Any]]) -> list[_Binding]:
    return [
        _Binding(
            kind=kind,
            name=binding["metadata"]["name"],
            namespace=binding["metadata"].get("namespace", ""),
            role_kind=binding["roleRef"]["kind"],
            role_name=binding["roleRef"]["name"],
            subjects=tuple(binding.get("subjects") or ()),
        )
        for binding in objects
    ]


def _key(obj: dict[str, Any]) -> tuple[str, str]:
    return obj["metadata"].get("namespace", ""), obj["metadata"]["name"]
