"""Defaults of bindings and their subjects.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/rbac/v1/defaults.go
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiokube.testing.apiserver.kinds.rules import Object

__all__ = ["DEFAULTS"]

_GROUP = "rbac.authorization.k8s.io"


def binding(obj: Object) -> None:
    role_ref = obj["roleRef"] = obj.get("roleRef") or {}
    role_ref["apiGroup"] = role_ref.get("apiGroup") or _GROUP


def subject(obj: Object) -> None:
    if not obj.get("apiGroup") and obj.get("kind") in {"User", "Group"}:
        obj["apiGroup"] = _GROUP


DEFAULTS: Mapping[str, Callable[[Object], None]] = {
    "io.k8s.api.rbac.v1.ClusterRoleBinding": binding,
    "io.k8s.api.rbac.v1.RoleBinding": binding,
    "io.k8s.api.rbac.v1.Subject": subject,
}
