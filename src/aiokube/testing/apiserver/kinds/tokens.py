"""TokenRequests: what may be asked of a token for a service account.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/authentication/validation/validation.go
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.kinds.rules import Object

__all__ = ["validate_token_request"]

_SHORTEST_SECONDS: Final = 600
_LONGEST_SECONDS: Final = 2**32


def validate_token_request(request: Object) -> Iterator[FieldError]:
    seconds, path = (request.get("spec") or {}).get("expirationSeconds") or 0, "spec.expirationSeconds"
    if seconds < _SHORTEST_SECONDS:
        yield fields.invalid(path, seconds, "may not specify a duration less than 10 minutes")
    if seconds > _LONGEST_SECONDS:
        yield fields.invalid(path, seconds, "may not specify a duration larger than 2^32 seconds")
