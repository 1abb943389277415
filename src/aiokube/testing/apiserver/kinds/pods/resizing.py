"""The subresource resize: other amounts of CPU and memory for the containers of a running pod.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go (ValidatePodResize)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aiokube.testing.apiserver.field_errors import FieldError, child, forbidden, invalid, item
from aiokube.testing.apiserver.kinds.fixed_metadata import keep_metadata
from aiokube.testing.apiserver.kinds.rules import Context, Object

from .annotations import MIRROR
from .changes import validate_whole
from .quality import quality_of_service
from .windows import is_for_windows

__all__ = ["prepare_resize", "validate_resize"]

_LISTS = ("containers", "initContainers")
_SIZED = ("cpu", "memory")


def prepare_resize(new: Object, old: Object, context: Context) -> None:
    """Put back all but the resources of containers, unless these are other containers: that is refused later."""
    if _names(new) != _names(old):
        return
    sized = {"resources": new["spec"]["resources"]} if "resources" in new["spec"] else {}
    for field in _LISTS:
        if field in old["spec"]:
            pairs = zip(old["spec"][field] or [], new["spec"].get(field) or [], strict=True)
            sized[field] = [_resized(before, after) for before, after in pairs]
    rest = {name: value for name, value in old["spec"].items() if name != "resources"}
    new["spec"] = {**rest, **sized}
    if "status" in old:
        new["status"] = old["status"]
    keep_metadata(new, old)


def validate_resize(new: Object, old: Object, context: Context) -> Iterator[FieldError]:
    if MIRROR in (old["metadata"].get("annotations") or {}):
        yield forbidden("[]", "static pods cannot be resized")
        return
    if is_for_windows(old["spec"]):
        yield forbidden("[]", "windows pods cannot be resized")
        return
    yield from validate_whole(new)
    status = old.get("status") or {}
    if (status.get("qosClass") or quality_of_service(old["spec"])) != quality_of_service(new["spec"]):
        quality = (new.get("status") or {}).get("qosClass") or ""
        yield invalid("spec", quality, "Pod QOS Class may not change as a result of resizing")
    if not _is_supported(status):
        yield forbidden("spec", "Pod running on node without support for resize")
    other = list(_other_containers(new, old))
    yield from other
    if not other:
        yield from _changes(new, old)


def _names(pod: Object) -> list[list[str]]:
    return [[container.get("name") or "" for container in pod["spec"].get(field) or []] for field in _LISTS]


def _resized(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in old.items() if name not in {"resources", "resizePolicy"}}
    return kept | {name: new[name] for name in ("resources", "resizePolicy") if name in new}


def _is_supported(status: Mapping[str, Any]) -> bool:
    for container in status.get("containerStatuses") or []:
        if (container.get("state") or {}).get("running") is not None:
            return container.get("resources") is not None
    return True


def _other_containers(new: Object, old: Object) -> Iterator[FieldError]:
    for field, now, before in zip(_LISTS, _names(new), _names(old), strict=True):
        path = child("spec", field)
        if len(now) != len(before):
            yield forbidden(path, f"{field} may not be added or removed on resize")
            continue
        for index, (name, former) in enumerate(zip(now, before, strict=True)):
            if name != former:
                yield forbidden(child(item(path, index), "name"), f"{field} may not be renamed or reordered on resize")


def _changes(new: Object, old: Object) -> Iterator[FieldError]:
    for field in reversed(_LISTS):
        pairs = zip(new["spec"].get(field) or [], old["spec"].get(field) or [], strict=True)
        for index, (now, before) in enumerate(pairs):
            path = child(item(child("spec", field), index), "resources")
            for side in ("requests", "limits"):
                if not _amounts(before, side).keys() <= _amounts(now, side).keys():
                    yield forbidden(child(path, side), f"resource {side} cannot be removed")
    for field, what in (
        ("containers", "only cpu and memory resources are mutable"),
        ("initContainers", "only cpu and memory resources for init or sidecar containers are mutable"),
    ):
        pairs = zip(new["spec"].get(field) or [], old["spec"].get(field) or [], strict=True)
        for index, (now, before) in enumerate(pairs):
            if not _keeps_others(now, before):
                yield forbidden("spec" if field == "containers" else item(child("spec", field), index), what)


def _keeps_others(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    # kube-apiserver compares with a container that has lost its claims, so that no container with claims is resized.
    return (
        all(_others(new, side) == _others(old, side) for side in ("requests", "limits"))
        and not (old.get("resources") or {}).get("claims")
        and new.get("resizePolicy") == old.get("resizePolicy")
    )


def _amounts(container: Mapping[str, Any], side: str) -> dict[str, str]:
    amounts: dict[str, str] = (container.get("resources") or {}).get(side) or {}
    return amounts


def _others(container: Mapping[str, Any], side: str) -> dict[str, str]:
    return {name: value for name, value in _amounts(container, side).items() if name not in _SIZED}
