"""What the server refuses, as the Status that kube-apiserver answers with.

One class carries any of them, because only one place catches it, where answers are written; one function
makes each, named for its reason.

Source: https://github.com/kubernetes/apimachinery/blob/v0.36.3/pkg/api/errors/errors.go
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from .field_errors import FieldError, aggregate

__all__ = [
    "GroupKind",
    "GroupResource",
    "StatusError",
    "already_exists",
    "apply_conflict",
    "bad_request",
    "conflict",
    "expired",
    "forbidden",
    "gone",
    "internal_error",
    "invalid",
    "method_not_allowed",
    "method_not_allowed_here",
    "not_found",
    "request_entity_too_large",
    "timeout",
    "unauthorized",
]


class GroupResource(NamedTuple):
    """A resource as messages name it: `deployments.apps`, and `pods` for the core group."""

    group: str
    resource: str

    def __str__(self) -> str:
        return f"{self.resource}.{self.group}" if self.group else self.resource


class GroupKind(NamedTuple):
    """A kind as messages name it: `Deployment.apps`, and `Pod` for the core group."""

    group: str
    kind: str

    def __str__(self) -> str:
        return f"{self.kind}.{self.group}" if self.group else self.kind


class StatusError(Exception):
    """Raised when a request ends with a Status that says Failure.

    Attributes:
        code: HTTP's.
        reason: one word for programs, "" for none.
        message: for people.
        details: as in the Status; None when it has none.
        metadata: of the Status; a list that expired says there how to go on.
        warnings: what the headers Warning say beside it: what was found before it was refused.
    """

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        details: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code, reason, message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
        self.metadata = metadata or {}
        self.warnings: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.message

    @property
    def status(self) -> dict[str, Any]:
        """The Status object."""
        status: dict[str, Any] = {"kind": "Status", "apiVersion": "v1", "metadata": self.metadata, "status": "Failure"}
        if self.message:
            status["message"] = self.message
        if self.reason:
            status["reason"] = self.reason
        if self.details is not None:
            status["details"] = {name: value for name, value in self.details.items() if value}
        return status | {"code": self.code}

    @property
    def retry_after_seconds(self) -> int:
        """What the header Retry-After says; 0 for no header."""
        return int((self.details or {}).get("retryAfterSeconds", 0))


def bad_request(message: str) -> StatusError:
    return StatusError(400, "BadRequest", message)


def unauthorized(message: str = "not authorized") -> StatusError:
    return StatusError(401, "Unauthorized", message)


def forbidden(resource: GroupResource, name: str, why: str, causes: Sequence[Mapping[str, str]] = ()) -> StatusError:
    what = f'{resource} "{name}"' if name else f"{resource}"
    return StatusError(
        403, "Forbidden", f"{what} is forbidden: {why}", _about(resource, name) | {"causes": list(causes)}
    )


def not_found(resource: GroupResource, name: str) -> StatusError:
    return StatusError(404, "NotFound", f'{resource} "{name}" not found', _about(resource, name))


def method_not_allowed(resource: GroupResource, action: str) -> StatusError:
    message = f'{action} is not supported on resources of kind "{resource}"'
    return StatusError(405, "MethodNotAllowed", message, _about(resource))


def method_not_allowed_here() -> StatusError:
    """Return the error for a method that a path does not have."""
    return StatusError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {})


def already_exists(resource: GroupResource, name: str) -> StatusError:
    return StatusError(409, "AlreadyExists", f'{resource} "{name}" already exists', _about(resource, name))


def conflict(resource: GroupResource, name: str, why: str, causes: Sequence[Mapping[str, str]] = ()) -> StatusError:
    message = f'Operation cannot be fulfilled on {resource} "{name}": {why}'
    return StatusError(409, "Conflict", message, _about(resource, name) | {"causes": list(causes)})


def apply_conflict(message: str, causes: Sequence[Mapping[str, str]]) -> StatusError:
    return StatusError(409, "Conflict", message, {"causes": list(causes)})


def gone(message: str) -> StatusError:
    return StatusError(410, "Gone", message)


def expired(message: str, *, continue_: str = "") -> StatusError:
    """Return the error for history that is gone.

    Args:
        continue_: a token with which a list may go on all the same, inconsistently; "" for none.
    """
    return StatusError(410, "Expired", message, metadata={"continue": continue_} if continue_ else None)


def request_entity_too_large(message: str) -> StatusError:
    return StatusError(413, "RequestEntityTooLarge", f"Request entity too large: {message}")


def invalid(kind: GroupKind, name: str, errors: Iterable[FieldError]) -> StatusError:
    errors = list(errors)
    message = f'{kind} "{name}" is invalid'
    if errors:
        message = f"{message}: {aggregate(errors)}"
    causes = [error.cause for error in errors]
    details = {"name": name, "group": kind.group, "kind": kind.kind, "causes": causes}
    return StatusError(422, "Invalid", message, details)


def internal_error(message: str) -> StatusError:
    details = {"causes": [{"message": message}]}
    return StatusError(500, "InternalError", f"Internal error occurred: {message}", details)


def timeout(message: str, retry_after_seconds: int = 0) -> StatusError:
    return StatusError(504, "Timeout", f"Timeout: {message}", {"retryAfterSeconds": retry_after_seconds})


def _about(resource: GroupResource, name: str = "") -> dict[str, Any]:
    return {"name": name, "group": resource.group, "kind": resource.resource}
