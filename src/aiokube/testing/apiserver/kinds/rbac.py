"""Roles and bindings: what a rule, a subject and a roleRef must say.

That nobody gives away more than they have themselves is checked where requests are authorized, not here.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/rbac/validation/validation.go
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import checks, internal, label_selectors, names
from aiokube.testing.apiserver.kinds.rules import Context, Object, Rules

__all__ = ["BEHAVIOUR", "ClusterRoleBindingRules", "ClusterRoleRules", "RoleBindingRules", "RoleRules"]

_GROUP = "rbac.authorization.k8s.io"
_SUBJECTS = ("ServiceAccount", "User", "Group")


class RoleRules(Rules):
    namespaced: ClassVar[bool] = True

    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        for index, rule in enumerate(new.get("rules") or ()):
            yield from _rule(fields.item("rules", index), rule, self.namespaced)
        if (aggregation := new.get("aggregationRule")) is not None:
            yield from _aggregation(aggregation)


class ClusterRoleRules(RoleRules):
    namespaced: ClassVar[bool] = False


class RoleBindingRules(Rules):
    namespaced: ClassVar[bool] = True

    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        yield from _role_ref(new.get("roleRef") or {}, ("Role", "ClusterRole") if self.namespaced else ("ClusterRole",))
        for index, subject in enumerate(new.get("subjects") or ()):
            yield from _subject(fields.item("subjects", index), subject, self.namespaced)

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        yield from self.validate_create(new, context)
        after, before = new.get("roleRef") or {}, old.get("roleRef") or {}
        if after != before:
            yield fields.invalid("roleRef", internal.shown("RoleRef", after), "cannot change roleRef")


class ClusterRoleBindingRules(RoleBindingRules):
    namespaced: ClassVar[bool] = False


def _rule(path: str, rule: Object, namespaced: bool) -> Iterator[FieldError]:
    if not rule.get("verbs"):
        yield fields.required(fields.child(path, "verbs"), "verbs must contain at least one value")
    if urls := rule.get("nonResourceURLs"):
        at = fields.child(path, "nonResourceURLs")
        if namespaced:
            yield fields.invalid(at, urls, "namespaced rules cannot apply to non-resource URLs")
        if rule.get("apiGroups") or rule.get("resources") or rule.get("resourceNames"):
            yield fields.invalid(at, urls, "rules cannot apply to both regular resources and non-resource URLs")
        return
    if not rule.get("apiGroups"):
        yield fields.required(fields.child(path, "apiGroups"), "resource rules must supply at least one api group")
    if not rule.get("resources"):
        yield fields.required(fields.child(path, "resources"), "resource rules must supply at least one resource")


def _aggregation(aggregation: Object) -> Iterator[FieldError]:
    selectors, path = aggregation.get("clusterRoleSelectors") or [], "aggregationRule.clusterRoleSelectors"
    if not selectors:
        yield fields.required(path, "at least one clusterRoleSelector required if aggregationRule is non-nil")
    for index, selector in enumerate(selectors):
        yield from label_selectors.validate(selector, fields.item(path, index))
        if not label_selectors.readable(selector):
            yield fields.invalid(fields.item(path, index), None, "invalid label selector.")


def _role_ref(role_ref: Object, kinds: tuple[str, ...]) -> Iterator[FieldError]:
    group, kind, name = (role_ref.get(key) or "" for key in ("apiGroup", "kind", "name"))
    if group != _GROUP:
        yield fields.not_supported("roleRef.apiGroup", group, [_GROUP])
    if kind not in kinds:
        yield fields.not_supported("roleRef.kind", kind, kinds)
    if name:
        yield from checks.matching(names.path_segment, name, "roleRef.name")
    else:
        yield fields.required("roleRef.name")


def _subject(path: str, subject: Object, namespaced: bool) -> Iterator[FieldError]:
    name, kind, group = (subject.get(key) or "" for key in ("name", "kind", "apiGroup"))
    if not name:
        yield fields.required(fields.child(path, "name"))
    if kind not in _SUBJECTS:
        yield fields.not_supported(fields.child(path, "kind"), kind, _SUBJECTS)
    elif kind != "ServiceAccount":
        if group != _GROUP:
            yield fields.not_supported(fields.child(path, "apiGroup"), group, [_GROUP])
    else:
        if name:
            yield from checks.matching(names.dns_subdomain, name, fields.child(path, "name"))
        if group:
            yield fields.not_supported(fields.child(path, "apiGroup"), group, [""])
        if not namespaced and not subject.get("namespace"):
            yield fields.required(fields.child(path, "namespace"))


BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {
    (_GROUP, "ClusterRole"): ClusterRoleRules,
    (_GROUP, "ClusterRoleBinding"): ClusterRoleBindingRules,
    (_GROUP, "Role"): RoleRules,
    (_GROUP, "RoleBinding"): RoleBindingRules,
}
