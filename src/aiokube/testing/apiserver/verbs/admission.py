"""Admission that holds for all kinds: what may be written into which namespace.

Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/admission/plugin/namespace/lifecycle/admission.go
"""

from __future__ import annotations

from aiokube.testing.apiserver import errors
from aiokube.testing.apiserver.access.request_info import Attributes
from aiokube.testing.apiserver.admission import LIMIT_RANGES, Change, are_limited, check_limits, give_defaults
from aiokube.testing.apiserver.cluster import Cluster
from aiokube.testing.apiserver.codec import Object

from .call import Call

__all__ = ["admit_creation", "admit_deletion", "admit_update", "change_of", "complete", "confirm_rights", "review"]

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


def change_of(call: Call, new: Object, old: Object | None) -> Change:
    """Return what becomes of an object by a call."""
    return Change(call.resource.group_resource, call.subresource, new, old)


def complete(cluster: Cluster, change: Change) -> None:
    """Give an object what its namespace gives."""
    if ranges := _limit_ranges(cluster, change):
        give_defaults(change, ranges)


def review(cluster: Cluster, change: Change) -> None:
    """Refuse a change, valid though it is, that its namespace does not let in (403)."""
    if ranges := _limit_ranges(cluster, change):
        check_limits(change, ranges)


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


def _limit_ranges(cluster: Cluster, change: Change) -> list[Object]:
    if not are_limited(change):
        return []
    return list(cluster.list(LIMIT_RANGES, change.namespace))


def _concerned(call: Call) -> bool:
    return bool(call.namespace) and call.resource.group_resource not in {_NAMESPACES, _ACCESS_REVIEW}
