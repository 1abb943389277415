"""The environment of containers, and the fields of a pod that it and files may be made of.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go (ValidateEnv)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from aiokube.testing.apiserver.field_errors import FieldError, child, invalid, item, not_supported, required
from aiokube.testing.apiserver.kinds import names
from aiokube.testing.apiserver.kinds.checks import matching, no_backsteps, present

__all__ = ["field_reference", "resource_reference", "validate_environment", "validate_environment_sources"]

Object = Mapping[str, Any]

_FIELDS = (
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
)
_SUBSCRIPTED = ("metadata.annotations", "metadata.labels")
_READABLE = {*_FIELDS, *_SUBSCRIPTED, "spec.restartPolicy", "spec.schedulerName", "status.phase"}
_OLD_NAMES = {"spec.host": "spec.nodeName"}
_RESOURCES = (
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
)
_HUGE_PAGES = ("limits.hugepages-", "requests.hugepages-")
_BYTES = ("1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei")
_DIVISORS = {
    "cpu": (("1m", "1"), "only divisor's values 1m and 1 are supported with the cpu resource"),
    "memory": (_BYTES, f"only divisor's values {', '.join(_BYTES)} are supported with the memory resource"),
    "ephemeral-storage": (
        _BYTES,
        f"only divisor's values {', '.join(_BYTES)} are supported with the local ephemeral storage resource",
    ),
    "hugepages": (_BYTES, f"only divisor's values {', '.join(_BYTES)} are supported with the hugepages resource"),
}


def validate_environment(variables: Sequence[Object], path: str) -> Iterator[FieldError]:
    for index, variable in enumerate(variables):
        at = item(path, index)
        yield from present(variable.get("name"), child(at, "name"), names.environment_variable)
        source = variable.get("valueFrom")
        if source is not None:
            yield from _source(source, bool(variable.get("value")), child(at, "valueFrom"))


def validate_environment_sources(sources: Sequence[Object], path: str) -> Iterator[FieldError]:
    for index, source in enumerate(sources):
        at = item(path, index)
        if source.get("prefix"):
            yield from matching(names.environment_variable, source["prefix"], child(at, "prefix"))
        given = [name for name in ("configMapRef", "secretRef") if source.get(name) is not None]
        for name in given:
            yield from present(source[name].get("name"), child(at, name, "name"), _name_prefix)
        if not given:
            yield invalid(path, "", "must specify one of: `configMapRef` or `secretRef`")
        elif len(given) > 1:
            yield invalid(path, "", "may not have more than one field specified at a time")


def field_reference(reference: Object, path: str, fields: Collection[str] = _FIELDS) -> Iterator[FieldError]:
    """Return what is wrong with a reference to a field of the pod.

    Args:
        fields: those that may be referred to, besides single annotations and labels.
    """
    for name in ("apiVersion", "fieldPath"):
        if not reference.get(name):
            yield required(child(path, name))
            return
    version, field = reference["apiVersion"], reference["fieldPath"]
    name, subscript = _subscript(field)
    if problem := _unreadable(version, field):
        yield invalid(child(path, "fieldPath"), field, f"error converting fieldPath: {problem}")
    elif subscript is not None:
        value = subscript.lower() if name == "metadata.annotations" else subscript
        yield from matching(names.qualified_name, value, path)
    elif (name := _OLD_NAMES.get(name, name)) not in fields:
        yield not_supported(child(path, "fieldPath"), name, sorted(fields))


def resource_reference(reference: Object, path: str, *, volume: bool) -> Iterator[FieldError]:
    """Return what is wrong with a reference to a container's requests or limits.

    Args:
        volume: it stands in a volume and must name its container.
    """
    resource = reference.get("resource") or ""
    if volume and not reference.get("containerName"):
        yield required(child(path, "containerName"))
    elif not resource:
        yield required(child(path, "resource"))
    elif resource not in _RESOURCES and not resource.startswith(_HUGE_PAGES):
        yield not_supported(child(path, "resource"), resource, _RESOURCES)
    divisor = reference.get("divisor") or "0"
    if divisor == "0":
        return
    family = "hugepages" if resource.startswith(_HUGE_PAGES) else resource.partition(".")[2]
    divisors, words = _DIVISORS.get(family, ((divisor,), ""))
    if divisor not in divisors:
        yield invalid(child(path, "divisor"), resource, words)


def _source(source: Object, has_value: bool, path: str) -> Iterator[FieldError]:
    given = [name for name in _SOURCES if source.get(name) is not None]
    for name in given:
        yield from _SOURCES[name](source[name], child(path, name))
    if not given:
        known = "`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
        yield invalid(path, "", f"must specify one of: {known}")
    elif has_value:
        yield invalid(path, "", "may not be specified when `value` is not empty")
    elif len(given) > 1:
        yield invalid(path, "", "may not have more than one field specified at a time")


def _container_resource(reference: Object, path: str) -> Iterator[FieldError]:
    return resource_reference(reference, path, volume=False)


def _key(reference: Object, path: str) -> Iterator[FieldError]:
    yield from matching(names.dns_subdomain, reference.get("name") or "", child(path, "name"))
    yield from present(reference.get("key"), child(path, "key"), names.config_map_key)


def _file_key(reference: Object, path: str) -> Iterator[FieldError]:
    yield from present(reference.get("key"), child(path, "key"), names.environment_variable)
    yield from present(reference.get("volumeName"), child(path, "volumeName"), names.dns_label)
    if not reference.get("path"):
        yield required(child(path, "path"))
    else:
        yield from no_backsteps(reference["path"], child(path, "path"))


_SOURCES: Mapping[str, Callable[[Object, str], Iterator[FieldError]]] = {
    "fieldRef": field_reference,
    "resourceFieldRef": _container_resource,
    "configMapKeyRef": _key,
    "secretKeyRef": _key,
    "fileKeyRef": _file_key,
}


def _name_prefix(name: str) -> list[str]:
    # kube-apiserver takes references for prefixes of names here, so that one may end in a dash.
    return names.dns_subdomain(name, prefix=True)


def _subscript(field: str) -> tuple[str, str | None]:
    match = re.fullmatch(r"(.*?)\['(.*)'\]", field, re.DOTALL)
    return (match[1], match[2]) if match and match[1] else (field, None)


def _unreadable(version: str, field: str) -> str:
    """Return why a field's path cannot be read; "" when it can."""
    if version != "v1":
        return f"unsupported pod version: {version}"
    name, subscript = _subscript(field)
    if subscript is not None:
        return "" if name in _SUBSCRIPTED else f"field label does not support subscript: {field}"
    return "" if _OLD_NAMES.get(name, name) in _READABLE else f"field label not supported: {field}"
