"""Storage that pods and PersistentVolumes name in the same words: disks in networks and on hosts, and their drivers.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from aiokube.testing.apiserver.field_errors import FieldError, child, invalid, key, not_supported, required

from .checks import in_range, no_backsteps, one_of, present

__all__ = [
    "NEEDED",
    "azure_disk",
    "fibre_channel",
    "flex_volume",
    "flocker",
    "host_path",
    "is_node_name",
    "nfs",
    "partition",
    "quobyte",
    "unit",
]

Object = Mapping[str, Any]

NEEDED: Mapping[str, tuple[str, ...]] = {
    "gcePersistentDisk": ("pdName",),
    "awsElasticBlockStore": ("volumeID",),
    "glusterfs": ("endpoints", "path"),
    "rbd": ("monitors", "image"),
    "cephfs": ("monitors",),
    "cinder": ("volumeID",),
    "azureFile": ("secretName", "shareName"),
    "vsphereVolume": ("volumePath",),
    "photonPersistentDisk": ("pdID",),
    "portworxVolume": ("volumeID",),
    "azureDisk": ("diskName", "diskURI"),
    "scaleIO": ("gateway", "system", "volumeName"),
}
"""By source, the fields without which it is nothing."""

_HIGHEST = 255
_HOST_PATH_TYPES = ("", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket")
_CACHING_MODES = ("None", "ReadOnly", "ReadWrite")
_DISK_KINDS = ("Dedicated", "Managed", "Shared")
_MANAGED_DISK = (
    "/subscriptions/",
    "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}",
)
_BLOB_DISK = ("https://", "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd")
"""How addresses of disks begin, and what is said to be their form."""

_TENANT_LIMIT = 64
_PAIRS = "must be a host:port pair or multiple pairs separated by commas"
_PAIR = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*):[^:\[\]]*")
_NODE_NAMES: Mapping[str, str] = {
    "iqn": r"iqn\.[0-9]{4}-[0-9]{2}\.[-A-Za-z0-9.]+:[^,;*&$| \t\n\f\r]+\Z",
    "eui": r"\Aeui.[A-Za-z0-9]{16}\Z",
    "naa": r"\Anaa.[A-Za-z0-9]{32}\Z",
}
"""What names of iSCSI nodes look like, by how they begin; one in iqn may have another before it."""


def is_node_name(name: str) -> bool:
    """Whether an iSCSI node can have a name."""
    pattern = _NODE_NAMES.get(name[:3])
    return pattern is not None and re.search(pattern, name) is not None


def unit(number: int, path: str) -> Iterator[FieldError]:
    """Refuse what cannot be the number of a unit."""
    return in_range(number, 0, _HIGHEST, path)


def partition(source: Object, path: str) -> Iterator[FieldError]:
    # 0 stands for none: it is taken, though the message says otherwise.
    number = source.get("partition") or 0
    if not 0 <= number <= _HIGHEST:
        yield invalid(child(path, "partition"), number, f"must be between 1 and {_HIGHEST}, inclusive")


def fibre_channel(source: Object, path: str) -> Iterator[FieldError]:
    targets, ids, at = source.get("targetWWNs") or [], source.get("wwids") or [], child(path, "targetWWNs")
    if not targets and not ids:
        yield required(at, "must specify either targetWWNs or wwids, but not both")
    if targets and ids:
        yield invalid(at, targets, "targetWWNs and wwids can not be specified simultaneously")
    if not targets:
        return
    if source.get("lun") is None:
        yield required(child(path, "lun"), "lun is required if targetWWNs is specified")
    else:
        yield from unit(source["lun"], child(path, "lun"))


def flocker(source: Object, path: str) -> Iterator[FieldError]:
    name, uuid = source.get("datasetName") or "", source.get("datasetUUID")
    if not name and not uuid:
        yield required(path, "one of datasetName and datasetUUID is required")
    if name and uuid:
        yield invalid(path, "resource", "datasetName and datasetUUID can not be specified simultaneously")
    if "/" in name:
        yield invalid(child(path, "datasetName"), name, "must not contain '/'")


def quobyte(source: Object, path: str) -> Iterator[FieldError]:
    registry, at = source.get("registry") or "", child(path, "registry")
    if not registry:
        yield required(at, _PAIRS)
    elif len((source.get("tenant") or "").encode()) > _TENANT_LIMIT:
        what = f"must be a UUID and may not exceed a length of {_TENANT_LIMIT} characters"
        yield required(child(path, "tenant"), what)
    else:
        yield from (invalid(at, registry, _PAIRS) for pair in registry.split(",") if not _PAIR.fullmatch(pair))
    yield from present(source.get("volume"), child(path, "volume"))


def flex_volume(source: Object, path: str) -> Iterator[FieldError]:
    yield from present(source.get("driver"), child(path, "driver"))
    for name in source.get("options") or ():
        if f".{name.partition('/')[0].lower()}".endswith((".kubernetes.io", ".k8s.io")):
            what = "kubernetes.io and k8s.io namespaces are reserved"
            yield invalid(key(child(path, "options"), name), name, what)


def host_path(source: Object, path: str) -> Iterator[FieldError]:
    where, at = source.get("path") or "", child(path, "path")
    if not where:
        yield required(at)
        return
    yield from no_backsteps(where, at)
    yield from one_of(source.get("type"), _HOST_PATH_TYPES, child(path, "type"))


def nfs(source: Object, path: str) -> Iterator[FieldError]:
    yield from present(source.get("server"), child(path, "server"))
    where, at = source.get("path") or "", child(path, "path")
    yield from present(where, at)
    if not where.startswith("/"):
        yield invalid(at, where, "must be an absolute path")


def azure_disk(source: Object, path: str) -> Iterator[FieldError]:
    kind, uri = source.get("kind"), source.get("diskURI") or ""
    yield from one_of(source.get("cachingMode"), _CACHING_MODES, child(path, "cachingMode"))
    yield from one_of(kind, _DISK_KINDS, child(path, "kind"))
    start, form = _MANAGED_DISK if kind == "Managed" else _BLOB_DISK
    if kind is not None and not uri.startswith(start):
        yield not_supported(child(path, "diskURI"), uri, [form])
