"""Pods, as those who make them see them: which count, which are ready, which go first.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/controller/controller_utils.go
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.go.numbers import int_or
from aiokube.testing.apiserver.storage import Stored

from .conditions import condition_of, is_true

__all__ = [
    "available_in",
    "controller_of",
    "controller_reference",
    "deletion_order",
    "is_active",
    "is_ready",
    "is_terminal",
    "is_terminating",
    "manager_of",
    "pod_of_template",
]

_DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"


def is_terminating(pod: Object) -> bool:
    return "deletionTimestamp" in pod["metadata"]


def is_terminal(pod: Object) -> bool:
    """Return whether a pod has run to its end."""
    return pod["status"].get("phase") in ("Succeeded", "Failed")


def is_active(pod: Object) -> bool:
    """Return whether a pod counts as a replica."""
    return not is_terminal(pod) and not is_terminating(pod)


def is_ready(pod: Object) -> bool:
    return is_true(pod, "Ready")


def available_in(pod: Object, min_ready_seconds: int, now: dt.datetime) -> float | None:
    """Return in how many seconds a pod has been ready for long enough: 0 when it has, None when it is not ready."""
    ready = condition_of(pod, "Ready")
    if ready is None or ready["status"] != "True":
        return None
    if not min_ready_seconds or not ready.get("lastTransitionTime"):
        return 0.0
    since = dt.datetime.fromisoformat(ready["lastTransitionTime"])
    return max(0.0, min_ready_seconds - (now - since).total_seconds())


def deletion_order(pod: Object) -> tuple[Any, ...]:
    """Return by what pods are sorted of which some are to go: first those that are missed least."""
    status, metadata = pod["status"], pod["metadata"]
    return (
        bool(pod["spec"].get("nodeName")),
        {"Pending": 0, "Unknown": 1}.get(status.get("phase", ""), 2),
        is_ready(pod),
        _deletion_cost(metadata),
        sum(container.get("restartCount", 0) for container in status.get("containerStatuses") or ()) * -1,
        _newest_first(metadata["creationTimestamp"]),
    )


def _deletion_cost(metadata: Object) -> int:
    text = str((metadata.get("annotations") or {}).get(_DELETION_COST, ""))
    return int_or(text, 0)


def _newest_first(timestamp: str) -> float:
    return -dt.datetime.fromisoformat(timestamp).timestamp()


class Manager(msgspec.Struct, frozen=True):
    """The one that manages an object, as its owner reference names it."""

    kind: str
    name: str
    uid: str
    controller: bool | None = None


class _Metadata(msgspec.Struct):
    ownerReferences: tuple[Manager, ...] | None = None


class _Owned(msgspec.Struct):
    metadata: _Metadata


_decoder = msgspec.json.Decoder(_Owned)


@lru_cache(maxsize=256)
def manager_of(stored: Stored) -> Manager | None:
    """Return who manages an object that is stored; those who hear of a change ask one after another."""
    references = _decoder.decode(stored.body).metadata.ownerReferences or ()
    return next((reference for reference in references if reference.controller), None)


def controller_of(obj: Object) -> Mapping[str, Any] | None:
    """Return the owner reference of the one that manages an object, None when nobody does."""
    references = obj["metadata"].get("ownerReferences") or ()
    return next((reference for reference in references if reference.get("controller")), None)


def controller_reference(owner: Object) -> Object:
    """Return the owner reference that what an object manages has."""
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def pod_of_template(owner: Object, template: Object, *, name: str = "") -> Object:
    """Return a new pod.

    Args:
        name: "" lets the server find one that begins with the owner's.
    """
    template = copy.deepcopy(template)
    wanted = template.get("metadata") or {}
    metadata = {field: wanted[field] for field in ("labels", "annotations", "finalizers") if wanted.get(field)}
    naming = {"name": name} if name else {"generateName": f"{owner['metadata']['name']}-"}
    metadata = naming | metadata | {"ownerReferences": [controller_reference(owner)]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}
