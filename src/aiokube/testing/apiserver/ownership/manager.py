"""A manager: who has written fields, and in what way.

Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/util/managedfields/internal/managedfields.go
"""

from __future__ import annotations

from typing import Any, NamedTuple

from aiokube.testing.apiserver.go.text import json_text, printable, quoted

__all__ = ["APPLY", "UPDATE", "Manager", "manager_name"]

APPLY = "Apply"
UPDATE = "Update"

_NAME_LIMIT = 128
"""In bytes; of a field manager."""


class Manager(NamedTuple):
    """Who owns fields. Two entries of managedFields belong to one manager if they are equal in this.

    Attributes:
        api_version: "" for who applies, for applying in another version goes on with the same fields.
    """

    name: str
    operation: str
    api_version: str
    subresource: str = ""

    @classmethod
    def of(cls, name: str, operation: str, api_version: str, subresource: str = "") -> Manager:
        return cls(name or "unknown", operation, "" if operation == APPLY else api_version, subresource)

    @property
    def identifier(self) -> str:
        """What managers are sorted by."""
        fields: dict[str, Any] = {
            "manager": self.name,
            "operation": self.operation,
            "apiVersion": self.api_version,
            "subresource": self.subresource,
        }
        return json_text({name: value for name, value in fields.items() if value})

    def __str__(self) -> str:
        """Return it as conflicts name it."""
        text = quoted(self.name)
        if self.subresource:
            text = f"{text} with subresource {quoted(self.subresource)}"
        return f"{text} using {self.api_version}" if self.operation == UPDATE else text


def manager_name(field_manager: str, user_agent: str) -> str:
    """Return the name under which a request that does not apply owns fields.

    Args:
        field_manager: The request's option; "" for none.
        user_agent: The request's header.

    Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/endpoints/handlers/create.go
    """
    if field_manager:
        return field_manager
    name = ""
    for sign in user_agent.split("/", 1)[0]:
        if not printable(sign):
            continue
        if len((name + sign).encode()) > _NAME_LIMIT:
            break
        name += sign
    return name
