"""The defaults of pods and of all that stands in them.

Sources:
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/v1/defaults.go
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/v1/conversion.go
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aiokube.testing.apiserver.kinds import images
from aiokube.testing.apiserver.kinds.pods.totals import total
from aiokube.testing.apiserver.kinds.quantities import rounded

from . import Default, absent, zero

__all__ = ["DEFAULTS"]

_FILE_MODE = 0o644
_SIZED = ("cpu", "memory")
_INIT_CONTAINER_ANNOTATIONS = (
    "pod.alpha.kubernetes.io/init-container-statuses",
    "pod.alpha.kubernetes.io/init-containers",
    "pod.beta.kubernetes.io/init-container-statuses",
    "pod.beta.kubernetes.io/init-containers",
)


def _pod(pod: dict[str, Any]) -> None:
    spec = pod.setdefault("spec", {})
    for container in _containers(spec):
        _requests_from_limits(container)
    if spec.get("resources") is not None:
        _size_pod(spec)
    if spec.get("enableServiceLinks") is None:
        spec["enableServiceLinks"] = True
    if spec.get("hostNetwork"):
        _host_ports(spec)
    if (spec.get("terminationGracePeriodSeconds") or 0) < 0:
        spec["terminationGracePeriodSeconds"] = 1
    _drop_init_containers(pod)


def _pod_template(template: dict[str, Any]) -> None:
    template.setdefault("spec", {})
    _drop_init_containers(template)


def _pod_spec(spec: dict[str, Any]) -> None:
    zero({"dnsPolicy": "ClusterFirst", "restartPolicy": "Always", "schedulerName": "default-scheduler"})(spec)
    if spec.get("securityContext") is None:
        spec["securityContext"] = {}
    if spec.get("terminationGracePeriodSeconds") is None:
        spec["terminationGracePeriodSeconds"] = 30
    if account := spec.get("serviceAccountName") or spec.get("serviceAccount"):
        spec["serviceAccountName"] = spec["serviceAccount"] = account
    _round(spec, "overhead")


def _resources(resources: dict[str, Any]) -> None:
    _round(resources, "limits", "requests")


def _round(holder: dict[str, Any], *fields: str) -> None:
    for field in fields:
        if amounts := holder.get(field):
            holder[field] = {name: rounded(value) for name, value in amounts.items()}


def _pod_status(status: dict[str, Any]) -> None:
    """Keep the one address and the list of addresses in step; the one is right when they differ."""
    address, addresses = status.get("podIP"), status.get("podIPs")
    if address and (not addresses or addresses[0].get("ip") != address):
        status["podIPs"] = [{"ip": address}]
    elif addresses:
        status["podIP"] = addresses[0].get("ip") or ""


def _container(container: dict[str, Any]) -> None:
    if not container.get("imagePullPolicy"):
        container["imagePullPolicy"] = images.pull_policy(container.get("image") or "")
    zero({"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"})(container)


def _volume(volume: dict[str, Any]) -> None:
    if not any(value is not None for name, value in volume.items() if name != "name"):
        volume["emptyDir"] = {}


def _image_volume(source: dict[str, Any]) -> None:
    if not source.get("pullPolicy"):
        source["pullPolicy"] = images.pull_policy(source.get("reference") or "")


def _containers(spec: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    yield from spec.get("containers") or []
    yield from spec.get("initContainers") or []


def _requests_from_limits(container: Mapping[str, Any]) -> None:
    resources = container.get("resources") or {}
    if limits := resources.get("limits"):
        resources["requests"] = {**limits, **(resources.get("requests") or {})}


def _size_pod(spec: Mapping[str, Any]) -> None:
    """Give a pod that has amounts of its own those that follow from its containers."""
    resources = spec["resources"]
    limits, requests = dict(resources.get("limits") or {}), dict(resources.get("requests") or {})
    if limits or requests:
        for name, sum_ in total(spec, "limits").items():
            if name.startswith("hugepages-") and name not in requests:
                limits.setdefault(name, sum_.text)
    if limits:
        resources["limits"] = limits
        for name, sum_ in total(spec, "requests").items():
            if name in _SIZED:
                requests.setdefault(name, sum_.text)
        for name, value in limits.items():
            if name in _SIZED or name.startswith("hugepages-"):
                requests.setdefault(name, value)
    if requests:
        resources["requests"] = requests


def _host_ports(spec: Mapping[str, Any]) -> None:
    for container in _containers(spec):
        for port in container.get("ports") or []:
            if not port.get("hostPort") and port.get("containerPort"):
                port["hostPort"] = port["containerPort"]


def _drop_init_containers(obj: Mapping[str, Any]) -> None:
    annotations = (obj.get("metadata") or {}).get("annotations") or {}
    for name in _INIT_CONTAINER_ANNOTATIONS:
        annotations.pop(name, None)


_FUNCTIONS: Mapping[str, Default] = {
    "Pod": _pod,
    "PodTemplateSpec": _pod_template,
    "PodSpec": _pod_spec,
    "PodStatus": _pod_status,
    "Container": _container,
    "EphemeralContainer": _container,
    "ResourceRequirements": _resources,
    "VolumeResourceRequirements": _resources,
    "Volume": _volume,
    "ImageVolumeSource": _image_volume,
    "ContainerPort": zero({"protocol": "TCP"}),
    "FileKeySelector": absent({"optional": False}),
    "GRPCAction": absent({"service": ""}),
    "HTTPGetAction": zero({"path": "/", "scheme": "HTTP"}),
    "ObjectFieldSelector": zero({"apiVersion": "v1"}),
    "Probe": zero({"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}),
    "AzureDiskVolumeSource": absent(
        {"cachingMode": "ReadWrite", "fsType": "ext4", "readOnly": False, "kind": "Shared"},
    ),
    "ConfigMapVolumeSource": absent({"defaultMode": _FILE_MODE}),
    "DownwardAPIVolumeSource": absent({"defaultMode": _FILE_MODE}),
    "HostPathVolumeSource": absent({"type": ""}),
    "ISCSIVolumeSource": zero({"iscsiInterface": "default"}),
    "ProjectedVolumeSource": absent({"defaultMode": _FILE_MODE}),
    "RBDVolumeSource": zero({"pool": "rbd", "user": "admin", "keyring": "/etc/ceph/keyring"}),
    "ScaleIOVolumeSource": zero({"storageMode": "ThinProvisioned", "fsType": "xfs"}),
    "SecretVolumeSource": absent({"defaultMode": _FILE_MODE}),
    "ServiceAccountTokenProjection": absent({"expirationSeconds": 3600}),
}

DEFAULTS: Mapping[str, Default] = {f"io.k8s.api.core.v1.{name}": default for name, default in _FUNCTIONS.items()}
