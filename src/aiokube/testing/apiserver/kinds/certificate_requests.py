"""CertificateSigningRequests: what is asked, who asks, and who approves.

Nobody signs them.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/certificates/validation/validation.go
    and https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/registry/certificates/certificates/strategy.go
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import ClassVar, Final

from aiokube.testing.apiserver import field_errors as fields
from aiokube.testing.apiserver.field_errors import FieldError
from aiokube.testing.apiserver.go import pem
from aiokube.testing.apiserver.go import text as go_text
from aiokube.testing.apiserver.kinds import checks, names
from aiokube.testing.apiserver.kinds.rules import Context, Object, Part, Rules

__all__ = ["BEHAVIOUR", "CertificateSigningRequestRules"]

_USAGES = (
    "any",
    "cert sign",
    "client auth",
    "code signing",
    "content commitment",
    "crl sign",
    "data encipherment",
    "decipher only",
    "digital signature",
    "email protection",
    "encipher only",
    "ipsec end system",
    "ipsec tunnel",
    "ipsec user",
    "key agreement",
    "key encipherment",
    "microsoft sgc",
    "netscape sgc",
    "ocsp signing",
    "s/mime",
    "server auth",
    "signing",
    "timestamping",
)
_DECISIONS = ("Approved", "Denied")
_LASTING = (*_DECISIONS, "Failed")
_STATUSES = ("False", "True", "Unknown")
_SHORTEST_SECONDS: Final = 600
_LEGACY_SIGNER = "kubernetes.io/legacy-unknown"


def _signer(request: Object) -> str:
    return (request.get("spec") or {}).get("signerName") or ""


def _prepare_approval(new: Object, old: Object, context: Context) -> None:
    conditions = (new.get("status") or {}).get("conditions") or []
    _date(conditions, old, context)
    new["spec"] = old.get("spec") or {}
    new["status"] = {**(old.get("status") or {}), "conditions": conditions}


def _validate_approval(new: Object, old: Object, context: Context) -> Iterator[FieldError]:
    yield from _request(new)
    yield from _kept(new, old)


class CertificateSigningRequestRules(Rules):
    field_labels: ClassVar[Mapping[str, Callable[[Object], str]]] = {"spec.signerName": _signer}
    reset_fields: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "": ("spec", "status"),
        "status": ("spec", "status.conditions"),
        "approval": ("spec", "status.certificate"),
    }
    parts: ClassVar[Mapping[str, Part]] = {"approval": Part(_prepare_approval, _validate_approval)}

    def prepare_create(self, new: Object, context: Context) -> None:
        spec = new["spec"] = new.get("spec") or {}
        for name in ("username", "uid", "groups", "extra"):
            spec.pop(name, None)
        user = context.user_info
        spec["username"], spec["uid"], spec["groups"] = user["username"], user.get("uid"), user.get("groups")
        if user.get("extra"):
            spec["extra"] = user["extra"]

    def validate_create(self, new: Object, context: Context) -> Iterable[FieldError]:
        return _request(new)

    def prepare_update(self, new: Object, old: Object, context: Context) -> None:
        new["spec"] = old.get("spec") or {}

    def validate_update(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        return _request(new)

    def prepare_status(self, new: Object, old: Object, context: Context) -> None:
        conditions = (new.get("status") or {}).get("conditions") or []
        _date(conditions, old, context)

    def validate_status(self, new: Object, old: Object, context: Context) -> Iterable[FieldError]:
        yield from _request(new)
        yield from _kept(new, old)
        for kind in _DECISIONS:
            if len(_of_type(new, kind)) > len(_of_type(old, kind)):
                yield fields.forbidden("status.conditions", f'updates may not add a condition of type "{kind}"')
        after, before = ((one.get("status") or {}).get("certificate") for one in (new, old))
        if before and after != before:
            yield fields.forbidden("status.certificate", "updates may not modify existing certificate content")


def _request(request: Object) -> Iterator[FieldError]:
    spec = request.get("spec") or {}
    encoded, usages = spec.get("request"), spec.get("usages") or []
    if wrong := _wrong_request(base64.b64decode(encoded or "")):
        yield fields.invalid("spec.request", encoded, wrong)
    if not usages:
        yield fields.required("spec.usages")
    for index, usage in enumerate(usages):
        yield from checks.one_of(usage, _USAGES, fields.item("spec.usages", index))
    for index, usage in enumerate(usages):
        if usage in usages[:index]:
            yield fields.duplicate(fields.item("spec.usages", index), usage)
    yield from _signer_name(spec.get("signerName") or "", "spec.signerName")
    seconds = spec.get("expirationSeconds")
    if seconds is not None and seconds < _SHORTEST_SECONDS:
        words = "may not specify a duration less than 600 seconds (10 minutes)"
        yield fields.invalid("spec.expirationSeconds", seconds, words)
    yield from _conditions((request.get("status") or {}).get("conditions") or [], "status.conditions")


def _wrong_request(text: bytes) -> str:
    """Return why a text in PEM is no request that its own key has signed."""
    block = next(pem.blocks(text), None)
    if block is None or block.type != "CERTIFICATE REQUEST":
        return "PEM block type must be CERTIFICATE REQUEST"
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    try:
        request = x509.load_der_x509_csr(block.content)
        if request.is_signature_valid:
            return ""
        key = request.public_key()
    except UnsupportedAlgorithm:
        return "x509: cannot verify signature: algorithm unimplemented"
    except (ValueError, x509.InvalidVersion):
        return "asn1: structure error"  # Go says where, in the words of its own structures
    if isinstance(key, rsa.RSAPublicKey):
        return "crypto/rsa: verification error"
    kind = "ECDSA" if isinstance(key, ec.EllipticCurvePublicKey) else "Ed25519"
    return f"x509: {kind} verification failure"


def _signer_name(name: str, path: str) -> Iterator[FieldError]:
    domain, _, rest = name.partition("/")
    if name == _LEGACY_SIGNER:
        yield fields.invalid(path, name, "the legacy signerName is not allowed via this API version")
    elif not name:
        yield fields.required(path)
    elif name.count("/") != 1:
        words = "must be a fully qualified domain and path of the form 'example.com/signer-name'"
        yield fields.invalid(path, name, words)
    else:
        yield from _labels(domain, path, names.dns_label)
        if "." not in domain:
            yield fields.invalid(path, domain, "should be a domain with at least two segments separated by dots")
        yield from _labels(rest, path, names.dns_subdomain)


def _labels(text: str, path: str, check: Callable[[str], list[str]]) -> Iterator[FieldError]:
    for label in text.split("."):
        if wrong := check(label):
            for words in wrong:
                yield fields.invalid(path, text, f"validating label {go_text.quoted(label)}: {words}")
            return


def _conditions(conditions: list[Object], path: str) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, condition in enumerate(conditions):
        at, kind = fields.item(path, index), condition.get("type") or ""
        if not kind:
            yield fields.required(fields.child(at, "type"))
        allowed = ("True",) if kind in _LASTING else _STATUSES
        yield from checks.one_of(condition.get("status"), allowed, fields.child(at, "status"), needed=True)
        if kind in _DECISIONS and {*_DECISIONS} - {kind} <= seen:
            yield fields.invalid(path, kind, "Approved and Denied conditions are mutually exclusive")
        if kind in seen:
            yield fields.duplicate(fields.child(at, "type"), kind)
        seen.add(kind)


def _kept(new: Object, old: Object) -> Iterator[FieldError]:
    for kind in _LASTING:
        if len(_of_type(new, kind)) < len(_of_type(old, kind)):
            yield fields.forbidden("status.conditions", f'updates may not remove a condition of type "{kind}"')


def _of_type(request: Object, kind: str) -> list[Object]:
    conditions = (request.get("status") or {}).get("conditions") or ()
    return [condition for condition in conditions if condition.get("type") == kind]


def _date(conditions: list[Object], old: Object, context: Context) -> None:
    """Say since when conditions are as they are, where the client does not."""
    before = (old.get("status") or {}).get("conditions") or ()
    for condition in conditions:
        condition["lastUpdateTime"] = condition.get("lastUpdateTime") or context.now()
        if not condition.get("lastTransitionTime"):
            same = (
                one.get("lastTransitionTime")
                for one in before
                if all(one.get(name) == condition.get(name) for name in ("type", "status"))
            )
            condition["lastTransitionTime"] = next(filter(None, same), None) or context.now()


BEHAVIOUR: Mapping[tuple[str, str], type[Rules]] = {
    ("certificates.k8s.io", "CertificateSigningRequest"): CertificateSigningRequestRules
}
