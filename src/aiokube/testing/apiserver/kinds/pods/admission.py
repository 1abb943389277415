"""What the plugins do to pods that kube-apiserver runs by default, but for limit ranges and quotas.

Pod security standards are not enforced.

Source: https://github.com/kubernetes/kubernetes/tree/v1.36.3/plugin/pkg/admission
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

from aiokube.testing.apiserver import errors
from aiokube.testing.apiserver.errors import GroupResource, StatusError
from aiokube.testing.apiserver.go.text import quoted
from aiokube.testing.apiserver.kinds.rules import Context, Object

from .annotations import MIRROR

__all__ = ["admit_new", "keep_priority", "tolerate_lost_nodes"]

_PODS = GroupResource("", "pods")
_ACCOUNTS = GroupResource("", "serviceaccounts")
_PRIORITY_CLASSES = GroupResource("scheduling.k8s.io", "priorityclasses")
_RUNTIME_CLASSES = GroupResource("node.k8s.io", "runtimeclasses")

_ACCESS_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"
_ACCESS_VOLUME = "kube-api-access-"
# An hour and what tells tokens of this volume from others in the server's logs.
_ACCESS_SECONDS = 3607
_SUFFIX_CHARACTERS = "bcdfghjklmnpqrstvwxz2456789"
_LOST_NODE_SECONDS = 300


def admit_new(pod: Object, context: Context) -> None:
    """Complete a new pod by what its namespace and the cluster say.

    Raises:
        StatusError: it may not be created.
    """
    _give_account(pod, context)
    _give_priority(pod, context)
    tolerate_lost_nodes(pod)
    _apply_runtime_class(pod, context)


def keep_priority(new: Object, old: Object) -> None:
    """Put back the priority in a changed pod that does not say it, as those who made it cannot."""
    for name in ("priority", "preemptionPolicy"):
        if new["spec"].get(name) is None and old["spec"].get(name) is not None:
            new["spec"][name] = old["spec"][name]


def tolerate_lost_nodes(pod: Object) -> None:
    """Let a pod stay for a while on a node that is not ready or cannot be reached."""
    tolerations: list[Any] = pod["spec"].get("tolerations") or []
    for key in ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"):
        if not any(_tolerates(toleration, key) for toleration in tolerations):
            added = {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": _LOST_NODE_SECONDS}
            tolerations = [*tolerations, added]
    pod["spec"]["tolerations"] = tolerations


def _refused(pod: Object, why: str) -> StatusError:
    metadata = pod["metadata"]
    return errors.forbidden(_PODS, metadata.get("name") or metadata.get("generateName") or "Unknown", why)


def _tolerates(toleration: Mapping[str, Any], key: str) -> bool:
    return toleration.get("key") in (None, "", key) and toleration.get("effect") in (None, "", "NoExecute")


def _containers(pod: Object) -> Iterator[tuple[str, dict[str, Any]]]:
    for kind, field in (("container", "containers"), ("init container", "initContainers")):
        for container in pod["spec"].get(field) or []:
            yield kind, container


def _give_account(pod: Object, context: Context) -> None:
    metadata, spec = pod["metadata"], pod["spec"]
    if MIRROR in (metadata.get("annotations") or {}):
        if spec.get("serviceAccountName"):
            raise _refused(pod, "a mirror pod may not reference service accounts")
        return
    name = spec["serviceAccountName"] = spec["serviceAccount"] = spec.get("serviceAccountName") or "default"
    account = context.get(_ACCOUNTS, name, metadata["namespace"])
    if account is None:
        missing = f"serviceaccount {quoted(name)} not found"
        raise _refused(pod, f"error looking up service account {metadata['namespace']}/{name}: {missing}")
    if _mounts_token(spec, account):
        _mount_token(pod)
    if not spec.get("imagePullSecrets") and account.get("imagePullSecrets"):
        spec["imagePullSecrets"] = [{"name": secret.get("name") or ""} for secret in account["imagePullSecrets"]]


def _mounts_token(spec: Mapping[str, Any], account: Mapping[str, Any]) -> bool:
    for holder in (spec, account):
        if holder.get("automountServiceAccountToken") is not None:
            return bool(holder["automountServiceAccountToken"])
    return True


def _mount_token(pod: Object) -> None:
    volumes: list[Any] = pod["spec"].get("volumes") or []
    present = [volume["name"] for volume in volumes if (volume.get("name") or "").startswith(_ACCESS_VOLUME)]
    name = present[0] if present else _ACCESS_VOLUME + "".join(random.choices(_SUFFIX_CHARACTERS, k=5))
    needed = False
    for _, container in _containers(pod):
        mounts: list[Any] = container.get("volumeMounts") or []
        if not any(mount.get("mountPath") == _ACCESS_PATH for mount in mounts):
            container["volumeMounts"] = [*mounts, {"name": name, "readOnly": True, "mountPath": _ACCESS_PATH}]
            needed = True
    if needed and not present:
        pod["spec"]["volumes"] = [*volumes, {"name": name, "projected": _token_files()}]


def _token_files() -> dict[str, Any]:
    namespace = {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}
    return {
        "sources": [
            {"serviceAccountToken": {"expirationSeconds": _ACCESS_SECONDS, "path": "token"}},
            {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
            {"downwardAPI": {"items": [namespace]}},
        ],
        "defaultMode": 0o644,
    }


def _give_priority(pod: Object, context: Context) -> None:
    spec = pod["spec"]
    name, priority, preemption = _priority(pod, spec.get("priorityClassName") or "", context)
    if name:
        spec["priorityClassName"] = name
    if spec.get("priority") not in (None, priority):
        raise _refused(
            pod,
            f"the integer value of priority ({spec['priority']}) must not be provided in pod spec; "
            f"priority admission controller computed {priority} from the given PriorityClass name",
        )
    spec["priority"] = priority
    if preemption is None:
        return
    if spec.get("preemptionPolicy") not in (None, preemption):
        raise _refused(
            pod,
            f"the string value of PreemptionPolicy ({spec['preemptionPolicy']}) must not be provided in pod spec; "
            f"priority admission controller computed {preemption} from the given PriorityClass name",
        )
    spec["preemptionPolicy"] = preemption


def _priority(pod: Object, name: str, context: Context) -> tuple[str, int, str | None]:
    """Return the name of the class of a pod, its value and its policy."""
    if name:
        found = context.get(_PRIORITY_CLASSES, name)
        if found is None:
            raise _refused(pod, f"no PriorityClass with name {name} was found")
    else:
        defaults = [each for each in context.list(_PRIORITY_CLASSES) if each.get("globalDefault")]
        if not defaults:
            return "", 0, "PreemptLowerPriority"
        found = min(defaults, key=lambda each: each.get("value") or 0)
    return found["metadata"]["name"], found.get("value") or 0, found.get("preemptionPolicy")


def _apply_runtime_class(pod: Object, context: Context) -> None:
    spec = pod["spec"]
    name = spec.get("runtimeClassName")
    if name is None:
        _refuse_overhead(pod)
        return
    found = context.get(_RUNTIME_CLASSES, name)
    if found is None:
        raise _refused(pod, f"pod rejected: RuntimeClass {quoted(name)} not found")
    overhead = (found.get("overhead") or {}).get("podFixed")
    if not overhead:
        _refuse_overhead(pod)
    else:
        if spec.get("overhead") not in (None, {}, overhead):
            raise _refused(pod, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")
        spec["overhead"] = overhead
    scheduling = found.get("scheduling") or {}
    selector: dict[str, str] = spec.get("nodeSelector") or {}
    for key, value in (scheduling.get("nodeSelector") or {}).items():
        if selector.get(key, value) != value:
            why = (
                f"runtimeClass.scheduling.nodeSelector[{key}] = {value}; pod.spec.nodeSelector[{key}] = {selector[key]}"
            )
            raise _refused(pod, f"conflict: {why}")
        spec["nodeSelector"] = selector = {**selector, key: value}
    for toleration in scheduling.get("tolerations") or []:
        if toleration not in (spec.get("tolerations") or []):
            spec["tolerations"] = [*(spec.get("tolerations") or []), toleration]


def _refuse_overhead(pod: Object) -> None:
    if pod["spec"].get("overhead"):
        what = "Pod Overhead set without corresponding RuntimeClass defined Overhead"
        raise _refused(pod, f"pod rejected: {what}")
