"""Endpoints: the addresses of the pods that a Service selects, as Endpoints and as an EndpointSlice.

A slice has no limit here, so each Service has one.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/controller/endpoint/endpoints_controller.go
"""

from __future__ import annotations

from typing import Any

from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.controllers.controller import Controller
from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.storage import Event

from .pods import controller_of, controller_reference, is_ready, is_terminal, is_terminating
from .resources import ENDPOINT_SLICES, ENDPOINTS, PODS, SERVICES

__all__ = ["Endpoints"]

_HEADLESS = "service.kubernetes.io/headless"
_SERVICE_NAME = "kubernetes.io/service-name"
_MANAGED_BY = "endpointslice.kubernetes.io/managed-by"


class Endpoints(Controller):
    """Follows the pods that Services select."""

    watches = (SERVICES, PODS)

    def begin(self) -> None:
        for stored in self.client.stored(SERVICES):
            self.work.add(stored.key)

    def hear(self, resource: GroupResource, event: Event) -> None:
        if resource == SERVICES:
            self.work.add(event.object.key)
            return
        labels = [event.object.labels, *([event.previous.labels] if event.previous else [])]
        for stored in self.client.stored(SERVICES, event.object.key.partition("/")[0]):
            selector = (stored.object()["spec"].get("selector") or {}).items()
            if selector and any(selector <= found.items() for found in labels):
                self.work.add(stored.key)

    def sync(self, key: str) -> None:
        namespace, _, name = key.partition("/")
        service = self.client.get(SERVICES, name, namespace)
        if service is None:
            self.client.delete(ENDPOINTS, name, namespace)
            return
        selector = service["spec"].get("selector")
        if not selector or service["spec"].get("type") == "ExternalName":
            return
        pods = [
            stored.object()
            for stored in self.client.stored(PODS, namespace)
            if selector.items() <= stored.labels.items()
        ]
        shown = [pod for pod in pods if pod["status"].get("podIP") and not is_terminal(pod)]
        self._write_endpoints(service, [pod for pod in shown if not is_terminating(pod)])
        self._write_slice(service, shown)

    def _write_endpoints(self, service: Object, pods: list[Object]) -> None:
        metadata = service["metadata"]
        found = self.client.get(ENDPOINTS, metadata["name"], metadata["namespace"])
        labels, subsets = _labels(service), _subsets(service, pods)
        if found is None:
            named = {"name": metadata["name"], "labels": labels}
            new = {"apiVersion": "v1", "kind": "Endpoints", "metadata": named, "subsets": subsets}
            self.client.create(ENDPOINTS, new, metadata["namespace"])
        elif found.get("subsets", []) != subsets or found["metadata"].get("labels") != labels:
            found["subsets"] = subsets
            found["metadata"]["labels"] = labels
            self.client.update(ENDPOINTS, found)

    def _write_slice(self, service: Object, pods: list[Object]) -> None:
        metadata = service["metadata"]
        family = (service["spec"].get("ipFamilies") or ["IPv4"])[0]
        wanted: Object = {"endpoints": [_endpoint(pod) for pod in pods], "ports": _slice_ports(service, pods)}
        found = next((each for each in self._slices(metadata["namespace"]) if _is_of(each, service)), None)
        if found is None:
            labels = {**_labels(service), _SERVICE_NAME: metadata["name"]}
            labels[_MANAGED_BY] = "endpointslice-controller.k8s.io"
            named = {"generateName": f"{metadata['name']}-", "labels": labels}
            new: Object = named | {"ownerReferences": [controller_reference(service)]}
            kind = {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": family}
            self.client.create(ENDPOINT_SLICES, kind | {"metadata": new} | wanted, metadata["namespace"])
        elif any((found.get(field) or []) != value for field, value in wanted.items()):
            self.client.update(ENDPOINT_SLICES, found | wanted)

    def _slices(self, namespace: str) -> list[Object]:
        return list(self.client.list(ENDPOINT_SLICES, namespace))


def _is_of(endpoint_slice: Object, service: Object) -> bool:
    return bool((controller_of(endpoint_slice) or {}).get("uid") == service["metadata"]["uid"])


def _labels(service: Object) -> dict[str, str]:
    labels = {
        **(service["metadata"].get("labels") or {}),
        "endpoints.kubernetes.io/managed-by": "endpoint-controller",
    }
    if service["spec"].get("clusterIP") == "None":
        labels[_HEADLESS] = ""
    return labels


def _subsets(service: Object, pods: list[Object]) -> list[Object]:
    if not pods:
        return []
    addresses: dict[str, list[Object]] = {"addresses": [], "notReadyAddresses": []}
    publish_all = service["spec"].get("publishNotReadyAddresses")
    for pod in sorted(pods, key=lambda pod: str(pod["status"]["podIP"])):
        field = "addresses" if publish_all or is_ready(pod) else "notReadyAddresses"
        address = {"ip": pod["status"]["podIP"], "nodeName": pod["spec"]["nodeName"], "targetRef": _reference(pod)}
        addresses[field].append(address)
    subset: Object = {field: found for field, found in addresses.items() if found}
    if ports := _ports(service, pods):
        subset["ports"] = ports
    return [subset]


def _endpoint(pod: Object) -> Object:
    ready, going = is_ready(pod), is_terminating(pod)
    return {
        "addresses": [pod["status"]["podIP"]],
        "conditions": {"ready": ready and not going, "serving": ready, "terminating": going},
        "targetRef": _reference(pod),
        "nodeName": pod["spec"]["nodeName"],
    }


def _reference(pod: Object) -> Object:
    metadata = pod["metadata"]
    return {"kind": "Pod", "namespace": metadata["namespace"], "name": metadata["name"], "uid": metadata["uid"]}


def _ports(service: Object, pods: list[Object]) -> list[Object]:
    found = []
    for port in service["spec"].get("ports") or ():
        number = _number(port, pods)
        if number is not None:
            named = {"name": port["name"]} if port.get("name") else {}
            found.append({**named, "port": number, "protocol": port.get("protocol", "TCP")})
    return found


def _slice_ports(service: Object, pods: list[Object]) -> list[Object]:
    return [{"name": port.get("name", ""), **port} for port in _ports(service, pods)] if pods else []


def _number(port: Object, pods: list[Object]) -> Any:
    """Return the number of a port on the pods: that of the container's port when it is named."""
    target = port.get("targetPort", port["port"])
    if isinstance(target, int):
        return target
    for pod in pods:
        for container in pod["spec"]["containers"]:
            for found in container.get("ports") or ():
                if found.get("name") == target:
                    return found["containerPort"]
    return None
