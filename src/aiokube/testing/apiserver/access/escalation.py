"""That nobody gives away, by a role or a binding, what they do not have.

Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
Source: https://github.com/kubernetes/component-helpers/blob/v0.36.3/auth/rbac/validation/policy_comparator.go
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from aiokube.testing.apiserver.errors import GroupResource, not_found
from aiokube.testing.apiserver.errors import forbidden as resource_forbidden
from aiokube.testing.apiserver.go.text import quoted

from .authorization import Authorizer
from .identity import MASTERS
from .rbac import RESOURCES, Grant, MissingRole, Policy, Rule, joined, rules_of
from .request_info import Attributes

__all__ = ["confirm"]

_EVERYTHING = (Rule(verbs=("*",), groups=("*",), resources=("*",)), Rule(verbs=("*",), paths=("*",)))
_ONLY_FOR_COLLECTING_GARBAGE = ("ownerReferences", "finalizers")
_SET_BY_THE_SERVER = ("managedFields", "resourceVersion")


def confirm(
    new: dict[str, Any],
    old: dict[str, Any] | None,
    *,
    wanted: Attributes,
    authorizer: Authorizer,
    policy: Policy,
) -> None:
    """Return if somebody may write a role or a binding; of anything else it knows nothing and lets it pass.

    Args:
        new: what is written.
        old: what is there, None when it is created.
        wanted: the request.

    Raises:
        StatusError: 403, it gives away more than they have; 404, it is a binding for a role that is not there.
    """
    resource = GroupResource(wanted.group, wanted.resource)
    if resource not in RESOURCES or MASTERS in wanted.user.groups:
        return
    if old is not None and _significant(new) == _significant(old):
        return
    name = new["metadata"].get("name", "")
    if "roleRef" in new:
        rules = _bound(new["roleRef"], resource, wanted=wanted, authorizer=authorizer, policy=policy)
    elif _is_allowed("escalate", wanted, authorizer):
        return
    else:
        rules = rules_of(new)
    why = _missing(rules, wanted, policy)
    if why:
        raise resource_forbidden(resource, name, why)
    if (_aggregates(new) or _aggregates(old or {})) and _missing(_EVERYTHING, wanted, policy):
        raise resource_forbidden(resource, name, "must have cluster-admin privileges to use the aggregationRule")


def _bound(
    role: dict[str, Any], resource: GroupResource, *, wanted: Attributes, authorizer: Authorizer, policy: Policy
) -> tuple[Rule, ...]:
    """Return the rules that a binding gives away, none when somebody may bind that role without having them."""
    roles = {"Role": "roles", "ClusterRole": "clusterroles"}.get(role["kind"], "")
    target = replace(wanted, group=role.get("apiGroup", ""), resource=roles, name=role["name"])
    if roles and _is_allowed("bind", target, authorizer):
        return ()
    try:
        return policy.role(role["kind"], role["name"], wanted.namespace)
    except MissingRole as missing:
        # Named by the resource of the request, as kube-apiserver does.
        raise not_found(resource, missing.name) from None


def _is_allowed(verb: str, wanted: Attributes, authorizer: Authorizer) -> bool:
    return authorizer.authorize(replace(wanted, verb=verb, version="*", subresource="")).allowed


def _missing(rules: Iterable[Rule], wanted: Attributes, policy: Policy) -> str:
    """Say what somebody does not have of some rules, "" when they have it all."""
    grants = list(policy.grants(wanted.user, wanted.namespace))
    owned = [grant.rule for grant in grants if isinstance(grant, Grant)]
    missing = [part for rule in rules for part in _parts(rule) if not any(_covers(own, part) for own in owned)]
    if not missing:
        return ""
    who = f"user {quoted(wanted.user.name)} (groups=[{' '.join(map(quoted, wanted.user.groups))}])"
    lines = sorted({_text(rule) for rule in _compact(missing)}, key=str.encode)
    text = "\n".join([f"{who} is attempting to grant RBAC permissions not currently held:", *lines])
    unresolved = joined(grant for grant in grants if isinstance(grant, MissingRole))
    return f"{text}; resolution errors: [{unresolved}]" if unresolved else text


def _parts(rule: Rule) -> Iterator[Rule]:
    """Break a rule into those of one verb, one resource and at most one name."""
    for group in rule.groups:
        for resource in rule.resources:
            for verb in rule.verbs:
                parts: list[tuple[str, ...]] = [(name,) for name in rule.names]
                yield from (Rule((verb,), (group,), (resource,), names) for names in parts or [()])
    for path in rule.paths:
        yield from (Rule((verb,), paths=(path,)) for verb in rule.verbs)


def _covers(owned: Rule, part: Rule) -> bool:
    return (
        _has_all(owned.verbs, part.verbs)
        and _has_all(owned.groups, part.groups)
        and all(_has_resource(owned, resource) for resource in part.resources)
        and (not owned.names or (bool(part.names) and set(part.names) <= set(owned.names)))
        and all(any(_has_path(own, path) for own in owned.paths) for path in part.paths)
    )


def _has_all(owned: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return "*" in owned or set(wanted) <= set(owned)


def _has_resource(owned: Rule, resource: str) -> bool:
    _, slash, subresource = resource.partition("/")
    return _has_all(owned.resources, (resource,)) or (bool(slash) and f"*/{subresource}" in owned.resources)


def _has_path(owned: str, path: str) -> bool:
    return owned == path or (owned.endswith("*") and path.startswith(owned.rstrip("*")))


def _compact(parts: list[Rule]) -> list[Rule]:
    """Join the parts that differ by their verb alone."""
    joined: dict[Rule, list[str]] = {}
    alone = []
    for part in parts:
        if part.paths:
            alone.append(part)
        else:
            joined.setdefault(replace(part, verbs=()), []).extend(part.verbs)
    return alone + [replace(part, verbs=tuple(verbs)) for part, verbs in joined.items()]


def _text(rule: Rule) -> str:
    fields = {
        "APIGroups": rule.groups,
        "Resources": rule.resources,
        "NonResourceURLs": rule.paths,
        "ResourceNames": rule.names,
        "Verbs": rule.verbs,
    }
    shown = (f"{name}:[{' '.join(map(quoted, values))}]" for name, values in fields.items() if values)
    return f"{{{', '.join(shown)}}}"


def _aggregates(role: dict[str, Any]) -> bool:
    return bool((role.get("aggregationRule") or {}).get("clusterRoleSelectors"))


def _significant(obj: dict[str, Any]) -> dict[str, Any]:
    """Return what of an object is neither for collecting garbage nor the server's own."""
    left_out = (*_ONLY_FOR_COLLECTING_GARBAGE, *_SET_BY_THE_SERVER)
    metadata = {name: value for name, value in obj["metadata"].items() if name not in left_out}
    return obj | {"metadata": metadata}
