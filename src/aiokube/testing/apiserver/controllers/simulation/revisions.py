"""ControllerRevisions: the pod templates that a StatefulSet or a DaemonSet had.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/controller/history/controller_history.go
"""

from __future__ import annotations

from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.controllers.client import Client

from .pods import controller_of, controller_reference
from .resources import CONTROLLER_REVISIONS

__all__ = ["REVISION_LABEL", "TEMPLATE_GENERATION", "keep_revision", "revision_data"]

REVISION_LABEL = "controller-revision-hash"
TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"


def revision_data(owner: Object) -> Object:
    """Return what is kept: a patch that gives the owner its present template again."""
    return {"spec": {"template": {**owner["spec"]["template"], "$patch": "replace"}}}


def keep_revision(client: Client, owner: Object, digest: str, *, hash_label: str) -> None:
    """Keep an owner's template by its hash, with the greatest number of all.

    Args:
        hash_label: that the ControllerRevision has the hash in.
    """
    metadata = owner["metadata"]
    name = f"{metadata['name']}-{digest}"
    kept = {revision["metadata"]["name"]: revision for revision in _of(client, owner)}
    latest = max((revision["revision"] for revision in kept.values()), default=0)
    if name not in kept:
        client.create(
            CONTROLLER_REVISIONS, _revision(owner, name, latest + 1, {hash_label: digest}), metadata["namespace"]
        )
    elif kept[name]["revision"] < latest:
        client.update(CONTROLLER_REVISIONS, kept[name] | {"revision": latest + 1})


def _of(client: Client, owner: Object) -> list[Object]:
    uid = owner["metadata"]["uid"]
    found = client.list(CONTROLLER_REVISIONS, owner["metadata"]["namespace"])
    return [revision for revision in found if (controller_of(revision) or {}).get("uid") == uid]


def _revision(owner: Object, name: str, number: int, labels: dict[str, str]) -> Object:
    template = owner["spec"]["template"]
    metadata = {"name": name, "labels": {**((template.get("metadata") or {}).get("labels") or {}), **labels}}
    if generation := (owner["metadata"].get("annotations") or {}).get(TEMPLATE_GENERATION):
        metadata["annotations"] = {TEMPLATE_GENERATION: generation}
    return {
        "apiVersion": "apps/v1",
        "kind": "ControllerRevision",
        "metadata": metadata | {"ownerReferences": [controller_reference(owner)]},
        "data": revision_data(owner),
        "revision": number,
    }
