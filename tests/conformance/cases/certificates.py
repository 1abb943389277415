"""Requests for certificates, which nobody signs here."""

import base64
from typing import Any

from conformance.case import case, get, merge, post, put
from conformance.objects import pem

__all__ = ["CASES"]

_PATH = "/apis/certificates.k8s.io/v1/certificatesigningrequests"
_AT = f"{_PATH}/${{ns}}"

# Of an Ed25519 key that nobody has.
_REQUEST = (
    "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlHTE1EOENBUUF3RERFS01BZ0dBMVVFQXd3QmRUQXFNQVVHQXl0"
    "bGNBTWhBRFlIUHVlMy93SzJxVGFOb2RnSwpIL0txd0puV1dzcDc5QWV2bXRreEtNWlRvQUF3QlFZREsyVndBMEVBUG9RZm9LVTNP"
    "MGpVVWxpaDY1UFcyaDN2CndDL21UQnlVUm5TRkVBNGQxMG5LWk54N1c1SmZDSy94UFhXWUc1dnpFUVI3WUYwNnlub0hMUCtwMjh4"
    "MURRPT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg=="
)


def _encoded(content: bytes, kind: str = "CERTIFICATE REQUEST") -> str:
    return base64.b64encode(pem(kind, content).encode()).decode()


def _der() -> bytes:
    """Return what is asked for, without the PEM around it."""
    return base64.b64decode(b"".join(base64.b64decode(_REQUEST).splitlines()[1:-1]))


def _asked(**spec: Any) -> dict[str, Any]:
    base = {"request": _REQUEST, "signerName": "example.com/s", "usages": ["client auth"]}
    return {"metadata": {"name": "${ns}"}, "spec": base | spec}


CASES = [
    case(
        "certificate-is-asked-for",
        post(_PATH, _asked(username="other")),
        merge(_AT, {"spec": {"signerName": "example.com/t"}}),
        merge(f"{_AT}/approval", {"status": {"conditions": [{"type": "Approved", "status": "True", "reason": "r"}]}}),
        merge(f"{_AT}/approval", {"status": {"conditions": []}}),
        merge(f"{_AT}/status", {"status": {"conditions": [{"type": "Denied", "status": "True"}]}}),
        get(f"{_PATH}?fieldSelector=spec.signerName=example.com/s,metadata.name=${{ns}}"),
        looks_at="spec.username",
    ),
    case(
        "certificate-request-that-is-wrong",
        post(_PATH, _asked(request="eHg=")),
        post(_PATH, _asked(request=None)),
        post(_PATH, _asked(request=_encoded(_der()[:-1] + b"\x00"))),
        post(_PATH, _asked(request=_encoded(_der(), "CERTIFICATE"))),
        post(_PATH, _asked(request=_encoded(_der()).replace("LS0K", "LS0t"))),
        post(_PATH, _asked(usages=[])),
        post(_PATH, _asked(usages=["x"])),
        post(_PATH, _asked(usages=["any", "any"])),
        post(_PATH, _asked(signerName="")),
        post(_PATH, _asked(signerName="a")),
        post(_PATH, _asked(signerName="a/b")),
        post(_PATH, _asked(signerName="a.B/c")),
        post(_PATH, _asked(signerName="kubernetes.io/legacy-unknown")),
        post(_PATH, _asked(expirationSeconds=5)),
        get(f"{_PATH}?fieldSelector=spec.x=y"),
    ),
    case(
        "certificate-conditions",
        post(_PATH, _asked()),
        merge(f"{_AT}/status", {"status": {"conditions": [{"type": "Other", "status": "X"}]}}),
        merge(f"{_AT}/status", {"status": {"conditions": [{"type": "Other", "status": "False"}]}}),
        merge(f"{_AT}/approval", {"status": {"conditions": [{"type": "Denied", "status": "False"}]}}),
        put(_AT, _asked()),
    ),
]
