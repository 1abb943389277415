"""Roles and bindings."""

from typing import Any

from conformance.case import case, delete, get, merge, post, put

__all__ = ["CASES"]

_ROLES = "rbac.authorization.k8s.io/v1:roles"
_IN_FULL = "/apis/rbac.authorization.k8s.io/v1/namespaces/${ns}/roles"
_BINDINGS = "rbac.authorization.k8s.io/v1:rolebindings"
_CLUSTER_ROLES = "/apis/rbac.authorization.k8s.io/v1/clusterroles"
_CLUSTER_BINDINGS = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"
_RULE = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}


def _role(*rules: dict[str, Any], name: str = "a") -> dict[str, Any]:
    return {"metadata": {"name": name}, "rules": list(rules)}


def _binding(*subjects: dict[str, Any], kind: str = "Role", role: str = "a", name: str = "a") -> dict[str, Any]:
    role_ref = {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": role}
    return {"metadata": {"name": name}, "roleRef": role_ref, "subjects": list(subjects)}


CASES = [
    case(
        "role-lives-and-dies",
        post(_ROLES, _role(_RULE)),
        get(f"{_ROLES}/a"),
        put(f"{_ROLES}/a", _role(_RULE, _RULE)),
        delete(f"{_ROLES}/a"),
    ),
    case(
        "role-is-created-by-an-update",
        put(f"{_IN_FULL}/a:b", _role(_RULE, name="a:b")),
        get(f"{_IN_FULL}/a:b"),
    ),
    case(
        "role-rules-that-are-wrong",
        post(_ROLES, _role({})),
        post(_ROLES, _role({"verbs": ["get"]})),
        post(_ROLES, _role(_RULE | {"verbs": []})),
        post(_ROLES, _role({"verbs": ["get"], "nonResourceURLs": ["/x"]})),
        post(_ROLES, _role(_RULE | {"nonResourceURLs": ["/x"]})),
    ),
    case(
        "role-names",
        post(_ROLES, _role(name="a/b")),
        post(_ROLES, _role(name="..")),
        post(_ROLES, _role(_RULE, name="A b")),
    ),
    case(
        "cluster-role-aggregation",
        post(_CLUSTER_ROLES, {"metadata": {"name": "${ns}"}, "aggregationRule": {"clusterRoleSelectors": []}}),
        post(
            _CLUSTER_ROLES,
            {
                "metadata": {"name": "${ns}"},
                "aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {"a b": "c"}}]},
            },
        ),
        post(_CLUSTER_ROLES, _role({"verbs": ["get"], "nonResourceURLs": ["/x"]}, name="${ns}")),
    ),
    case(
        "binding-lives-and-dies",
        post(_BINDINGS, _binding({"kind": "User", "name": "u"}, {"kind": "ServiceAccount", "name": "s"})),
        put(f"{_BINDINGS}/a", _binding({"kind": "Group", "name": "g"})),
        delete(f"{_BINDINGS}/a"),
    ),
    case(
        "binding-role-may-not-change",
        post(_BINDINGS, _binding()),
        put(f"{_BINDINGS}/a", _binding(role="b")),
        put(f"{_BINDINGS}/a", _binding(kind="ClusterRole")),
        merge(f"{_BINDINGS}/a", {"roleRef": {"name": "b"}}),
    ),
    case(
        "binding-role-that-is-wrong",
        post(_BINDINGS, _binding(kind="X")),
        post(_BINDINGS, _binding(role="")),
        post(_BINDINGS, _binding(role="a/b")),
        post(_BINDINGS, {"metadata": {"name": "a"}, "roleRef": {"apiGroup": "x", "kind": "Role", "name": "a"}}),
        post(_BINDINGS, {"metadata": {"name": "a"}}),
    ),
    case(
        "binding-subjects-that-are-wrong",
        post(_BINDINGS, _binding({"kind": "X", "name": "u"})),
        post(_BINDINGS, _binding({"kind": "User"})),
        post(_BINDINGS, _binding({"kind": "User", "name": "u", "apiGroup": "x"})),
        post(_BINDINGS, _binding({"kind": "ServiceAccount", "name": "A b"})),
        post(_BINDINGS, _binding({"kind": "ServiceAccount", "name": "a", "apiGroup": "x"})),
    ),
    case(
        "cluster-binding-subjects",
        post(_CLUSTER_BINDINGS, _binding({"kind": "ServiceAccount", "name": "a"}, kind="ClusterRole", name="${ns}")),
        post(_CLUSTER_BINDINGS, _binding(name="${ns}")),
        put(f"{_CLUSTER_BINDINGS}/${{ns}}", _binding({"kind": "User", "name": "u"}, kind="ClusterRole", name="${ns}")),
    ),
]
