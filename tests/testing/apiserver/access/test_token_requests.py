"""TokenRequest: how tokens of service accounts are got."""

import base64
import datetime as dt
import json
from typing import Any

import pytest

from aiokube.testing.apiserver.access import ServiceAccountTokens, answer_token_request
from aiokube.testing.apiserver.errors import StatusError

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
ISSUER = "https://kubernetes.default.svc"


@pytest.fixture(autouse=True)
def account(stored: Any) -> None:
    stored.put("", "serviceaccounts", "default", "ns")


def ask(stored: Any, request: dict[str, Any], name: str = "default") -> dict[str, Any]:
    tokens = ServiceAccountTokens(objects=stored, now=lambda: NOW)
    return answer_token_request(request, namespace="ns", name=name, objects=stored, tokens=tokens, now=NOW)


def claims(answer: dict[str, Any]) -> dict[str, Any]:
    body = answer["status"]["token"].split(".")[1]
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return decoded


def test_the_answer_is_the_request_completed(stored: Any) -> None:
    answer = ask(stored, {})
    del answer["status"]["token"]
    assert answer == {
        "kind": "TokenRequest",
        "apiVersion": "authentication.k8s.io/v1",
        "metadata": {
            "name": "default",
            "namespace": "ns",
            "uid": "uid-of-default",
            "creationTimestamp": "2026-01-01T00:00:00Z",
        },
        "spec": {"audiences": [ISSUER], "expirationSeconds": 3600, "boundObjectRef": None},
        "status": {"expirationTimestamp": "2026-01-01T01:00:00Z"},
    }


def test_the_claims_say_what_the_token_is_for(stored: Any) -> None:
    issued = int(NOW.timestamp())
    found = claims(ask(stored, {}))
    assert found.pop("jti")
    assert found == {
        "aud": [ISSUER],
        "exp": issued + 3600,
        "iat": issued,
        "iss": ISSUER,
        "kubernetes.io": {"namespace": "ns", "serviceaccount": {"name": "default", "uid": "uid-of-default"}},
        "nbf": issued,
        "sub": "system:serviceaccount:ns:default",
    }


def test_a_kubelets_token_lives_on(stored: Any) -> None:
    """It is good for a year, and says from when on its use is to be warned of."""
    stored.put("", "pods", "p", "ns", spec={"serviceAccountName": "default", "nodeName": "n"})
    spec = {"expirationSeconds": 3607, "boundObjectRef": {"kind": "Pod", "apiVersion": "v1", "name": "p"}}
    answer = ask(stored, {"spec": spec})
    found = claims(answer)
    assert found["exp"] - found["iat"] == 365 * 24 * 3600
    bound = found["kubernetes.io"]
    assert bound["warnafter"] - found["iat"] == 3607
    assert (bound["pod"], bound["node"]) == ({"name": "p", "uid": "uid-of-p"}, {"name": "n"})
    assert answer["status"]["expirationTimestamp"] == "2026-01-01T01:00:07Z"


@pytest.mark.parametrize(
    ("request_", "code", "message"),
    [
        (
            {"metadata": {"name": "y"}},
            422,
            (
                'TokenRequest.authentication.k8s.io "default" is invalid: metadata.name: Invalid value: "y": must '
                "match the service account name if specified"
            ),
        ),
        (
            {"metadata": {"namespace": "other"}},
            400,
            "the namespace of the provided object does not match the namespace sent on the request",
        ),
        (
            {"spec": {"expirationSeconds": 5}},
            422,
            (
                'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 5: may not '
                "specify a duration less than 10 minutes"
            ),
        ),
        (
            {"spec": {"expirationSeconds": 5000000000}},
            422,
            (
                'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 5000000000: '
                "may not specify a duration larger than 2^32 seconds"
            ),
        ),
        ({"spec": {"boundObjectRef": {"kind": "Pod", "apiVersion": "v1", "name": "zz"}}}, 404, 'pods "zz" not found'),
        (
            {"spec": {"boundObjectRef": {"kind": "ConfigMap", "apiVersion": "v1", "name": "zz"}}},
            400,
            "cannot bind token to object of type /v1, Kind=ConfigMap",
        ),
        (
            {"metadata": {"uid": "x"}},
            409,
            (
                'Operation cannot be fulfilled on TokenRequest.authentication.k8s.io "default": the UID in the token '
                "request (x) does not match the UID of the service account (uid-of-default)"
            ),
        ),
    ],
)
def test_what_cannot_be_done_is_refused(stored: Any, request_: dict[str, Any], code: int, message: str) -> None:
    with pytest.raises(StatusError) as caught:
        ask(stored, request_)
    assert (caught.value.code, caught.value.message) == (code, message)


def test_the_account_has_to_be_there(stored: Any) -> None:
    with pytest.raises(StatusError, match='serviceaccounts "nope" not found'):
        ask(stored, {}, "nope")


def test_a_pod_of_another_account_is_refused(stored: Any) -> None:
    stored.put("", "pods", "p", "ns", spec={"serviceAccountName": "other"})
    with pytest.raises(StatusError, match='cannot bind token for serviceaccount "default" to pod running with'):
        ask(stored, {"spec": {"boundObjectRef": {"kind": "Pod", "apiVersion": "v1", "name": "p"}}})
