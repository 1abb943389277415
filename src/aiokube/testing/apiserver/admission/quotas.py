"""Quotas: what a change charges to them, and what all objects of a namespace use.

Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/admission/plugin/resourcequota/controller.go
    and https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/controller/resourcequota/resource_quota_controller.go
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.kinds.rules import Object

from .amounts import Amounts, added, amounts, equal, number, only, shown, still_to_add, written
from .change import Change
from .measure import Measure, Requirement

__all__ = ["RESOURCE_QUOTAS", "charge", "counted"]

RESOURCE_QUOTAS: Final = GroupResource("", "resourcequotas")


def charge(change: Change, quotas: Iterable[Object], measure: Measure, now: dt.datetime) -> list[Object]:
    """Return the quotas that a change is charged to, as they are then.

    Raises:
        StatusError: one of them does not let it in (403).
    """
    concerned = [quota for quota in quotas if _is_about(quota, change.new, measure)]
    for quota in concerned:
        _require_known(quota, change, measure)
    usage = measure.usage(change.new, now) if concerned else {}
    before = measure.usage(change.old, now) if concerned and change.old is not None else {}
    charged = [_charged(quota, change, measure, usage, before) for quota in concerned]
    return [quota for quota in charged if quota is not None]


def counted(
    quota: Object, measures: Iterable[Measure], objects: Callable[[GroupResource], Iterable[Object]], now: dt.datetime
) -> Object | None:
    """Return a quota with what is used of it; None if it says so already.

    Args:
        objects: of the quota's namespace, by resource.
    """
    hard = (quota.get("spec") or {}).get("hard") or {}
    status = quota.get("status") or {}
    used = amounts(status.get("used"))
    for measure in measures:
        if names := [name for name in hard if measure.covers(name)]:
            used |= only(_used(quota, measure, names, objects(measure.resource), now), names)
    used = only(used, hard)
    if _says(status, "hard", amounts(hard)) and _says(status, "used", used):
        return None
    return {**quota, "status": {"hard": hard, "used": written(used)}}


def _says(status: Object, field: str, wanted: Amounts) -> bool:
    return field in status and equal(amounts(status[field]), wanted)


def _is_about(quota: Object, obj: Object, measure: Measure) -> bool:
    hard = _status(quota, "hard")
    return any(map(measure.covers, hard)) and _is_in_scope(quota, obj, measure)


def _is_in_scope(quota: Object, obj: Object, measure: Measure) -> bool:
    return all(measure.is_in_scope(obj, requirement) for requirement in _requirements(quota))


def _requirements(quota: Object) -> Sequence[Requirement]:
    spec = quota.get("spec") or {}
    named = [{"scopeName": scope, "operator": "Exists"} for scope in spec.get("scopes") or []]
    return [*named, *((spec.get("scopeSelector") or {}).get("matchExpressions") or [])]


def _require_known(quota: Object, change: Change, measure: Measure) -> None:
    """Refuse what does not say what it uses, and what cannot be charged because nobody has counted yet."""
    name = quota["metadata"]["name"]
    restricted = [one for one in _status(quota, "hard") if measure.covers(one)]
    if why := measure.unspecified(change.new, restricted):
        raise change.refused(f"failed quota: {name}: {why}")
    if not set(restricted) <= _status(quota, "used").keys():
        raise change.refused(f"status unknown for quota: {name}, resources: {','.join(sorted(restricted))}")


def _charged(quota: Object, change: Change, measure: Measure, usage: Amounts, before: Amounts) -> Object | None:
    """Return a quota with what a change uses that was not used before, None if that is nothing."""
    counts_already = change.old is not None and _is_about(quota, change.old, measure)
    hard, used = amounts(_status(quota, "hard")), amounts(_status(quota, "used"))
    requested = only(still_to_add(usage, before if counts_already else {}), hard)
    after = added(used, requested)
    if change.subresource != "status":
        exceeded = [name for name in requested if after[name].amount > hard[name].amount]
        if exceeded:
            asked, so_far, most = (shown(only(one, exceeded)) for one in (requested, used, hard))
            why = f"exceeded quota: {quota['metadata']['name']}, requested: {asked}, used: {so_far}, limited: {most}"
            raise change.refused(why)
    if not requested:
        return None
    return {**quota, "status": {**quota["status"], "used": written(after)}}


def _used(
    quota: Object, measure: Measure, names: Iterable[str], objects: Iterable[Object], now: dt.datetime
) -> Amounts:
    used: Amounts = dict.fromkeys(names, number(0))
    for obj in objects:
        if _is_in_scope(quota, obj, measure):
            used = added(used, measure.usage(obj, now))
    return used


def _status(quota: Object, field: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (quota.get("status") or {}).get(field) or {}
    return found
