"""Who may do what, and the words in which they are told that they may not."""

from typing import Any

import pytest

from aiokube.testing.apiserver.access import (
    Attributes,
    Decision,
    KeptPolicy,
    Policy,
    UserInfo,
    Verdict,
    authorizer,
    default_policy,
    require,
)
from aiokube.testing.apiserver.access.authorization import Authorization, Authorizer
from aiokube.testing.apiserver.errors import GroupResource, StatusError

JANE = UserInfo("jane", groups=("shop", "system:authenticated"))
MASTER = UserInfo("root", groups=("system:masters",))
SUBJECT = {"kind": "User", "name": "jane"}


def pods(verb: str = "list", **fields: Any) -> Attributes:
    return Attributes(**{"user": JANE, "verb": verb, "version": "v1", "resource": "pods", **fields})


def path(path: str, verb: str = "get") -> Attributes:
    return Attributes(user=JANE, verb=verb, path=path, is_resource=False)


def by_roles(stored: Any) -> Authorizer:
    return authorizer("RBAC", lambda: Policy(stored))


def refusal(authorizer: Authorizer, wanted: Attributes) -> StatusError:
    with pytest.raises(StatusError) as caught:
        require(authorizer, wanted)
    return caught.value


@pytest.mark.parametrize(
    ("wanted", "message", "details"),
    [
        (
            pods(namespace="default"),
            'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"',
            {"kind": "pods"},
        ),
        (
            pods(),
            'pods is forbidden: User "jane" cannot list resource "pods" in API group "" at the cluster scope',
            {"kind": "pods"},
        ),
        (
            pods("get", group="apps", resource="deployments", subresource="scale", name="x", namespace="default"),
            (
                'deployments.apps "x" is forbidden: User "jane" cannot get resource "deployments/scale" in API group '
                '"apps" in the namespace "default"'
            ),
            {"name": "x", "group": "apps", "kind": "deployments"},
        ),
        (path("/<a>"), 'forbidden: User "jane" cannot get path "/&lt;a&gt;"', {}),
    ],
)
def test_refusals_have_kube_apiservers_words(
    stored: Any, wanted: Attributes, message: str, details: dict[str, str]
) -> None:
    status = refusal(by_roles(stored), wanted).status
    assert status == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": "Forbidden",
        "details": details,
        "code": 403,
    }


def test_roles_that_are_not_there_are_named(stored: Any) -> None:
    stored.bind("b", "nope", SUBJECT)
    stored.bind("c", "nope", SUBJECT, namespace="default", kind="Role")
    missing = 'clusterrole.rbac.authorization.k8s.io "nope" not found'
    assert refusal(by_roles(stored), pods()).message.endswith(f"at the cluster scope: RBAC: {missing}")
    both = f'RBAC: [{missing}, role.rbac.authorization.k8s.io "nope" not found]'
    assert refusal(by_roles(stored), pods(namespace="default")).message.endswith(both)


RULES: list[tuple[dict[str, Any], Attributes, bool]] = [
    ({"verbs": ["list"], "apiGroups": [""], "resources": ["pods"]}, pods(), True),
    ({"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}, pods(), False),
    ({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}, pods(subresource="log"), True),
    ({"verbs": ["*"], "apiGroups": ["apps"], "resources": ["*"]}, pods(), False),
    ({"verbs": ["*"], "apiGroups": [""], "resources": ["pods"]}, pods(subresource="log"), False),
    ({"verbs": ["*"], "apiGroups": [""], "resources": ["pods/log"]}, pods(subresource="log"), True),
    ({"verbs": ["*"], "apiGroups": [""], "resources": ["*/log"]}, pods(subresource="log"), True),
    ({"verbs": ["*"], "apiGroups": [""], "resources": ["pods"], "resourceNames": ["x"]}, pods("get", name="x"), True),
    ({"verbs": ["*"], "apiGroups": [""], "resources": ["pods"], "resourceNames": ["x"]}, pods(), False),
    ({"verbs": ["get"], "nonResourceURLs": ["/a/*"]}, path("/a/b"), True),
    ({"verbs": ["get"], "nonResourceURLs": ["/a"]}, path("/a/b"), False),
    ({"verbs": ["get"], "nonResourceURLs": ["*"]}, path("/anything"), True),
    ({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}, path("/a"), False),
]


@pytest.mark.parametrize(("rule", "wanted", "allowed"), RULES)
def test_a_rule_allows_what_it_says(stored: Any, rule: dict[str, Any], wanted: Attributes, allowed: bool) -> None:
    stored.role("r", rule)
    stored.bind("b", "r", SUBJECT)
    decision = by_roles(stored).authorize(wanted)
    assert decision.allowed == allowed
    if allowed:
        assert decision.reason == 'RBAC: allowed by ClusterRoleBinding "b" of ClusterRole "r" to User "jane"'


@pytest.mark.parametrize(
    ("subject", "user", "applies"),
    [
        ({"kind": "Group", "name": "shop"}, JANE, True),
        ({"kind": "Group", "name": "jane"}, JANE, False),
        ({"kind": "ServiceAccount", "name": "a"}, UserInfo("system:serviceaccount:default:a"), True),
        ({"kind": "ServiceAccount", "name": "a", "namespace": "b"}, UserInfo("system:serviceaccount:b:a"), True),
        ({"kind": "ServiceAccount", "name": "a", "namespace": "b"}, UserInfo("system:serviceaccount:default:a"), False),
    ],
)
def test_a_binding_is_for_its_subjects(stored: Any, subject: dict[str, str], user: UserInfo, applies: bool) -> None:
    stored.role("r", {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}, namespace="default")
    stored.bind("b", "r", subject, namespace="default", kind="Role")
    assert by_roles(stored).authorize(pods(user=user, namespace="default")).allowed == applies


def test_a_binding_in_a_namespace_is_for_that_namespace(stored: Any) -> None:
    stored.role("r", {"verbs": ["list"], "apiGroups": [""], "resources": ["pods"]})
    stored.bind("b", "r", SUBJECT, namespace="default")
    assert by_roles(stored).authorize(pods(namespace="default")).reason == (
        'RBAC: allowed by RoleBinding "b/default" of ClusterRole "r" to User "jane"'
    )
    assert not by_roles(stored).authorize(pods(namespace="other")).allowed
    assert not by_roles(stored).authorize(pods()).allowed


@pytest.mark.parametrize("authorization", ["off", "RBAC", lambda wanted: False])
def test_masters_may_do_everything(stored: Any, authorization: Authorization) -> None:
    require(authorizer(authorization, lambda: Policy(stored)), pods(user=MASTER))


def test_everybody_may_do_everything_when_it_is_off(stored: Any) -> None:
    require(authorizer("off", lambda: Policy(stored)), pods())


def test_a_function_decides(stored: Any) -> None:
    """With a bool, or with a reason that is told."""
    lists = authorizer(lambda wanted: wanted.verb == "list", lambda: Policy(stored))
    require(lists, pods())
    assert refusal(lists, pods("get")).message.endswith("at the cluster scope")
    reasoned = authorizer(lambda wanted: Decision(Verdict.DENY, "it is late"), lambda: Policy(stored))
    assert refusal(reasoned, pods()).message.endswith("at the cluster scope: it is late")


def test_an_unknown_way_is_refused(stored: Any) -> None:
    with pytest.raises(ValueError, match="not 'rbac'"):
        authorizer("rbac", lambda: Policy(stored))  # type: ignore[arg-type]  # what a user may write


def test_a_policy_is_kept_until_something_changes(stored: Any) -> None:
    kept = KeptPolicy(stored)
    first = kept()
    kept.changed(GroupResource("", "pods"))
    assert kept() is first
    kept.changed(GroupResource("rbac.authorization.k8s.io", "roles"))
    assert kept() is not first


def test_by_default_everybody_who_is_known_may_discover(stored: Any) -> None:
    """And no more than that."""
    for resource, obj in default_policy():
        metadata = obj["metadata"]
        fields = {name: value for name, value in obj.items() if name != "metadata"}
        stored.put(resource.group, resource.resource, metadata["name"], metadata.get("namespace", ""), **fields)
    decides = by_roles(stored)
    assert decides.authorize(path("/api/v1")).allowed
    assert not decides.authorize(pods()).allowed
    assert decides.authorize(path("/version")).allowed
    stored.bind("b", "view", SUBJECT)
    assert by_roles(stored).authorize(pods()).allowed
    assert not by_roles(stored).authorize(pods("delete")).allowed
