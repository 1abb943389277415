"""Workloads: the kinds that make pods, one file each, and what their specs have in common."""

from __future__ import annotations

from collections.abc import Mapping

from aiokube.testing.apiserver.kinds.rules import Rules

from .cron_jobs import CronJobRules
from .daemon_sets import DaemonSetRules
from .deployments import DeploymentRules
from .jobs import JobRules
from .replica_sets import PodTemplateRules, ReplicaSetRules, ReplicationControllerRules
from .stateful_sets import StatefulSetRules

__all__ = ["BEHAVIOUR"]

BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {
    ("", "PodTemplate"): PodTemplateRules,
    ("", "ReplicationController"): ReplicationControllerRules,
    ("apps", "DaemonSet"): DaemonSetRules,
    ("apps", "Deployment"): DeploymentRules,
    ("apps", "ReplicaSet"): ReplicaSetRules,
    ("apps", "StatefulSet"): StatefulSetRules,
    ("batch", "CronJob"): CronJobRules,
    ("batch", "Job"): JobRules,
}
