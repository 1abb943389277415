"""What a PersistentVolume stands for: the disks, shares and drivers of its spec, of which it has one.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds import checks, names, storage_systems
from aiokube.testing.apiserver.kinds.rules import Object

__all__ = ["SOURCES", "driver_name", "validate"]

# In the order in which kube-apiserver looks for them.
SOURCES = (
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "glusterfs",
    "flocker",
    "nfs",
    "rbd",
    "quobyte",
    "cephfs",
    "iscsi",
    "cinder",
    "fc",
    "flexVolume",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "scaleIO",
    "local",
    "storageos",
    "csi",
)
_OTHER_PATHS = {"gcePersistentDisk": "persistentDisk"}
_OTHER_FORBIDDEN_PATHS = {"cephfs": "cephFS"}
_SECRETS = ("controllerPublishSecretRef", "controllerExpandSecretRef", "nodePublishSecretRef", "nodeExpandSecretRef")
_DRIVER_LIMIT: Final = 63
_TARGET_LIMIT: Final = 64


def validate(spec: Object, path: str, *, volume: str, placed: bool) -> Iterator[FieldError]:
    """Refuse no source, more than one, and one that is wrong.

    Args:
        volume: the name of the PersistentVolume, "" for one that is inline.
        placed: it says on which nodes it is.
    """
    given = [name for name in SOURCES if spec.get(name) is not None]
    for index, name in enumerate(given):
        if index and name != "flexVolume":
            at = fields.child(path, _OTHER_FORBIDDEN_PATHS.get(name, name))
            yield fields.forbidden(at, "may not specify more than 1 volume type")
            continue
        yield from _source(name, spec[name], fields.child(path, _OTHER_PATHS.get(name, name)), volume)
        if name == "local" and not placed:
            yield fields.required(fields.child(path, "nodeAffinity"), "Local volume requires node affinity")
    if not given:
        yield fields.required(path, "must specify a volume type")


def driver_name(name: str, path: str) -> Iterator[FieldError]:
    """Refuse what cannot be the name of a driver."""
    if not name:
        yield fields.required(path)
        return
    if len(name.encode()) > _DRIVER_LIMIT:
        yield fields.too_long(path, _DRIVER_LIMIT)
    yield from (fields.invalid(path, name, words) for words in names.dns_subdomain(name.lower()))


def _source(name: str, source: Object, path: str, volume: str) -> Iterator[FieldError]:
    for needed in storage_systems.NEEDED.get(name, ()):
        yield from checks.present(source.get(needed), fields.child(path, needed))
    if name == "iscsi":
        yield from _iscsi(source, path, volume)
    elif check := _CHECKS.get(name):
        yield from check(source, path)


def _local(source: Object, path: str) -> Iterator[FieldError]:
    where, at = source.get("path") or "", fields.child(path, "path")
    if not where:
        yield fields.required(at)
    else:
        yield from checks.no_backsteps(where, at)


def _csi(source: Object, path: str) -> Iterator[FieldError]:
    yield from driver_name(source.get("driver") or "", fields.child(path, "driver"))
    yield from checks.present(source.get("volumeHandle"), fields.child(path, "volumeHandle"))
    for name in _SECRETS:
        if (secret := source.get(name)) is not None:
            at = fields.child(path, name)
            yield from checks.present(secret.get("name"), fields.child(at, "name"), names.dns_subdomain)
            yield from checks.present(secret.get("namespace"), fields.child(at, "namespace"), names.dns_label)


def _iscsi(source: Object, path: str, volume: str) -> Iterator[FieldError]:
    portal, initiator = source.get("targetPortal") or "", source.get("initiatorName")
    yield from checks.present(portal, fields.child(path, "targetPortal"))
    if initiator is not None and len(f"{volume}:{portal}".encode()) > _TARGET_LIMIT:
        words = "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified."  # noqa: E501
        yield fields.invalid(fields.child(path, "targetportal"), portal, words)
    yield from checks.present(source.get("iqn"), fields.child(path, "iqn"), _node_name)
    yield from storage_systems.unit(source.get("lun") or 0, fields.child(path, "lun"))
    secret, at = source.get("secretRef"), fields.child(path, "secretRef")
    if secret is None and (source.get("chapAuthDiscovery") or source.get("chapAuthSession")):
        yield fields.required(at)
    if secret is not None:
        yield from checks.present(secret.get("name"), fields.child(at, "name"))
    if initiator is not None:
        yield from checks.matching(_node_name, initiator, fields.child(path, "initiatorname"))


def _node_name(name: str) -> list[str]:
    return [] if storage_systems.is_node_name(name) else ["must be valid format"]


def _glusterfs(source: Object, path: str) -> Iterator[FieldError]:
    namespace, at = source.get("endpointsNamespace"), fields.child(path, "endpointsNamespace")
    if namespace == "":
        yield fields.invalid(at, "", "if the endpointnamespace is set, it must be a valid namespace name")
    elif namespace is not None:
        yield from checks.matching(names.dns_label, namespace, at)


def _secret(source: Object, path: str) -> Iterator[FieldError]:
    if (secret := source.get("secretRef")) is not None:
        for name in ("name", "namespace"):
            yield from checks.present(secret.get(name), fields.child(path, "secretRef", name))


def _storage_os(source: Object, path: str) -> Iterator[FieldError]:
    yield from checks.present(source.get("volumeName"), fields.child(path, "volumeName"), names.dns_label)
    if namespace := source.get("volumeNamespace"):
        yield from checks.matching(names.dns_label, namespace, fields.child(path, "volumeNamespace"))
    yield from _secret(source, path)


def _azure_file(source: Object, path: str) -> Iterator[FieldError]:
    if source.get("secretNamespace") == "":
        yield fields.required(fields.child(path, "secretNamespace"))


_CHECKS: Mapping[str, Callable[[Object, str], Iterator[FieldError]]] = {
    "awsElasticBlockStore": storage_systems.partition,
    "azureDisk": storage_systems.azure_disk,
    "azureFile": _azure_file,
    "cinder": _secret,
    "csi": _csi,
    "fc": storage_systems.fibre_channel,
    "flexVolume": storage_systems.flex_volume,
    "flocker": storage_systems.flocker,
    "gcePersistentDisk": storage_systems.partition,
    "glusterfs": _glusterfs,
    "hostPath": storage_systems.host_path,
    "local": _local,
    "nfs": storage_systems.nfs,
    "quobyte": storage_systems.quobyte,
    "storageos": _storage_os,
}
