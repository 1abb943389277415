"""What volumes show as files: keys of ConfigMaps and Secrets, fields of the pod, tokens.

Trust bundles and certificates of pods, which no server of 1.36 projects unasked, are not looked at.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
(validateProjectionSources)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aiokube.testing.apiserver.field_errors import FieldError, child, forbidden, invalid, item, required

from .environment import field_reference, resource_reference
from .paths import file_mode, unreserved

__all__ = ["key_paths", "pod_files", "projected"]

Object = Mapping[str, Any]

_KINDS = ("secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle", "podCertificate")
_FIELDS = ("metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid")
_SHORTEST_TOKEN = 600
_LONGEST_TOKEN = 2**32


def key_paths(keys: Sequence[Object], path: str) -> Iterator[FieldError]:
    """Return what is wrong with the files that keys become."""
    for index, key in enumerate(keys):
        yield from _key_path(key, item(path, index))


def pod_files(files: Sequence[Object], path: str) -> Iterator[FieldError]:
    """Return what is wrong with the files that fields of the pod become; it stands at the volume, not at the file."""
    for file in files:
        if not file.get("path"):
            yield required(child(path, "path"))
        yield from unreserved(file.get("path") or "", child(path, "path"))
        field, resource = file.get("fieldRef"), file.get("resourceFieldRef")
        if field is not None:
            yield from field_reference(field, child(path, "fieldRef"), _FIELDS)
            if resource is not None:
                what = "fieldRef and resourceFieldRef can not be specified simultaneously"
                yield invalid(path, "resource", what)
        elif resource is not None:
            yield from resource_reference(resource, child(path, "resourceFieldRef"), volume=True)
        else:
            yield required(path, "one of fieldRef and resourceFieldRef is required")
        yield from file_mode(file.get("mode"), child(path, "mode"))


def projected(volume: Object, path: str) -> Iterator[FieldError]:
    yield from file_mode(volume.get("defaultMode"), child(path, "defaultMode"))
    paths: set[str] = set()
    for index, source in enumerate(volume.get("sources") or []):
        at = item(child(path, "sources"), index)
        for kind in ("secret", "configMap"):
            if source.get(kind) is not None:
                yield from _keys(source[kind], child(at, kind), path, paths)
        if source.get("downwardAPI") is not None:
            yield from _pod_files(source["downwardAPI"], child(at, "downwardAPI"), path, paths)
        if source.get("serviceAccountToken") is not None:
            yield from _token(source["serviceAccountToken"], child(at, "serviceAccountToken"), path)
        if sum(source.get(kind) is not None for kind in _KINDS) > 1:
            yield forbidden(at, "may not specify more than 1 volume type per source")


def _key_path(key: Object, path: str) -> Iterator[FieldError]:
    for name in ("key", "path"):
        if not key.get(name):
            yield required(child(path, name))
    yield from unreserved(key.get("path") or "", child(path, "path"))
    yield from file_mode(key.get("mode"), child(path, "mode"))


def _keys(source: Object, at: str, path: str, paths: set[str]) -> Iterator[FieldError]:
    if not source.get("name"):
        yield required(child(at, "name"))
    for index, key in enumerate(source.get("items") or []):
        yield from _key_path(key, item(child(at, "items"), index))
        yield from _once(key.get("path") or "", source.get("name") or "", path, paths)


def _pod_files(source: Object, at: str, path: str, paths: set[str]) -> Iterator[FieldError]:
    for file in source.get("items") or []:
        yield from pod_files([file], at)
        yield from _once(file.get("path") or "", file.get("path") or "", path, paths)


def _token(source: Object, at: str, path: str) -> Iterator[FieldError]:
    seconds = source.get("expirationSeconds") or 0
    if seconds < _SHORTEST_TOKEN:
        yield invalid(child(at, "expirationSeconds"), seconds, "may not specify a duration less than 10 minutes")
    if seconds > _LONGEST_TOKEN:
        yield invalid(child(at, "expirationSeconds"), seconds, "may not specify a duration larger than 2^32 seconds")
    if not source.get("path"):
        yield required(child(path, "path"))
    else:
        yield from unreserved(source["path"], child(path, "path"))


def _once(where: str, shown: str, path: str, paths: set[str]) -> Iterator[FieldError]:
    if where in paths:
        yield invalid(path, shown, "conflicting duplicate paths")
    if where:
        paths.add(where)
