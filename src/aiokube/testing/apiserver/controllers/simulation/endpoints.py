"""Endpoints: the addresses of the pods that a Service selects, as Endpoints and as an EndpointSlice.

A slice has no limit here, so each Service has one.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/controller/endpoint/endpoints_controller.go
"""

from __future__ import annotations

from typing import Any

from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.controllers.controller import Controller, Work
from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.storage import Event

from .conditions import condition_of
from .pods import controller_of, controller_reference, is_ready, is_terminal, is_terminating
from .resources import ENDPOINT_SLICES, ENDPOINTS, PODS, SERVICES

__all__ = ["Endpoints"]

_HEADLESS = "service.kubernetes.io/headless"
_TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time"
_ENDPOINTS_LABEL = {"endpoints.kubernetes.io/managed-by": "endpoint-controller"}
_SERVICE_NAME = "kubernetes.io/service-name"
_MANAGED_BY = "endpointslice.kubernetes.io/managed-by"


class Endpoints(Controller):
    """Follows the pods that Services select."""

    watches = (SERVICES, PODS)

    def __init__(self, cluster: Cluster, work: Work) -> None:
        super().__init__(cluster, work)
        self._times: dict[str, dict[str, str]] = {}

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
            self._times.pop(key, None)
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
        annotations = self._trigger(key, service, pods)
        self._write_endpoints(service, [pod for pod in shown if not is_terminating(pod)], annotations)
        self._write_slice(service, shown, annotations)

    def _trigger(self, key: str, service: Object, pods: list[Object]) -> dict[str, str]:
        """Return the annotation with the time of what caused a change; of what is only gone nobody knows when."""
        ready = {pod["metadata"]["uid"]: condition_of(pod, "Ready") for pod in pods}
        times = {uid: (condition or {}).get("lastTransitionTime") or "" for uid, condition in ready.items()}
        times[service["metadata"]["uid"]] = service["metadata"]["creationTimestamp"]
        before, self._times[key] = self._times.get(key, {}), times
        changed = [time for uid, time in times.items() if time and before.get(uid) != time]
        return {_TRIGGER_TIME: min(changed)} if changed else {}

    def _write_endpoints(self, service: Object, pods: list[Object], annotations: dict[str, str]) -> None:
        metadata = service["metadata"]
        found = self.client.get(ENDPOINTS, metadata["name"], metadata["namespace"])
        labels, subsets = _labels(service) | _ENDPOINTS_LABEL, _subsets(service, pods)
        if found is None:
            named = {"name": metadata["name"], "labels": labels, "annotations": annotations}
            new = {"apiVersion": "v1", "kind": "Endpoints", "metadata": named, "subsets": subsets}
            self.client.create(ENDPOINTS, new, metadata["namespace"])
        elif found.get("subsets", []) != subsets or found["metadata"].get("labels") != labels:
            found["subsets"] = subsets
            found["metadata"] |= {"labels": labels, "annotations": annotations}
            self.client.update(ENDPOINTS, found)

    def _write_slice(self, service: Object, pods: list[Object], annotations: dict[str, str]) -> None:
        metadata = service["metadata"]
        family = (service["spec"].get("ipFamilies") or ["IPv4"])[0]
        # Go's nil: a list that is empty would be owned as one.
        endpoints = [_endpoint(pod, service) for pod in pods] or None
        wanted: Object = {"endpoints": endpoints, "ports": _slice_ports(service, pods) or None}
        found = next((each for each in self._slices(metadata["namespace"]) if _is_of(each, service)), None)
        if found is None:
            labels = {**_labels(service), _SERVICE_NAME: metadata["name"]}
            labels[_MANAGED_BY] = "endpointslice-controller.k8s.io"
            named = {"generateName": f"{metadata['name']}-", "labels": labels, "annotations": annotations}
            new: Object = named | {"ownerReferences": [controller_reference(service)]}
            kind = {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": family}
            self.client.create(ENDPOINT_SLICES, kind | {"metadata": new} | wanted, metadata["namespace"])
        elif any((found.get(field) or None) != value for field, value in wanted.items()):
            found["metadata"]["annotations"] = annotations
            self.client.update(ENDPOINT_SLICES, found | wanted)

    def _slices(self, namespace: str) -> list[Object]:
        return list(self.client.list(ENDPOINT_SLICES, namespace))


def _is_of(endpoint_slice: Object, service: Object) -> bool:
    return bool((controller_of(endpoint_slice) or {}).get("uid") == service["metadata"]["uid"])


def _labels(service: Object) -> dict[str, str]:
    labels = dict(service["metadata"].get("labels") or {})
    if service["spec"].get("clusterIP") == "None":
        labels[_HEADLESS] = ""
    return labels


def _subsets(service: Object, pods: list[Object]) -> list[Object]:
    """Return a subset for each set of ports that pods have; a pod with none of the ports is in no subset."""
    subsets: list[Object] = []
    publish_all = service["spec"].get("publishNotReadyAddresses")
    for pod in sorted(pods, key=lambda pod: str(pod["status"]["podIP"])):
        ports = _ports(service, pod)
        if service["spec"].get("ports") and not ports:
            continue
        subset = next((each for each in subsets if each.get("ports", []) == ports), None)
        if subset is None:
            subset = {"ports": ports} if ports else {}
            subsets.append(subset)
        field = "addresses" if publish_all or is_ready(pod) else "notReadyAddresses"
        address = {"ip": pod["status"]["podIP"], "targetRef": _reference(pod)}
        subset.setdefault(field, []).append(address | _node(pod) | _hostname(pod, service))
    return subsets


def _endpoint(pod: Object, service: Object) -> Object:
    ready, going = is_ready(pod), is_terminating(pod)
    return {
        **_hostname(pod, service),
        "addresses": [pod["status"]["podIP"]],
        "conditions": {"ready": ready and not going, "serving": ready, "terminating": going},
        "targetRef": _reference(pod),
        **_node(pod),
    }


def _node(pod: Object) -> Object:
    return {"nodeName": pod["spec"]["nodeName"]} if pod["spec"].get("nodeName") else {}


def _hostname(pod: Object, service: Object) -> Object:
    """Return the name under which a pod has a DNS record of its own, if it has one."""
    spec = pod["spec"]
    is_named = spec.get("hostname") and spec.get("subdomain") == service["metadata"]["name"]
    return {"hostname": spec["hostname"]} if is_named else {}


def _reference(pod: Object) -> Object:
    metadata = pod["metadata"]
    return {"kind": "Pod", "namespace": metadata["namespace"], "name": metadata["name"], "uid": metadata["uid"]}


def _ports(service: Object, pod: Object) -> list[Object]:
    """Return the ports of a Service that a pod has."""
    found = []
    for port in service["spec"].get("ports") or ():
        number = _number(port, pod)
        if number is not None:
            named = {"name": port["name"]} if port.get("name") else {}
            found.append({**named, "port": number, "protocol": port.get("protocol", "TCP")})
    return found


def _slice_ports(service: Object, pods: list[Object]) -> list[Object]:
    ports = next(filter(None, (_ports(service, pod) for pod in pods)), [])
    return [{"name": port.get("name", ""), **port} for port in ports]


def _number(port: Object, pod: Object) -> Any:
    """Return the number of a port on a pod: that of the container's port when it is named."""
    target = port.get("targetPort", port["port"])
    if isinstance(target, int):
        return target
    ports = (found for container in pod["spec"]["containers"] for found in container.get("ports") or ())
    return next((found["containerPort"] for found in ports if found.get("name") == target), None)
