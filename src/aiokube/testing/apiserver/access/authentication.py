"""Who makes a request: by client certificate, by bearer token, or nobody in particular.

Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/
Source: https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/authentication/request/x509/x509.go
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache

from aiokube.testing.apiserver.errors import unauthorized
from aiokube.testing.users import Users

from .identity import ANONYMOUS, AUTHENTICATED, UNAUTHENTICATED, UserInfo, with_group
from .service_account_tokens import ServiceAccountTokens, TokenProblem, Verified

__all__ = ["Authenticator", "bearer_token", "user_of_certificate"]

_CREDENTIAL_ID = "authentication.kubernetes.io/credential-id"
_UID = "1.3.6.1.4.1.57683.2"
"""The part of a certificate's subject that Kubernetes reads as a uid."""


class Authenticator:
    """Says who somebody is.

    Args:
        users: who is known by token.
        tokens: of service accounts.
        anonymous: returns whether those who show nothing are let in, as system:anonymous.
    """

    def __init__(self, *, users: Users, tokens: ServiceAccountTokens, anonymous: Callable[[], bool]) -> None:
        self._users = users
        self._tokens = tokens
        self._anonymous = anonymous

    @property
    def audiences(self) -> tuple[str, ...]:
        """For whom a token has to be that is shown to the server."""
        return self._tokens.audiences

    def authenticate(self, *, authorization: str | None = None, certificate: bytes | None = None) -> UserInfo:
        """Return who makes a request.

        Args:
            authorization: the header.
            certificate: the client's, DER; the handshake has verified it.

        Raises:
            StatusError: 401, what is shown is no good, or nothing is shown and that is not enough.
        """
        user = user_of_certificate(certificate) if certificate else None
        token = bearer_token(authorization or "")
        if user is None and token:
            verified, _ = self.review(token, self.audiences)
            user = verified.user if verified else None
            if user is None:
                raise unauthorized("Unauthorized")
        if user is not None:
            return _authenticated(user)
        if not self._anonymous():
            raise unauthorized("Unauthorized")
        return ANONYMOUS

    def review(self, token: str, audiences: Sequence[str]) -> tuple[Verified | None, str]:
        """Return whose a token is, None for nobody's; and then why.

        Args:
            audiences: it has to be good for one of these.
        """
        known = self._users.by_token(token)
        good_for = tuple(audience for audience in self.audiences if audience in audiences)
        if known is not None and good_for:
            return Verified(_authenticated(UserInfo(known.name, known.name, known.groups)), good_for), ""
        try:
            verified = self._tokens.verify(token, audiences)
        except TokenProblem as problem:
            return None, f"[invalid bearer token, {problem}]"
        if verified is None:
            return None, "invalid bearer token"
        return Verified(_authenticated(verified.user), verified.audiences), ""


def bearer_token(authorization: str) -> str:
    """Return the token of a header Authorization, "" when it has none."""
    scheme, _, token = authorization.strip().partition(" ")
    return token.split(" ", 1)[0] if scheme.lower() == "bearer" else ""


@lru_cache(maxsize=256)
def user_of_certificate(certificate: bytes) -> UserInfo | None:
    """Return whom a certificate (DER) is for, None when it names nobody."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    subject = x509.load_der_x509_certificate(certificate).subject

    def values(oid: x509.ObjectIdentifier) -> tuple[str, ...]:
        return tuple(str(attribute.value) for attribute in subject.get_attributes_for_oid(oid))

    names = values(NameOID.COMMON_NAME)
    if not names or not names[-1]:
        return None
    credential = f"X509SHA256={hashlib.sha256(certificate).hexdigest()}"
    uid = "".join(values(x509.ObjectIdentifier(_UID))[:1])
    return UserInfo(names[-1], uid, values(NameOID.ORGANIZATION_NAME), {_CREDENTIAL_ID: (credential,)})


def _authenticated(user: UserInfo) -> UserInfo:
    """Return the user as a member of those who are known."""
    if user.name == ANONYMOUS.name or UNAUTHENTICATED in user.groups:
        return user
    return with_group(user, AUTHENTICATED)
