"""StatefulSets: numbered pods, each with claims of its own, made and replaced in order.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/controller/statefulset/stateful_set_control.go
"""

from __future__ import annotations

import copy
from collections.abc import Mapping

from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.controllers.controller import Controller
from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.storage import Event

from .pods import available_in, is_ready, is_terminal, is_terminating, manager_of, pod_of_template
from .resources import PODS, STATEFUL_SETS, VOLUME_CLAIMS
from .revisions import REVISION_LABEL, keep_revision, revision_data
from .template_hashes import data_hash

__all__ = ["StatefulSets"]

_NAME_LABEL = "statefulset.kubernetes.io/pod-name"
_INDEX_LABEL = "apps.kubernetes.io/pod-index"


class StatefulSets(Controller):
    """Takes one step at a time: the next pod is made or replaced when those before are ready."""

    watches = (STATEFUL_SETS, PODS)

    def begin(self) -> None:
        for stored in self.client.stored(STATEFUL_SETS):
            self.work.add(stored.key)

    def hear(self, resource: GroupResource, event: Event) -> None:
        if resource == STATEFUL_SETS:
            self.work.add(event.object.key)
            return
        manager = manager_of(event.object)
        if manager is not None and manager.kind == "StatefulSet":
            self.work.add(f"{event.object.key.partition('/')[0]}/{manager.name}")

    def sync(self, key: str) -> None:
        namespace, _, name = key.partition("/")
        stateful_set = self.client.get(STATEFUL_SETS, name, namespace)
        if stateful_set is None or is_terminating(stateful_set):
            return
        digest = data_hash(revision_data(stateful_set))
        keep_revision(self.client, stateful_set, digest, hash_label="controller.kubernetes.io/hash")
        revision = f"{name}-{digest}"
        pods = self._pods(stateful_set)
        if not self._scale(stateful_set, pods, revision):
            self._renew(stateful_set, pods, revision)
        self._report(stateful_set, pods, revision)

    def _pods(self, stateful_set: Object) -> dict[int, Object]:
        uid, found = stateful_set["metadata"]["uid"], {}
        for stored in self.client.stored(PODS, stateful_set["metadata"]["namespace"]):
            manager = manager_of(stored)
            ordinal = stored.key.rpartition("-")[2]
            if manager is not None and manager.uid == uid and ordinal.isdecimal():
                found[int(ordinal)] = stored.object()
        return found

    def _scale(self, stateful_set: Object, pods: dict[int, Object], revision: str) -> bool:
        """Make what is missing and delete what is too much; return whether there is something to wait for."""
        one_by_one = stateful_set["spec"].get("podManagementPolicy") != "Parallel"
        wanted = _ordinals(stateful_set)
        waits = False
        for ordinal in wanted:
            pod = pods.get(ordinal)
            if pod is None:
                pods[ordinal] = self._create(stateful_set, ordinal, revision)
            elif is_terminal(pod) and not is_terminating(pod):
                self._delete(pod)
            elif is_ready(pod) and not is_terminating(pod):
                continue
            waits = True
            if one_by_one:
                return True
        for ordinal in sorted(set(pods) - set(wanted), reverse=True):
            if not is_terminating(pods[ordinal]):
                self._delete(pods[ordinal])
            waits = True
            if one_by_one:
                return True
        return waits

    def _create(self, stateful_set: Object, ordinal: int, revision: str) -> Object:
        namespace = stateful_set["metadata"]["namespace"]
        for claim in _claims(stateful_set, ordinal):
            if self.client.get(VOLUME_CLAIMS, claim["metadata"]["name"], namespace) is None:
                self.client.create(VOLUME_CLAIMS, claim, namespace)
        return self.client.create(PODS, _pod(stateful_set, ordinal, revision), namespace)

    def _delete(self, pod: Object) -> None:
        metadata = pod["metadata"]
        self.client.delete(PODS, metadata["name"], metadata["namespace"], uid=metadata["uid"])

    def _renew(self, stateful_set: Object, pods: Mapping[int, Object], revision: str) -> None:
        """Delete the last pod of an older template; it is made anew by the present one."""
        strategy = stateful_set["spec"].get("updateStrategy") or {}
        if strategy.get("type") == "OnDelete":
            return
        partition = (strategy.get("rollingUpdate") or {}).get("partition", 0)
        for ordinal in sorted(pods, reverse=True):
            if ordinal >= partition and pods[ordinal]["metadata"]["labels"].get(REVISION_LABEL) != revision:
                self._delete(pods[ordinal])
                return

    def _report(self, stateful_set: Object, pods: Mapping[int, Object], revision: str) -> None:
        metadata, spec, before = stateful_set["metadata"], stateful_set["spec"], stateful_set["status"]
        alive = [pod for pod in pods.values() if not is_terminating(pod)]
        ready = [pod for pod in alive if is_ready(pod)]
        waits = [available_in(pod, spec.get("minReadySeconds", 0), self.cluster.clock.now()) for pod in ready]
        updated = sum(pod["metadata"]["labels"].get(REVISION_LABEL) == revision for pod in alive)
        current = before.get("currentRevision", revision)
        if updated == len(alive) == len(ready) == spec.get("replicas", 1):
            current = revision  # what was the update is what there is
        status = {
            "observedGeneration": metadata.get("generation", 0),
            "replicas": len(pods),
            "readyReplicas": len(ready),
            "currentReplicas": updated if current == revision else len(alive) - updated,
            "updatedReplicas": updated,
            "currentRevision": current,
            "updateRevision": revision,
            "collisionCount": 0,
            "availableReplicas": waits.count(0.0),
        }
        stateful_set["status"] = {name: value for name, value in status.items() if value or name in _ALWAYS}
        if stateful_set["status"] != before:
            self.client.update(STATEFUL_SETS, stateful_set, subresource="status")
        if soonest := [wait for wait in waits if wait]:
            self.work.add_later(f"{metadata['namespace']}/{metadata['name']}", min(soonest))


_ALWAYS = ("replicas", "collisionCount", "availableReplicas")


def _ordinals(stateful_set: Object) -> range:
    start = (stateful_set["spec"].get("ordinals") or {}).get("start", 0)
    return range(start, start + stateful_set["spec"].get("replicas", 1))


def _pod(stateful_set: Object, ordinal: int, revision: str) -> Object:
    name = f"{stateful_set['metadata']['name']}-{ordinal}"
    pod = pod_of_template(stateful_set, stateful_set["spec"]["template"], name=name)
    labels = {_NAME_LABEL: name, _INDEX_LABEL: str(ordinal), REVISION_LABEL: revision}
    pod["metadata"]["generateName"] = f"{stateful_set['metadata']['name']}-"
    pod["metadata"]["labels"] = {**pod["metadata"].get("labels", {}), **labels}
    spec = pod["spec"]
    spec |= {"hostname": name, "subdomain": stateful_set["spec"].get("serviceName", "")}
    claims = {template["metadata"]["name"] for template in _claim_templates(stateful_set)}
    others = [volume for volume in spec.get("volumes") or () if volume["name"] not in claims]
    mine = [{"name": claim, "persistentVolumeClaim": {"claimName": f"{claim}-{name}"}} for claim in sorted(claims)]
    spec["volumes"] = [*mine, *others]
    return pod


def _claim_templates(stateful_set: Object) -> list[Object]:
    templates: list[Object] = stateful_set["spec"].get("volumeClaimTemplates") or []
    return templates


def _claims(stateful_set: Object, ordinal: int) -> list[Object]:
    name, claims = stateful_set["metadata"]["name"], []
    selected = (stateful_set["spec"].get("selector") or {}).get("matchLabels") or {}
    for template in _claim_templates(stateful_set):
        wanted = template["metadata"]
        labels = {**(wanted.get("labels") or {}), **selected}
        metadata = {"name": f"{wanted['name']}-{name}-{ordinal}", "labels": labels}
        if wanted.get("annotations"):
            metadata["annotations"] = dict(wanted["annotations"])
        spec = copy.deepcopy(template["spec"])
        claims.append({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec})
    return claims
