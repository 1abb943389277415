"""Tokens of service accounts: signed by the server's own key, and good while what they are bound to exists.

Source: https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens
Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/serviceaccount/claims.go
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from aiokube.testing.apiserver.errors import GroupResource, not_found
from aiokube.testing.apiserver.go.text import quoted

from .identity import UserInfo, service_account_groups, service_account_name
from .objects import Objects

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

__all__ = ["ISSUER", "ServiceAccountTokens", "TokenProblem", "Verified"]

ISSUER = "https://kubernetes.default.svc"

_LEEWAY = dt.timedelta(minutes=1)
_NUMBER_BYTES = 32
"""Of each of the two numbers that a signature on the curve P-256 is."""

_EXTRA = "authentication.kubernetes.io"
_SERVICE_ACCOUNTS = GroupResource("", "serviceaccounts")
_WRONG_SIGNATURE = "go-jose/go-jose: error in cryptographic primitive"
_INVALIDATED = "service account token has been invalidated"
_BOUND = {
    "secret": (GroupResource("", "secrets"), "secret UID ({}) does not match service account secret ref claim ({})"),
    "pod": (GroupResource("", "pods"), "pod UID ({}) does not match service account pod ref claim ({})"),
    "node": (GroupResource("", "nodes"), "node UID ({}) does not match service account node ref claim ({})"),
}


class TokenProblem(Exception):
    """Raised when a token is this server's and is not good (any more)."""


@dataclass(frozen=True)
class Verified:
    """Whose a token is, and for which of the audiences that were asked for it is good."""

    user: UserInfo
    audiences: tuple[str, ...]


class ServiceAccountTokens:
    """Signs tokens and verifies them.

    Args:
        objects: where service accounts, and what tokens are bound to, are looked for.
        now: returns the server's time.
    """

    def __init__(self, *, objects: Objects, now: Callable[[], dt.datetime]) -> None:
        self._objects = objects
        self._now = now

    @property
    def audiences(self) -> tuple[str, ...]:
        """For whom a token is that names nobody: the server itself."""
        return (ISSUER,)

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return a token with these claims, and who issued it."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

        claims = {**claims, "iss": ISSUER}
        body = f"{_encoded({'alg': 'ES256', 'kid': self._key_id})}.{_encoded(dict(sorted(claims.items())))}"
        numbers = decode_dss_signature(self._key.sign(body.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{body}.{_base64(b''.join(number.to_bytes(_NUMBER_BYTES, 'big') for number in numbers))}"

    def verify(self, token: str, audiences: Sequence[str]) -> Verified | None:
        """Return whose a token is, None when it is not of this issuer.

        Args:
            audiences: it has to be good for one of these.

        Raises:
            TokenProblem: it is of this issuer, and not good.
        """
        claims = _claims(token)
        if claims is None or claims.get("iss") != ISSUER:
            return None
        self._check_signature(token)
        own = claims.get("aud") or [ISSUER]
        good_for = tuple(audience for audience in own if audience in audiences)
        if not good_for:
            named = " ".join(map(quoted, own)), " ".join(map(quoted, audiences))
            raise TokenProblem("token audiences [{}] is invalid for the target audiences [{}]".format(*named))
        self._check_time(claims)
        return Verified(self._user(claims), good_for)

    # Documents by which others can verify.

    @property
    def keys_document(self) -> dict[str, Any]:
        """What is at /openid/v1/jwks."""
        numbers = self._key.public_key().public_numbers()
        x, y = (_base64(number.to_bytes(_NUMBER_BYTES, "big")) for number in (numbers.x, numbers.y))
        key = {"use": "sig", "kty": "EC", "kid": self._key_id, "crv": "P-256", "alg": "ES256", "x": x, "y": y}
        return {"keys": [key]}

    @staticmethod
    def issuer_document(url: str) -> dict[str, Any]:
        """What is at /.well-known/openid-configuration of a server at `url`."""
        return {
            "issuer": ISSUER,
            "jwks_uri": f"{url}/openid/v1/jwks",
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        }

    @cached_property
    def _key(self) -> EllipticCurvePrivateKey:
        from cryptography.hazmat.primitives.asymmetric import ec

        return ec.generate_private_key(ec.SECP256R1())

    @cached_property
    def _key_id(self) -> str:
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        public = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return _base64(hashlib.sha256(public).digest())

    def _check_signature(self, token: str) -> None:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

        body, _, signature = token.rpartition(".")
        header = _decoded(body.partition(".")[0]) or {}
        if header.get("kid", self._key_id) != self._key_id:
            raise TokenProblem("invalid signature, no keys found")
        numbers = _bytes(signature) or b""
        if header.get("alg") != "ES256" or len(numbers) != 2 * _NUMBER_BYTES:
            raise TokenProblem(_WRONG_SIGNATURE)
        r, s = (int.from_bytes(half, "big") for half in (numbers[:_NUMBER_BYTES], numbers[_NUMBER_BYTES:]))
        try:
            self._key.public_key().verify(encode_dss_signature(r, s), body.encode(), ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            raise TokenProblem(_WRONG_SIGNATURE) from None

    def _check_time(self, claims: Mapping[str, Any]) -> None:
        now = self._now()
        if now - _LEEWAY > _moment(claims["exp"]):
            raise TokenProblem("service account token has expired")
        if now + _LEEWAY < _moment(claims["nbf"]):
            raise TokenProblem("service account token is not valid yet")

    def _user(self, claims: Mapping[str, Any]) -> UserInfo:
        bound: Mapping[str, Any] = claims["kubernetes.io"]
        namespace, account = bound["namespace"], bound["serviceaccount"]
        self._check_account(namespace, account)
        pod, node = bound.get("pod"), bound.get("node")
        for kind in _BOUND:
            if kind in bound and not (kind == "node" and pod):
                self._check_bound(kind, "" if kind == "node" else namespace, bound[kind])
        extra = {f"{_EXTRA}/credential-id": (f"JTI={claims['jti']}",)}
        for kind, reference in (("pod", pod), ("node", node)):
            if reference:
                extra[f"{_EXTRA}/{kind}-name"] = (reference["name"],)
                extra |= {f"{_EXTRA}/{kind}-uid": (reference["uid"],)} if reference.get("uid") else {}
        name = service_account_name(namespace, account["name"])
        return UserInfo(name, account["uid"], service_account_groups(namespace), extra)

    def _check_account(self, namespace: str, account: Mapping[str, str]) -> None:
        found = self._objects.get(_SERVICE_ACCOUNTS, account["name"], namespace)
        if found is None:
            raise TokenProblem(str(not_found(_SERVICE_ACCOUNTS, account["name"])))
        if found["metadata"]["uid"] != account["uid"]:
            uid = found["metadata"]["uid"]
            raise TokenProblem(f"service account UID ({uid}) does not match claim ({account['uid']})")
        if self._is_long_deleted(found):
            raise TokenProblem(f"service account {namespace}/{account['name']} has been deleted")

    def _check_bound(self, kind: str, namespace: str, reference: Mapping[str, str]) -> None:
        resource, mismatch = _BOUND[kind]
        found = self._objects.get(resource, reference["name"], namespace)
        if found is None:
            raise TokenProblem(_INVALIDATED)
        if found["metadata"]["uid"] != reference["uid"]:
            raise TokenProblem(mismatch.format(found["metadata"]["uid"], reference["uid"]))
        if self._is_long_deleted(found):
            raise TokenProblem(_INVALIDATED)

    def _is_long_deleted(self, obj: Mapping[str, Any]) -> bool:
        deleted = obj["metadata"].get("deletionTimestamp")
        return bool(deleted) and dt.datetime.fromisoformat(deleted) < self._now() - _LEEWAY


def _claims(token: str) -> dict[str, Any] | None:
    parts = token.split(".")
    return _decoded(parts[1]) if len(parts) == 3 else None


def _decoded(part: str) -> dict[str, Any] | None:
    data = _bytes(part)
    try:
        value = None if data is None else json.loads(data)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _bytes(part: str) -> bytes | None:
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None


def _encoded(value: Mapping[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _moment(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
