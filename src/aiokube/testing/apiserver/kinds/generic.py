"""What the server asks by kind in a word: generations, updates that create or need no version, names.

One table, because a flag a kind is easily forgotten in a class a kind. Whoever registers the rules of a kind
makes them by `rules(...)`; kinds without rules of their own are made here from the table alone.

Sources:
    https://github.com/kubernetes/kubernetes/tree/v1.36.3/pkg/registry (each strategy.go)
    https://github.com/kubernetes/kubernetes/tree/v1.36.3/pkg/apis (each validation.go)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from aiokube.testing.apiserver.errors import GroupKind
from aiokube.testing.apiserver.kinds import ip_addresses, names
from aiokube.testing.apiserver.kinds.metadata import Look
from aiokube.testing.apiserver.kinds.rules import Rules

__all__ = ["TRAITS", "Traits", "rules"]

NameCheck = Callable[..., list[str]]


@dataclass(frozen=True, slots=True)
class Traits:
    """The flags of a kind.

    Attributes:
        generation: metadata.generation is 1 at first and rises with all but metadata and status. Kinds that count
            otherwise are False here and count in their rules.
        creates: an update of what is not there creates it.
        unconditional: an update without a resourceVersion is taken.
        names: what is wrong with a name (`prefix=True`: with a generateName).
        returned: a deletion answers with the object, not with a Status.
        dependents: what becomes of them when a deletion does not say; None where nobody collects them.
        standard: a finalizer without a slash must be one of Kubernetes' own.
        looks: what the kind looks at again in the metadata of a changed object.
        prefix: where etcd has the objects, if not under the resource's name.
        unknown_label: what is said of a field label that the kind does not have.
    """

    generation: bool = False
    creates: bool = False
    unconditional: bool = True
    names: NameCheck = names.dns_subdomain
    returned: bool = False
    dependents: str | None = "Background"
    standard: bool = True
    looks: tuple[Look, ...] = ("change",)
    prefix: str = ""
    unknown_label: str = '"{label}" is not a known field selector: only "metadata.name", "metadata.namespace"'


def _any_name(name: str, *, prefix: bool = False) -> list[str]:
    return []


_OWN_LABELS: Final = "field label not supported: {label}"
_SLICE_LABELS: Final = "field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: {label}"

_LOOKS_BEFORE: Final[tuple[Look, ...]] = ("object", "change")
_LOOKS_AFTER: Final[tuple[Look, ...]] = ("change", "object")

_PLAIN: Final = Traits()
_RETURNED: Final = Traits(returned=True)
_COUNTED: Final = Traits(generation=True)
_VERSIONED_RETURNED: Final = Traits(unconditional=False, returned=True)
_FLOW: Final = Traits(generation=True, looks=("object",))
_COUNTED_VERSIONED: Final = Traits(generation=True, unconditional=False)
_ADMISSION: Final = Traits(generation=True, unconditional=False, standard=False, looks=("object",))
_EVENT: Final = Traits(creates=True, names=names.path_segment, dependents=None, unknown_label=_OWN_LABELS)
_ACCESS: Final = Traits(creates=True, names=names.path_segment, looks=_LOOKS_BEFORE)

_BY_GROUP: Mapping[str, Mapping[str, Traits]] = {
    "": {
        "ConfigMap": Traits(looks=_LOOKS_AFTER),
        "Endpoints": Traits(creates=True, looks=_LOOKS_AFTER, prefix="services/endpoints"),
        "Event": _EVENT,
        "LimitRange": Traits(creates=True, looks=("object",)),
        "Namespace": Traits(names=names.dns_label, returned=True, looks=_LOOKS_BEFORE, unknown_label=_OWN_LABELS),
        "Node": Traits(looks=_LOOKS_BEFORE, prefix="minions", unknown_label=_OWN_LABELS),
        "PersistentVolume": _RETURNED,
        "PersistentVolumeClaim": Traits(returned=True, looks=_LOOKS_AFTER),
        "Pod": Traits(generation=True, returned=True, unknown_label=_OWN_LABELS),
        "PodTemplate": Traits(generation=True, returned=True),
        "ReplicationController": Traits(
            generation=True, dependents="Orphan", prefix="controllers", unknown_label=_OWN_LABELS
        ),
        "ResourceQuota": _RETURNED,
        "Secret": Traits(looks=_LOOKS_AFTER, unknown_label=_OWN_LABELS),
        "Service": Traits(
            creates=True, names=names.dns_label, returned=True, prefix="services/specs", unknown_label=_OWN_LABELS
        ),
        "ServiceAccount": Traits(returned=True, looks=_LOOKS_AFTER),
    },
    "admissionregistration.k8s.io": {
        "MutatingAdmissionPolicy": _ADMISSION,
        "MutatingAdmissionPolicyBinding": _ADMISSION,
        "MutatingWebhookConfiguration": _ADMISSION,
        "ValidatingAdmissionPolicy": _ADMISSION,
        "ValidatingAdmissionPolicyBinding": _ADMISSION,
        "ValidatingWebhookConfiguration": _ADMISSION,
    },
    "apiextensions.k8s.io": {"CustomResourceDefinition": _COUNTED_VERSIONED},
    "apiregistration.k8s.io": {
        "APIService": Traits(unconditional=False, names=names.path_segment, standard=False, looks=_LOOKS_AFTER)
    },
    "apps": {
        "ControllerRevision": _PLAIN,
        "DaemonSet": _COUNTED,
        "Deployment": _COUNTED,
        "ReplicaSet": _COUNTED,
        "StatefulSet": Traits(generation=True, names=names.dns_label),
    },
    "autoscaling": {"HorizontalPodAutoscaler": _PLAIN},
    "batch": {
        "CronJob": _COUNTED,
        "Job": Traits(
            generation=True,
            dependents="Orphan",
            looks=_LOOKS_BEFORE,
            unknown_label='field label "{label}" not supported for Job',
        ),
    },
    "certificates.k8s.io": {"CertificateSigningRequest": Traits(names=_any_name, unknown_label=_OWN_LABELS)},
    "coordination.k8s.io": {"Lease": Traits(creates=True, unconditional=False, standard=False)},
    "discovery.k8s.io": {"EndpointSlice": _PLAIN},
    "events.k8s.io": {"Event": _EVENT},
    "flowcontrol.apiserver.k8s.io": {
        "FlowSchema": _FLOW,
        "PriorityLevelConfiguration": _FLOW,
    },
    "networking.k8s.io": {
        "IPAddress": Traits(names=ip_addresses.canonical, looks=_LOOKS_BEFORE),
        "Ingress": Traits(generation=True, prefix="ingress"),
        "IngressClass": _COUNTED,
        "NetworkPolicy": _COUNTED,
        "ServiceCIDR": _PLAIN,
    },
    "node.k8s.io": {"RuntimeClass": Traits(creates=True, unconditional=False, standard=False, looks=_LOOKS_BEFORE)},
    "policy": {"PodDisruptionBudget": Traits(generation=True, unconditional=False, names=names.path_segment, looks=())},
    "rbac.authorization.k8s.io": {
        "ClusterRole": _ACCESS,
        "ClusterRoleBinding": _ACCESS,
        "Role": _ACCESS,
        "RoleBinding": _ACCESS,
    },
    "resource.k8s.io": {
        "DeviceClass": Traits(generation=True, returned=True, looks=_LOOKS_BEFORE),
        "ResourceClaim": Traits(returned=True, looks=_LOOKS_BEFORE),
        "ResourceClaimTemplate": Traits(returned=True, looks=_LOOKS_BEFORE),
        "ResourceSlice": Traits(generation=True, returned=True, unknown_label=_SLICE_LABELS),
    },
    "scheduling.k8s.io": {"PriorityClass": _PLAIN},
    "storage.k8s.io": {
        "CSIDriver": _VERSIONED_RETURNED,
        "CSINode": Traits(unconditional=False, returned=True, looks=("object",)),
        "CSIStorageCapacity": Traits(unconditional=False, looks=_LOOKS_BEFORE),
        "StorageClass": Traits(returned=True, looks=_LOOKS_BEFORE),
        "VolumeAttachment": Traits(unconditional=False, returned=True, looks=("object",)),
        "VolumeAttributesClass": Traits(returned=True, looks=_LOOKS_AFTER),
    },
}

TRAITS: Mapping[GroupKind, Traits] = {
    GroupKind(group, kind): traits for group, kinds in _BY_GROUP.items() for kind, traits in kinds.items()
}
"""Every kind that 1.36 stores by default."""


def rules(group: str, kind: str, behaviour: type[Rules] = Rules) -> Rules:
    """Return the rules of a kind: what is its own, with the flags of the table.

    Args:
        behaviour: the class with what is its own.
    """
    traits = TRAITS[GroupKind(group, kind)]

    class KindRules(behaviour):  # type: ignore[misc, valid-type]  # mypy takes no variable for a base
        has_generation = traits.generation
        creates_on_update = traits.creates
        unconditional_update = traits.unconditional
        returns_deleted = traits.returned
        default_propagation = traits.dependents
        standard_finalizers = traits.standard and behaviour.standard_finalizers
        metadata_looks = traits.looks
        storage_prefix = traits.prefix

        def validate_name(self, name: str, prefix: bool) -> list[str]:
            return traits.names(name, prefix=prefix)

        def unknown_field_label(self, label: str) -> str:
            return traits.unknown_label.format(label=label)

    KindRules.__name__ = KindRules.__qualname__ = f"{kind}Rules"
    return KindRules()
