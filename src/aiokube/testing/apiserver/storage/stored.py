"""One revision of an object: its bytes, and the few facts that must be known without decoding them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, final

import msgspec

__all__ = ["Stored", "encode", "key_of"]

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder()


@final
class Stored:
    """One revision of an object; never changed.

    Attributes:
        key: `namespace/name`, or `name` alone for objects without a namespace; lists are in its order.
        resource_version: The counter when it was written.
        body: The whole object as JSON, in the version it is stored in, beginning with kind and apiVersion.
        labels: Of its metadata.
        uid: Of its metadata.
    """

    __slots__ = ("body", "key", "labels", "resource_version", "uid")

    def __init__(self, obj: Mapping[str, Any], resource_version: int) -> None:
        metadata = obj["metadata"]
        self.key = key_of(metadata.get("namespace", ""), metadata["name"])
        self.resource_version = resource_version
        self.body = encode(obj)
        self.labels: Mapping[str, str] = metadata.get("labels") or {}
        self.uid: str = metadata.get("uid", "")

    def __repr__(self) -> str:
        return f"<Stored {self.key} at {self.resource_version}>"

    def object(self) -> dict[str, Any]:
        """Return the object decoded, a new one each time."""
        decoded: dict[str, Any] = _decoder.decode(self.body)
        return decoded

    def at(self, resource_version: int) -> Stored:
        """Return the same object as of another version."""
        obj = self.object()
        obj["metadata"]["resourceVersion"] = str(resource_version)
        return Stored(obj, resource_version)


def encode(obj: Mapping[str, Any]) -> bytes:
    """Return the JSON of an object."""
    return _encoder.encode(obj)


def key_of(namespace: str, name: str) -> str:
    """Return the key of an object; `namespace` is "" for objects without one."""
    return f"{namespace}/{name}" if namespace else name
