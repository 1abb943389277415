"""Volumes of pods, one source each.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
(validateVolumeSource)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from aiokube.testing.apiserver.field_errors import (
    FieldError,
    child,
    duplicate,
    forbidden,
    invalid,
    item,
    required,
)
from aiokube.testing.apiserver.go.text import quoted
from aiokube.testing.apiserver.kinds import names, storage_systems, volume_claims, volume_sources
from aiokube.testing.apiserver.kinds.checks import matching, one_of, present
from aiokube.testing.apiserver.kinds.metadata import validate_template_metadata
from aiokube.testing.apiserver.kinds.quantities import amount

from .paths import descending, file_mode
from .projections import key_paths, pod_files, projected
from .scope import Scope

__all__ = ["PULL_POLICIES", "usable", "validate_volumes"]

Object = Mapping[str, Any]

PULL_POLICIES = ("Always", "IfNotPresent", "Never")


def validate_volumes(volumes: Sequence[Object], path: str, scope: Scope) -> Iterator[FieldError]:
    claims = {f"{scope.name}-{_name(volume)}" for volume in volumes if scope.name and "ephemeral" in volume}
    seen: set[str] = set()
    for index, volume in enumerate(volumes):
        at = item(path, index)
        wrong = list(_volume(volume, at, scope, seen))
        yield from wrong
        if not wrong:
            seen.add(_name(volume))
        claim = (volume.get("persistentVolumeClaim") or {}).get("claimName")
        if claim in claims:
            what = "must not reference a PVC that gets created for an ephemeral volume"
            yield invalid(child(at, "persistentVolumeClaim", "claimName"), claim, what)


def usable(volumes: Sequence[Object], scope: Scope) -> Mapping[str, Object]:
    """Return the volumes by name in which nothing is wrong, which alone containers can mount."""
    found: dict[str, Object] = {}
    for volume in volumes:
        if not any(_volume(volume, "", scope, found.keys())):
            found[_name(volume)] = volume
    return found


def _volume(volume: Object, path: str, scope: Scope, seen: Any) -> Iterator[FieldError]:
    name = _name(volume)
    yield from _source(volume, path, scope)
    yield from present(name, child(path, "name"), names.dns_label)
    if name in seen:
        yield duplicate(child(path, "name"), name)


def _name(volume: Object) -> str:
    name: str = volume.get("name") or ""
    return name


def _source(volume: Object, path: str, scope: Scope) -> Iterator[FieldError]:
    given = [kind for kind in _KINDS if volume.get(kind) is not None]
    if not given:
        yield required(path, "must specify a volume type")
    for kind in given[:1]:
        at = child(path, _PATHS.get(kind, kind))
        for field in _NEEDED.get(kind, ()):
            yield from present(volume[kind].get(field), child(at, field))
        if validate := _SOURCES.get(kind):
            yield from validate(volume[kind], at)
        yield from _whole(kind, volume, path, scope)
    for kind in given[1:]:
        yield forbidden(child(path, _SECOND_PATHS.get(kind, kind)), "may not specify more than 1 volume type")


def _whole(kind: str, volume: Object, path: str, scope: Scope) -> Iterator[FieldError]:
    """What depends on more than the source: on the volume's name, and on the pod's."""
    name = _name(volume)
    if kind == "image":
        if scope.is_pod and not volume["image"].get("reference"):
            yield required(child(path, "image", "reference"))
        yield from one_of(volume["image"].get("pullPolicy"), PULL_POLICIES, child(path, "image", "pullPolicy"))
    elif kind == "ephemeral" and scope.name and name:
        claim = f"{scope.name}-{name}"
        for words in names.dns_subdomain(claim):
            yield invalid(child(path, "name"), name, f"PVC name {quoted(claim)}: {words}")


def _empty_dir(source: Object, path: str) -> Iterator[FieldError]:
    if source.get("sizeLimit") is not None and amount(source["sizeLimit"]) < 0:
        yield forbidden(child(path, "sizeLimit"), "SizeLimit field must be a valid resource quantity")


def _git_repo(source: Object, path: str) -> Iterator[FieldError]:
    if not source.get("repository"):
        yield required(child(path, "repository"))
    yield from descending(source.get("directory") or "", child(path, "directory"))


def _secret(source: Object, path: str) -> Iterator[FieldError]:
    if not source.get("secretName"):
        yield required(child(path, "secretName"))
    yield from file_mode(source.get("defaultMode"), child(path, "defaultMode"))
    yield from key_paths(source.get("items") or [], child(path, "items"))


def _config_map(source: Object, path: str) -> Iterator[FieldError]:
    if not source.get("name"):
        yield required(child(path, "name"))
    yield from file_mode(source.get("defaultMode"), child(path, "defaultMode"))
    yield from key_paths(source.get("items") or [], child(path, "items"))


def _downward_api(source: Object, path: str) -> Iterator[FieldError]:
    yield from file_mode(source.get("defaultMode"), child(path, "defaultMode"))
    yield from pod_files(source.get("items") or [], path)


def _csi(source: Object, path: str) -> Iterator[FieldError]:
    yield from volume_sources.driver_name(source.get("driver") or "", child(path, "driver"))
    secret = source.get("nodePublishSecretRef")
    if secret is not None:
        name = secret.get("name") or ""
        if not name:
            yield required(child(path, "nodePublishSecretRef", "name"))
        else:
            yield from (invalid(child(path, "name"), name, words) for words in names.dns_subdomain(name))


def _ephemeral(source: Object, path: str) -> Iterator[FieldError]:
    template, at = source.get("volumeClaimTemplate"), child(path, "volumeClaimTemplate")
    if template is None:
        yield required(at)
        return
    yield from validate_template_metadata(template.get("metadata") or {}, child(at, "metadata"))
    yield from volume_claims.validate_spec(template.get("spec") or {}, child(at, "spec"))


def _iscsi(source: Object, path: str) -> Iterator[FieldError]:
    yield from present(source.get("targetPortal"), child(path, "targetPortal"))
    yield from present(source.get("iqn"), child(path, "iqn"), _node_name)
    yield from storage_systems.unit(source.get("lun") or 0, child(path, "lun"))
    if source.get("secretRef") is None and (source.get("chapAuthDiscovery") or source.get("chapAuthSession")):
        yield required(child(path, "secretRef"))
    if source.get("initiatorName") is not None:
        yield from matching(_node_name, source["initiatorName"], child(path, "initiatorname"))


def _node_name(name: str) -> Iterator[str]:
    if not name.startswith(("iqn", "eui", "naa")):
        yield "must be valid format starting with iqn, eui, or naa"
    elif not storage_systems.is_node_name(name):
        yield "must be valid format"


def _storage_os(source: Object, path: str) -> Iterator[FieldError]:
    yield from present(source.get("volumeName"), child(path, "volumeName"), names.dns_label)
    if source.get("volumeNamespace"):
        yield from matching(names.dns_label, source["volumeNamespace"], child(path, "volumeNamespace"))
    yield from _named_secret(source, path)


def _named_secret(source: Object, path: str) -> Iterator[FieldError]:
    if source.get("secretRef") is not None:
        yield from present(source["secretRef"].get("name"), child(path, "secretRef", "name"))


_SOURCES: Mapping[str, Callable[[Object, str], Iterator[FieldError]]] = {
    "emptyDir": _empty_dir,
    "hostPath": storage_systems.host_path,
    "gitRepo": _git_repo,
    "secret": _secret,
    "nfs": storage_systems.nfs,
    "gcePersistentDisk": storage_systems.partition,
    "awsElasticBlockStore": storage_systems.partition,
    "iscsi": _iscsi,
    "flocker": storage_systems.flocker,
    "cinder": _named_secret,
    "quobyte": storage_systems.quobyte,
    "fc": storage_systems.fibre_channel,
    "flexVolume": storage_systems.flex_volume,
    "azureDisk": storage_systems.azure_disk,
    "storageos": _storage_os,
    "downwardAPI": _downward_api,
    "configMap": _config_map,
    "projected": projected,
    "csi": _csi,
    "ephemeral": _ephemeral,
}

_NEEDED: Mapping[str, tuple[str, ...]] = {**storage_systems.NEEDED, "persistentVolumeClaim": ("claimName",)}
"""Fields without which a source is nothing."""

_KINDS = (
    "emptyDir",
    "hostPath",
    "gitRepo",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "secret",
    "nfs",
    "iscsi",
    "glusterfs",
    "flocker",
    "persistentVolumeClaim",
    "rbd",
    "cinder",
    "cephfs",
    "quobyte",
    "downwardAPI",
    "fc",
    "flexVolume",
    "configMap",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "storageos",
    "projected",
    "scaleIO",
    "csi",
    "ephemeral",
    "image",
)
"""In the order in which kube-apiserver looks at them: the first is the volume's source."""

_PATHS = {"gcePersistentDisk": "persistentDisk"}
_SECOND_PATHS = {"cephfs": "cephFS", "downwardAPI": "downwarAPI"}
"""Where errors stand that do not stand at the field, of a source and of one too many."""
