"""What the server itself keeps beside Services: an IPAddress for each address, and no Endpoints of one that is gone.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/registry/core/service/storage/storage.go
"""

from __future__ import annotations

from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.kinds.service_addresses import ip_address_objects
from aiokube.testing.apiserver.storage import Event

from .controller import Controller

__all__ = ["ServiceAddresses"]

_SERVICES = GroupResource("", "services")
_ENDPOINTS = GroupResource("", "endpoints")
_IP_ADDRESSES = GroupResource("networking.k8s.io", "ipaddresses")


class ServiceAddresses(Controller):
    watches = (_SERVICES,)
    user = "system:apiserver"
    manager = "kube-apiserver"

    def hear(self, resource: GroupResource, event: Event) -> None:
        self.work.add(event.object.key)

    def sync(self, key: str) -> None:
        namespace, _, name = key.partition("/")
        service = self.client.get(_SERVICES, name, namespace)
        if service is None:
            self.client.delete(_ENDPOINTS, name, namespace)
        wanted = {} if service is None else {obj["metadata"]["name"]: obj for obj in ip_address_objects(service)}
        there = {
            obj["metadata"]["name"]
            for obj in self.client.list(_IP_ADDRESSES)
            if obj["spec"]["parentRef"] == {"resource": "services", "namespace": namespace, "name": name}
        }
        for address in there - wanted.keys():
            self.client.delete(_IP_ADDRESSES, address)
        for address in wanted.keys() - there:
            self.client.create(_IP_ADDRESSES, wanted[address])
