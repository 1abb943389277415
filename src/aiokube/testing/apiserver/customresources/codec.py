"""Objects of custom kinds, read and written: pruned, defaulted, and with metadata as any object's.

Nothing is dropped for being empty: an object has what its schema lets through. It is written with its keys
sorted, for Go keeps it in maps.

Source: https://github.com/kubernetes/apiextensions-apiserver/blob/v0.36.3/pkg/apiserver/customresource_handler.go
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiokube.testing.apiserver.codec import Decoded, Object, Undecodable
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.go.text import json_text, sorted_keys
from aiokube.testing.apiserver.schema import pruning, structural_defaults
from aiokube.testing.apiserver.schema.node import Node

from . import embedded, object_meta

__all__ = ["CustomCodec", "Version"]

_MOST = 2**63
_HEAD = {"apiVersion", "kind", "metadata"}


class Version:
    """What objects look like in one version.

    Args:
        written: the node of the schema as written.
        node: the same, with what every object has.
    """

    def __init__(self, written: Node, node: Node) -> None:
        self.written = written
        self.node = node


class CustomCodec:
    """Reads and writes the objects of a custom kind in one version.

    Args:
        versions: all of the kind, by apiVersion; they differ in their schemas alone.
        stored: the apiVersion in which objects are stored.
    """

    def __init__(self, kind: str, api_version: str, versions: Mapping[str, Version], *, stored: str) -> None:
        self._kind = kind
        self._api_version = api_version
        self._versions = versions
        self._stored = stored

    @property
    def node(self) -> Node:
        """What the objects look like."""
        return self._versions[self._api_version].node

    def decode(self, value: Object, *, is_converted: bool = False) -> Decoded:
        """Return the object that a request's value means, with defaults; of another version no field is known."""
        kind, api_version = self._said_to_be(value)
        version = api_version.rpartition("/")[2]
        obj: Object = _numbers(value)
        problems: list[str] = []
        if "metadata" in obj:
            try:
                reading = object_meta.read(obj["metadata"])
            except ValueError as error:
                raise Undecodable(str(error), kind=kind, version=version) from None
            obj["metadata"] = reading.metadata
            problems += [f"metadata.{name}" for name in reading.unknown]
        obj.setdefault("metadata", {})
        if api_version != self._api_version:
            # Of another group it is not looked at: it is refused, whatever it has.
            if api_version.rpartition("/")[0] == self._api_version.rpartition("/")[0]:
                problems += sorted(obj.keys() - _HEAD)
            obj = {name: obj[name] for name in obj if name in _HEAD}
        elif kind == self._kind:  # what else it is, it is refused as being that
            written = self._versions[self._api_version].written
            problems += pruning.prune(written, obj)
            structural_defaults.drop_nulls(written, obj)
            malformed, unknown = embedded.coerce(written, obj, object_meta.read)
            if malformed is not None:
                raise Undecodable(str(malformed), kind=kind, version=version)
            problems += unknown
            structural_defaults.apply(written, obj)
        return Decoded(self.normal(obj), [f'unknown field "{path}"' for path in problems])

    def complete(self, value: Object) -> Object:
        """Return the object that an apply has made, with defaults; a null that is not allowed is still there."""
        obj: Object = _numbers(value)
        written = self._versions[self._api_version].written
        structural_defaults.apply(written, obj)
        malformed, _ = embedded.coerce(written, obj, object_meta.read)
        if malformed is not None:
            raise Undecodable(str(malformed))
        return self.normal(obj)

    def normal(self, obj: Object) -> Object:
        """Return an object as Go writes it."""
        metadata = object_meta.read(obj.get("metadata")).metadata
        normal: Object = sorted_keys({**obj, "metadata": metadata})
        return normal

    def validate(self, obj: Object, old: Object | None) -> Sequence[FieldError]:
        """Return nothing: the rules know which part of an object a request may change."""
        return ()

    def to_storage(self, obj: Object) -> Object:
        stored: Object = _whole_numbers(self._converted(obj, self._stored))
        # An apply leaves null where no type forbids it; what every read drops need not be stored. And what it adds
        # to an object that came in another version is, so that it can be answered as it is stored.
        written = self._versions[self._stored].written
        structural_defaults.drop_nulls(written, stored)
        if obj.get("apiVersion") != self._stored:
            structural_defaults.apply(written, stored)
        return stored

    def from_storage(self, obj: Object) -> Object:
        """Return a stored object in this version, as the schema of now has it."""
        at_hand = obj.get("apiVersion", self._stored)
        if at_hand in self._versions:
            written = self._versions[at_hand].written
            pruning.prune(written, obj)
            structural_defaults.drop_nulls(written, obj)
            structural_defaults.apply(written, obj)
        return self._converted(obj, self._api_version)

    def other_version(self, obj: Object, api_version: str) -> tuple[Node, Object] | None:
        """Return an object of this version in another, and what objects look like there; None for none of the kind."""
        found = self._versions.get(api_version)
        return (found.node, self._converted(obj, api_version)) if found is not None else None

    def _converted(self, obj: Object, api_version: str) -> Object:
        if obj.get("apiVersion") == api_version:
            return obj
        converted = _copied({**obj, "apiVersion": api_version})
        pruning.prune(self._versions[api_version].written, converted)
        normal: Object = sorted_keys(converted)
        return normal

    def _said_to_be(self, value: Any) -> tuple[str, str]:
        """Return the kind and apiVersion that a value says it is of."""
        head = value or {}
        kind, api_version = head.get("kind") or "", head.get("apiVersion") or ""
        if not kind:
            raise Undecodable(f"Object 'Kind' is missing in '{json_text(value)}'")
        return kind, api_version


def _numbers(value: Any) -> Any:
    """Return a copy with numbers as Go reads them: integers beyond 64 bits are floats."""
    if isinstance(value, dict):
        return {name: _numbers(part) for name, part in value.items()}
    if isinstance(value, list):
        return list(map(_numbers, value))
    is_huge = isinstance(value, int) and not isinstance(value, bool) and not -_MOST <= value < _MOST
    return float(value) if is_huge else value


def _whole_numbers(value: Any) -> Any:
    """Return a copy with numbers as Go writes them: a float without a fraction looks like an integer."""
    if isinstance(value, dict):
        return {name: _whole_numbers(part) for name, part in value.items()}
    if isinstance(value, list):
        return list(map(_whole_numbers, value))
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) < _MOST
    return int(value) if is_whole else value


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copied(part) for name, part in value.items()}
    return list(map(_copied, value)) if isinstance(value, list) else value
