"""The defaults of what makes pods.

Sources:
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/apps/v1/defaults.go
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/apps/v1/conversion.go
    https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/batch/v1/defaults.go
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiokube.testing.apiserver.go.numbers import parse_int
from aiokube.testing.apiserver.schema.decoding import DecodingError

from . import Default, absent, zero

__all__ = ["DEFAULTS", "TEMPLATE_GENERATION"]

TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"
"""The annotation in which apps/v1 shows how often a DaemonSet's template was changed."""

_HIGHEST_INT32 = 2**31 - 1


def _deployment_spec(spec: dict[str, Any]) -> None:
    absent({"replicas": 1, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600})(spec)
    strategy = _part(spec, "strategy")
    zero({"type": "RollingUpdate"})(strategy)
    if strategy["type"] == "RollingUpdate":
        absent({"maxUnavailable": "25%", "maxSurge": "25%"})(_part(strategy, "rollingUpdate"))


def _daemon_set(daemon_set: dict[str, Any]) -> None:
    annotations = _part(_part(daemon_set, "metadata"), "annotations")
    try:
        parse_int(annotations.setdefault(TEMPLATE_GENERATION, "0"))
    except ValueError as error:
        raise DecodingError(str(error)) from None
    _part(daemon_set, "spec")


def _daemon_set_spec(spec: dict[str, Any]) -> None:
    absent({"revisionHistoryLimit": 10})(spec)
    strategy = _part(spec, "updateStrategy")
    zero({"type": "RollingUpdate"})(strategy)
    if strategy["type"] == "RollingUpdate":
        absent({"maxUnavailable": 1, "maxSurge": 0})(_part(strategy, "rollingUpdate"))


def _stateful_set_spec(spec: dict[str, Any]) -> None:
    zero({"podManagementPolicy": "OrderedReady"})(spec)
    strategy = _part(spec, "updateStrategy")
    if not strategy.get("type"):
        strategy["type"] = "RollingUpdate"
        _part(strategy, "rollingUpdate")
    if strategy["type"] == "RollingUpdate" and strategy.get("rollingUpdate") is not None:
        absent({"partition": 0})(strategy["rollingUpdate"])
    retention = _part(spec, "persistentVolumeClaimRetentionPolicy")
    zero({"whenDeleted": "Retain", "whenScaled": "Retain"})(retention)
    absent({"replicas": 1, "revisionHistoryLimit": 10})(spec)
    for claim in spec.get("volumeClaimTemplates") or []:
        claim |= {"kind": "PersistentVolumeClaim", "apiVersion": "v1"}


def _replication_controller(controller: dict[str, Any]) -> None:
    spec = _part(controller, "spec")
    absent({"replicas": 1})(spec)
    if labels := _template_labels(spec):
        if not spec.get("selector"):
            spec["selector"] = dict(labels)
        _label(controller, labels)


def _job(job: dict[str, Any]) -> None:
    spec = _part(job, "spec")
    if spec.get("completions") is None and spec.get("parallelism") is None:
        spec["completions"] = 1
    backoff = 6 if spec.get("backoffLimitPerIndex") is None else _HIGHEST_INT32
    replacement = "TerminatingOrFailed" if spec.get("podFailurePolicy") is None else "Failed"
    absent(
        {
            "parallelism": 1,
            "backoffLimit": backoff,
            "completionMode": "NonIndexed",
            "suspend": False,
            "podReplacementPolicy": replacement,
            "manualSelector": False,
        }
    )(spec)


def _cron_job_spec(spec: dict[str, Any]) -> None:
    zero({"concurrencyPolicy": "Allow"})(spec)
    absent({"suspend": False, "successfulJobsHistoryLimit": 3, "failedJobsHistoryLimit": 1})(spec)


def _part(obj: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a part of an object, which is made when it is not there."""
    if obj.get(name) is None:
        obj[name] = {}
    part: dict[str, Any] = obj[name]
    return part


def _template_labels(spec: Mapping[str, Any]) -> Mapping[str, str]:
    metadata = (spec.get("template") or {}).get("metadata") or {}
    return metadata.get("labels") or {}


def _label(obj: dict[str, Any], labels: Mapping[str, str]) -> None:
    metadata = _part(obj, "metadata")
    if not metadata.get("labels"):
        metadata["labels"] = dict(labels)


def _as_given(update: dict[str, Any]) -> None:
    """Rolling updates are completed with the strategy that they belong to, or not at all."""


DEFAULTS: Mapping[str, Default] = {
    "io.k8s.api.apps.v1.DaemonSet": _daemon_set,
    "io.k8s.api.apps.v1.DaemonSetSpec": _daemon_set_spec,
    "io.k8s.api.apps.v1.DeploymentSpec": _deployment_spec,
    "io.k8s.api.apps.v1.ReplicaSetSpec": absent({"replicas": 1}),
    "io.k8s.api.apps.v1.RollingUpdateDaemonSet": _as_given,
    "io.k8s.api.apps.v1.RollingUpdateDeployment": _as_given,
    "io.k8s.api.apps.v1.RollingUpdateStatefulSetStrategy": _as_given,
    "io.k8s.api.apps.v1.StatefulSetSpec": _stateful_set_spec,
    "io.k8s.api.batch.v1.CronJobSpec": _cron_job_spec,
    "io.k8s.api.batch.v1.Job": _job,
    "io.k8s.api.batch.v1.PodFailurePolicyOnPodConditionsPattern": zero({"status": "True"}),
    "io.k8s.api.core.v1.ReplicationController": _replication_controller,
}
