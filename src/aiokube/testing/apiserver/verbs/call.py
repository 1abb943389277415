"""A call: what somebody asks of a resource, once the path, the headers and the options are understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiokube.testing.apiserver.access.identity import ANONYMOUS, UserInfo
from aiokube.testing.apiserver.codec import Object
from aiokube.testing.apiserver.resources import Resource
from aiokube.testing.apiserver.storage import Stored

__all__ = ["Call", "Outcome", "as_if_stored"]


@dataclass(slots=True)
class Call:
    """What is asked, of what, by whom.

    Attributes:
        manager: who will own the fields that are written.
        field_validation: "Ignore", "Warn" or "Strict".
        warnings: what the headers Warning will say; verbs add to it.
    """

    resource: Resource
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    user: UserInfo = ANONYMOUS
    manager: str = ""
    dry_run: bool = False
    field_validation: str = "Warn"
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call.

    Attributes:
        object: in the version that was asked for, or what is stored, which is in the version it is stored in.
        code: HTTP's.
    """

    object: Mapping[str, Any] | Stored
    code: int = 200


def as_if_stored(call: Call, obj: Object) -> Object:
    """Return what a dry run answers: an object as it would be read after it was stored."""
    codec = call.resource.codec
    return codec.from_storage(codec.to_storage(obj))
