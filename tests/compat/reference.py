"""The reference: every documented name of kubernetes_asyncio.dynamic 36.1.0, and how each is used.

Only names are written down here. What they mean is the package's own: `shape_of` takes it from its source, so that
the two packages can be compared. That no name is missing is tested in `test_signatures`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

# The documentation puts all classes into `dynamic.client`.
REFERENCE: dict[str, tuple[str, ...]] = {
    "DynamicClient": (
        *("create", "delete", "ensure_namespace", "get", "patch", "replace", "request", "resources"),
        *("serialize_body", "server_side_apply", "validate", "version", "watch"),
    ),
    "EagerDiscoverer": ("api_groups", "discover", "search", "update"),
    "LazyDiscoverer": ("api_groups", "discover", "search"),
    "Resource": ("group_version", "path", "to_dict", "urls"),
    "ResourceField": ("to_dict",),
    "ResourceInstance": ("to_dict", "to_str"),
    "ResourceList": (
        *("base_resource", "create", "create_list", "delete", "get", "patch", "replace", "to_dict", "verb_mapper"),
    ),
    "Subresource": ("create", "to_dict", "urls"),
}

# "DynamicClient" for the class itself, which is called, and "DynamicClient.create" for what it has.
NAMES: tuple[str, ...] = tuple(
    name for owner, members in REFERENCE.items() for name in (owner, *(f"{owner}.{member}" for member in members))
)


class Shape(NamedTuple):
    """How a name is used.

    Attributes:
        binding: "function" for a method, "staticmethod", "classmethod", "property", or "class".
        use: "called", "awaited" or "iterated": what is done with what it gives.
        parameters: The name, kind and default of each parameter, in order.
    """

    binding: str
    use: str
    parameters: tuple[tuple[str, str, object], ...]


def shape_of(module: ModuleType, name: str) -> Shape:
    """Return the shape of a name of the reference, as a module has it."""
    owner, _, member = name.partition(".")
    cls = getattr(module, owner)
    if not member:
        return Shape("class", "called", parameters_of(cls))
    attribute: Any = inspect.getattr_static(cls, member)
    function: Any = attribute.fget if isinstance(attribute, property) else getattr(attribute, "__func__", attribute)
    return Shape(type(attribute).__name__, _use(function), parameters_of(function))


def parameters_of(function: Callable[..., Any]) -> tuple[tuple[str, str, object], ...]:
    """Return the name, kind and default of each parameter of a function or class, in order."""
    parameters = inspect.signature(function).parameters.values()
    return tuple((parameter.name, parameter.kind.description, parameter.default) for parameter in parameters)


def _use(function: Callable[..., Any]) -> str:
    if inspect.isasyncgenfunction(function):
        return "iterated"
    return "awaited" if inspect.iscoroutinefunction(function) else "called"
