"""What every namespace has from the start: its default service account, and the certificate to trust the server by.

Sources:
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/controller/serviceaccount/serviceaccounts_controller.go
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/controller/certificates/rootcacertpublisher/publisher.go
"""

from __future__ import annotations

from typing import ClassVar

from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.storage import Event, EventType

from .controller import Controller, Work

__all__ = ["RootCertificates", "ServiceAccounts"]

_NAMESPACES = GroupResource("", "namespaces")
_SERVICE_ACCOUNTS = GroupResource("", "serviceaccounts")
_CONFIG_MAPS = GroupResource("", "configmaps")

_ROOT_CA = "kube-root-ca.crt"
_DESCRIPTION = "kubernetes.io/description"
_WORDS = (
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the "
    "internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes "
    "clusters."
)


class _EveryNamespace(Controller):
    """Looks at a namespace when it changes, or when an object of one name in it does."""

    name: ClassVar[str]

    def begin(self) -> None:
        for stored in self.client.stored(_NAMESPACES):
            self.work.add(stored.key)

    def hear(self, resource: GroupResource, event: Event) -> None:
        if resource == _NAMESPACES:
            self.work.add(event.object.key)
            return
        namespace, _, name = event.object.key.partition("/")
        if name == self.name and event.type is not EventType.ADDED:
            self.work.add(namespace)

    def is_active(self, namespace: str) -> bool:
        found = self.client.get(_NAMESPACES, namespace)
        return found is not None and found["status"].get("phase") == "Active"


class ServiceAccounts(_EveryNamespace):
    """Keeps a service account `default` in every namespace."""

    watches = (_NAMESPACES, _SERVICE_ACCOUNTS)
    name = "default"

    def sync(self, key: str) -> None:
        if self.is_active(key) and self.client.get(_SERVICE_ACCOUNTS, self.name, key) is None:
            account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": self.name}}
            self.client.create(_SERVICE_ACCOUNTS, account, key)


class RootCertificates(_EveryNamespace):
    """Keeps a config map in every namespace with the certificate of the authority that signed the server's.

    Args:
        certificate: PEM.
    """

    watches = (_NAMESPACES, _CONFIG_MAPS)
    name = _ROOT_CA

    def __init__(self, cluster: Cluster, work: Work, *, certificate: str) -> None:
        super().__init__(cluster, work)
        self._data = {"ca.crt": certificate}

    def sync(self, key: str) -> None:
        if not self.is_active(key):
            return
        found = self.client.get(_CONFIG_MAPS, _ROOT_CA, key)
        if found is None:
            metadata = {"name": _ROOT_CA, "annotations": {_DESCRIPTION: _WORDS}}
            config_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": self._data}
            self.client.create(_CONFIG_MAPS, config_map, key)
            return
        annotations = found["metadata"].get("annotations") or {}
        if found.get("data") != self._data or not annotations.get(_DESCRIPTION):
            found["data"] = self._data
            found["metadata"]["annotations"] = annotations | {_DESCRIPTION: _WORDS}
            self.client.update(_CONFIG_MAPS, found)
