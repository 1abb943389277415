"""Cluster roles that are made of others: their rules are those of all that their selectors find.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go
"""

from __future__ import annotations

from collections.abc import Iterator

from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.kinds import label_selectors
from aiokube.testing.apiserver.storage import Event

from .controller import Controller

__all__ = ["ClusterRoleAggregation"]

_CLUSTER_ROLES = GroupResource("rbac.authorization.k8s.io", "clusterroles")
_ALL = "all"


class ClusterRoleAggregation(Controller):
    """Looks at all aggregated roles whenever any role changes: there are few, and any may concern any."""

    watches = (_CLUSTER_ROLES,)
    manager = "clusterrole-aggregation-controller"

    def begin(self) -> None:
        self.work.add(_ALL)

    def hear(self, resource: GroupResource, event: Event) -> None:
        self.work.add(_ALL)

    def sync(self, key: str) -> None:
        roles = list(self.client.list(_CLUSTER_ROLES))
        for role in roles:
            if role.get("aggregationRule") is None:
                continue
            rules = list(_aggregated(role, roles))
            if rules != (role.get("rules") or []):
                self._apply(role["metadata"]["name"], rules)

    def _apply(self, name: str, rules: list[Object]) -> None:
        kind = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole"}
        self.client.apply(_CLUSTER_ROLES, kind | {"metadata": {"name": name}, "rules": rules})


def _aggregated(role: Object, roles: list[Object]) -> Iterator[Object]:
    """Yield the rules of the roles that each selector finds, by their names, and each rule once."""
    seen: list[Object] = []
    for selector in role["aggregationRule"].get("clusterRoleSelectors") or ():
        for other in roles:
            if other is role or not label_selectors.matches(selector, other["metadata"].get("labels")):
                continue
            for rule in other.get("rules") or ():
                if rule not in seen:
                    seen.append(rule)
                    yield rule
