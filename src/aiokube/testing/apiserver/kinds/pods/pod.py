"""The rules of pods.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/registry/core/pod/strategy.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from aiokube.testing.apiserver.field_errors import FieldError, forbidden
from aiokube.testing.apiserver.kinds.rules import Context, Object, Part, Rules

from .admission import admit_new, keep_priority, tolerate_lost_nodes
from .annotations import validate_annotation_change
from .changes import validate_metadata_and_spec, validate_spec_change, validate_whole
from .ephemeral import prepare_ephemeral_containers, validate_ephemeral_update
from .features import drop_disabled
from .profiles import fill_app_armor, validate_profiles_agree
from .quality import quality_of_service
from .resizing import prepare_resize, validate_resize
from .status import complete_status, validate_pod_status
from .warnings import pod_warnings

__all__ = ["PodRules"]

_FINISHED = ("Failed", "Succeeded")


class PodRules(Rules):
    returns_deleted = True
    reset_fields: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "": ("status",),
        "status": ("spec", "metadata.deletionTimestamp", "metadata.ownerReferences"),
    }
    field_labels: ClassVar[Mapping[str, Callable[[Object], str]]] = {
        "spec.nodeName": lambda pod: pod["spec"].get("nodeName") or "",
        "spec.host": lambda pod: pod["spec"].get("nodeName") or "",
        "spec.restartPolicy": lambda pod: pod["spec"].get("restartPolicy") or "",
        "spec.schedulerName": lambda pod: pod["spec"].get("schedulerName") or "",
        "spec.serviceAccountName": lambda pod: pod["spec"].get("serviceAccountName") or "",
        "spec.hostNetwork": lambda pod: "true" if pod["spec"].get("hostNetwork") else "false",
        "status.phase": lambda pod: (pod.get("status") or {}).get("phase") or "",
        "status.podIP": lambda pod: (pod.get("status") or {}).get("podIP") or "",
        "status.podIPs": lambda pod: "",
        "status.nominatedNodeName": lambda pod: (pod.get("status") or {}).get("nominatedNodeName") or "",
    }
    parts: ClassVar[Mapping[str, Part]] = {
        "ephemeralcontainers": Part(prepare_ephemeral_containers, validate_ephemeral_update),
        "resize": Part(prepare_resize, validate_resize),
    }

    def unknown_field_label(self, label: str) -> str:
        return f"field label not supported: {label}"

    def admit_create(self, new: Object, context: Context) -> None:
        admit_new(new, context)

    def admit_update(self, new: Object, old: Object, context: Context) -> None:
        keep_priority(new, old)
        tolerate_lost_nodes(new)

    def prepare_create(self, new: Object, context: Context) -> None:
        spec = new["spec"]
        new["status"] = {"phase": "Pending", "qosClass": quality_of_service(spec)}
        drop_disabled(new)
        if spec.get("schedulingGates"):
            new["status"]["conditions"] = [_gated(context.now())]
        _select_by_own_labels(spec, new["metadata"].get("labels") or {})
        for warning in fill_app_armor(new):
            context.warn(warning)

    def prepare_update(self, new: Object, old: Object, context: Context) -> None:
        drop_disabled(new)

    def validate_create(self, new: Object, context: Context) -> Iterator[FieldError]:
        spec = new["spec"]
        yield from validate_metadata_and_spec(new)
        if spec.get("ephemeralContainers"):
            yield forbidden("spec.ephemeralContainers", "cannot be set on create")
        if spec.get("nodeName") and spec.get("schedulingGates"):
            yield forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared")
        yield from validate_profiles_agree(new["metadata"].get("annotations") or {}, spec, "spec")

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterator[FieldError]:
        yield from validate_whole(new)
        yield from validate_annotation_change(new, old)
        yield from validate_spec_change(new["spec"], old["spec"])

    def prepare_status(self, new: Object, old: Object, context: Context) -> None:
        complete_status(new, old)

    def validate_status(self, new: Object, old: Object, context: Context) -> Iterator[FieldError]:
        yield from validate_annotation_change(new, old)
        yield from validate_pod_status(new, old)

    def warnings(self, new: Object, old: Object | None) -> Iterable[str]:
        return () if old is not None else pod_warnings(new)

    def grace_seconds(self, old: Object, asked: int | None) -> int | None:
        spec = old["spec"]
        if not spec.get("nodeName") or (old.get("status") or {}).get("phase") in _FINISHED:
            return 0
        seconds: int = asked if asked is not None else spec.get("terminationGracePeriodSeconds") or 0
        return seconds if seconds >= 0 else 1


def _gated(now: str) -> dict[str, Any]:
    return {
        "type": "PodScheduled",
        "status": "False",
        "lastProbeTime": None,
        "lastTransitionTime": now,
        "reason": "SchedulingGated",
        "message": "Scheduling is blocked due to non-empty scheduling gates",
    }


def _select_by_own_labels(spec: Object, labels: Mapping[str, str]) -> None:
    """Write out selectors that are to follow the pod's own labels."""
    affinity = spec.get("affinity") or {}
    terms: list[Any] = list(spec.get("topologySpreadConstraints") or [])
    for name in ("podAffinity", "podAntiAffinity"):
        of = affinity.get(name) or {}
        terms += [
            each.get("podAffinityTerm") or {}
            for each in of.get("preferredDuringSchedulingIgnoredDuringExecution") or []
        ]
        terms += of.get("requiredDuringSchedulingIgnoredDuringExecution") or []
    for term in terms:
        selector = term.get("labelSelector")
        for field, operator in (("matchLabelKeys", "In"), ("mismatchLabelKeys", "NotIn")):
            for name in term.get(field) or []:
                if selector is not None and name in labels:
                    expression = {"key": name, "operator": operator, "values": [labels[name]]}
                    selector["matchExpressions"] = [*(selector.get("matchExpressions") or []), expression]
