"""LimitRanges: what containers get that do not say it, and the bounds that they, pods and claims are held to.

Which of several LimitRanges comes first is left to chance by kube-apiserver; here it is the order of their names.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/plugin/pkg/admission/limitranger/admission.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.field_errors import aggregate
from aiokube.testing.apiserver.kinds.pods.totals import POD_LEVEL, with_pod_level
from aiokube.testing.apiserver.kinds.rules import Object
from aiokube.testing.apiserver.schema.quantities import parse

from .amounts import amounts
from .bounds import Asked, Bound, above_maximum, above_ratio, below_minimum, requested_above_maximum
from .change import Change

__all__ = ["LIMIT_RANGES", "are_limited", "check_limits", "give_defaults"]

LIMIT_RANGES: Final = GroupResource("", "limitranges")

_PODS = GroupResource("", "pods")
_CLAIMS = GroupResource("", "persistentvolumeclaims")
_ANNOTATION = "kubernetes.io/limit-ranger"
_DEFAULTS = (("requests", "defaultRequest", "request"), ("limits", "default", "limit"))


class _Checks(NamedTuple):
    """What a limit of one type looks at in an object, and the bounds that it may have."""

    asked: Callable[[Object], Iterator[Asked]]
    bounds: tuple[tuple[str, Bound], ...]


def are_limited(change: Change) -> bool:
    """Return whether LimitRanges say anything about a change: about new pods, resized ones, and all claims."""
    if change.old is not None and change.old["metadata"].get("deletionTimestamp"):
        return False
    if change.resource == _PODS:
        return change.subresource == ("" if change.is_new else "resize")
    return change.resource == _CLAIMS and not change.subresource


def give_defaults(change: Change, ranges: Iterable[Object]) -> None:
    """Give the containers of a pod what they do not say; an annotation tells which was given last."""
    if change.resource != _PODS:
        return
    metadata = change.new["metadata"]
    for each in ranges:
        limits = [limit for limit in _limits(each) if limit.get("type") == "Container"]
        if given := [what for limit in limits for what in _given(change.new, limit)]:
            note = f"LimitRanger plugin set: {'; '.join(given)}"
            metadata["annotations"] = {**(metadata.get("annotations") or {}), _ANNOTATION: note}


def check_limits(change: Change, ranges: Iterable[Object]) -> None:
    """Refuse a pod or a claim that is out of bounds.

    Raises:
        StatusError: it is; the first LimitRange says all that it has against it (403).
    """
    checks = _CHECKS[change.resource]
    for each in ranges:
        limits = [limit for limit in _limits(each) if limit.get("type") in checks]
        wrong = [why for limit in limits for why in _out_of_bounds(change.new, limit, checks[limit["type"]])]
        if wrong:
            raise change.refused(aggregate(wrong))


def _limits(limit_range: Object) -> list[Object]:
    return (limit_range.get("spec") or {}).get("limits") or []


def _given(pod: Object, limit: Object) -> Iterator[str]:
    for kind, container in _containers(pod):
        resources = container.setdefault("resources", {})
        for side, default, word in _DEFAULTS:
            there = resources.get(side) or {}
            added = {name: amount for name, amount in (limit.get(default) or {}).items() if name not in there}
            if added:
                resources[side] = {**there, **added}
                yield f"{', '.join(sorted(added))} {word} for {kind} {container.get('name') or ''}"


def _containers(pod: Object) -> Iterator[tuple[str, Object]]:
    for kind, field in (("container", "containers"), ("init container", "initContainers")):
        for container in pod["spec"].get(field) or []:
            yield kind, container


def _of_containers(pod: Object) -> Iterator[Asked]:
    for _, container in _containers(pod):
        resources = container.get("resources") or {}
        yield Asked(amounts(resources.get("requests")), amounts(resources.get("limits")))


def _of_pod(pod: Object) -> Iterator[Asked]:
    yield Asked(*(with_pod_level(pod["spec"], side, POD_LEVEL.__contains__) for side in ("requests", "limits")))


def _of_claim(claim: Object) -> Iterator[Asked]:
    yield Asked(amounts((claim["spec"].get("resources") or {}).get("requests")), {})


_BOUNDS: tuple[tuple[str, Bound], ...] = (
    ("min", below_minimum),
    ("max", above_maximum),
    ("maxLimitRequestRatio", above_ratio),
)
_CHECKS: Mapping[GroupResource, Mapping[str, _Checks]] = {
    _PODS: {"Container": _Checks(_of_containers, _BOUNDS), "Pod": _Checks(_of_pod, _BOUNDS)},
    _CLAIMS: {"PersistentVolumeClaim": _Checks(_of_claim, (("min", below_minimum), ("max", requested_above_maximum)))},
}
"""By resource and type of limit."""


def _out_of_bounds(obj: Object, limit: Object, checks: _Checks) -> Iterator[str]:
    for asked in checks.asked(obj):
        for field, bound in checks.bounds:
            for name, amount in (limit.get(field) or {}).items():
                if why := bound(asked, limit["type"], name, parse(amount)):
                    yield why
