"""Status: what a Kubernetes API server says when it does not do what it was asked.

A body becomes a `Status` whatever it holds: JSON of kind Status, other JSON, HTML of a proxy, nothing, rubbish.
Parsing never fails; what cannot be understood is left empty, and the text is kept short and printable.

Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/apis/meta/v1/types.go (type Status)
"""

from __future__ import annotations

import math
from typing import Any, TypedDict

import msgspec

_LONGEST = 1e9  # seconds; JSON has integers that no float can hold
TEXT_LIMIT = 2048  # bytes of a body other than a Status that an error keeps, as client-go does


class StatusCause(TypedDict, total=False):
    """One of the reasons why an object was refused."""

    reason: str
    message: str
    field: str


class Status(msgspec.Struct, frozen=True):
    """A server's Status, or as much of one as its answer held."""

    code: int = 0
    reason: str = ""
    message: str = ""
    details: dict[str, Any] = msgspec.field(default_factory=dict)

    @property
    def causes(self) -> list[StatusCause]:
        """The causes in `details`, those that are objects."""
        causes = self.details.get("causes")
        return [cause for cause in causes if isinstance(cause, dict)] if isinstance(causes, list) else []  # type: ignore[misc]

    @property
    def retry_after_seconds(self) -> float | None:
        """Seconds that the server asks to wait, from `details`; None when it does not say."""
        seconds = self.details.get("retryAfterSeconds")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds < math.inf:
            return None
        return float(min(seconds, _LONGEST))


def parse_status(body: bytes) -> Status | None:
    """Return the Status in a body, None when the body is anything else."""
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return status_from(document)


def status_from(document: object) -> Status | None:
    """Return the Status that a decoded document is, None when it is not one; fields of odd types are left empty."""
    if not isinstance(document, dict) or document.get("kind") != "Status":
        return None
    code, details = document.get("code"), document.get("details")
    return Status(
        code=code if isinstance(code, int) and not isinstance(code, bool) else 0,
        reason=_text(document.get("reason")),
        message=_text(document.get("message")),
        details=details if isinstance(details, dict) else {},
    )


def printable(body: bytes, limit: int = TEXT_LIMIT) -> str:
    """The start of a body as text without control characters, for an error's words."""
    text = body[:limit].decode("utf-8", "replace")
    text = "".join(char if char.isprintable() or char in "\n\t" else " " for char in text).strip()
    return f"{text} …" if len(body) > limit else text


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
