"""Questions about access, in the answers of kube-apiserver 1.36."""

from typing import Any

import pytest

from aiokube.testing.apiserver.access import Policy, UserInfo, authorizer, reviews
from aiokube.testing.apiserver.access.authorization import Authorizer
from aiokube.testing.apiserver.errors import StatusError

JANE = UserInfo("jane", groups=("system:authenticated",))
PODS = {"verb": "get", "resource": "pods"}
PATH = {"verb": "get", "path": "/x"}


@pytest.fixture
def decides(stored: Any) -> Authorizer:
    return authorizer("RBAC", lambda: Policy(stored))


def review(kind: str = "SelfSubjectAccessReview", **fields: Any) -> dict[str, Any]:
    return {"kind": kind, "apiVersion": "authorization.k8s.io/v1", "metadata": {}, **fields}


def test_who_asks_is_told_who_they_are() -> None:
    user = UserInfo("jane", "u", ("a",), {"k": ("v",)})
    answer = reviews.self_subject_review(review("SelfSubjectReview"), user, now="2026-01-01T00:00:00Z")
    assert answer == {
        "kind": "SelfSubjectReview",
        "apiVersion": "authorization.k8s.io/v1",
        "metadata": {"creationTimestamp": "2026-01-01T00:00:00Z"},
        "status": {"userInfo": {"username": "jane", "uid": "u", "groups": ["a"], "extra": {"k": ["v"]}}},
    }


@pytest.mark.parametrize("spec", [{"resourceAttributes": PODS}, {"nonResourceAttributes": PATH}])
def test_who_asks_is_told_what_they_may(stored: Any, decides: Authorizer, spec: dict[str, Any]) -> None:
    question = review(spec=spec)
    assert reviews.self_subject_access_review(question, JANE, decides) == {**question, "status": {"allowed": False}}
    stored.role("r", {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"], "nonResourceURLs": ["/x"]})
    stored.bind("b", "r", {"kind": "User", "name": "jane"})
    reason = 'RBAC: allowed by ClusterRoleBinding "b" of ClusterRole "r" to User "jane"'
    assert reviews.self_subject_access_review(question, JANE, decides)["status"] == {"allowed": True, "reason": reason}


def test_somebody_else_may_be_asked_about(decides: Authorizer) -> None:
    spec = {"user": "root", "groups": ["system:masters"], "resourceAttributes": PODS}
    assert reviews.subject_access_review(review(spec=spec), decides)["status"] == {"allowed": True}
    local = {"user": "jane", "resourceAttributes": {**PODS, "namespace": "default"}}
    answer = reviews.local_subject_access_review(review(spec=local), decides, namespace="default")
    assert answer["metadata"] == {"namespace": "default"}
    assert answer["status"] == {"allowed": False}


ONE_OF = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
SOMEBODY = 'spec.user: Invalid value: "": at least one of user or group must be specified'


@pytest.mark.parametrize(
    ("function", "question", "wrong"),
    [
        ("self", review(), f"spec.resourceAttributes: Invalid value: null: {ONE_OF}"),
        (
            "self",
            review(spec={"resourceAttributes": PODS, "nonResourceAttributes": PATH}),
            (
                'spec.nonResourceAttributes: Invalid value: {"Path":"/x","Verb":"get"}: cannot be specified in '
                "combination with resourceAttributes"
            ),
        ),
        (
            "self",
            review(metadata={"name": "x", "labels": {"a": "b"}}, spec={"nonResourceAttributes": PATH}),
            'metadata: Invalid value: {"name":"x","labels":{"a":"b"}}: must be empty',
        ),
        ("other", review(spec={"resourceAttributes": PODS}), SOMEBODY),
        ("other", review(spec={}), f"[spec.resourceAttributes: Invalid value: null: {ONE_OF}, {SOMEBODY}]"),
        (
            "other",
            review(
                spec={
                    "user": "x",
                    "resourceAttributes": {
                        **PODS,
                        "fieldSelector": {},
                        "labelSelector": {"rawSelector": "a in (", "requirements": [{"key": "x"}]},
                    },
                }
            ),
            (
                "[spec.resourceAttributes.fieldSelector.requirements: Required value: when "
                "spec.resourceAttributes.fieldSelector is specified, requirements or rawSelector is required, "
                'spec.resourceAttributes.labelSelector.rawSelector: Invalid value: "a in (": may not specified at the '
                "same time as requirements]"
            ),
        ),
        (
            "local",
            review(spec={"user": "jane", "resourceAttributes": {**PODS, "namespace": "other"}}),
            'spec.resourceAttributes.namespace: Invalid value: "other": must match metadata.namespace',
        ),
        (
            "local",
            review(spec={"user": "jane", "nonResourceAttributes": PATH}),
            'spec.nonResourceAttributes: Invalid value: {"Path":"/x","Verb":"get"}: disallowed on this kind of request',
        ),
    ],
)
def test_what_is_no_question_is_refused(
    decides: Authorizer, function: str, question: dict[str, Any], wrong: str
) -> None:
    ask = {
        "self": lambda: reviews.self_subject_access_review(question, JANE, decides),
        "other": lambda: reviews.subject_access_review(question, decides),
        "local": lambda: reviews.local_subject_access_review(question, decides, namespace="default"),
    }[function]
    with pytest.raises(StatusError) as caught:
        ask()
    assert (caught.value.code, caught.value.message) == (422, f'.authorization.k8s.io "" is invalid: {wrong}')


def test_all_that_one_may_is_listed(stored: Any, decides: Authorizer) -> None:
    stored.role(
        "r", {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}, {"nonResourceURLs": ["/x"], "verbs": ["get"]}
    )
    stored.bind("b", "r", {"kind": "User", "name": "jane"})
    answer = reviews.self_subject_rules_review(
        review("SelfSubjectRulesReview", spec={"namespace": "default"}), JANE, decides
    )
    assert (answer["metadata"], answer["spec"]) == ({}, {})
    assert answer["status"] == {
        "resourceRules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}],
        "nonResourceRules": [{"verbs": ["get"], "nonResourceURLs": ["/x"]}],
        "incomplete": False,
    }
    with pytest.raises(StatusError, match="no namespace on request"):
        reviews.self_subject_rules_review(review(spec={}), JANE, decides)


@pytest.mark.parametrize(
    ("selectors", "problem"),
    [
        ({"labelSelector": {"rawSelector": "a in ("}}, "labelSelector ignored"),
        ({"fieldSelector": {"rawSelector": "a"}}, "fieldSelector ignored"),
        (
            {"labelSelector": {"requirements": [{"key": "a", "operator": "Exists"}, {"key": "b", "operator": "Like"}]}},
            "labelSelector partially ignored",
        ),
        ({"labelSelector": {"rawSelector": "a in (b)"}, "fieldSelector": {"rawSelector": "a=b"}}, ""),
    ],
)
def test_selectors_that_are_not_understood_are_named(
    decides: Authorizer, selectors: dict[str, Any], problem: str
) -> None:
    spec = {"user": "jane", "resourceAttributes": {**PODS, **selectors}}
    error = f"spec.resourceAttributes.{problem} due to parse error" if problem else None
    assert reviews.subject_access_review(review(spec=spec), decides)["status"].get("evaluationError") == error
