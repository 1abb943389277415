"""Defaults of what the group networking.k8s.io has.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/networking/v1/defaults.go
"""

from __future__ import annotations

from collections.abc import Mapping

from aiokube.testing.apiserver.kinds.defaults import Default, absent
from aiokube.testing.apiserver.kinds.rules import Object

__all__ = ["DEFAULTS"]


def network_policy(obj: Object) -> None:
    spec = obj["spec"] = obj.get("spec") or {}
    if not spec.get("policyTypes"):
        spec["policyTypes"] = ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"]


def ingress_class(obj: Object) -> None:
    parameters = (obj.get("spec") or {}).get("parameters")
    if parameters is not None and parameters.get("scope") is None:
        parameters["scope"] = "Cluster"


DEFAULTS: Mapping[str, Default] = {
    "io.k8s.api.networking.v1.IngressClass": ingress_class,
    "io.k8s.api.networking.v1.NetworkPolicy": network_policy,
    "io.k8s.api.networking.v1.NetworkPolicyPort": absent({"protocol": "TCP"}),
}
