"""What the server serves of a definition: a resource for each version.

Source: https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/apiserver/customresource_handler.go
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import msgspec

from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.resources import GroupVersionKind, Resource, Subresource
from aiokube.testing.apiserver.schema import structural
from aiokube.testing.apiserver.schema.node import Node, Shape

from . import columns
from .codec import CustomCodec, Version
from .definition import Definition, is_true, storage_version
from .object_rules import ObjectRules
from .scale import Scale
from .versions import newer_first

__all__ = ["deprecation", "is_served", "resources"]

_VERBS = frozenset({"delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"})
_OF_PARTS = frozenset({"get", "patch", "update"})
_SCALE = GroupVersionKind("autoscaling", "v1", "Scale")


def is_served(definition: Definition) -> bool:
    """Return whether requests for a definition's objects are answered."""
    return is_true(definition, "NamesAccepted") or is_true(definition, "Established")


def resources(definition: Definition, *, object_meta: Node) -> Iterator[Resource]:
    """Yield a resource for each version of a definition that is served.

    Args:
        object_meta: the node of metadata.
    """
    if not is_served(definition):
        return
    spec, group = definition["spec"], definition["spec"]["group"]
    versions = {f"{group}/{version['name']}": _version(version, object_meta) for version in spec["versions"]}
    said = msgspec.json.encode((spec, definition["status"]["acceptedNames"]))
    for version in spec["versions"]:
        if version.get("served"):
            yield _resource(definition, version, versions, said)


def deprecation(definition: Definition, version: str) -> str:
    """Return what every answer in a version warns of, "" for nothing."""
    spec = definition["spec"]
    found = next(each for each in spec["versions"] if each["name"] == version)
    if not found.get("deprecated"):
        return ""
    if found.get("deprecationWarning") is not None:
        return str(found["deprecationWarning"])
    group, kind = spec["group"], spec["names"]["kind"]
    message = f"{group}/{version} {kind} is deprecated"
    others = [each["name"] for each in spec["versions"] if each.get("served") and not each.get("deprecated")]
    better = newer_first([version, *others])
    newest = better[0]
    return message if newest == version else f"{message}; use {group}/{newest} {kind}"


def _version(version: Mapping[str, Any], object_meta: Node) -> Version:
    schema = (version.get("schema") or {}).get("openAPIV3Schema")
    written = structural.node(schema) if schema is not None else Node(Shape.STRUCT)
    return Version(written, structural.complete(written, object_meta=object_meta))


def _resource(
    definition: Definition, version: Mapping[str, Any], versions: Mapping[str, Version], said: bytes
) -> Resource:
    spec, names = definition["spec"], definition["status"]["acceptedNames"]
    group, name, kind = spec["group"], version["name"], names["kind"]
    api_version, stored = f"{group}/{name}", f"{group}/{storage_version(definition)}"
    plural = GroupResource(group, names["plural"])
    subresources = version.get("subresources") or {}
    scale = Scale.of(subresources["scale"]) if subresources.get("scale") is not None else None
    return Resource(
        group=group,
        version=name,
        plural=plural.resource,
        singular=names.get("singular", ""),
        kind=kind,
        list_kind=names["listKind"],
        namespaced=spec["scope"] == "Namespaced",
        verbs=_VERBS,
        collection=plural,
        stored_api_version=stored,
        codec=CustomCodec(kind, api_version, versions, stored=stored),
        rules=ObjectRules(
            plural,
            kind=kind,
            api_version=api_version,
            written=versions[api_version].written,
            scale=scale,
            selectable=[field["jsonPath"] for field in version.get("selectableFields") or ()],
            ending=is_true(definition, "Terminating"),
        ),
        make_printer=partial(columns.printer, version.get("additionalPrinterColumns") or ()),
        subresources=dict(_subresources(subresources, GroupVersionKind(group, name, kind))),
        short_names=tuple(names.get("shortNames") or ()),
        categories=tuple(names.get("categories") or ()),
        definition=said,
        warning=deprecation(definition, name),
        as_stored=definition["metadata"].get("generation", 1) == 1,
        scale=scale.paths if scale is not None else None,
    )


def _subresources(found: Mapping[str, Any], kind: GroupVersionKind) -> Iterator[tuple[str, Subresource]]:
    for name, of in (("status", kind), ("scale", _SCALE)):
        if found.get(name) is not None:
            yield name, Subresource(name, of, _OF_PARTS)
