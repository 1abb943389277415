"""The printer of each built-in kind.

A kind that is not in the table has the columns Name and Created At, as kube-apiserver has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from . import core, network, pods, policy, storage, workloads
from .autoscaling import horizontal_pod_autoscaler
from .cells import Cells, Object, at, name
from .columns import builtin_columns
from .printer import Printer

__all__ = ["builtin_printer"]


def builtin_printer(group: str, kind: str) -> Printer:
    """Return what prints the objects of a built-in kind, in whichever version they are.

    Args:
        kind: also `Scale` of the group autoscaling, for the subresource.
    """
    columns = builtin_columns(group, kind)
    cells = _CELLS.get((group, kind))
    if columns is None or cells is None:
        return _default_printer()
    return replace(Printer(columns, cells), **_MORE.get((group, kind), {}))


def _default_printer() -> Printer:
    columns = builtin_columns("", "LimitRange")
    assert columns is not None  # noqa: S101 - the snapshot has it
    return Printer(columns, _name_and_creation, empty_rows=lambda: None)


def _name_and_creation(obj: Object, now: datetime) -> list[Any]:
    # A bookmark has no time; Go's zero time stands for it.
    return [name(obj), at(obj, "metadata", "creationTimestamp", default="0001-01-01T00:00:00Z")]


_MORE: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("", "Pod"): {"conditions": pods.pod_conditions},
    ("flowcontrol.apiserver.k8s.io", "FlowSchema"): {"order": policy.flow_schema_order},
}

_CELLS: Mapping[tuple[str, str], Cells] = {
    ("", "ComponentStatus"): core.component_status,
    ("", "ConfigMap"): core.config_map,
    ("", "Endpoints"): network.endpoints,
    ("", "Event"): core.event,
    ("", "Namespace"): core.namespace,
    ("", "Node"): core.node,
    ("", "PersistentVolume"): storage.persistent_volume,
    ("", "PersistentVolumeClaim"): storage.persistent_volume_claim,
    ("", "Pod"): pods.pod,
    ("", "PodTemplate"): workloads.pod_template,
    ("", "ReplicationController"): workloads.replication_controller,
    ("", "ResourceQuota"): core.resource_quota,
    ("", "Secret"): core.secret,
    ("", "Service"): network.service,
    ("", "ServiceAccount"): core.name_and_age,
    ("admissionregistration.k8s.io", "MutatingAdmissionPolicy"): policy.policy("mutations"),
    ("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding"): policy.policy_binding,
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): policy.counting("webhooks"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"): policy.policy("validations"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"): policy.policy_binding,
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): policy.counting("webhooks"),
    ("apiregistration.k8s.io", "APIService"): policy.api_service,
    ("apps", "ControllerRevision"): workloads.controller_revision,
    ("apps", "DaemonSet"): workloads.daemon_set,
    ("apps", "Deployment"): workloads.deployment,
    ("apps", "ReplicaSet"): workloads.replica_set,
    ("apps", "StatefulSet"): workloads.stateful_set,
    ("autoscaling", "HorizontalPodAutoscaler"): horizontal_pod_autoscaler,
    ("autoscaling", "Scale"): workloads.scale,
    ("batch", "CronJob"): workloads.cron_job,
    ("batch", "Job"): workloads.job,
    ("certificates.k8s.io", "CertificateSigningRequest"): policy.certificate_signing_request,
    ("coordination.k8s.io", "Lease"): policy.lease,
    ("discovery.k8s.io", "EndpointSlice"): network.endpoint_slice,
    ("events.k8s.io", "Event"): core.event,
    ("flowcontrol.apiserver.k8s.io", "FlowSchema"): policy.flow_schema,
    ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"): policy.priority_level,
    ("networking.k8s.io", "IPAddress"): network.ip_address,
    ("networking.k8s.io", "Ingress"): network.ingress,
    ("networking.k8s.io", "IngressClass"): network.ingress_class,
    ("networking.k8s.io", "NetworkPolicy"): network.network_policy,
    ("networking.k8s.io", "ServiceCIDR"): network.service_cidr,
    ("node.k8s.io", "RuntimeClass"): policy.runtime_class,
    ("policy", "PodDisruptionBudget"): policy.pod_disruption_budget,
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): policy.binding,
    ("rbac.authorization.k8s.io", "RoleBinding"): policy.binding,
    ("resource.k8s.io", "DeviceClass"): core.name_and_age,
    ("resource.k8s.io", "ResourceClaim"): policy.resource_claim,
    ("resource.k8s.io", "ResourceClaimTemplate"): core.name_and_age,
    ("resource.k8s.io", "ResourceSlice"): policy.resource_slice,
    ("scheduling.k8s.io", "PriorityClass"): policy.priority_class,
    ("storage.k8s.io", "CSIDriver"): storage.csi_driver,
    ("storage.k8s.io", "CSINode"): storage.csi_node,
    ("storage.k8s.io", "StorageClass"): storage.storage_class,
    ("storage.k8s.io", "VolumeAttachment"): storage.volume_attachment,
    ("storage.k8s.io", "VolumeAttributesClass"): storage.volume_attributes_class,
}
