"""Whether somebody may do something: everybody anything, as a function says, or as roles say.

Members of system:masters may do everything and are never asked about, as on kube-apiserver.

Source: https://kubernetes.io/docs/reference/access-authn-authz/authorization/
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Literal, Protocol

from aiokube.testing.apiserver.errors import GroupResource, StatusError
from aiokube.testing.apiserver.errors import forbidden as resource_forbidden
from aiokube.testing.apiserver.go.text import quoted

from .identity import MASTERS, UserInfo
from .rbac import Grant, MissingRole, Policy, Rule, joined, rule_allows
from .request_info import Attributes

__all__ = ["Authorization", "Authorizer", "Decision", "RuleList", "Verdict", "authorizer", "forbidden", "require"]

_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_EVERYTHING = (Rule(verbs=("*",), groups=("*",), resources=("*",)), Rule(verbs=("*",), paths=("*",)))


class Verdict(Enum):
    """What came of asking. Who has no opinion does not allow, and leaves it to others to do so."""

    ALLOW = "allow"
    DENY = "deny"
    NO_OPINION = "no opinion"


@dataclass(frozen=True)
class Decision:
    """A verdict, and why; the reason is shown to whom it is refused."""

    verdict: Verdict
    reason: str = ""

    @property
    def allowed(self) -> bool:
        return self.verdict is Verdict.ALLOW


@dataclass(frozen=True)
class RuleList:
    """What somebody may do, as far as it can be listed.

    Attributes:
        error: what went wrong on the way, "" for nothing.
    """

    rules: tuple[Rule, ...]
    incomplete: bool = False
    error: str = ""


Authorization = Literal["off", "RBAC"] | Callable[[Attributes], bool | Decision]
"""How it is decided: not at all, by the roles that are stored, or by a function."""


class Authorizer(Protocol):
    """Decides."""

    def authorize(self, wanted: Attributes) -> Decision:
        """Return whether somebody may do something."""
        ...

    def rules(self, user: UserInfo, namespace: str) -> RuleList:
        """Return what somebody may do in a namespace."""
        ...


def authorizer(authorization: Authorization, policy: Callable[[], Policy]) -> Authorizer:
    """Return what decides.

    Args:
        policy: returns the roles and bindings as they are now.

    Raises:
        ValueError: `authorization` is nothing that is known.
    """
    if callable(authorization):
        return _ByFunction(authorization)
    if authorization == "RBAC":
        return _ByRoles(policy)
    if authorization == "off":
        return _Off()
    raise ValueError(f'authorization is "off", "RBAC" or a function, not {authorization!r}')


def require(authorizer: Authorizer, wanted: Attributes) -> None:
    """Return if somebody may do something.

    Raises:
        StatusError: 403, they may not.
    """
    decision = authorizer.authorize(wanted)
    if not decision.allowed:
        raise forbidden(wanted, decision.reason)


def forbidden(wanted: Attributes, reason: str = "") -> StatusError:
    """Return the error for what somebody may not do."""
    words = _words(wanted).translate(_HTML)
    why = f"{words}: {reason}" if reason else words
    if not wanted.is_resource:
        return StatusError(403, "Forbidden", f"forbidden: {why}", {})
    return resource_forbidden(GroupResource(wanted.group, wanted.resource), wanted.name, why)


class _Off:
    def authorize(self, wanted: Attributes) -> Decision:
        return Decision(Verdict.ALLOW)

    def rules(self, user: UserInfo, namespace: str) -> RuleList:
        return RuleList(_EVERYTHING)


class _ByFunction:
    def __init__(self, function: Callable[[Attributes], bool | Decision]) -> None:
        self._function = function

    def authorize(self, wanted: Attributes) -> Decision:
        if MASTERS in wanted.user.groups:
            return Decision(Verdict.ALLOW)
        answer = self._function(wanted)
        if isinstance(answer, Decision):
            return answer
        return Decision(Verdict.ALLOW if answer else Verdict.NO_OPINION)

    def rules(self, user: UserInfo, namespace: str) -> RuleList:
        """A function cannot be read, so nothing is known, as with an authorization webhook."""
        return RuleList((), incomplete=True, error="webhook authorizer does not support user rule resolution")


class _ByRoles:
    def __init__(self, policy: Callable[[], Policy]) -> None:
        self._policy = policy

    def authorize(self, wanted: Attributes) -> Decision:
        if MASTERS in wanted.user.groups:
            return Decision(Verdict.ALLOW)
        missing = []
        for grant in self._policy().grants(wanted.user, wanted.namespace):
            if isinstance(grant, MissingRole):
                missing.append(grant)
            elif rule_allows(grant.rule, wanted):
                return Decision(Verdict.ALLOW, f"RBAC: allowed by {grant.source}")
        return Decision(Verdict.NO_OPINION, f"RBAC: {joined(missing)}" if missing else "")

    def rules(self, user: UserInfo, namespace: str) -> RuleList:
        found = tuple(self._policy().grants(user, namespace))
        missing = [grant for grant in found if isinstance(grant, MissingRole)]
        return RuleList(tuple(grant.rule for grant in found if isinstance(grant, Grant)), error=joined(missing))


def _words(wanted: Attributes) -> str:
    who = f"User {quoted(wanted.user.name)} cannot {wanted.verb}"
    if not wanted.is_resource:
        return f"{who} path {quoted(wanted.path)}"
    resource = f"{wanted.resource}/{wanted.subresource}" if wanted.subresource else wanted.resource
    where = f"in the namespace {quoted(wanted.namespace)}" if wanted.namespace else "at the cluster scope"
    return f"{who} resource {quoted(resource)} in API group {quoted(wanted.group)} {where}"
