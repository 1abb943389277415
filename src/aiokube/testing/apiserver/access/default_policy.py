"""The roles and bindings that kube-apiserver 1.36 makes for itself, such as cluster-admin, view and system:discovery.

`scripts/default_policy.py` writes `default_policy.json` anew, from a real one.

Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources
from typing import Any

from aiokube.testing.apiserver.errors import GroupResource

from .rbac import GROUP

__all__ = ["default_policy"]


def default_policy() -> Iterator[tuple[GroupResource, dict[str, Any]]]:
    """Give all of them, each with its resource; without what a server sets, such as a uid."""
    text = resources.files(__package__).joinpath("default_policy.json").read_bytes()
    for resource, objects in json.loads(text).items():
        yield from ((GroupResource(GROUP, resource), obj) for obj in objects)
