"""Signing in to each server with what kubeconfigs and pods have; the server says who it saw."""

import base64
import json
import secrets
import ssl
from pathlib import Path
from typing import Any

import pytest

from aiokube.client import ApiClient, Configuration
from aiokube.client.exceptions import UnauthorizedError
from aiokube.config import configuration_from, load_incluster_config, load_kube_config_from_dict
from aiokube.testing import KubeServer
from aiokube.testing.users import User

REVIEW = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}


async def whoami(configuration: Configuration) -> str:
    async with ApiClient(configuration) as api:
        return await seen_by_server(api)


async def seen_by_server(api: ApiClient) -> str:
    url = f"{api.configuration.host}/apis/authentication.k8s.io/v1/selfsubjectreviews"
    answer = await api.request("POST", url, body=REVIEW)
    name: str = json.loads(answer.data)["status"]["userInfo"]["username"]
    return name


async def loaded(kube_server: KubeServer, user: dict[str, Any], cluster: dict[str, Any] | None = None) -> Configuration:
    trust = {"certificate-authority": str(kube_server.ca_file)} if cluster is None else cluster
    configuration = Configuration()
    await load_kube_config_from_dict(
        {
            "current-context": "dev",
            "clusters": [{"name": "one", "cluster": {"server": kube_server.url, **trust}}],
            "users": [{"name": "dev", "user": user}],
            "contexts": [{"name": "dev", "context": {"cluster": "one", "user": "dev"}}],
        },
        client_configuration=configuration,
    )
    return configuration


@pytest.fixture
async def user(kube_server: KubeServer) -> User:
    return await kube_server.add_user(f"dev-{secrets.token_hex(4)}")


@pytest.mark.parametrize("auth", ["certificate", "token"])
async def test_kubeconfig_file(kube_server: KubeServer, user: User, auth: Any) -> None:
    path = kube_server.kubeconfig_for(user, auth=auth)
    assert await whoami(await configuration_from(path)) == user.name


async def test_certificate_files(kube_server: KubeServer, user: User) -> None:
    files = {"client-certificate": str(user.certificate_file), "client-key": str(user.key_file)}
    assert await whoami(await loaded(kube_server, files)) == user.name


async def test_certificate_data_wins_over_files(kube_server: KubeServer, user: User) -> None:
    both = {
        "client-certificate": "/no/such.crt",
        "client-key": "/no/such.key",
        "client-certificate-data": base64.b64encode(user.certificate.encode()).decode(),
        "client-key-data": base64.b64encode(user.key.encode()).decode(),
    }
    assert await whoami(await loaded(kube_server, both)) == user.name


async def test_token_file_wins_over_token_as_for_kubectl(kube_server: KubeServer, user: User, tmp_path: Path) -> None:
    configuration = await loaded(kube_server, {"token": "wrong", "tokenFile": str(user.token_file)})
    assert await whoami(configuration) == user.name
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(
        f"""
        current-context: dev
        clusters: [{{name: one, cluster: {{
            server: "{kube_server.url}", certificate-authority: "{kube_server.ca_file}"}}}}]
        users: [{{name: dev, user: {{token: wrong, tokenFile: "{user.token_file}"}}}}]
        contexts: [{{name: dev, context: {{cluster: one, user: dev}}}}]
        """
    )
    asked = ("create", "--validate=false", "-f", "-", "-o", "jsonpath={.status.userInfo.username}")
    by_kubectl = await kube_server.kubectl(*asked, f"--kubeconfig={kubeconfig}", input=json.dumps(REVIEW))
    assert by_kubectl.stdout == user.name
    assert await whoami(await configuration_from(kubeconfig)) == user.name


async def test_token_file_is_read_again_after_a_401(kube_server: KubeServer, user: User, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("expired")
    configuration = await loaded(kube_server, {"tokenFile": str(tmp_path / "token")})
    async with ApiClient(configuration) as api:
        with pytest.raises(UnauthorizedError) as caught:
            await seen_by_server(api)
        assert "expired" not in f"{caught.value!r} {caught.value}"
        (tmp_path / "token").write_text(f"{user.token}\n")
        assert await seen_by_server(api) == user.name


async def test_pod(kube_server: KubeServer, user: User) -> None:
    host, _, port = kube_server.url.removeprefix("https://").rpartition(":")
    load_incluster_config(
        token_filename=str(user.token_file),
        cert_filename=str(kube_server.ca_file),
        environ={"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port},
    )
    assert await whoami(Configuration.get_default_copy()) == user.name


async def test_insecure_accepts_a_server_that_is_not_trusted_and_nothing_else_does(
    kube_server: KubeServer, user: User
) -> None:
    insecure = {"insecure-skip-tls-verify": True}
    assert await whoami(await loaded(kube_server, {"token": user.token}, insecure)) == user.name
    with pytest.raises(ssl.SSLCertVerificationError):
        await whoami(await loaded(kube_server, {"token": user.token}, {}))


async def test_tls_server_name_is_what_the_certificate_must_say(kube_server: KubeServer, user: User) -> None:
    trust = {"certificate-authority": str(kube_server.ca_file)}
    right, wrong = trust | {"tls-server-name": "localhost"}, trust | {"tls-server-name": "other.example"}
    assert await whoami(await loaded(kube_server, {"token": user.token}, right)) == user.name
    with pytest.raises(ssl.SSLCertVerificationError):
        await whoami(await loaded(kube_server, {"token": user.token}, wrong))
