"""Admission that holds for all kinds: what may be written into which namespace.

Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/admission/plugin/namespace/lifecycle/admission.go
"""

from __future__ import annotations

from aiokube.testing.apiserver import errors
from aiokube.testing.apiserver.access.request_info import Attributes
from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.codec import Object

from .call import Call

__all__ = ["admit_creation", "admit_deletion", "admit_update", "confirm_rights"]

_NAMESPACES = errors.GroupResource("", "namespaces")
_IMMORTAL = {"default", "kube-system", "kube-public"}
_ACCESS_REVIEW = errors.GroupResource("authorization.k8s.io", "localsubjectaccessreviews")


def admit_creation(cluster: Cluster, call: Call) -> None:
    """Refuse new objects in a namespace that is not there (404) or that is going (403)."""
    if not _concerned(call):
        return
    namespace = cluster.get(_NAMESPACES, call.namespace)
    if namespace is None:
        raise errors.not_found(_NAMESPACES, call.namespace)
    if namespace["status"].get("phase") == "Terminating":
        why = f"unable to create new content in namespace {call.namespace} because it is being terminated"
        cause = {
            "reason": "NamespaceTerminating",
            "message": f"namespace {call.namespace} is being terminated",
            "field": "metadata.namespace",
        }
        raise errors.forbidden(call.resource.group_resource, call.name, why, [cause])


def admit_update(cluster: Cluster, call: Call) -> None:
    """Refuse changes in a namespace that is not there (404)."""
    if _concerned(call) and cluster.get(_NAMESPACES, call.namespace) is None:
        raise errors.not_found(_NAMESPACES, call.namespace)


def admit_deletion(call: Call) -> None:
    """Refuse the deletion of the namespaces that a cluster cannot be without (403)."""
    if call.resource.group_resource == _NAMESPACES and call.name in _IMMORTAL:
        raise errors.forbidden(_NAMESPACES, call.name, "this namespace may not be deleted")


def confirm_rights(cluster: Cluster, call: Call, verb: str, new: Object, old: Object | None) -> None:
    """Refuse a role or a binding that gives away more than its writer has (403)."""
    if cluster.confirm is None or call.subresource:
        return
    resource = call.resource
    wanted = Attributes(
        user=call.user,
        verb=verb,
        group=resource.group,
        version=resource.version,
        resource=resource.plural,
        namespace=call.namespace,
        name=call.name,
    )
    cluster.confirm(new, old, wanted=wanted)


def _concerned(call: Call) -> bool:
    return bool(call.namespace) and call.resource.group_resource not in {_NAMESPACES, _ACCESS_REVIEW}
