"""The subresource ephemeralcontainers: containers that are added to look into a running pod, and never go.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
(ValidatePodEphemeralContainersUpdate)
"""

from __future__ import annotations

from collections.abc import Iterator

from aiokube.testing.apiserver.field_errors import FieldError, forbidden
from aiokube.testing.apiserver.go.text import quoted
from aiokube.testing.apiserver.kinds import internal
from aiokube.testing.apiserver.kinds.rules import Context, Object

from .annotations import MIRROR, validate_annotation_change
from .changes import validate_whole

__all__ = ["prepare_ephemeral_containers", "validate_ephemeral_update"]

_PATH = "spec.ephemeralContainers"


def prepare_ephemeral_containers(new: Object, old: Object, context: Context) -> None:
    """Put back all but the ephemeral containers."""
    containers = new["spec"].get("ephemeralContainers")
    new["spec"] = {**old["spec"], "ephemeralContainers": containers}
    if containers is None:
        del new["spec"]["ephemeralContainers"]
    if "status" in old:
        new["status"] = old["status"]


def validate_ephemeral_update(new: Object, old: Object, context: Context) -> Iterator[FieldError]:
    if MIRROR in (old["metadata"].get("annotations") or {}):
        yield forbidden("[]", "static pods do not support ephemeral containers")
        return
    yield from validate_whole(new)
    yield from validate_annotation_change(new, old)
    now = {container.get("name"): container for container in new["spec"].get("ephemeralContainers") or []}
    for container in old["spec"].get("ephemeralContainers") or []:
        name = container.get("name") or ""
        if name not in now:
            yield forbidden(_PATH, f"existing ephemeral containers {quoted(name)} may not be removed\n")
        elif now[name] != container:
            changes = internal.diff("EphemeralContainer", container, now[name])
            yield forbidden(_PATH, f"existing ephemeral containers {quoted(name)} may not be changed\n{changes}")
