"""Who makes a request, by what it shows."""

import base64
import datetime as dt
import ssl
from pathlib import Path
from typing import Any

import pytest

from aiokube.testing.apiserver.access import Authenticator, ServiceAccountTokens, UserInfo, answer_token_request
from aiokube.testing.apiserver.errors import StatusError
from aiokube.testing.certificates import Authority
from aiokube.testing.users import Users

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


class Server:
    """The parts of a server that know its users."""

    def __init__(self, directory: Path, stored: Any) -> None:
        self.now = NOW
        self.anonymous = True
        self.stored = stored
        stored.put("", "serviceaccounts", "default", "ns")
        self.users = Users(
            directory / "users", authority=Authority(), ca_file=directory / "ca.pem", url="https://127.0.0.1"
        )
        self.tokens = ServiceAccountTokens(objects=stored, now=lambda: self.now)
        self.authenticator = Authenticator(users=self.users, tokens=self.tokens, anonymous=lambda: self.anonymous)

    def token(self, **spec: Any) -> str:
        request = {"metadata": {}, "spec": spec}
        answer = answer_token_request(
            request, namespace="ns", name="default", objects=self.stored, tokens=self.tokens, now=self.now
        )
        token: str = answer["status"]["token"]
        return token

    def who(self, authorization: str | None = None, certificate: bytes | None = None) -> UserInfo | int:
        try:
            return self.authenticator.authenticate(authorization=authorization, certificate=certificate)
        except StatusError as error:
            return error.code


@pytest.fixture
def server(tmp_path: Path, stored: Any) -> Server:
    return Server(tmp_path, stored)


def test_a_certificate_says_who(server: Server) -> None:
    user = server.users.add("shop", ("a", "b"))
    who = server.who(certificate=ssl.PEM_cert_to_DER_cert(user.certificate))
    assert isinstance(who, UserInfo)
    assert (who.name, who.uid, who.groups) == ("shop", "", ("a", "b", "system:authenticated"))
    (credential,) = who.extra["authentication.kubernetes.io/credential-id"]
    assert credential.startswith("X509SHA256=")


def test_a_certificate_comes_before_a_token(server: Server) -> None:
    user = server.users.add("shop", ())
    who = server.who("Bearer wrong", ssl.PEM_cert_to_DER_cert(user.certificate))
    assert isinstance(who, UserInfo)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_a_token_says_who(server: Server, scheme: str) -> None:
    user = server.users.add("shop", ("a",))
    assert server.who(f" {scheme} {user.token}") == UserInfo("shop", "shop", ("a", "system:authenticated"))


@pytest.mark.parametrize("authorization", [None, "Basic Zm9vOmJhcg==", "Bearer ", "Bearer  x", ""])
def test_who_shows_no_token_is_anonymous(server: Server, authorization: str | None) -> None:
    assert server.who(authorization) == UserInfo("system:anonymous", groups=("system:unauthenticated",))
    server.anonymous = False
    assert server.who(authorization) == 401


def test_a_refusal_says_nothing_more(server: Server) -> None:
    with pytest.raises(StatusError) as caught:
        server.authenticator.authenticate(authorization="Bearer wrong")
    error = caught.value
    assert (error.message, error.reason, error.details) == ("Unauthorized", "Unauthorized", None)


@pytest.mark.parametrize("token", ["wrong", "a.b.c", "a.e30.c", "ü.ü.ü", "a.W10.c", "a.bnVsbA.c"])
def test_an_unknown_token_is_refused(server: Server, token: str) -> None:
    assert server.who(f"Bearer {token}") == 401
    assert server.authenticator.review(token, server.authenticator.audiences) == (None, "invalid bearer token")


def test_a_service_account_is_known_by_its_token(server: Server) -> None:
    who = server.who(f"Bearer {server.token()}")
    assert isinstance(who, UserInfo)
    assert (who.name, who.uid) == ("system:serviceaccount:ns:default", "uid-of-default")
    assert who.groups == ("system:serviceaccounts", "system:serviceaccounts:ns", "system:authenticated")
    (credential,) = who.extra["authentication.kubernetes.io/credential-id"]
    assert credential.startswith("JTI=")


def review(server: Server, token: str, *audiences: str) -> str:
    return server.authenticator.review(token, audiences or server.authenticator.audiences)[1]


def test_a_token_is_good_for_its_audiences(server: Server) -> None:
    token = server.token(audiences=["other", "b"])
    assert server.who(f"Bearer {token}") == 401
    assert review(server, token) == (
        '[invalid bearer token, token audiences ["other" "b"] is invalid for the target audiences '
        '["https://kubernetes.default.svc"]]'
    )
    verified, _ = server.authenticator.review(token, ["c", "other"])
    assert verified is not None
    assert verified.audiences == ("other",)


def test_a_token_ends_with_its_time(server: Server) -> None:
    token = server.token(expirationSeconds=600)
    server.now = NOW + dt.timedelta(seconds=660)
    assert review(server, token) == ""
    server.now = NOW + dt.timedelta(seconds=661)
    assert review(server, token) == "[invalid bearer token, service account token has expired]"


def test_a_token_ends_with_its_account(server: Server) -> None:
    token = server.token()
    account = server.stored.put("", "serviceaccounts", "default", "ns")
    account["metadata"]["uid"] = "another"
    problem = "service account UID (another) does not match claim (uid-of-default)"
    assert review(server, token) == f"[invalid bearer token, {problem}]"


def test_a_token_ends_with_what_it_is_bound_to(server: Server) -> None:
    pod = server.stored.put("", "pods", "p", "ns", spec={"serviceAccountName": "default"})
    token = server.token(boundObjectRef={"kind": "Pod", "apiVersion": "v1", "name": "p"})
    who = server.who(f"Bearer {token}")
    assert isinstance(who, UserInfo)
    assert who.extra["authentication.kubernetes.io/pod-name"] == ("p",)
    pod["metadata"]["deletionTimestamp"] = "2025-12-31T23:58:59Z"
    assert review(server, token) == "[invalid bearer token, service account token has been invalidated]"


def test_a_forged_token_is_refused(server: Server, tmp_path: Path, stored: Any) -> None:
    head, body, signature = server.token().split(".")
    wrong = "[invalid bearer token, go-jose/go-jose: error in cryptographic primitive]"
    assert review(server, f"{head}.{body}.{'A' * len(signature)}") == wrong
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    assert review(server, f"{none}.{body}.") == wrong
    (tmp_path / "other").mkdir()
    foreign = Server(tmp_path / "other", stored).token()
    assert review(server, foreign) == "[invalid bearer token, invalid signature, no keys found]"


def test_keys_are_published(server: Server) -> None:
    (key,) = server.tokens.keys_document["keys"]
    assert (key["kty"], key["alg"]) == ("EC", "ES256")
    assert server.tokens.issuer_document("https://x")["jwks_uri"] == "https://x/openid/v1/jwks"
