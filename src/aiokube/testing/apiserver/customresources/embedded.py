"""Objects within objects: what stands at `x-kubernetes-embedded-resource`, and at the root of every object.

Their metadata is read as that of any object, whatever their schema says of it.

Sources:
    https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#rawextension
    https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/apiserver/schema/objectmeta/algorithm.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from aiokube.testing.apiserver.field_errors import FieldError, child, invalid, item, key, required
from aiokube.testing.apiserver.go.text import sorted_keys
from aiokube.testing.apiserver.kinds import metadata as metadata_rules
from aiokube.testing.apiserver.kinds import names
from aiokube.testing.apiserver.schema.node import Node, Shape
from aiokube.testing.apiserver.schema.structural import items, values

__all__ = ["ReadMetadata", "Reading", "coerce", "validate"]


class Reading(NamedTuple):
    """Metadata as it was read.

    Attributes:
        metadata: in normal form.
        unknown: paths of fields that metadata does not have, below it.
    """

    metadata: dict[str, Any]
    unknown: list[str]


ReadMetadata = Callable[[Any], Reading]
"""Reads metadata; raises ValueError with Go's words if that cannot be done."""


def coerce(
    node: Node | None, value: Any, read: ReadMetadata, *, is_object: bool = False, path: str = ""
) -> tuple[FieldError | None, list[str]]:
    """Read the metadata of embedded objects, and put it back in place as it was read.

    Args:
        node: of the schema as written.
        is_object: the value is a whole object itself.

    Returns:
        What could not be read, if anything; and the paths of what is not known, sorted.
    """
    if is_object:
        node = _whole(node)
    unknown: list[str] = []
    try:
        _coerce(node, value, path, read, unknown)
    except _Malformed as malformed:
        return malformed.error, []
    return None, sorted(unknown)


def validate(
    node: Node | None, value: Any, read: ReadMetadata, *, is_object: bool = False, path: str = ""
) -> list[FieldError]:
    """Return what is wrong with apiVersion, kind and metadata of embedded objects."""
    return list(_validate(_whole(node) if is_object else node, value, path, read))


class _Malformed(Exception):
    """Raised when what stands in metadata is none."""

    def __init__(self, error: FieldError) -> None:
        super().__init__(error)
        self.error = error


def _whole(node: Node | None) -> Node:
    return replace(node or Node(Shape.STRUCT), embedded=True)


def _inside(node: Node, value: Any, path: str) -> Iterator[tuple[Node | None, Any, str]]:
    if isinstance(value, dict):
        for name, part in value.items():
            if name in node.fields:
                yield node.fields[name].node, part, child(path, name)
            elif values(node) is not None:
                yield values(node), part, key(path, name)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield items(node), part, item(path, index)


def _coerce(node: Node | None, value: Any, path: str, read: ReadMetadata, unknown: list[str]) -> None:
    if node is None:
        return
    if node.embedded and isinstance(value, dict):
        for name in ("apiVersion", "kind"):
            if name in value and not isinstance(value[name], str):
                raise _Malformed(invalid(child(path, name), value[name], "must be a string"))
        if "metadata" in value:
            where = child(path, "metadata")
            try:
                reading = read(value["metadata"])
            except ValueError as error:
                raise _Malformed(invalid(where, sorted_keys(value["metadata"]), str(error))) from None
            value["metadata"] = reading.metadata
            unknown += [f"{where}.{name}" for name in reading.unknown]
    for part, inner, below in _inside(node, value, path):
        _coerce(part, inner, below, read, unknown)


def _validate(node: Node | None, value: Any, path: str, read: ReadMetadata) -> Iterator[FieldError]:
    if node is None:
        return
    if node.embedded and isinstance(value, dict):
        yield from _object(value, path, read)
    for part, inner, below in _inside(node, value, path):
        yield from _validate(part, inner, below, read)


def _object(value: dict[str, Any], path: str, read: ReadMetadata) -> Iterator[FieldError]:
    for name in ("apiVersion", "kind"):
        where = child(path, name)
        if name not in value:
            yield required(where)
        elif not isinstance(value[name], str):
            yield invalid(where, value[name], "must be a string")
        elif not value[name]:
            yield invalid(where, "", "must not be empty")
        elif words := _WORDS[name](value[name]):
            yield invalid(where, value[name], words)
    if "metadata" in value:
        where = child(path, "metadata")
        try:
            metadata = read(value["metadata"]).metadata
        except ValueError as error:
            yield invalid(where, sorted_keys(value["metadata"]), str(error))
            return
        obj = {"metadata": {"name": "fakename", **metadata}}  # kube-apiserver makes one up too
        namespaced = bool(metadata.get("namespace"))
        for wrong in metadata_rules.validate_create(obj, namespaced=namespaced, name_rule=_path_segment):
            yield replace(wrong, field=wrong.field.replace("metadata", where, 1))


def _api_version(text: str) -> str:
    return f"unexpected GroupVersion string: {text}" if text.count("/") > 1 else ""


def _kind(text: str) -> str:
    wrong = names.dns_1035_label(text.lower())
    return f"may have mixed case, but should otherwise match: {','.join(wrong)}" if wrong else ""


def _path_segment(name: str, prefix: bool) -> list[str]:
    return names.path_segment(name, prefix=prefix)


_WORDS = {"apiVersion": _api_version, "kind": _kind}
