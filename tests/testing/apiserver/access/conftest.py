"""Objects as access sees them, in memory."""

from collections.abc import Iterable
from typing import Any

import pytest

from aiokube.testing.apiserver.errors import GroupResource

RBAC = "rbac.authorization.k8s.io"


class Stored:
    """What a server has stored, by resource."""

    def __init__(self) -> None:
        self._objects: dict[GroupResource, dict[tuple[str, str], dict[str, Any]]] = {}

    def put(self, group: str, resource: str, name: str, namespace: str = "", **fields: Any) -> dict[str, Any]:
        metadata = {"name": name, "namespace": namespace, "uid": f"uid-of-{name}"}
        obj = {"metadata": {key: value for key, value in metadata.items() if value}, **fields}
        self._objects.setdefault(GroupResource(group, resource), {})[namespace, name] = obj
        return obj

    def role(self, name: str, *rules: dict[str, Any], namespace: str = "") -> dict[str, Any]:
        return self.put(RBAC, "roles" if namespace else "clusterroles", name, namespace, rules=list(rules))

    def bind(
        self, name: str, role: str, *subjects: dict[str, str], namespace: str = "", kind: str = "ClusterRole"
    ) -> None:
        reference = {"apiGroup": RBAC, "kind": kind, "name": role}
        resource = "rolebindings" if namespace else "clusterrolebindings"
        self.put(RBAC, resource, name, namespace, roleRef=reference, subjects=list(subjects))

    def get(self, resource: GroupResource, name: str, namespace: str = "") -> dict[str, Any] | None:
        return self._objects.get(resource, {}).get((namespace, name))

    def list(self, resource: GroupResource, namespace: str = "") -> Iterable[dict[str, Any]]:
        found = self._objects.get(resource, {})
        return [obj for (where, _), obj in found.items() if namespace in ("", where)]


@pytest.fixture
def stored() -> Stored:
    return Stored()
