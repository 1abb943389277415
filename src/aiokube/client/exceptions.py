"""Every error of aiokube, in one tree; other modules re-export from here.

Exception
├── ApiException                     the server answered, but not with 2xx
│   └── DynamicApiError              what aiokube raises: one class for each status that somebody catches
│       ├── BadRequestError 400      ├── GoneError 410
│       ├── UnauthorizedError 401    ├── UnprocessibleEntityError 422
│       ├── ForbiddenError 403       ├── TooManyRequestsError 429
│       ├── NotFoundError 404        ├── InternalServerError 500
│       ├── MethodNotAllowedError 405├── ServiceUnavailableError 503
│       ├── NotAcceptableError 406   ├── ServerTimeoutError 504
│       ├── RequestTimeoutError 408  ├── RequestEntityTooLargeError 413
│       ├── ConflictError 409        ├── UnsupportedMediaTypeError 415
│       │   └── AlreadyExistsError   └── BadGatewayError 502
├── ResourceNotFoundError            discovery knows no such kind
├── ResourceNotUniqueError           discovery knows several
├── KubernetesValidateMissing        the `validate` extra is not installed
├── aiohttp.ClientError              the network's errors pass through as they are; besides
│   └── OutcomeUnknownError          a write was sent and no answer came
│       └── OutcomeUnknownTimeoutError   … in time; also a TimeoutError, as other deadlines are
├── CredentialsError                 a request cannot be authenticated (from `client.credentials`)
└── ValueError
    └── InvalidSegment, InvalidHeader, InvalidParameter, MalformedObject, LineTooLong, UnencodableValue
                                     (from `_machinery.errors`)

Nothing secret is in any of them: request headers never, bodies of requests never.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import aiohttp

from aiokube._machinery.errors import (
    InvalidHeader,
    InvalidParameter,
    InvalidSegment,
    LineTooLong,
    MalformedObject,
    UnencodableValue,
)
from aiokube._machinery.status import Status, StatusCause, parse_status, printable
from aiokube.client.credentials import CredentialsError

if TYPE_CHECKING:
    from aiokube._machinery.requests import Target

__all__ = [
    "AlreadyExistsError",
    "ApiException",
    "BadGatewayError",
    "BadRequestError",
    "ConflictError",
    "CredentialsError",
    "DynamicApiError",
    "ForbiddenError",
    "GoneError",
    "InternalServerError",
    "InvalidHeader",
    "InvalidParameter",
    "InvalidSegment",
    "KubernetesValidateMissing",
    "LineTooLong",
    "MalformedObject",
    "MethodNotAllowedError",
    "NotAcceptableError",
    "NotFoundError",
    "OutcomeUnknownError",
    "OutcomeUnknownTimeoutError",
    "RequestEntityTooLargeError",
    "RequestTimeoutError",
    "ResourceNotFoundError",
    "ResourceNotUniqueError",
    "ServerTimeoutError",
    "ServiceUnavailableError",
    "TooManyRequestsError",
    "UnauthorizedError",
    "UnencodableValue",
    "UnprocessibleEntityError",
    "UnsupportedMediaTypeError",
    "api_exception",
]


class ApiException(Exception):
    """Raised when the server answered, and not with a status of 200 to 299.

    Args:
        status: The HTTP status code; 0 or None when there was no HTTP answer.
        reason: The HTTP phrase, "Not Found" for instance. None takes the standard one for the status.
        http_resp: A response to take status, reason, headers and body from, as kubernetes_asyncio's has them
            (`status`, `reason`, `data`, `getheaders()`).
        body: The answer's body.
        headers: The answer's headers.
        target: What had been asked for, None when that is not known.

    Attributes:
        status, reason, headers: As above.
        body: The answer's text, None when it had none.
        verb, resource, name, namespace: What had been asked for, None where it does not apply.
    """

    def __init__(
        self,
        status: int | None = None,
        reason: str | None = None,
        http_resp: Any = None,
        *,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        target: Target | None = None,
    ) -> None:
        if http_resp is not None:
            status, reason = http_resp.status, http_resp.reason
            body, headers = http_resp.data, http_resp.getheaders()
        super().__init__(status, reason)
        self.status = status
        self.reason = reason if reason is not None else _phrase(status)
        self.body = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
        self.headers = headers
        self._describe(target)

    def _describe(self, target: Target | None) -> None:
        self._target = target
        self.verb = target.verb if target else None
        self.resource = target.resource if target else None
        self.name = target.name if target else None
        self.namespace = target.namespace if target else None

    @property
    def status_object(self) -> Status:
        """The Status that the server sent; an empty one when it sent something else."""
        return (parse_status(self.body.encode("utf-8", "replace")) if self.body else None) or Status()

    @property
    def status_reason(self) -> str:
        """The Status's own reason, "AlreadyExists" for instance; empty when there is none."""
        return self.status_object.reason

    @property
    def message(self) -> str:
        """The Status's message; empty when there is none."""
        return self.status_object.message

    @property
    def details(self) -> dict[str, Any]:
        """The Status's details; empty when there are none."""
        return self.status_object.details

    @property
    def causes(self) -> list[StatusCause]:
        """The Status's causes, each with reason, message and field as the server gave them."""
        return self.status_object.causes

    @property
    def retry_after_seconds(self) -> float | None:
        """Seconds that the Status asks to wait, None when it does not say."""
        return self.status_object.retry_after_seconds

    def summary(self) -> str:
        """Say in one text what the server answered: its message, else its body, else the HTTP status."""
        if self.message:
            return self.message
        if self.body and (text := printable(self.body.encode("utf-8", "replace"))):
            return text
        return f"{self.status} Reason: {self.reason}"

    def __str__(self) -> str:
        code = " ".join(str(part) for part in (self.status, self.status_reason or self.reason) if part)
        asked = f" on {self._target}" if self._target else ""
        hint = _HINTS.get(self.status_reason) or _HINTS.get(self.status or 0)
        return f"{self.summary()} ({code}{asked})" + (f"; {hint}" if hint else "")

    def __reduce__(self) -> tuple[Any, ...]:
        headers: Any = self.headers
        if hasattr(headers, "copy"):
            headers = headers.copy()  # of a proxy of aiohttp's, which cannot be pickled, what is behind it
        return _rebuild, (type(self), {**self.__dict__, "headers": headers}, self.args)


def _rebuild(cls: type[ApiException], attributes: dict[str, Any], args: tuple[Any, ...]) -> ApiException:
    error = cls.__new__(cls)
    error.args = args
    error.__dict__.update(attributes)
    return error


def _phrase(status: int | None) -> str | None:
    try:
        return HTTPStatus(status or 0).phrase
    except ValueError:
        return None


class DynamicApiError(ApiException):
    """Raised when the server answered with a status for which there is no class of its own.

    Args:
        e: The error to take everything from.
        tb: Text of a traceback, kept as `original_traceback`.
    """

    def __init__(self, e: ApiException, tb: str | None = None) -> None:
        Exception.__init__(self, e.status, e.reason)
        self.status = e.status
        self.reason = e.reason
        self.body = e.body.decode("utf-8", "replace") if isinstance(e.body, bytes) else e.body
        self.headers = e.headers
        self.original_traceback = tb
        self._describe(getattr(e, "_target", None))


class BadRequestError(DynamicApiError):
    """Raised when the request makes no sense to the server: 400."""


class UnauthorizedError(DynamicApiError):
    """Raised when the server does not know who asks: 401."""


class ForbiddenError(DynamicApiError):
    """Raised when the user may not do this: 403."""


class NotFoundError(DynamicApiError):
    """Raised when there is no such object, namespace or path: 404."""


class MethodNotAllowedError(DynamicApiError):
    """Raised when the kind does not have this verb: 405."""


class NotAcceptableError(DynamicApiError):
    """Raised when the server has no form of the answer that was asked for: 406."""


class RequestTimeoutError(DynamicApiError):
    """Raised when the server did not get the whole request in time: 408."""


class ConflictError(DynamicApiError):
    """Raised when the object has changed since it was read, or another manager owns a field: 409."""


class AlreadyExistsError(ConflictError):
    """Raised when an object of that name is there already: 409 with the reason AlreadyExists."""


class GoneError(DynamicApiError):
    """Raised when the history that was asked for is no longer there: 410. List anew, then watch from there."""


class RequestEntityTooLargeError(DynamicApiError):
    """Raised when the body is larger than the server takes: 413."""


class UnsupportedMediaTypeError(DynamicApiError):
    """Raised when the server does not take this kind of body or patch: 415."""


class UnprocessibleEntityError(DynamicApiError):
    """Raised when the object is not valid: 422. `causes` has the fields. (The spelling is the compatible API's.)"""


class TooManyRequestsError(DynamicApiError):
    """Raised when the server is busy or a budget is used up: 429."""


class InternalServerError(DynamicApiError):
    """Raised when the server failed: 500."""


class BadGatewayError(DynamicApiError):
    """Raised when something before the server failed: 502."""


class ServiceUnavailableError(DynamicApiError):
    """Raised when the server, or the one it asks, is not available: 503."""


class ServerTimeoutError(DynamicApiError):
    """Raised when the server gave up waiting: 504."""


class ResourceNotFoundError(Exception):
    """Raised when discovery knows no resource like the one asked for."""


class ResourceNotUniqueError(Exception):
    """Raised when discovery knows several resources like the one asked for."""


class KubernetesValidateMissing(Exception):
    """Raised when `validate()` is called and kubernetes-validate is not installed: pip install aiokube[validate]."""


class OutcomeUnknownError(aiohttp.ClientConnectionError):
    """Raised when a write was sent and the connection ended before the answer: it may or may not have happened.

    It was sent once and is never sent again by itself. Read the object to learn what happened.
    """

    def __init__(self, target: Target | None, why: str) -> None:
        super().__init__(target, why)
        self.target = target
        self.why = why

    def __str__(self) -> str:
        asked = str(self.target) if self.target else "the request"
        return f"no answer to {asked}: {self.why}; it may have been carried out, read the object before trying again"


class OutcomeUnknownTimeoutError(OutcomeUnknownError, TimeoutError):
    """Raised when a write was sent and a deadline passed before the answer: it may or may not have happened."""


_CLASSES: dict[int, type[DynamicApiError]] = {
    400: BadRequestError,
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    405: MethodNotAllowedError,
    406: NotAcceptableError,
    408: RequestTimeoutError,
    409: ConflictError,
    410: GoneError,
    413: RequestEntityTooLargeError,
    415: UnsupportedMediaTypeError,
    422: UnprocessibleEntityError,
    429: TooManyRequestsError,
    500: InternalServerError,
    502: BadGatewayError,
    503: ServiceUnavailableError,
    504: ServerTimeoutError,
}

# By status, or by the Status's reason where that says more.
_HINTS: dict[int | str, str] = {
    401: "check the credentials of the configuration in use",
    403: "grant the verb on the resource by a Role, or use another user",
    409: "read the object again and repeat the change, or force it where the verb allows that",
    410: "list again, and watch from the list's resourceVersion",
    415: "choose another patch_type",
    "AlreadyExists": "change the one that is there, or choose another name",
}


def api_exception(e: ApiException, tb: str | None = None) -> DynamicApiError:
    """Return the error of the class that fits the status of another.

    Args:
        e: Any ApiException, of aiokube or of kubernetes_asyncio.
        tb: Text of a traceback to keep as `original_traceback`.
    """
    error = _CLASSES.get(e.status or 0, DynamicApiError)(e, tb)
    if isinstance(error, ConflictError) and error.status_reason == "AlreadyExists":
        return AlreadyExistsError(e, tb)
    return error
