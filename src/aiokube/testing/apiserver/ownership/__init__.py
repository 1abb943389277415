"""Who owns which fields of an object: `metadata.managedFields`, and the apply on the server that goes by it.

Functions on values, for built-in and custom kinds alike: both are described by nodes. May import `errors`,
`go` and `schema`.

Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/
"""

from .manager import manager_name
from .reset import ANY, Filter, excluding, only
from .scale import ReplicasPaths, owners_of_object, owners_of_scale
from .updater import Convert, Kind
from .writes import applied, not_converted, not_of_custom_kind, updated, with_old_times

__all__ = [
    "ANY",
    "Convert",
    "Filter",
    "Kind",
    "ReplicasPaths",
    "applied",
    "excluding",
    "manager_name",
    "not_converted",
    "not_of_custom_kind",
    "only",
    "owners_of_object",
    "owners_of_scale",
    "updated",
    "with_old_times",
]
