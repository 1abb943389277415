"""What the cells of several kinds have in common: reading what may not be there, and the words for what is not.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/printers/internalversion/printers.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from .ages import since

__all__ = [
    "NONE",
    "UNSET",
    "Cells",
    "Object",
    "age",
    "at",
    "containers",
    "joined",
    "label_selector",
    "labels",
    "name",
    "shortened",
]

Object = dict[str, Any]

Cells = Callable[[Object, datetime], list[Any]]
"""Returns the cells of one object, in the order of its kind's columns, at a time."""

NONE = "<none>"
UNSET = "<unset>"


def at(value: Any, *path: str, default: Any = None) -> Any:
    """Return what stands at a path of an object; `default` if there is nothing, or null."""
    for step in path:
        if not isinstance(value, Mapping) or (value := value.get(step)) is None:
            return default
    return default if value is None else value


def name(obj: Object) -> str:
    """Return the name of an object, "" for one without (a bookmark)."""
    return str(at(obj, "metadata", "name", default=""))


def age(obj: Object, now: datetime) -> str:
    """Return how long ago an object was created."""
    return since(at(obj, "metadata", "creationTimestamp"), now)


def containers(pod_spec: Any) -> list[str]:
    """Return two cells: the names of a pod's containers, and their images."""
    found: Sequence[Object] = at(pod_spec, "containers", default=())
    return [",".join(at(container, field, default="") for container in found) for field in ("name", "image")]


def joined(texts: Iterable[str], *, none: str = NONE) -> str:
    """Return texts with commas between them, or a word for there being none."""
    return ",".join(texts) or none


def shortened(texts: Sequence[str], *, limit: int = 3, none: str = UNSET) -> str:
    """Return the first few texts, and how many more there are."""
    if len(texts) <= limit:
        return joined(texts, none=none)
    return f"{','.join(texts[:limit])} + {len(texts) - limit} more..."


def labels(found: Mapping[str, str] | None) -> str:
    """Return labels as a selector of equalities has them, by name."""
    return joined(f"{key}={value}" for key, value in sorted((found or {}).items()))


def label_selector(selector: Mapping[str, Any] | None, *, none: str = NONE) -> str:
    """Return a metav1.LabelSelector as text: its requirements by key, each with its values in order.

    Args:
        none: the word for a selector that says nothing, or is not there.
    """
    requirements = [(key, f"{key}={value}") for key, value in (at(selector, "matchLabels", default={})).items()]
    for expression in at(selector, "matchExpressions", default=()):
        key = expression["key"]
        requirements.append((key, _REQUIREMENTS[expression["operator"]](key, expression.get("values") or ())))
    return joined((text for _, text in sorted(requirements, key=lambda requirement: requirement[0])), none=none)


_REQUIREMENTS: Mapping[str, Callable[[str, Sequence[str]], str]] = {
    "In": lambda key, values: f"{key} in ({','.join(sorted(values))})",
    "NotIn": lambda key, values: f"{key} notin ({','.join(sorted(values))})",
    "Exists": lambda key, values: key,
    "DoesNotExist": lambda key, values: f"!{key}",
}
