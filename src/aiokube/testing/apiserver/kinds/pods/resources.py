"""Resources of containers and pods: what they ask for, and what they may not exceed.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
(validateResourceRequirements)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from aiokube.testing.apiserver.field_errors import (
    FieldError,
    Reason,
    child,
    duplicate,
    forbidden,
    invalid,
    item,
    key,
    not_supported,
    required,
)
from aiokube.testing.apiserver.kinds import names, resource_names
from aiokube.testing.apiserver.kinds.checks import matching
from aiokube.testing.apiserver.kinds.quantities import amount
from aiokube.testing.apiserver.kinds.resource_names import (
    HUGE_PAGES,
    MEASURED,
    is_extended,
    is_native,
    validate_amount,
)

from .totals import total
from .windows import is_for_windows

__all__ = ["validate_container_resource_name", "validate_pod_resources", "validate_resources"]

Object = Mapping[str, Any]


def validate_resources(requirements: Object, path: str, claims: frozenset[str]) -> Iterator[FieldError]:
    """Return what is wrong with the resources of a container.

    Args:
        claims: the names of the resource claims of its pod.
    """
    return _requirements(requirements, path, claims, validate_container_resource_name)


def validate_pod_resources(spec: Object, path: str, claims: frozenset[str]) -> Iterator[FieldError]:
    """Return what is wrong with the resources of a pod as a whole, which bound those of its containers."""
    resources = spec["resources"]
    if is_for_windows(spec):
        yield forbidden(path, "may not be set for a windows pod")
        return
    if resources.get("claims"):
        yield forbidden(child(path, "claims"), "claims may not be set for Resources at pod-level")
    yield from _requirements(resources, path, claims, _pod_resource)
    yield from _covers_containers(spec, resources, path)
    yield from _below_limits(spec, resources.get("limits") or {}, path)


def validate_container_resource_name(name: str, path: str) -> Iterator[FieldError]:
    """Return what is wrong with the name of a resource that a container may ask for."""
    yield from resource_names.validate(name, path)
    if "/" not in name:
        if name not in MEASURED and not name.startswith(HUGE_PAGES):
            yield invalid(path, name, "must be a standard resource for containers")
    elif not is_native(name) and not is_extended(name):
        yield invalid(path, name, "doesn't follow extended resource name standard")


def _requirements(
    requirements: Object, path: str, claims: frozenset[str], check: Callable[[str, str], Iterator[FieldError]]
) -> Iterator[FieldError]:
    limits, requests = requirements.get("limits") or {}, requirements.get("requests") or {}
    for name, value in limits.items():
        yield from _resource(name, value, key(child(path, "limits"), name), check)
    for name, value in requests.items():
        yield from _quantity(name, value, key(child(path, "requests"), name), check)
        yield from _within_limit(name, value, limits.get(name), path)
        yield from _pages(name, value, key(child(path, "requests"), name))
    asked = {*limits, *requests}
    if any(name.startswith(HUGE_PAGES) for name in asked) and not asked & {"cpu", "memory"}:
        yield forbidden(path, "HugePages require cpu or memory")
    yield from _claims(requirements.get("claims") or [], child(path, "claims"), claims)


def _resource(
    name: str, value: str, path: str, check: Callable[[str, str], Iterator[FieldError]]
) -> Iterator[FieldError]:
    yield from _quantity(name, value, path, check)
    yield from _pages(name, value, path)


def _quantity(
    name: str, value: str, path: str, check: Callable[[str, str], Iterator[FieldError]]
) -> Iterator[FieldError]:
    yield from check(name, path)
    yield from validate_amount(name, value, path)


def _within_limit(name: str, value: str, limit: str | None, path: str) -> Iterator[FieldError]:
    overcommits = is_native(name) and not name.startswith(HUGE_PAGES)
    requests = child(path, "requests")
    if limit is None:
        if not overcommits:
            yield required(child(path, "limits"), "Limit must be set for non overcommitable resources")
    elif not overcommits and amount(value) != amount(limit):
        yield invalid(requests, value, f"must be equal to {name} limit of {limit}")
    elif amount(value) > amount(limit):
        yield invalid(requests, value, f"must be less than or equal to {name} limit of {limit}")


def _pages(name: str, value: str, path: str) -> Iterator[FieldError]:
    if not name.startswith(HUGE_PAGES):
        return
    try:
        size = amount(name.removeprefix(HUGE_PAGES))
    except ValueError:
        divides = False
    else:
        divides = size > 0 and size.denominator == 1 and amount(value) % size == 0
    if not divides:
        yield invalid(path, value, f"{value} is not positive integer multiple of {name}")


def _pod_resource(name: str, path: str) -> Iterator[FieldError]:
    wrong = list(resource_names.validate(name, path))
    yield from wrong
    if not wrong and name not in {"cpu", "memory"} and not name.startswith(HUGE_PAGES):
        yield not_supported(path, name, ("cpu", "hugepages-", "memory"))


def _claims(claims: Sequence[Object], path: str, known: frozenset[str]) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, claim in enumerate(claims):
        at, name, request = item(path, index), claim.get("name") or "", claim.get("request") or ""
        if not name:
            yield required(at)
            continue
        if name in seen:
            yield duplicate(at, name)
        else:
            if request:
                yield from matching(names.dns_label, request, child(at, "request"))
            whole = f"{name}/{request}" if request else name
            overlaps = not request and any(other.startswith(f"{name}/") for other in seen)
            if whole in seen or overlaps:
                yield duplicate(at, whole)
            seen.add(whole)
        if name not in known:
            listed = f": {', '.join(sorted(known))}" if known else " which is empty"
            detail = f"must be one of the names in pod.spec.resourceClaims{listed}"
            yield FieldError(Reason.NOT_FOUND, at, name, detail)


def _covers_containers(spec: Object, resources: Object, path: str) -> Iterator[FieldError]:
    """Require that a pod has what its containers have together; of huge pages, as limits too."""
    for side in ("requests", "limits"):
        given = resources.get(side) or {}
        for name, sum_ in total(spec, side).items():
            counts = side == "requests" or name.startswith(HUGE_PAGES)
            if counts and name in given and sum_.amount > amount(given[name]):
                why = f"must be greater than or equal to aggregate container {side} of {sum_.text}"
                yield invalid(key(child(path, side), name), given[name], why)


def _below_limits(spec: Object, limits: Object, path: str) -> Iterator[FieldError]:
    for index, container in enumerate(spec.get("containers") or []):
        for name, limit in ((container.get("resources") or {}).get("limits") or {}).items():
            if name in limits and amount(limit) > amount(limits[name]):
                at = child(key(item(child(path, "containers"), index), name), "limits")
                yield invalid(at, limit, f"must be less than or equal to pod limits of {limits[name]}")
