"""What discovery says of custom kinds, in both of its forms.

Source: https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/apiserver/customresource_discovery_controller.go
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .definition import Definition, is_true
from .versions import newer_first

__all__ = ["aggregated", "groups", "resource_lists"]

_VERBS = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"]
_VERBS_AT_THE_END = ["delete", "deletecollection", "get", "list", "watch"]
_VERBS_OF_PARTS = ["get", "patch", "update"]
_SCALE = {"group": "autoscaling", "version": "v1", "kind": "Scale"}


def groups(definitions: Iterable[Definition]) -> tuple[dict[str, Any], ...]:
    """Return the APIGroup of each group, as `/apis` lists them."""
    found = []
    for group, versions in _served(definitions).items():
        listed = [{"groupVersion": f"{group}/{version}", "version": version} for version in versions]
        found.append({"name": group, "versions": listed, "preferredVersion": listed[0]})
    return tuple(found)


def resource_lists(definitions: Iterable[Definition]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the APIResourceList of each group and version."""
    return {
        (group, version): {
            "kind": "APIResourceList",
            "apiVersion": "v1",
            "groupVersion": f"{group}/{version}",
            "resources": [entry for each in served_by for entry in _entries(each, version)],
        }
        for group, versions in _served(definitions).items()
        for version, served_by in versions.items()
    }


def aggregated(definitions: Iterable[Definition]) -> tuple[dict[str, Any], ...]:
    """Return the APIGroupDiscovery of each group, in version v2."""
    return tuple(
        {
            "metadata": {"name": group},
            "versions": [
                {
                    "version": version,
                    "resources": [_aggregated(each, version) for each in served_by],
                    "freshness": "Current",
                }
                for version, served_by in versions.items()
            ],
        }
        for group, versions in _served(definitions).items()
    )


def _served(definitions: Iterable[Definition]) -> dict[str, dict[str, list[Definition]]]:
    """Return by group and version, the newest version first, what is established and served."""
    found: dict[str, dict[str, list[Definition]]] = {}
    for definition in sorted(definitions, key=lambda each: str(each["metadata"]["name"])):
        if is_true(definition, "Established"):
            versions = found.setdefault(definition["spec"]["group"], {})
            for version in definition["spec"]["versions"]:
                if version.get("served"):
                    versions.setdefault(version["name"], []).append(definition)
    return {
        group: {version: found[group][version] for version in newer_first(found[group])}
        for group in sorted(found)
        if found[group]
    }


def _entries(definition: Definition, version: str) -> Iterator[dict[str, Any]]:
    names, namespaced = definition["status"]["acceptedNames"], definition["spec"]["scope"] == "Namespaced"
    entry = {
        "name": names["plural"],
        "singularName": names.get("singular", ""),
        "namespaced": namespaced,
        "kind": names["kind"],
        "verbs": _verbs(definition),
    }
    yield entry | _optional(names) | _storage_hash(definition)
    for part in _parts(definition, version):
        kind = _SCALE if part == "scale" else {"kind": names["kind"]}
        entry = {"name": f"{names['plural']}/{part}", "singularName": "", "namespaced": namespaced}
        yield {**entry, **kind, "verbs": _VERBS_OF_PARTS}


def _aggregated(definition: Definition, version: str) -> dict[str, Any]:
    spec, names = definition["spec"], definition["status"]["acceptedNames"]
    kind = {"group": spec["group"], "version": version, "kind": names["kind"]}
    entry: dict[str, Any] = {
        "resource": names["plural"],
        "responseKind": kind,
        "scope": spec["scope"],
        "singularResource": names.get("singular", ""),
        "verbs": _verbs(definition),
        **_optional(names),
    }
    parts = [
        {"subresource": part, "responseKind": _SCALE if part == "scale" else kind, "verbs": _VERBS_OF_PARTS}
        for part in _parts(definition, version)
    ]
    return entry | ({"subresources": parts} if parts else {})


def _verbs(definition: Definition) -> list[str]:
    return _VERBS_AT_THE_END if is_true(definition, "Terminating") else _VERBS


def _optional(names: Mapping[str, Any]) -> dict[str, Any]:
    return {name: names[name] for name in ("shortNames", "categories") if names.get(name)}


def _parts(definition: Definition, version: str) -> list[str]:
    found = next(each for each in definition["spec"]["versions"] if each["name"] == version)
    subresources = found.get("subresources") or {}
    return [name for name in ("status", "scale") if subresources.get(name) is not None]


def _storage_hash(definition: Definition) -> dict[str, str]:
    spec = definition["spec"]
    for version in spec["versions"]:
        if version.get("storage") and version.get("served"):
            stored = f"{spec['group']}/{version['name']}/{spec['names']['kind']}"
            digest = hashlib.sha256(stored.encode()).digest()
            return {"storageVersionHash": base64.b64encode(digest[:8]).decode()}
    return {}
