"""What is published of the issuer of tokens is enough to verify one, here and on kube-apiserver."""

import base64
import json
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from aiokube.testing import KubeServer
from realserver import real_server


async def test_a_token_is_verified_by_the_published_keys(kube_server: KubeServer, namespace: str) -> None:
    async with real_server(kube_server) as server:
        configuration = await server.get("/.well-known/openid-configuration")
        keys = json.loads(await server.body("/openid/v1/jwks", accept="application/jwk-set+json"))["keys"]
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts"
    await kube_server.request("POST", path, {"metadata": {"name": "robot"}})
    token = (await kube_server.request("POST", f"{path}/robot/token", {}))["status"]["token"]
    head, claims, signature = token.split(".")
    key = next(key for key in keys if key["kid"] == json.loads(_read(head))["kid"])
    numbers = ec.EllipticCurvePublicNumbers(_number(key["x"]), _number(key["y"]), ec.SECP256R1())
    raw = _read(signature)
    halves = (int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    signed = f"{head}.{claims}".encode()
    numbers.public_key().verify(encode_dss_signature(*halves), signed, ec.ECDSA(hashes.SHA256()))
    said: Any = json.loads(_read(claims))
    assert said["iss"] == configuration["issuer"]
    assert configuration["jwks_uri"].endswith("/openid/v1/jwks")
    assert configuration["id_token_signing_alg_values_supported"] == [key["alg"]]


def _read(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _number(text: str) -> int:
    return int.from_bytes(_read(text), "big")
