"""Rows of what governs: roles' bindings, certificates, admission, scheduling, flow control, leases, devices.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/printers/internalversion/printers.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from .ages import human_duration
from .cells import NONE, UNSET, Cells, Object, age, at, name

__all__ = [
    "api_service",
    "binding",
    "certificate_signing_request",
    "counting",
    "flow_schema",
    "flow_schema_order",
    "lease",
    "pod_disruption_budget",
    "policy",
    "policy_binding",
    "priority_class",
    "priority_level",
    "resource_claim",
    "resource_slice",
    "runtime_class",
]


def binding(obj: Object, now: datetime) -> list[Any]:
    """Return the cells of a RoleBinding or ClusterRoleBinding."""
    role = at(obj, "roleRef", default={})
    return [
        name(obj),
        f"{role.get('kind', '')}/{role.get('name', '')}",
        age(obj, now),
        *(", ".join(_subjects(obj, kind)) for kind in _SUBJECTS),
    ]


_SUBJECTS: Mapping[str, Callable[[Object], str]] = {
    "User": lambda subject: str(subject["name"]),
    "Group": lambda subject: str(subject["name"]),
    "ServiceAccount": lambda subject: f"{subject.get('namespace', '')}/{subject['name']}",
}


def _subjects(obj: Object, kind: str) -> Iterator[str]:
    return (_SUBJECTS[kind](subject) for subject in at(obj, "subjects", default=()) if subject.get("kind") == kind)


def certificate_signing_request(obj: Object, now: datetime) -> list[Any]:
    seconds = at(obj, "spec", "expirationSeconds")
    return [
        name(obj),
        age(obj, now),
        at(obj, "spec", "signerName", default="") or NONE,
        at(obj, "spec", "username", default=""),
        NONE if seconds is None else human_duration(timedelta(seconds=seconds)),
        ",".join(_csr_states(obj)),
    ]


def _csr_states(obj: Object) -> Iterator[str]:
    conditions = {condition["type"] for condition in at(obj, "status", "conditions", default=())}
    yield next((state for state in ("Denied", "Approved") if state in conditions), "Pending")
    if "Failed" in conditions:
        yield "Failed"
    if at(obj, "status", "certificate"):
        yield "Issued"


def pod_disruption_budget(obj: Object, now: datetime) -> list[Any]:
    limits = (str(at(obj, "spec", limit, default="N/A")) for limit in ("minAvailable", "maxUnavailable"))
    return [name(obj), *limits, at(obj, "status", "disruptionsAllowed", default=0), age(obj, now)]


def counting(*path: str) -> Cells:
    """Return the cells of a kind that shows how long one of its lists is."""

    def cells(obj: Object, now: datetime) -> list[Any]:
        return [name(obj), len(at(obj, *path, default=())), age(obj, now)]

    return cells


def policy(rules: str) -> Cells:
    """Return the cells of an admission policy, whose rules stand in a field of its spec."""

    def cells(obj: Object, now: datetime) -> list[Any]:
        kind = at(obj, "spec", "paramKind")
        shown = UNSET if kind is None else f"{kind.get('apiVersion', '')}/{kind.get('kind', '')}"
        return [name(obj), len(at(obj, "spec", rules, default=())), shown, age(obj, now)]

    return cells


def policy_binding(obj: Object, now: datetime) -> list[Any]:
    """Return the cells of an admission policy's binding."""
    return [name(obj), at(obj, "spec", "policyName", default=""), _parameters(obj), age(obj, now)]


def _parameters(obj: Object) -> str:
    reference = at(obj, "spec", "paramRef", default={})
    if reference.get("name"):
        return f"{reference.get('namespace') or '*'}/{reference['name']}"
    return UNSET if reference.get("selector") is None else _go_selector(reference["selector"])


def _go_selector(selector: Object) -> str:
    """Return a selector as Go's generated String() has it, which is what kube-apiserver shows here."""
    labels = "".join(f"{key}: {value}," for key, value in sorted((selector.get("matchLabels") or {}).items()))
    expressions = "".join(map(_go_requirement, selector.get("matchExpressions") or ()))
    return (
        f"&LabelSelector{{MatchLabels:map[string]string{{{labels}}},"
        f"MatchExpressions:[]LabelSelectorRequirement{{{expressions}}},}}"
    )


def _go_requirement(expression: Object) -> str:
    values = " ".join(expression.get("values") or ())
    fields = f"Key:{expression['key']},Operator:{expression['operator']},Values:[{values}],"
    return f"LabelSelectorRequirement{{{fields}}},"


def priority_class(obj: Object, now: datetime) -> list[Any]:
    return [
        name(obj),
        obj.get("value", 0),
        obj.get("globalDefault", False),
        age(obj, now),
        at(obj, "preemptionPolicy", default=""),
    ]


def runtime_class(obj: Object, now: datetime) -> list[Any]:
    return [name(obj), obj.get("handler", ""), age(obj, now)]


def lease(obj: Object, now: datetime) -> list[Any]:
    return [name(obj), at(obj, "spec", "holderIdentity", default=""), age(obj, now)]


def resource_claim(obj: Object, now: datetime) -> list[Any]:
    return [name(obj), ",".join(_claim_states(obj)), age(obj, now)]


def _claim_states(obj: Object) -> Iterator[str]:
    deleted = at(obj, "metadata", "deletionTimestamp") is not None
    if deleted:
        yield "deleted"
    if at(obj, "status", "allocation") is not None:
        yield "allocated"
        if at(obj, "status", "reservedFor"):
            yield "reserved"
    elif not deleted:
        yield "pending"


def resource_slice(obj: Object, now: datetime) -> list[Any]:
    spec = at(obj, "spec", default={})
    node = at(spec, "nodeName", default="")
    return [name(obj), node, spec.get("driver", ""), at(spec, "pool", "name", default=""), age(obj, now)]


def flow_schema(obj: Object, now: datetime) -> list[Any]:
    conditions = at(obj, "status", "conditions", default=())
    return [
        name(obj),
        at(obj, "spec", "priorityLevelConfiguration", "name", default=""),
        at(obj, "spec", "matchingPrecedence", default=0),
        at(obj, "spec", "distinguisherMethod", "type", default=NONE),
        age(obj, now),
        next((c.get("status", "") for c in conditions if c.get("type") == "Dangling"), "?"),
    ]


def flow_schema_order(obj: Object) -> tuple[int, str]:
    """Return by what flow schemas are sorted in a table: as they are tried."""
    return at(obj, "spec", "matchingPrecedence", default=0), name(obj)


def priority_level(obj: Object, now: datetime) -> list[Any]:
    limited = at(obj, "spec", "limited")
    queuing = at(limited, "limitResponse", "queuing")
    return [
        name(obj),
        at(obj, "spec", "type", default=""),
        NONE if limited is None else at(limited, "nominalConcurrencyShares", default=0),
        *(NONE if queuing is None else queuing.get(field, 0) for field in ("queues", "handSize", "queueLengthLimit")),
        age(obj, now),
    ]


def api_service(obj: Object, now: datetime) -> list[Any]:
    """Return the cells of an APIService.

    Source: https://github.com/kubernetes/kube-aggregator/blob/v0.36.3/pkg/registry/apiservice/etcd/etcd.go
    """
    service = at(obj, "spec", "service")
    where = "Local" if service is None else f"{service.get('namespace', '')}/{service.get('name', '')}"
    return [name(obj), where, _availability(obj), age(obj, now)]


def _availability(obj: Object) -> str:
    conditions = at(obj, "status", "conditions", default=())
    available = next((c for c in conditions if c["type"] == "Available"), {"status": "Unknown"})
    if available["status"] == "True" or not available.get("reason"):
        return str(available["status"])
    return f"{available['status']} ({available['reason']})"
