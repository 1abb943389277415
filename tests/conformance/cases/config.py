"""Secrets and ServiceAccounts."""

from conformance.case import case, delete, get, merge, post, put
from conformance.objects import labelled

__all__ = ["CASES"]


def _secret(name: str = "a", **more: object) -> dict[str, object]:
    return {"metadata": {"name": name}} | more


CASES = [
    case(
        "secret-from-texts",
        post("secrets", _secret(stringData={"a": "b"}, data={"a": "eHg=", "c": None})),
        put("secrets/a", _secret(stringData={"d": "é"})),
        get("secrets/a"),
        looks_at="stringData",
    ),
    case(
        "secret-that-is-no-base64",
        post("secrets", _secret(data={"a": "*"})),
        post("secrets", _secret(data={"a b": "eHg="})),
    ),
    case(
        "secret-type-may-not-change",
        post("secrets", _secret(type="example.com/x")),
        merge("secrets/a", {"type": "example.com/y"}),
        put("secrets/a", _secret()),
    ),
    case(
        "secret-that-is-immutable",
        post("secrets", _secret(data={"a": "eHg="}, immutable=True)),
        merge("secrets/a", {"data": {"a": "eA=="}}),
        merge("secrets/a", {"immutable": False}),
        delete("secrets/a"),
    ),
    case(
        "secret-for-tls",
        post("secrets", _secret(type="kubernetes.io/tls")),
        post("secrets", _secret(type="kubernetes.io/tls", stringData={"tls.crt": "x", "tls.key": "y"})),
    ),
    case(
        "secret-for-images",
        post("secrets", _secret(type="kubernetes.io/dockerconfigjson")),
        post("secrets", _secret(type="kubernetes.io/dockerconfigjson", stringData={".dockerconfigjson": "x"})),
        post("secrets", _secret(type="kubernetes.io/dockercfg", stringData={".dockercfg": "[]"})),
        post("secrets", _secret(type="kubernetes.io/dockerconfigjson", stringData={".dockerconfigjson": "{}"})),
    ),
    case(
        "secret-for-signing-in",
        post("secrets", _secret(type="kubernetes.io/basic-auth")),
        post("secrets", _secret(type="kubernetes.io/ssh-auth")),
        post("secrets", _secret(type="kubernetes.io/ssh-auth", stringData={"ssh-privatekey": ""})),
        post("secrets", _secret(type="kubernetes.io/service-account-token")),
    ),
    case(
        "secrets-by-type",
        post("secrets", _secret(type="example.com/x")),
        post("secrets", _secret("b")),
        get("secrets?fieldSelector=type=Opaque"),
        get("secrets?fieldSelector=data=x"),
    ),
    case(
        "secret-that-is-too-long",
        post("secrets", _secret(stringData={"a": "x" * (1024 * 1024 + 1)})),
    ),
    case(
        "service-account-references",
        post("serviceaccounts", {"metadata": {"name": "a"}, "secrets": [{"name": "s", "kind": "Secret"}]}),
        put("serviceaccounts/a", {"metadata": {"name": "a"}, "automountServiceAccountToken": False}),
        delete("serviceaccounts/a"),
        looks_at="secrets",
    ),
    case(
        "service-account-warns",
        post(
            "serviceaccounts",
            {"metadata": {"name": "a", "annotations": {"kubernetes.io/enforce-mountable-secrets": "true"}}},
        ),
        post("serviceaccounts", labelled("A_")),
    ),
]
