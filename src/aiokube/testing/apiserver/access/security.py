"""Security: what a server needs to know who somebody is and what they may."""

from __future__ import annotations

from dataclasses import dataclass

from .authentication import Authenticator
from .authorization import Authorizer
from .service_account_tokens import ServiceAccountTokens

__all__ = ["Security"]


@dataclass(frozen=True, slots=True)
class Security:
    """Who they are, what they may, and who signs the tokens of service accounts."""

    authenticator: Authenticator
    authorizer: Authorizer
    tokens: ServiceAccountTokens
