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
    """

    generation: bool = False
    creates: bool = False
    unconditional: bool = True
    names: NameCheck = names.dns_subdomain


def _any_name(name: str, *, prefix: bool = False) -> list[str]:
    return []


_PLAIN: Final = Traits()
_COUNTED: Final = Traits(generation=True)
_VERSIONED: Final = Traits(unconditional=False)
_COUNTED_VERSIONED: Final = Traits(generation=True, unconditional=False)
_ACCESS: Final = Traits(creates=True, names=names.path_segment)

_BY_GROUP: Mapping[str, Mapping[str, Traits]] = {
    "": {
        "ConfigMap": _PLAIN,
        "Endpoints": Traits(creates=True),
        "Event": Traits(creates=True, names=names.path_segment),
        "LimitRange": Traits(creates=True),
        "Namespace": Traits(names=names.dns_label),
        "Node": _PLAIN,
        "PersistentVolume": _PLAIN,
        "PersistentVolumeClaim": _PLAIN,
        "Pod": _COUNTED,
        "PodTemplate": _COUNTED,
        "ReplicationController": _COUNTED,
        "ResourceQuota": _PLAIN,
        "Secret": _PLAIN,
        "Service": Traits(creates=True, names=names.dns_label),
        "ServiceAccount": _PLAIN,
    },
    "admissionregistration.k8s.io": {
        "MutatingAdmissionPolicy": _COUNTED_VERSIONED,
        "MutatingAdmissionPolicyBinding": _COUNTED_VERSIONED,
        "MutatingWebhookConfiguration": _COUNTED_VERSIONED,
        "ValidatingAdmissionPolicy": _COUNTED_VERSIONED,
        "ValidatingAdmissionPolicyBinding": _COUNTED_VERSIONED,
        "ValidatingWebhookConfiguration": _COUNTED_VERSIONED,
    },
    "apiextensions.k8s.io": {"CustomResourceDefinition": _COUNTED_VERSIONED},
    "apiregistration.k8s.io": {"APIService": Traits(unconditional=False, names=names.path_segment)},
    "apps": {
        "ControllerRevision": _PLAIN,
        "DaemonSet": _COUNTED,
        "Deployment": _COUNTED,
        "ReplicaSet": _COUNTED,
        "StatefulSet": Traits(generation=True, names=names.dns_label),
    },
    "autoscaling": {"HorizontalPodAutoscaler": _PLAIN},
    "batch": {"CronJob": _COUNTED, "Job": _COUNTED},
    "certificates.k8s.io": {"CertificateSigningRequest": Traits(names=_any_name)},
    "coordination.k8s.io": {"Lease": Traits(creates=True, unconditional=False)},
    "discovery.k8s.io": {"EndpointSlice": _PLAIN},
    "events.k8s.io": {"Event": Traits(creates=True, names=names.path_segment)},
    "flowcontrol.apiserver.k8s.io": {"FlowSchema": _COUNTED, "PriorityLevelConfiguration": _COUNTED},
    "networking.k8s.io": {
        "IPAddress": Traits(names=ip_addresses.canonical),
        "Ingress": _COUNTED,
        "IngressClass": _COUNTED,
        "NetworkPolicy": _COUNTED,
        "ServiceCIDR": _PLAIN,
    },
    "node.k8s.io": {"RuntimeClass": Traits(creates=True, unconditional=False)},
    "policy": {"PodDisruptionBudget": _COUNTED_VERSIONED},
    "rbac.authorization.k8s.io": {
        "ClusterRole": _ACCESS,
        "ClusterRoleBinding": _ACCESS,
        "Role": _ACCESS,
        "RoleBinding": _ACCESS,
    },
    "resource.k8s.io": {
        "DeviceClass": _COUNTED,
        "ResourceClaim": _PLAIN,
        "ResourceClaimTemplate": _PLAIN,
        "ResourceSlice": _COUNTED,
    },
    "scheduling.k8s.io": {"PriorityClass": _PLAIN},
    "storage.k8s.io": {
        "CSIDriver": _VERSIONED,
        "CSINode": _VERSIONED,
        "CSIStorageCapacity": _VERSIONED,
        "StorageClass": _PLAIN,
        "VolumeAttachment": _VERSIONED,
        "VolumeAttributesClass": _PLAIN,
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

        def validate_name(self, name: str, prefix: bool) -> list[str]:
            return traits.names(name, prefix=prefix)

    KindRules.__name__ = KindRules.__qualname__ = f"{kind}Rules"
    return KindRules()
