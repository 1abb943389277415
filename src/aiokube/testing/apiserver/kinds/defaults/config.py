"""Defaults of what programs are configured with, and of the namespaces it stands in.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/v1/defaults.go
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping

from aiokube.testing.apiserver.kinds.rules import Object

__all__ = ["DEFAULTS"]

_NAME_LABEL = "kubernetes.io/metadata.name"


def secret(obj: Object) -> None:
    """Complete a Secret; what came as text in stringData is data from here on, as in Go's internal type."""
    if texts := obj.pop("stringData", None):
        encoded = {key: base64.b64encode((text or "").encode()).decode() for key, text in texts.items()}
        obj["data"] = (obj.get("data") or {}) | encoded
    if data := obj.get("data"):
        obj["data"] = {key: value or "" for key, value in data.items()}
    obj["type"] = obj.get("type") or "Opaque"


def namespace(obj: Object) -> None:
    metadata = obj.get("metadata") or {}
    if name := metadata.get("name"):
        metadata["labels"] = (metadata.get("labels") or {}) | {_NAME_LABEL: name}


def namespace_status(status: Object) -> None:
    status["phase"] = status.get("phase") or "Active"


DEFAULTS: Mapping[str, Callable[[Object], None]] = {
    "io.k8s.api.core.v1.Namespace": namespace,
    "io.k8s.api.core.v1.NamespaceStatus": namespace_status,
    "io.k8s.api.core.v1.Secret": secret,
}
