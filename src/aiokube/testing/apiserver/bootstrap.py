"""A new cluster: the built-in kinds of a default kube-apiserver 1.36, and what is there before anybody asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import snapshot
from .builtin_codec import BuiltinCodec
from .clock import Clock
from .cluster import Cluster
from .customresources import definition_rules
from .errors import GroupResource
from .initial_objects import initial_objects
from .kinds import catalog, generic
from .kinds.conversions import CONVERSIONS
from .kinds.rules import Rules
from .kinds.workloads.scales import SCALES
from .resources import GroupVersionKind, Resource, Resources, Subresource
from .tables import builtin_printer

__all__ = ["cluster"]


def cluster(*, clock: Clock, history: int) -> Cluster:
    """Return the state of a server that was just started."""
    made = Cluster(resources=Resources(_built_in()), clock=clock, history=history)
    for collection, obj in initial_objects(now=made.now()):
        metadata = obj["metadata"] | {"uid": made.new_uid(), "creationTimestamp": made.now()}
        made.collection(collection).put(made.normal(collection, obj | {"metadata": metadata}))
    made.storage.compact(made.storage.revision)
    return made


def _built_in() -> Iterator[Resource]:
    for path in ("/api", "/apis"):
        for group in snapshot.aggregated(path)["items"]:
            name = group.get("metadata", {}).get("name", "")
            for version in group["versions"]:
                for entry in version["resources"]:
                    yield _resource(name, version["version"], entry)


def _resource(group: str, version: str, entry: dict[str, Any]) -> Resource:
    kind, plural = entry["responseKind"]["kind"], entry["resource"]
    conversion = CONVERSIONS.get((group, version, kind))
    stored = GroupVersionKind(*conversion.stored) if conversion else GroupVersionKind(group, version, kind)
    return Resource(
        group=group,
        version=version,
        plural=plural,
        singular=entry["singularResource"],
        kind=kind,
        list_kind=f"{kind}List",
        namespaced=entry["scope"] == "Namespaced",
        verbs=frozenset(entry["verbs"]),
        collection=conversion.collection if conversion else GroupResource(group, plural),
        stored_api_version=stored.api_version,
        codec=BuiltinCodec(group, version, kind),
        rules=_rules(group, version, kind),
        make_printer=lambda: builtin_printer(group, kind),
        subresources={sub["subresource"]: _subresource(group, version, sub) for sub in entry.get("subresources", ())},
        short_names=tuple(entry.get("shortNames", ())),
        categories=tuple(entry.get("categories", ())),
        scale=SCALES.get((group, kind)),
        warning=_DEPRECATED.get((group, kind), ""),
    )


def _rules(group: str, version: str, kind: str) -> Rules:
    return catalog.FORMS.get((group, version, kind)) or _RULES.get((group, kind)) or Rules()


def _subresource(group: str, version: str, entry: dict[str, Any]) -> Subresource:
    kind = entry.get("responseKind") or {}
    gvk = GroupVersionKind(kind.get("group") or group, kind.get("version") or version, kind.get("kind", ""))
    return Subresource(entry["subresource"], gvk, frozenset(entry["verbs"]))


_DEPRECATED = {("", "ComponentStatus"): "v1 ComponentStatus is deprecated in v1.19+"}

_RULES = {
    **catalog.RULES,
    **{key: generic.rules(*key, behaviour) for key, behaviour in definition_rules.BEHAVIOUR.items()},
}
