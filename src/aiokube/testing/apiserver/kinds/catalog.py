"""The catalog: the rules of every built-in kind, and the defaults of every part of one.

Each family of kinds has modules of its own with `BEHAVIOUR` (group and kind -> its class of rules) and `DEFAULTS`
(name of an OpenAPI component -> what completes an object of it); here they come together, with a line each.
"""

from __future__ import annotations

from collections.abc import Mapping

from . import (
    admission_policies,
    api_services,
    autoscaling,
    certificate_requests,
    config,
    controller_revisions,
    csi,
    device_claims,
    disruption,
    endpoints,
    events,
    flow_control,
    generic,
    ingresses,
    leases,
    namespaces,
    networks,
    nodes,
    pods,
    priority_classes,
    quotas,
    rbac,
    resource_slices,
    runtime_classes,
    services,
    storage_classes,
    volume_claims,
    volumes,
    webhooks,
    workloads,
)
from .conversions import CONVERSIONS, converted
from .defaults import Default
from .defaults import autoscaling as autoscaling_defaults
from .defaults import cluster as cluster_defaults
from .defaults import config as config_defaults
from .defaults import devices as device_defaults
from .defaults import networking as networking_defaults
from .defaults import pods as pod_defaults
from .defaults import rbac as rbac_defaults
from .defaults import services as service_defaults
from .defaults import volumes as volume_defaults
from .defaults import workloads as workload_defaults
from .rules import Rules

__all__ = ["DEFAULTS", "FORMS", "RULES"]

_BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {
    **admission_policies.BEHAVIOUR,
    **api_services.BEHAVIOUR,
    **autoscaling.BEHAVIOUR,
    **certificate_requests.BEHAVIOUR,
    **config.BEHAVIOUR,
    **controller_revisions.BEHAVIOUR,
    **csi.BEHAVIOUR,
    **device_claims.BEHAVIOUR,
    **disruption.BEHAVIOUR,
    **endpoints.BEHAVIOUR,
    **events.BEHAVIOUR,
    **flow_control.BEHAVIOUR,
    **ingresses.BEHAVIOUR,
    **leases.BEHAVIOUR,
    **namespaces.BEHAVIOUR,
    **networks.BEHAVIOUR,
    **nodes.BEHAVIOUR,
    **pods.BEHAVIOUR,
    **priority_classes.BEHAVIOUR,
    **quotas.BEHAVIOUR,
    **rbac.BEHAVIOUR,
    **resource_slices.BEHAVIOUR,
    **runtime_classes.BEHAVIOUR,
    **services.BEHAVIOUR,
    **storage_classes.BEHAVIOUR,
    **volume_claims.BEHAVIOUR,
    **volumes.BEHAVIOUR,
    **webhooks.BEHAVIOUR,
    **workloads.BEHAVIOUR,
}

RULES: Mapping[tuple[str, str], Rules] = {
    (group, kind): generic.rules(group, kind, _BEHAVIOUR.get((group, kind), Rules)) for group, kind in generic.TRAITS
}
"""By group and kind; for objects in the version that is stored."""

FORMS: Mapping[tuple[str, str, str], Rules] = {
    (group, version, kind): converted(RULES[group, kind], group, version, kind) for group, version, kind in CONVERSIONS
}
"""By group, version and kind; for objects in versions that are not stored."""

DEFAULTS: Mapping[str, Default] = {
    **autoscaling_defaults.DEFAULTS,
    **cluster_defaults.DEFAULTS,
    **config_defaults.DEFAULTS,
    **device_defaults.DEFAULTS,
    **networking_defaults.DEFAULTS,
    **pod_defaults.DEFAULTS,
    **rbac_defaults.DEFAULTS,
    **service_defaults.DEFAULTS,
    **volume_defaults.DEFAULTS,
    **workload_defaults.DEFAULTS,
}
"""By the name of the component, such as `io.k8s.api.core.v1.PodSpec`; parents are completed before their parts."""
