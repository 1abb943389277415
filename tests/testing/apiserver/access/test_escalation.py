"""Roles and bindings give away no more than their author has."""

from typing import Any

import pytest

from aiokube.testing.apiserver.access import Attributes, Policy, UserInfo, authorizer
from aiokube.testing.apiserver.access.escalation import confirm
from aiokube.testing.apiserver.errors import StatusError

GROUP = "rbac.authorization.k8s.io"
WRITER = UserInfo("mk", groups=("system:authenticated",))
SUBJECT = {"kind": "User", "name": "mk"}
PODS = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}


def attempt(stored: Any, new: dict[str, Any], resource: str, *, user: UserInfo = WRITER, old: Any = None) -> str:
    """Write an object, and return what is said against it."""
    wanted = Attributes(user=user, verb="create", group=GROUP, version="v1", resource=resource, namespace="default")
    policy = Policy(stored)
    try:
        confirm(new, old, wanted=wanted, authorizer=authorizer("RBAC", lambda: policy), policy=policy)
    except StatusError as error:
        return error.message
    return ""


def role(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"name": "r"}, "rules": list(rules)}


def binding(name: str, kind: str = "ClusterRole") -> dict[str, Any]:
    return {"metadata": {"name": "b"}, "roleRef": {"apiGroup": GROUP, "kind": kind, "name": name}}


def test_what_is_not_held_is_listed(stored: Any) -> None:
    rules = (
        {"apiGroups": [""], "resources": ["pods", "secrets"], "verbs": ["get", "list"]},
        {"apiGroups": [""], "resources": ["pods"], "resourceNames": ["x"], "verbs": ["delete"]},
        {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["*"]},
        {"nonResourceURLs": ["/a/*"], "verbs": ["get"]},
    )
    assert attempt(stored, role(*rules), "roles") == (
        'roles.rbac.authorization.k8s.io "r" is forbidden: user "mk" (groups=["system:authenticated"]) is attempting '
        "to grant RBAC permissions not currently held:\n"
        '{APIGroups:[""], Resources:["pods"], ResourceNames:["x"], Verbs:["delete"]}\n'
        '{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}\n'
        '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}\n'
        '{APIGroups:["apps"], Resources:["deployments"], Verbs:["*"]}\n'
        '{NonResourceURLs:["/a/*"], Verbs:["get"]}'
    )


def test_what_is_held_may_be_given(stored: Any) -> None:
    stored.role("own", {"apiGroups": ["*"], "resources": ["pods", "*/log"], "verbs": ["get", "list"]})
    stored.bind("own", "own", SUBJECT)
    assert not attempt(stored, role(PODS), "roles")
    assert not attempt(stored, role({**PODS, "resources": ["deployments/log"]}), "roles")
    assert not attempt(stored, role({**PODS, "resourceNames": ["x"]}), "roles")
    assert attempt(stored, role({**PODS, "verbs": ["delete"]}), "roles")
    assert not attempt(stored, binding("own"), "rolebindings")


def test_a_name_is_not_all_names(stored: Any) -> None:
    stored.role("own", {**PODS, "resourceNames": ["x"]})
    stored.bind("own", "own", SUBJECT)
    assert not attempt(stored, role({**PODS, "resourceNames": ["x"]}), "roles")
    assert attempt(stored, role(PODS), "roles")


@pytest.mark.parametrize(
    ("verb", "resource", "written"), [("escalate", "roles", "roles"), ("bind", "clusterroles", "rolebindings")]
)
def test_a_verb_allows_to_give_away_anything(stored: Any, verb: str, resource: str, written: str) -> None:
    stored.role("big", PODS)
    new = role(PODS) if written == "roles" else binding("big")
    assert attempt(stored, new, written)
    stored.role("own", {"apiGroups": [GROUP], "resources": [resource], "verbs": [verb]})
    stored.bind("own", "own", SUBJECT)
    assert not attempt(stored, new, written)


def test_a_binding_for_a_missing_role_is_not_found(stored: Any) -> None:
    assert attempt(stored, binding("absent"), "rolebindings") == (
        'rolebindings.rbac.authorization.k8s.io "absent" not found'
    )


def test_masters_and_other_resources_are_not_looked_at(stored: Any) -> None:
    assert not attempt(stored, role(PODS), "roles", user=UserInfo("root", groups=("system:masters",)))
    assert not attempt(stored, role(PODS), "others")


def test_changes_that_only_let_go_of_an_object_pass(stored: Any) -> None:
    old = role(PODS) | {"metadata": {"name": "r", "finalizers": ["a/b"]}}
    assert not attempt(stored, role(PODS), "roles", old=old)
    assert attempt(stored, role(PODS, PODS), "roles", old=old)


def test_aggregation_needs_everything(stored: Any) -> None:
    new = role() | {"aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]}}
    assert attempt(stored, new, "clusterroles").endswith(
        "must have cluster-admin privileges to use the aggregationRule"
    )
