"""Names of resources: those that Kubernetes has itself, and those that others add to it in groups of their own.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/helper/helpers.go
    and https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go
"""

from __future__ import annotations

from collections.abc import Iterator

from aiokube.testing.apiserver.field_errors import FieldError, invalid

from . import names, quantities
from .checks import matching

__all__ = ["HUGE_PAGES", "MEASURED", "is_extended", "is_native", "is_quota", "validate", "validate_amount"]

HUGE_PAGES = "hugepages-"
"""How resources begin that are pages of memory of one size; the size follows."""

MEASURED = ("cpu", "memory", "ephemeral-storage")
"""What containers have of their nodes."""

_COUNTED = {
    "configmaps",
    "persistentvolumeclaims",
    "pods",
    "replicationcontrollers",
    "resourcequotas",
    "secrets",
    "services",
    "services.loadbalancers",
    "services.nodeports",
}
_QUOTA = {
    *_COUNTED,
    *MEASURED,
    *(f"{side}.{name}" for side in ("requests", "limits") for name in MEASURED),
    "requests.storage",
}


def validate(name: str, path: str) -> Iterator[FieldError]:
    """Refuse what is not the name of a resource."""
    if wrong := list(matching(names.qualified_name, name, path)):
        yield from wrong
    elif "/" not in name and name != "storage" and not is_quota(name):
        yield invalid(path, name, "must be a standard resource type or fully qualified")


def validate_amount(name: str, amount: str, path: str) -> Iterator[FieldError]:
    """Refuse an amount of a resource that is negative, or a part of what is counted in whole."""
    if quantities.amount(amount) < 0:
        yield invalid(path, amount, "must be greater than or equal to 0")
    if (name in _COUNTED or is_extended(name)) and not quantities.is_whole(amount):
        yield invalid(path, amount, "must be an integer")


def is_quota(name: str) -> bool:
    """Whether a resource is one of those that Kubernetes has quotas for."""
    return name in _QUOTA or name.startswith((HUGE_PAGES, f"requests.{HUGE_PAGES}"))


def is_native(name: str) -> bool:
    """Whether a resource is Kubernetes' own."""
    return "/" not in name or "kubernetes.io/" in name


def is_extended(name: str) -> bool:
    """Whether a resource is one that others have added, which is counted in whole."""
    return not is_native(name) and not name.startswith("requests.") and not names.qualified_name(f"requests.{name}")
