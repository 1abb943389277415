"""Patches: their media types, and which one a body that says nothing is.

Source: https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/
"""

from __future__ import annotations

from aiokube._machinery.errors import InvalidParameter

STRATEGIC = "application/strategic-merge-patch+json"
MERGE = "application/merge-patch+json"
JSON = "application/json-patch+json"
APPLY = "application/apply-patch+yaml"

TYPES: dict[str, str] = {"strategic": STRATEGIC, "merge": MERGE, "json": JSON, "apply": APPLY}

# Groups whose types are compiled into kube-apiserver, and so know which lists merge by which key. All others are
# custom resources or aggregated; a custom one answers 415 to a strategic patch. The suffix says nothing:
# snapshot.storage.k8s.io and gateway.networking.k8s.io are custom.
BUILT_IN_GROUPS = frozenset(
    {
        "",
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "apps",
        "authentication.k8s.io",
        "authorization.k8s.io",
        "autoscaling",
        "batch",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "extensions",
        "flowcontrol.apiserver.k8s.io",
        "internal.apiserver.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "policy",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
        "storagemigration.k8s.io",
    }
)


def content_type(patch_type: str | None, *, group: str | None, is_list: bool) -> str:
    """Return the media type of a patch.

    Args:
        patch_type: A key of `TYPES`; None chooses: JSON patch for a list, strategic for a built-in kind, merge for
            any other.
        group: The API group of the object.
        is_list: Whether the body is a list.

    Raises:
        InvalidParameter: There is no such type.
    """
    if patch_type is not None:
        if patch_type not in TYPES:
            raise InvalidParameter("patch_type", patch_type, f"expected one of {', '.join(TYPES)}")
        return TYPES[patch_type]
    if is_list:
        return JSON
    return STRATEGIC if (group or "") in BUILT_IN_GROUPS else MERGE
