"""Bind: a pod is given its node.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/registry/core/pod/storage/storage.go (BindingREST)
"""

from __future__ import annotations

from aiokube.testing.apiserver import errors
from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.errors import GroupResource
from aiokube.testing.apiserver.field_errors import aggregate
from aiokube.testing.apiserver.kinds.pods.bindings import validate_binding

from .call import Call, Outcome

__all__ = ["bind"]


def bind(cluster: Cluster, call: Call, binding: Object) -> Outcome:
    """Put a pod on the node that a Binding names; its annotations and labels go to the pod.

    Args:
        call: of the resource pods, with the name of the pod.

    Raises:
        StatusError: the binding is for another pod (400) or for no node (500), there is no such pod (404), or it
            cannot be bound (409).
    """
    if binding["metadata"].get("name") != call.name:
        raise errors.bad_request("name in URL does not match name in Binding object")
    if wrong := list(validate_binding(binding)):
        raise errors.StatusError(500, "", aggregate(wrong))
    resource = call.resource
    collection = cluster.collection(resource.collection)
    stored = collection.get(call.namespace, call.name)
    if stored is None:
        raise errors.not_found(resource.group_resource, call.name)
    pod = stored.object()
    metadata, status = pod["metadata"], pod["status"]
    if why := _obstacle(pod, binding):
        raise errors.conflict(GroupResource("", "pods/binding"), call.name, why)
    pod["spec"]["nodeName"] = binding["target"]["name"]
    status.pop("nominatedNodeName", None)
    for field in ("annotations", "labels"):
        if added := binding["metadata"].get(field):
            metadata[field] = (metadata.get(field) or {}) | added
    others = [condition for condition in status.get("conditions") or [] if condition["type"] != "PodScheduled"]
    scheduled = {"type": "PodScheduled", "status": "True", "lastProbeTime": None, "lastTransitionTime": cluster.now()}
    status["conditions"] = [*others, scheduled]
    if not call.dry_run:
        collection.put(resource.codec.to_storage(resource.codec.normal(pod)))
    return Outcome({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}, 201)


def _obstacle(pod: Object, binding: Object) -> str:
    """Return why a pod cannot be bound, "" when it can."""
    metadata, spec, wanted = pod["metadata"], pod["spec"], binding["metadata"]
    name = metadata["name"]
    for field in ("uid", "resourceVersion"):
        if wanted.get(field) and wanted[field] != metadata[field]:
            return f"Precondition failed: {field} in precondition: {wanted[field]}, in object meta: {metadata[field]}"
    if metadata.get("deletionTimestamp"):
        return f"pod {name} is being deleted, cannot be assigned to a host"
    if spec.get("nodeName"):
        return f'pod {name} is already assigned to node "{spec["nodeName"]}"'
    if spec.get("schedulingGates"):
        return f"pod {name} has non-empty .spec.schedulingGates"
    return ""
