"""ControllerRevisions: the pod templates that a StatefulSet or a DaemonSet had.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/controller/history/controller_history.go
"""

from __future__ import annotations

from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.controllers.client import Client

from .pods import controller_of, controller_reference
from .resources import CONTROLLER_REVISIONS
from .rollout import template_hash

__all__ = ["REVISION_LABEL", "current_revision"]

REVISION_LABEL = "controller-revision-hash"


def current_revision(client: Client, owner: Object) -> str:
    """Return the hash of an owner's template, and keep the template by it, with the greatest number of all."""
    metadata, template = owner["metadata"], owner["spec"]["template"]
    digest = template_hash(template, 0)
    name = f"{metadata['name']}-{digest}"
    kept = {revision["metadata"]["name"]: revision for revision in _of(client, owner)}
    latest = max((revision["revision"] for revision in kept.values()), default=0)
    if name not in kept:
        client.create(CONTROLLER_REVISIONS, _revision(owner, name, digest, latest + 1), metadata["namespace"])
    elif kept[name]["revision"] < latest:
        client.update(CONTROLLER_REVISIONS, kept[name] | {"revision": latest + 1})
    return digest


def _of(client: Client, owner: Object) -> list[Object]:
    uid = owner["metadata"]["uid"]
    found = client.list(CONTROLLER_REVISIONS, owner["metadata"]["namespace"])
    return [revision for revision in found if (controller_of(revision) or {}).get("uid") == uid]


def _revision(owner: Object, name: str, digest: str, number: int) -> Object:
    template = owner["spec"]["template"]
    labels = {**((template.get("metadata") or {}).get("labels") or {}), REVISION_LABEL: digest}
    return {
        "apiVersion": "apps/v1",
        "kind": "ControllerRevision",
        "metadata": {"name": name, "labels": labels, "ownerReferences": [controller_reference(owner)]},
        "data": {"spec": {"template": {**template, "$patch": "replace"}}},
        "revision": number,
    }
