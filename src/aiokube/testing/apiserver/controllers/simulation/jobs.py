"""Jobs: pods that are to succeed, so many of them at once and in all.

Each pod has a finalizer until it is counted, so that none that goes is forgotten.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/controller/job/job_controller.go
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.controllers.controller import Controller
from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.go.numbers import int_or
from aiokube.testing.apiserver.storage import Event

from .conditions import condition_of, is_true
from .pods import (
    controller_of,
    deletion_order,
    is_active,
    is_ready,
    is_terminal,
    is_terminating,
    manager_of,
    pod_of_template,
)
from .resources import JOBS, PODS

__all__ = ["Jobs"]

_INDEX = "batch.kubernetes.io/job-completion-index"
_JOB_NAME = "batch.kubernetes.io/job-name"
_TRACKING = "batch.kubernetes.io/job-tracking"
_SUCCESS = ("CompletionsReached", "Reached expected number of succeeded pods")
_TOO_MANY_FAILURES = ("BackoffLimitExceeded", "Job has reached the specified backoff limit")
_TOO_LATE = ("DeadlineExceeded", "Job was active longer than specified deadline")


class Jobs(Controller):
    """Makes pods, counts how they end, and says when a job is done."""

    watches = (JOBS, PODS)

    def begin(self) -> None:
        for stored in self.client.stored(JOBS):
            self.work.add(stored.key)

    def hear(self, resource: GroupResource, event: Event) -> None:
        if resource == JOBS:
            self.work.add(event.object.key)
            return
        manager = manager_of(event.object)
        if manager is not None and manager.kind == "Job":
            self.work.add(f"{event.object.key.partition('/')[0]}/{manager.name}")

    def sync(self, key: str) -> None:
        namespace, _, name = key.partition("/")
        job = self.client.get(JOBS, name, namespace)
        pods = list(self._pods(namespace, name))
        if job is None or is_terminating(job):
            self._release(pods)
        elif is_true(job, "Complete") or is_true(job, "Failed"):
            self._release(pods)
            self._expire(key, job)
        else:
            before = {**job["status"]}
            mine = [pod for pod in pods if (controller_of(pod) or {}).get("uid") == job["metadata"]["uid"]]
            self._sync(key, job, mine)
            if job["status"] != before:
                self.client.update(JOBS, job, subresource="status")
            self._release(pod for pod in mine if is_terminal(pod) or is_terminating(pod))

    def _pods(self, namespace: str, name: str) -> Iterator[Object]:
        """Yield the pods of a job of this name; there may have been others before."""
        for stored in self.client.stored(PODS, namespace):
            if _JOB_NAME in stored.labels:
                pod = stored.object()
                controller = controller_of(pod)
                if controller is not None and (controller["kind"], controller["name"]) == ("Job", name):
                    yield pod

    def _release(self, pods: Iterable[Object]) -> None:
        """Let pods go that are counted, or that nobody counts any more."""
        for pod in pods:
            metadata = pod["metadata"]
            found = self.client.get(PODS, metadata["name"], metadata["namespace"])
            if found is not None and found["metadata"]["uid"] == metadata["uid"] and _is_uncounted(found):
                found["metadata"]["finalizers"].remove(_TRACKING)
                self.client.update(PODS, found)

    def _sync(self, key: str, job: Object, pods: list[Object]) -> None:
        spec, status = job["spec"], job["status"]
        suspended = bool(spec.get("suspend"))
        active = [pod for pod in pods if is_active(pod)]
        ended = [pod["status"].get("phase") for pod in pods if is_terminal(pod) and _is_uncounted(pod)]
        failed = status.get("failed", 0) + ended.count("Failed")
        indexes = _indexes_of(status) | _succeeded_indexes(pods) if _is_indexed(job) else set()
        succeeded = len(indexes) if _is_indexed(job) else status.get("succeeded", 0) + ended.count("Succeeded")
        if not suspended:
            status.setdefault("startTime", self.cluster.now())
        failure = self._failure(key, job, failed)
        if failure is not None:
            self._delete(active)
            active = []
        elif suspended:
            self._delete(active)
            active = []
            self._suspend(status, "True", "JobSuspended", "Job suspended")
        else:
            if condition_of(job, "Suspended") is not None:
                self._resume(status)
            active = self._scale(job, active, succeeded, indexes)
        counts = {"active": len(active), "succeeded": succeeded, "failed": failed}
        status |= counts | {"ready": sum(map(is_ready, active))}
        status |= {"terminating": sum(map(is_terminating, pods)), "uncountedTerminatedPods": {}}
        if _is_indexed(job):
            status["completedIndexes"] = _ranges(indexes)
        for field, value in list(status.items()):
            if value in (0, "") and field not in ("ready", "terminating"):
                del status[field]
        self._end(job, failure, succeeded, len(active))

    def _failure(self, key: str, job: Object, failed: int) -> tuple[str, str] | None:
        spec = job["spec"]
        if failed > spec.get("backoffLimit", 6):
            return _TOO_MANY_FAILURES
        deadline = spec.get("activeDeadlineSeconds")
        if deadline is None or "startTime" not in job["status"]:
            return None
        left = deadline - self._seconds_since(job["status"]["startTime"])
        if left <= 0:
            return _TOO_LATE
        self.work.add_later(key, left)
        return None

    def _seconds_since(self, timestamp: str) -> float:
        return (self.cluster.clock.now() - dt.datetime.fromisoformat(timestamp)).total_seconds()

    def _scale(self, job: Object, active: list[Object], succeeded: int, indexes: set[int]) -> list[Object]:
        spec = job["spec"]
        parallelism, completions = spec.get("parallelism", 1), spec.get("completions")
        if completions is not None:
            wanted = min(parallelism, completions - succeeded)
        else:
            wanted = len(active) if succeeded else parallelism  # after the first success, the rest only end
        if len(active) > wanted:
            active.sort(key=deletion_order)
            self._delete(active[: len(active) - wanted])
            return active[len(active) - wanted :]
        free = _free_indexes(active, indexes) if _is_indexed(job) else iter(())
        missing = (self._create(job, next(free, None)) for _ in range(wanted - len(active)))
        return [*active, *missing]

    def _create(self, job: Object, index: int | None) -> Object:
        pod = pod_of_template(job, job["spec"]["template"])
        pod["metadata"]["finalizers"] = [*pod["metadata"].get("finalizers", ()), _TRACKING]
        if index is not None:
            metadata = pod["metadata"]
            metadata["generateName"] = f"{job['metadata']['name']}-{index}-"
            for field in ("annotations", "labels"):
                metadata[field] = {**metadata.get(field, {}), _INDEX: str(index)}
            pod["spec"].setdefault("hostname", f"{job['metadata']['name']}-{index}")
            for container in pod["spec"]["containers"]:
                source = {"fieldRef": {"fieldPath": f"metadata.labels['{_INDEX}']"}}
                container.setdefault("env", []).append({"name": "JOB_COMPLETION_INDEX", "valueFrom": source})
        return self.client.create(PODS, pod, job["metadata"]["namespace"])

    def _delete(self, pods: list[Object]) -> None:
        for pod in pods:
            metadata = pod["metadata"]
            self.client.delete(PODS, metadata["name"], metadata["namespace"], uid=metadata["uid"])

    def _end(self, job: Object, failure: tuple[str, str] | None, succeeded: int, active: int) -> None:
        status, completions = job["status"], job["spec"].get("completions")
        done = succeeded > 0 if completions is None else succeeded >= completions
        if failure is not None:
            self._add_conditions(status, ("FailureTarget", "Failed"), *failure)
        elif done and not active and not job["spec"].get("suspend"):
            self._add_conditions(status, ("SuccessCriteriaMet", "Complete"), *_SUCCESS)
            status["completionTime"] = self.cluster.now()

    def _add_conditions(self, status: Object, kinds: tuple[str, str], reason: str, message: str) -> None:
        times = {"lastProbeTime": self.cluster.now(), "lastTransitionTime": self.cluster.now()}
        fields = {"status": "True", **times, "reason": reason, "message": message}
        status["conditions"] = [*(status.get("conditions") or ()), *({"type": kind, **fields} for kind in kinds)]

    def _suspend(self, status: Object, value: str, reason: str, message: str) -> None:
        times = {"lastProbeTime": self.cluster.now(), "lastTransitionTime": self.cluster.now()}
        new = {"type": "Suspended", "status": value, **times, "reason": reason, "message": message}
        conditions = list(status.get("conditions") or ())
        old = condition_of({"status": status}, "Suspended")
        if old is None:
            status["conditions"] = [*conditions, new]
        elif old["status"] != value:
            status["conditions"] = [new if each is old else each for each in conditions]
        else:
            return
        if value == "True":
            status.pop("startTime", None)

    def _resume(self, status: Object) -> None:
        if condition_of({"status": status}, "Suspended") is not None and is_true({"status": status}, "Suspended"):
            self._suspend(status, "False", "JobResumed", "Job resumed")
            status["startTime"] = self.cluster.now()

    def _expire(self, key: str, job: Object) -> None:
        """Delete a job that is over, if it says after how long."""
        seconds = job["spec"].get("ttlSecondsAfterFinished")
        if seconds is None:
            return
        ends = [condition_of(job, kind) for kind in ("Complete", "Failed")]
        end = next(condition for condition in ends if condition is not None)
        left = seconds - self._seconds_since(end["lastTransitionTime"])
        if left > 0:
            self.work.add_later(key, left)
            return
        metadata = job["metadata"]
        uid, name, namespace = metadata["uid"], metadata["name"], metadata["namespace"]
        self.client.delete(JOBS, name, namespace, uid=uid, propagation="Foreground")


def _is_indexed(job: Object) -> bool:
    return bool(job["spec"].get("completionMode") == "Indexed")


def _index(pod: Object) -> int:
    text = str((pod["metadata"].get("annotations") or {}).get(_INDEX, ""))
    return int_or(text, -1)


def _succeeded_indexes(pods: list[Object]) -> set[int]:
    return {_index(pod) for pod in pods if pod["status"].get("phase") == "Succeeded"}


def _indexes_of(status: Object) -> set[int]:
    """Return the indexes that a status says to be completed."""
    found: set[int] = set()
    for part in filter(None, status.get("completedIndexes", "").split(",")):
        first, _, last = part.partition("-")
        found.update(range(int_or(first, 0), int_or(last or first, -1) + 1))
    return found


def _is_uncounted(pod: Object) -> bool:
    return _TRACKING in (pod["metadata"].get("finalizers") or ())


def _free_indexes(active: list[Object], succeeded: set[int]) -> Iterator[int]:
    taken = succeeded | {_index(pod) for pod in active}
    index = 0
    while True:
        if index not in taken:
            yield index
        index += 1


def _ranges(indexes: set[int]) -> str:
    """Return numbers as text, such as `0-2,4,5`."""
    runs: list[list[Any]] = []
    for index in sorted(indexes):
        if runs and runs[-1][1] == index - 1:
            runs[-1][1] = index
        else:
            runs.append([index, index])
    return ",".join(_shown(first, last) for first, last in runs)


def _shown(first: int, last: int) -> str:
    if last - first > 1:
        return f"{first}-{last}"
    return str(first) if first == last else f"{first},{last}"
