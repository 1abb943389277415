"""The metadata of an object, read as Go reads it."""

from __future__ import annotations

from typing import Any, Final

from aiokube.testing.apiserver.schema import builtin, decoding
from aiokube.testing.apiserver.schema.node import Node

from .embedded import Reading

__all__ = ["node", "read"]

_COMPONENT: Final = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
_UNKNOWN: Final = 'unknown field "'


def node() -> Node:
    """Return what metadata looks like."""
    return builtin.node(_COMPONENT)


def read(value: Any) -> Reading:
    """Return metadata in normal form.

    Raises:
        ValueError: it is none; the text is Go's.
    """
    decoded = decoding.decode(node(), value)
    return Reading(decoded.object, [text.removeprefix(_UNKNOWN).removesuffix('"') for text in decoded.unknown])
