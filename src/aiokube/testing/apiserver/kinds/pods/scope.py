"""A scope: what the parts of a pod need to know of the whole.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/validation.go (ValidatePodSpec)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Scope"]


@dataclass(frozen=True, slots=True)
class Scope:
    """What the parts of a pod need to know of the whole.

    Attributes:
        is_pod: it is a pod, not the template of one.
        name: of the pod; "" for a template's.
        grace_seconds: terminationGracePeriodSeconds.
        restart_policy: of the pod.
        host_users: containers share the users of their node.
        claims: names of the resource claims.
        volumes: by name, those in which nothing is wrong.
    """

    is_pod: bool
    name: str = ""
    grace_seconds: int | None = None
    restart_policy: str = ""
    host_users: bool = True
    claims: frozenset[str] = frozenset()
    volumes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
