"""Deployments: a ReplicaSet for each pod template that they had, and pods moved from the old ones to the new.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/controller/deployment
(sync.go, rolling.go, recreate.go and progress.go)
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.controllers.controller import Controller
from aiokube.testing.apiserver.errors import GroupResource, StatusError
from aiokube.testing.apiserver.go.numbers import int_or
from aiokube.testing.apiserver.kinds import label_selectors
from aiokube.testing.apiserver.storage import Event, EventType, Stored

from .conditions import condition_of, set_condition, without
from .pods import controller_of, controller_reference, is_terminal, is_terminating, manager_of
from .resources import DEPLOYMENTS, PODS, REPLICA_SETS
from .rollout import HASH_LABEL, bounds, same_template
from .template_hashes import template_hash

__all__ = ["Deployments"]

_PREFIX = "deployment.kubernetes.io/"
_REVISION = f"{_PREFIX}revision"
_HISTORY = f"{_PREFIX}revision-history"
_DESIRED = f"{_PREFIX}desired-replicas"
_MAXIMUM = f"{_PREFIX}max-replicas"
_NOT_COPIED = {
    "kubectl.kubernetes.io/last-applied-configuration",
    "deprecated.deployment.rollback.to",
    _REVISION,
    _HISTORY,
    _DESIRED,
    _MAXIMUM,
}
_NO_DEADLINE = 2**31 - 1
_PROGRESSING = "Progressing"
_COMPLETE = "NewReplicaSetAvailable"
_TIMED_OUT = "ProgressDeadlineExceeded"


class Deployments(Controller):
    """Makes ReplicaSets, and scales them step by step."""

    watches = (DEPLOYMENTS, REPLICA_SETS, PODS)

    def begin(self) -> None:
        for stored in self.client.stored(DEPLOYMENTS):
            self.work.add(stored.key)

    def hear(self, resource: GroupResource, event: Event) -> None:
        if resource == DEPLOYMENTS:
            self.work.add(event.object.key)
        elif resource == REPLICA_SETS:
            self._replica_set_changed(event.object)
        elif event.type is EventType.DELETED:
            self._pod_gone(event.object)

    def _replica_set_changed(self, replica_set: Stored) -> None:
        namespace = replica_set.key.partition("/")[0]
        manager = manager_of(replica_set)
        if manager is not None:
            if manager.kind == "Deployment":
                self.work.add(f"{namespace}/{manager.name}")
            return
        for stored in self.client.stored(DEPLOYMENTS, namespace):
            if label_selectors.matches(stored.object()["spec"]["selector"], replica_set.labels):
                self.work.add(stored.key)

    def _pod_gone(self, pod: Stored) -> None:
        """Look at a Deployment that may wait for the last of its old pods to go."""
        namespace = pod.key.partition("/")[0]
        if HASH_LABEL not in pod.labels:
            return
        for stored in self.client.stored(DEPLOYMENTS, namespace):
            deployment = stored.object()
            is_recreate = deployment["spec"]["strategy"].get("type") == "Recreate"
            if is_recreate and label_selectors.matches(deployment["spec"]["selector"], pod.labels):
                self.work.add(stored.key)

    def sync(self, key: str) -> None:
        namespace, _, name = key.partition("/")
        deployment = self.client.get(DEPLOYMENTS, name, namespace)
        if deployment is None:
            return
        if label_selectors.is_empty(deployment["spec"]["selector"]):
            return  # would select every pod, which is never meant
        sets = self._replica_sets(deployment)
        new = _newest_of(deployment, sets)
        old = [each for each in sets if each is not new]
        if is_terminating(deployment):
            self._report(deployment, new, old)
        elif deployment["spec"].get("paused") or (new is not None and _was_scaled(deployment, sets)):
            self._scale_all(deployment, new, old)
            self._report(deployment, *self._again(deployment))
        elif deployment["spec"]["strategy"].get("type") == "Recreate":
            self._recreate(deployment, new, old)
        else:
            self._roll(deployment, self._new_set(deployment, new, old), old)

    def _again(self, deployment: Object) -> tuple[Object | None, list[Object]]:
        sets = self._replica_sets(deployment)
        new = _newest_of(deployment, sets)
        return new, [each for each in sets if each is not new]

    def _replica_sets(self, deployment: Object) -> list[Object]:
        """Return the ReplicaSets of a Deployment; takes on those that are nobody's."""
        metadata, selector = deployment["metadata"], deployment["spec"]["selector"]
        mine = []
        for stored in self.client.stored(REPLICA_SETS, metadata["namespace"]):
            if not label_selectors.matches(selector, stored.labels):
                continue
            found = stored.object()
            controller = controller_of(found)
            if controller is None and not is_terminating(deployment) and not is_terminating(found):
                references = found["metadata"].get("ownerReferences") or []
                found["metadata"]["ownerReferences"] = [*references, controller_reference(deployment)]
                mine.append(self.client.update(REPLICA_SETS, found))
            elif controller is not None and controller["uid"] == metadata["uid"]:
                mine.append(found)
        return mine

    # The new ReplicaSet.

    def _new_set(self, deployment: Object, new: Object | None, old: list[Object]) -> Object:
        """Return the ReplicaSet of the present template, as it is to be annotated; the revision is raised with it."""
        revision = max((_revision(each) for each in old), default=0) + 1
        if new is None:
            new = self._create(deployment, old, revision)
            reason, message = "NewReplicaSetCreated", f'Created new replica set "{new["metadata"]["name"]}"'
        else:
            before = copy.deepcopy(new)
            _annotate(deployment, new, revision)
            new["spec"]["minReadySeconds"] = deployment["spec"].get("minReadySeconds", 0)
            if not new["spec"]["minReadySeconds"]:
                del new["spec"]["minReadySeconds"]
            new = new if new == before else self.client.update(REPLICA_SETS, new)
            reason, message = "FoundNewReplicaSet", f'Found new replica set "{new["metadata"]["name"]}"'
        self._note_revision(deployment, new)
        if _has_deadline(deployment) and (
            reason == "NewReplicaSetCreated" or condition_of(deployment, _PROGRESSING) is None
        ):
            self._set(deployment["status"], _PROGRESSING, "True", reason, message)
        return new

    def _create(self, deployment: Object, old: list[Object], revision: int) -> Object:
        metadata, spec = deployment["metadata"], deployment["spec"]
        collisions = deployment["status"].get("collisionCount", 0)
        digest = template_hash(spec["template"], collisions)
        template = copy.deepcopy(spec["template"])
        labels = {**(template["metadata"].get("labels") or {}), HASH_LABEL: digest}
        template["metadata"]["labels"] = labels
        selector = copy.deepcopy(spec["selector"])
        selector["matchLabels"] = {**(selector.get("matchLabels") or {}), HASH_LABEL: digest}
        limits = bounds(deployment)
        replicas = min(spec.get("replicas", 1), max(0, limits.most - _wanted(old)))
        new = {
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "metadata": {
                "name": f"{metadata['name']}-{digest}",
                "labels": dict(labels),
                "annotations": {},
                "ownerReferences": [controller_reference(deployment)],
            },
            "spec": {
                "replicas": replicas,
                "selector": selector,
                "template": template,
                "minReadySeconds": spec.get("minReadySeconds", 0),
            },
        }
        _annotate(deployment, new, revision)
        _annotate_replicas(deployment, new)
        try:
            return self.client.create(REPLICA_SETS, new, metadata["namespace"])
        except StatusError as error:
            if error.reason == "AlreadyExists":  # somebody else's; the next try has another name
                deployment["status"]["collisionCount"] = collisions + 1
                self.client.update(DEPLOYMENTS, deployment, subresource="status")
            raise

    def _note_revision(self, deployment: Object, new: Object) -> None:
        annotations = deployment["metadata"].get("annotations") or {}
        revision = new["metadata"]["annotations"][_REVISION]
        if annotations.get(_REVISION) != revision:
            deployment["metadata"]["annotations"] = annotations | {_REVISION: revision}

    # Scaling.

    def _roll(self, deployment: Object, new: Object, old: list[Object]) -> None:
        """Take one step: more of the new, or else less of the old."""
        wanted, limits = deployment["spec"].get("replicas", 1), bounds(deployment)
        present = new["spec"].get("replicas", 1)
        room = limits.most - _wanted([*old, new])
        step = min(present + max(room, 0), wanted) if present < wanted else wanted
        if step != present:
            new = self._scale(deployment, new, step)
        else:
            old = self._shrink(deployment, new, old, limits.least)
        if _is_complete(deployment, deployment["status"]):
            self._clean_up(deployment, old)
        self._report(deployment, new, old)

    def _shrink(self, deployment: Object, new: Object, old: list[Object], least: int) -> list[Object]:
        """Scale down old ReplicaSets: first what does not run anyway, then as much as may be missing."""
        coming = new["spec"].get("replicas", 1) - new["status"].get("availableReplicas", 0)
        surplus = _wanted([*old, new]) - least - coming
        if not _wanted(old) or surplus <= 0:
            return old
        old = sorted(old, key=lambda each: each["metadata"]["creationTimestamp"])
        for index, each in enumerate(old):
            present = each["spec"].get("replicas", 1)
            idle = min(surplus, present - each["status"].get("availableReplicas", 0))
            if present and idle > 0:
                old[index] = self._scale(deployment, each, present - idle)
                surplus -= idle
        surplus = _available([*old, new]) - least
        for index, each in enumerate(old):
            present = each["spec"].get("replicas", 1)
            less = min(surplus, present)
            if less > 0:
                old[index] = self._scale(deployment, each, present - less)
                surplus -= less
        return old

    def _recreate(self, deployment: Object, new: Object | None, old: list[Object]) -> None:
        """Let all old pods go before there are new ones."""
        if _wanted(old):
            old = [self._scale(deployment, each, 0) if each["spec"].get("replicas", 1) else each for each in old]
        elif not self._runs_any(deployment, old):
            new = self._new_set(deployment, new, old)
            if new["spec"].get("replicas", 1) != deployment["spec"].get("replicas", 1):
                new = self._scale(deployment, new, deployment["spec"].get("replicas", 1))
        if _is_complete(deployment, deployment["status"]):
            self._clean_up(deployment, old)
        self._report(deployment, new, old)

    def _runs_any(self, deployment: Object, sets: list[Object]) -> bool:
        uids = {each["metadata"]["uid"] for each in sets}
        for stored in self.client.stored(PODS, deployment["metadata"]["namespace"]):
            if label_selectors.matches(deployment["spec"]["selector"], stored.labels):
                pod = stored.object()
                controller = controller_of(pod)
                if controller is not None and controller["uid"] in uids and not is_terminal(pod):
                    return True
        return False

    def _scale_all(self, deployment: Object, new: Object | None, old: list[Object]) -> None:
        """Follow a change of replicas, in proportion if several ReplicaSets have pods."""
        sets = [each for each in [new, *old] if each is not None]
        active = [each for each in sets if each["spec"].get("replicas", 1)] or sets[:1]
        wanted, limits = deployment["spec"].get("replicas", 1), bounds(deployment)
        if len(active) == 1:
            self._scale(deployment, active[0], wanted)
            return
        if new is not None and new["status"].get("availableReplicas", 0) == wanted == new["spec"].get("replicas", 1):
            for each in old:
                self._scale(deployment, each, 0)
            return
        change = (limits.most if wanted else 0) - _wanted(active)
        for each, share in zip(active, _shares(deployment, active, change), strict=True):
            self._scale(deployment, each, max(0, each["spec"].get("replicas", 1) + share))

    def _scale(self, deployment: Object, replica_set: Object, replicas: int) -> Object:
        before = copy.deepcopy(replica_set)
        replica_set["spec"]["replicas"] = replicas
        _annotate_replicas(deployment, replica_set)
        return replica_set if replica_set == before else self.client.update(REPLICA_SETS, replica_set)

    def _clean_up(self, deployment: Object, old: list[Object]) -> None:
        limit = deployment["spec"].get("revisionHistoryLimit", _NO_DEADLINE)
        alive = sorted((each for each in old if not is_terminating(each)), key=_revision)
        for each in alive[: max(0, len(alive) - limit)]:
            metadata, status = each["metadata"], each["status"]
            idle = not each["spec"].get("replicas", 1) and not status.get("replicas")
            if idle and metadata.get("generation", 0) <= status.get("observedGeneration", 0):
                self.client.delete(REPLICA_SETS, metadata["name"], metadata["namespace"], uid=metadata["uid"])

    # Status.

    def _report(self, deployment: Object, new: Object | None, old: list[Object]) -> None:
        stored = self.client.get(DEPLOYMENTS, deployment["metadata"]["name"], deployment["metadata"]["namespace"])
        if stored is None:
            return
        status = self._status(deployment, new, old)
        self._judge(deployment, new, status)
        deployment["status"] = status
        if deployment != stored:
            self.client.update(DEPLOYMENTS, deployment, subresource="status")

    def _status(self, deployment: Object, new: Object | None, old: list[Object]) -> Object:
        sets = [each for each in (*old, new) if each is not None]
        available = _available(sets)
        counts = {
            "observedGeneration": deployment["metadata"].get("generation", 0),
            "replicas": _sum(sets, "replicas"),
            "updatedReplicas": _sum([] if new is None else [new], "replicas"),
            "readyReplicas": _sum(sets, "readyReplicas"),
            "availableReplicas": available,
            "unavailableReplicas": max(0, _wanted(sets) - available),
        }
        status: Object = {name: count for name, count in counts.items() if count}
        status["terminatingReplicas"] = _sum(sets, "terminatingReplicas")
        status["conditions"] = [dict(condition) for condition in deployment["status"].get("conditions") or ()]
        if "collisionCount" in deployment["status"]:
            status["collisionCount"] = deployment["status"]["collisionCount"]
        if available >= bounds(deployment).least:
            words = "MinimumReplicasAvailable", "Deployment has minimum availability."
            self._set(status, "Available", "True", *words)
        else:
            words = "MinimumReplicasUnavailable", "Deployment does not have minimum availability."
            self._set(status, "Available", "False", *words)
        self._pass_on_failure(status, sets)
        return status

    def _pass_on_failure(self, status: Object, sets: Iterable[Object]) -> None:
        failures = (condition_of(each, "ReplicaFailure") for each in sets)
        failure = next((condition for condition in failures if condition is not None), None)
        if failure is None:
            status["conditions"] = without(status["conditions"], "ReplicaFailure")
        else:
            self._set(status, "ReplicaFailure", failure["status"], failure["reason"], failure["message"])

    def _judge(self, deployment: Object, new: Object | None, status: Object) -> None:
        """Say whether the rollout is done, goes on, or has stopped for too long."""
        if not _has_deadline(deployment):
            status["conditions"] = without(status["conditions"], _PROGRESSING)
            return
        before = condition_of({"status": status}, _PROGRESSING)
        done = before is not None and before.get("reason") == _COMPLETE
        if done and status.get("replicas", 0) == status.get("updatedReplicas", 0):
            return
        name = new["metadata"]["name"] if new else deployment["metadata"]["name"]
        subject = f'{"ReplicaSet" if new else "Deployment"} "{name}"'
        if _is_complete(deployment, status):
            self._set(status, _PROGRESSING, "True", _COMPLETE, f"{subject} has successfully progressed.")
        elif _has_moved(deployment["status"], status):
            since = before.get("lastTransitionTime") if before and before["status"] == "True" else self.cluster.now()
            status["conditions"] = without(status["conditions"], _PROGRESSING)
            self._set(status, _PROGRESSING, "True", "ReplicaSetUpdated", f"{subject} is progressing.")
            status["conditions"][-1]["lastTransitionTime"] = since
        elif before is not None and before.get("reason") not in (_COMPLETE, _TIMED_OUT):
            left = self._time_left(deployment, before)
            if left < 0:
                self._set(status, _PROGRESSING, "False", _TIMED_OUT, f"{subject} has timed out progressing.")
                return
        self._look_at_deadline(deployment, status)

    def _look_at_deadline(self, deployment: Object, status: Object) -> None:
        progress = condition_of({"status": status}, _PROGRESSING)
        if progress is not None and progress.get("reason") not in (_COMPLETE, _TIMED_OUT):
            metadata = deployment["metadata"]
            left = self._time_left(deployment, progress)
            self.work.add_later(f"{metadata['namespace']}/{metadata['name']}", left + 1)

    def _time_left(self, deployment: Object, progress: Mapping[str, Any]) -> float:
        updated = dt.datetime.fromisoformat(progress.get("lastUpdateTime") or self.cluster.now())
        since = self.cluster.clock.now() - updated
        return float(deployment["spec"]["progressDeadlineSeconds"] - since.total_seconds())

    def _set(self, status: Object, kind: str, value: str, reason: str, message: str) -> None:
        now = self.cluster.now()
        conditions = status.setdefault("conditions", [])
        fields = {"lastUpdateTime": now, "reason": reason, "message": message}
        set_condition(conditions, now, type=kind, status=value, **fields)


def _newest_of(deployment: Object, sets: list[Object]) -> Object | None:
    """Return the ReplicaSet of the present template, the oldest if there are several."""
    by_age = sorted(sets, key=lambda each: (each["metadata"]["creationTimestamp"], each["metadata"]["name"]))
    template = deployment["spec"]["template"]
    return next((each for each in by_age if same_template(each["spec"]["template"], template)), None)


def _was_scaled(deployment: Object, sets: list[Object]) -> bool:
    """Return whether replicas were changed since the ReplicaSets were scaled last."""
    wanted = str(deployment["spec"].get("replicas", 1))
    active = (each for each in sets if each["spec"].get("replicas", 1))
    annotations = (each["metadata"].get("annotations") or {} for each in active)
    return any(each.get(_DESIRED, wanted) != wanted for each in annotations)


def _annotate(deployment: Object, replica_set: Object, revision: int) -> None:
    """Copy a Deployment's annotations, and raise the revision; what it was before is kept in the history."""
    annotations = replica_set["metadata"].setdefault("annotations", {})
    copied = deployment["metadata"].get("annotations") or {}
    annotations |= {name: value for name, value in copied.items() if name not in _NOT_COPIED}
    before = annotations.get(_REVISION)
    if _revision(replica_set) >= revision:
        return
    annotations[_REVISION] = str(revision)
    if before is not None:
        annotations[_HISTORY] = ",".join(filter(None, (annotations.get(_HISTORY), before)))


def _annotate_replicas(deployment: Object, replica_set: Object) -> None:
    annotations = replica_set["metadata"].setdefault("annotations", {})
    annotations[_DESIRED] = str(deployment["spec"].get("replicas", 1))
    annotations[_MAXIMUM] = str(bounds(deployment).most)


def _shares(deployment: Object, active: list[Object], change: int) -> list[int]:
    """Return by how much each ReplicaSet grows or shrinks, greater ones more; what is left over goes to the first."""
    whole = _wanted(active)
    shares = [int(change * each["spec"].get("replicas", 1) / whole) for each in active]
    shares[0] += change - sum(shares)
    return shares


def _revision(replica_set: Object) -> int:
    text = str((replica_set["metadata"].get("annotations") or {}).get(_REVISION, ""))
    return int_or(text, 0)


def _has_deadline(deployment: Object) -> bool:
    return bool(deployment["spec"].get("progressDeadlineSeconds", _NO_DEADLINE) != _NO_DEADLINE)


def _is_complete(deployment: Object, status: Object) -> bool:
    wanted = deployment["spec"].get("replicas", 1)
    counts = (status.get(field, 0) for field in ("updatedReplicas", "replicas", "availableReplicas"))
    is_observed = status.get("observedGeneration", 0) >= deployment["metadata"].get("generation", 0)
    return bool(is_observed and {*counts} == {wanted})


def _has_moved(before: Object, now: Object) -> bool:
    """Return whether there is more of the new, or less of the old."""
    old_before = before.get("replicas", 0) - before.get("updatedReplicas", 0)
    old_now = now.get("replicas", 0) - now.get("updatedReplicas", 0)
    more = ("updatedReplicas", "readyReplicas", "availableReplicas")
    return old_now < old_before or any(now.get(field, 0) > before.get(field, 0) for field in more)


def _wanted(sets: Iterable[Object]) -> int:
    return sum(each["spec"].get("replicas", 1) for each in sets)


def _available(sets: Iterable[Object]) -> int:
    return _sum(sets, "availableReplicas")


def _sum(sets: Iterable[Object], field: str) -> int:
    return sum(each["status"].get(field, 0) for each in sets)
