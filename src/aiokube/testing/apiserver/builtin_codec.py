"""Built-in kinds: objects are read into Go's structs, and written as Go would write them.

Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/runtime/serializer/json/json.go
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from . import errors, snapshot
from .codec import Decoded, Object, Undecodable
from .customresources import definition_rules
from .field_errors import FieldError
from .kinds import catalog
from .kinds.conversions import CONVERSIONS, Conversion
from .schema import builtin, decoding, defaulting
from .schema.node import Node

__all__ = ["BuiltinCodec"]

_DEFAULTS = {**catalog.DEFAULTS, **definition_rules.DEFAULTS}

_SCHEME = "pkg/runtime/scheme.go:111"


class BuiltinCodec:
    """Reads and writes the objects of one built-in kind in one version."""

    def __init__(self, group: str, version: str, kind: str) -> None:
        self._gvk = (group, version, kind)
        self._api_version = f"{group}/{version}" if group else version
        self._conversion: Conversion | None = CONVERSIONS.get(self._gvk)

    @cached_property
    def node(self) -> Node:
        """What the objects look like; read when it is first needed."""
        return builtin.kind_node(*self._gvk)

    def decode(self, value: Object, *, is_converted: bool = False) -> Decoded:
        """Return the object that a request's value means, with defaults."""
        value = value or {}
        kind, api_version = value.get("kind") or "", value.get("apiVersion") or ""
        self._check_type(kind, api_version)
        try:
            decoded = decoding.decode(self.node, value, keeps_empty=True, is_converted=is_converted)
            obj = decoded.object
            obj["kind"], obj["apiVersion"] = self._gvk[2], self._api_version
            obj.setdefault("metadata", {})
            defaulting.apply(self.node, obj, _DEFAULTS)
        except decoding.DecodingError as error:
            version = (api_version or self._api_version).rpartition("/")[2]
            raise Undecodable(
                str(error), kind=kind or self._gvk[2], version=version, converted=error.converted
            ) from None
        obj = decoding.decode(self.node, obj, keeps_empty=True).object
        if (value.get("metadata") or {}).get("managedFields") == []:
            # The one empty list that is not as good as none: owners are to be forgotten.
            obj["metadata"]["managedFields"] = []
        return Decoded(obj, decoded.unknown)

    def complete(self, value: Object) -> Object:
        """Return the object that an apply has made, with defaults."""
        return self.decode(value, is_converted=True).object

    def normal(self, obj: Object) -> Object:
        """Return an object as Go writes it."""
        return decoding.normal(self.node, obj)

    def validate(self, obj: Object, old: Object | None) -> Sequence[FieldError]:
        """Return nothing: built-in kinds are validated by their rules."""
        return ()

    def to_storage(self, obj: Object) -> Object:
        if self._conversion is None:
            return obj
        stored = self._conversion.to_storage(obj)
        return decoding.normal(builtin.kind_node(*self._conversion.stored), stored)

    def from_storage(self, obj: Object) -> Object:
        if self._conversion is None:
            return obj
        return decoding.normal(self.node, self._conversion.from_storage(obj))

    def other_version(self, obj: Object, api_version: str) -> tuple[Node, Object] | None:
        """Return an object of a version of this kind in another, and what objects look like there."""
        source, target = self._form(obj["apiVersion"]), self._form(api_version)
        there, back = CONVERSIONS.get(source), CONVERSIONS.get(target)
        stored = there.stored if there else source
        if stored != (back.stored if back else target):
            return None
        node = builtin.kind_node(*target)
        try:
            obj = decoding.decode(builtin.kind_node(*source), obj).object
        except decoding.DecodingError as error:
            raise errors.StatusError(500, "", f"failed to convert object to {api_version}: {error}") from None
        obj = there.to_storage(obj) if there else obj
        return node, decoding.normal(node, back.from_storage(obj) if back else obj)

    def _form(self, api_version: str) -> tuple[str, str, str]:
        group, _, version = api_version.rpartition("/")
        return group, version, self._gvk[2]

    def _check_type(self, kind: str, api_version: str) -> None:
        """Require that a body is of this kind, if it says of which it is.

        Raises:
            Undecodable: it is of another, or of none that there is.
            StatusError: it is of another version (400).
        """
        kind, api_version = kind or self._gvk[2], api_version or self._api_version
        if (kind, api_version) == (self._gvk[2], self._api_version):
            return
        group, _, version = api_version.rpartition("/")
        key = f"{group}/{version}/{kind}"
        if key not in snapshot.kinds():
            why = f'no kind "{kind}" is registered for version "{api_version}" in scheme "{_SCHEME}"'
            raise Undecodable(why, kind=kind, version=version)
        if kind != self._gvk[2]:
            ours, theirs = self._internal(*self._gvk), self._internal(group, version, kind)
            why = f"converting ({theirs[0]}) to ({ours[1]}): unknown conversion"
            raise Undecodable(why, kind=kind, version=version)
        message = (
            f"the API version in the data ({api_version}) does not match the expected API version ({self._api_version})"
        )
        raise errors.bad_request(message)

    @staticmethod
    def _internal(group: str, version: str, kind: str) -> tuple[str, str]:
        """Return Go's names of a kind's type in a version, and of the one that kube-apiserver works with."""
        package = (group.partition(".")[0] or "core").replace("-", "")
        return f"{version}.{kind}", f"{package}.{kind}"
