"""Acting as somebody else."""

from typing import Any

import pytest

from aiokube.testing.apiserver.access import (
    Attributes,
    Policy,
    UserInfo,
    authorizer,
    impersonated,
    impersonated_by_headers,
)
from aiokube.testing.apiserver.errors import StatusError

ROOT = UserInfo("root", groups=("system:masters",))
TOK = UserInfo("tok", groups=("system:authenticated",))
SUBJECT = {"kind": "User", "name": "tok"}


def act(stored: Any, *headers: tuple[str, str], user: UserInfo = ROOT) -> UserInfo | None:
    wanted = impersonated_by_headers(headers)
    request = Attributes(user=user, verb="list", version="v1", resource="pods")
    return wanted and impersonated(wanted, request, authorizer("RBAC", lambda: Policy(stored)))


def test_nobody_is_impersonated_without_headers(stored: Any) -> None:
    assert act(stored, ("Accept", "x")) is None


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([("Impersonate-User", "jane")], UserInfo("jane", groups=("system:authenticated",))),
        (
            [
                ("impersonate-user", "jane"),
                ("Impersonate-Group", "a"),
                ("Impersonate-Group", "b"),
                ("Impersonate-Extra-Foo%2Fbar", "x"),
                ("Impersonate-Extra-Foo", "x"),
                ("Impersonate-Extra-Foo", "y"),
                ("Impersonate-Uid", "u1"),
            ],
            UserInfo("jane", "u1", ("a", "b", "system:authenticated"), {"foo/bar": ("x",), "foo": ("x", "y")}),
        ),
        (
            [("Impersonate-User", "system:serviceaccount:default:a")],
            UserInfo(
                "system:serviceaccount:default:a",
                groups=("system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"),
            ),
        ),
        (
            [("Impersonate-User", "system:node:n")],
            UserInfo("system:node:n", groups=("system:nodes", "system:authenticated")),
        ),
        (
            [("Impersonate-User", "system:anonymous")],
            UserInfo("system:anonymous", groups=("system:unauthenticated",)),
        ),
    ],
)
def test_masters_may_be_anybody(stored: Any, headers: list[tuple[str, str]], expected: UserInfo) -> None:
    assert act(stored, *headers) == expected


@pytest.mark.parametrize(
    ("headers", "shown"),
    [
        (
            [("Impersonate-Group", "b")],
            '&user.DefaultInfo{Name:"", UID:"", Groups:[]string{"b"}, Extra:map[string][]string(nil)}',
        ),
        (
            [("Impersonate-Uid", "b"), ("Impersonate-Extra-Foo", "x")],
            '&user.DefaultInfo{Name:"", UID:"b", Groups:[]string(nil), Extra:map[string][]string{"foo":[]string{"x"}}}',
        ),
    ],
)
def test_a_name_is_needed(stored: Any, headers: list[tuple[str, str]], shown: str) -> None:
    with pytest.raises(StatusError) as caught:
        act(stored, *headers)
    assert (caught.value.code, caught.value.message) == (400, f"requested {shown} without impersonating a user name")


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("jane", "user-info"),
        ("system:serviceaccount:default:default", "serviceaccount"),
        ("system:node:n", "arbitrary-node"),
    ],
)
def test_a_refusal_names_the_first_way(stored: Any, name: str, mode: str) -> None:
    with pytest.raises(StatusError) as caught:
        act(stored, ("Impersonate-User", name), user=TOK)
    assert caught.value.message == (
        f'pods is forbidden: User "tok" cannot impersonate-on:{mode}:list resource "pods" in API group "" '
        "at the cluster scope"
    )


def test_the_verb_impersonate_allows_what_it_names(stored: Any) -> None:
    rule = {
        "apiGroups": [""],
        "resources": ["users", "groups"],
        "resourceNames": ["jane", "a"],
        "verbs": ["impersonate"],
    }
    stored.role("r", rule)
    stored.bind("b", "r", SUBJECT)
    assert act(stored, ("Impersonate-User", "jane"), ("Impersonate-Group", "a"), user=TOK)
    for header in (("Impersonate-Group", "b"), ("Impersonate-Uid", "u"), ("Impersonate-Extra-X", "y")):
        with pytest.raises(StatusError):
            act(stored, ("Impersonate-User", "jane"), header, user=TOK)


def test_constrained_impersonation_is_of_a_user_for_a_verb(stored: Any) -> None:
    group = "authentication.k8s.io"
    stored.role(
        "r",
        {"apiGroups": [group], "resources": ["users", "groups"], "verbs": ["impersonate:user-info"]},
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["impersonate-on:user-info:list"]},
    )
    stored.bind("b", "r", SUBJECT)
    assert act(stored, ("Impersonate-User", "jane"), user=TOK)
    with pytest.raises(StatusError, match="impersonating the system:masters group is not allowed"):
        act(stored, ("Impersonate-User", "jane"), ("Impersonate-Group", "system:masters"), user=TOK)
    with pytest.raises(StatusError, match="cannot impersonate-on:serviceaccount:list"):
        act(stored, ("Impersonate-User", "system:serviceaccount:a:b"), user=TOK)
