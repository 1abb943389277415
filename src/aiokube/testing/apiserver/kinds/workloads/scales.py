"""Where workloads have the numbers of replicas that their subresource scale shows.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/registry/apps/deployment/storage/storage.go
(scaleFromDeployment)
"""

from __future__ import annotations

from collections.abc import Mapping

from aiokube.testing.apiserver.kinds import label_selectors
from aiokube.testing.apiserver.kinds.rules import Object
from aiokube.testing.apiserver.scale_paths import ScalePaths

__all__ = ["SCALES"]


def _selector(obj: Object) -> str:
    return label_selectors.text(obj["spec"].get("selector"))


def _labels(obj: Object) -> str:
    return label_selectors.text({"matchLabels": obj["spec"].get("selector")})


_PATHS = ScalePaths(("spec", "replicas"), ("status", "replicas"), _selector)

SCALES: Mapping[tuple[str, str], ScalePaths] = {
    ("", "ReplicationController"): ScalePaths(("spec", "replicas"), ("status", "replicas"), _labels),
    ("apps", "Deployment"): _PATHS,
    ("apps", "ReplicaSet"): _PATHS,
    ("apps", "StatefulSet"): _PATHS,
}
"""By group and kind."""
