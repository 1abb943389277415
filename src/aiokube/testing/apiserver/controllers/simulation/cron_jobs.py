"""CronJobs: a Job at each time of a schedule.

Of the times that were missed, such as while it was suspended, the latest is made up for, if it was within a day.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/controller/cronjob/cronjob_controllerv2.go
"""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

from aiokube.testing.apiserver.clock import time
from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.controllers.controller import Controller
from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.storage import Event

from .conditions import is_true
from .pods import controller_reference, is_terminating, manager_of
from .resources import CRON_JOBS, JOBS
from .schedules import parse_schedule

__all__ = ["CronJobs"]

_MADE_UP_FOR = dt.timedelta(days=1)
_SCHEDULED = "batch.kubernetes.io/cronjob-scheduled-timestamp"


class CronJobs(Controller):
    """Waits for the next time of each schedule, and keeps a few of the jobs that are over."""

    watches = (CRON_JOBS, JOBS)

    def begin(self) -> None:
        for stored in self.client.stored(CRON_JOBS):
            self.work.add(stored.key)

    def hear(self, resource: GroupResource, event: Event) -> None:
        if resource == CRON_JOBS:
            self.work.add(event.object.key)
            return
        manager = manager_of(event.object)
        if manager is not None and manager.kind == "CronJob":
            self.work.add(f"{event.object.key.partition('/')[0]}/{manager.name}")

    def sync(self, key: str) -> None:
        namespace, _, name = key.partition("/")
        cron_job = self.client.get(CRON_JOBS, name, namespace)
        if cron_job is None or is_terminating(cron_job):
            return
        before = copy.deepcopy(cron_job["status"])
        jobs = self._jobs(cron_job)
        if not cron_job["spec"].get("suspend"):
            self._follow_schedule(key, cron_job, jobs)
        self._clean_up(cron_job, jobs)
        self._report(cron_job, jobs)
        if cron_job["status"] != before:
            self.client.update(CRON_JOBS, cron_job, subresource="status")

    def _jobs(self, cron_job: Object) -> list[Object]:
        uid, found = cron_job["metadata"]["uid"], []
        for stored in self.client.stored(JOBS, cron_job["metadata"]["namespace"]):
            manager = manager_of(stored)
            if manager is not None and manager.uid == uid:
                found.append(stored.object())
        return found

    def _follow_schedule(self, key: str, cron_job: Object, jobs: list[Object]) -> None:
        spec, now = cron_job["spec"], self.cluster.clock.now()
        try:
            schedule = parse_schedule(spec["schedule"], spec.get("timeZone"))
        except ValueError:
            return  # was valid to who took it, and means no time that is known here
        last = cron_job["status"].get("lastScheduleTime") or cron_job["metadata"]["creationTimestamp"]
        since = max(dt.datetime.fromisoformat(last), now - _MADE_UP_FOR)
        due, following = None, schedule.after(since)
        while following is not None and following <= now:
            due, following = following, schedule.after(following)
        if due is not None and self._may_start(cron_job, jobs):
            jobs.append(self._start(cron_job, due))
            cron_job["status"]["lastScheduleTime"] = time(due)
        if following is not None:
            self.work.add_later(key, (following - now).total_seconds())

    def _may_start(self, cron_job: Object, jobs: list[Object]) -> bool:
        policy = cron_job["spec"].get("concurrencyPolicy", "Allow")
        active = [job for job in jobs if not _is_over(job)]
        if policy == "Replace":
            for job in active:
                self._delete(job)
                jobs.remove(job)
        return policy != "Forbid" or not active

    def _start(self, cron_job: Object, due: dt.datetime) -> Object:
        template = copy.deepcopy(cron_job["spec"]["jobTemplate"])
        wanted = template.get("metadata") or {}
        name = f"{cron_job['metadata']['name']}-{int(due.timestamp()) // 60}"
        annotations = {**(wanted.get("annotations") or {}), _SCHEDULED: time(due)}
        metadata: dict[str, Any] = {"name": name, "annotations": annotations}
        if wanted.get("labels"):
            metadata["labels"] = wanted["labels"]
        metadata["ownerReferences"] = [controller_reference(cron_job)]
        job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": template["spec"]}
        return self.client.create(JOBS, job, cron_job["metadata"]["namespace"])

    def _clean_up(self, cron_job: Object, jobs: list[Object]) -> None:
        """Delete the oldest of the jobs that are over, so that as many are left as are wanted."""
        spec = cron_job["spec"]
        kept = {"Complete": spec.get("successfulJobsHistoryLimit", 3), "Failed": spec.get("failedJobsHistoryLimit", 1)}
        for end, limit in kept.items():
            ended = sorted((job for job in jobs if is_true(job, end)), key=lambda job: str(job["metadata"]["name"]))
            for job in ended[: max(0, len(ended) - limit)]:
                self._delete(job)
                jobs.remove(job)

    def _delete(self, job: Object) -> None:
        metadata = job["metadata"]
        uid, name, namespace = metadata["uid"], metadata["name"], metadata["namespace"]
        self.client.delete(JOBS, name, namespace, uid=uid, propagation="Background")

    def _report(self, cron_job: Object, jobs: list[Object]) -> None:
        status = cron_job["status"]
        status["active"] = [_reference(job) for job in jobs if not _is_over(job)]
        if not status["active"]:
            del status["active"]
        ends = [job["status"]["completionTime"] for job in jobs if job["status"].get("completionTime")]
        if ends:
            status["lastSuccessfulTime"] = max([*ends, status.get("lastSuccessfulTime", "")])


def _is_over(job: Object) -> bool:
    return is_true(job, "Complete") or is_true(job, "Failed")


def _reference(job: Object) -> Object:
    metadata = job["metadata"]
    return {
        "kind": "Job",
        "namespace": metadata["namespace"],
        "name": metadata["name"],
        "uid": metadata["uid"],
        "apiVersion": "batch/v1",
        "resourceVersion": metadata["resourceVersion"],
    }
