from typing import Any

import pytest

from aiokube.config import ConfigException
from aiokube.config.kubeconfig_document import ActiveContext, Cluster, Context, Data, User
from aiokube.config.kubeconfig_rules import check_usable, server_url

PEM = Data(b"-----BEGIN")


def active(cluster: Cluster | None = None, user: User | None = None) -> ActiveContext:
    return ActiveContext(
        name="dev",
        context=Context(cluster="one", user="dev"),
        cluster_name="one",
        cluster=cluster or Cluster(server="https://one.example"),
        user_name="dev",
        user=user or User(),
    )


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"server": ""}, "it has no server"),
        (
            {"insecure_skip_tls_verify": True, "certificate_authority": "ca.crt"},
            "certificate-authority does not go with insecure-skip-tls-verify",
        ),
        ({"proxy_url": "socks5://x"}, "a proxy-url with socks5 is not supported yet"),
        ({"proxy_url": "user:canary@x"}, "proxy-url must start with http:// or https://"),
        ({"proxy_url": "http://"}, "proxy-url names no host"),
        ({"proxy_url": "http://[x"}, "proxy-url names no host"),
    ],
)
def test_cluster_that_cannot_be_used(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigException) as caught:
        check_usable(active(Cluster(**({"server": "https://x"} | fields))))
    assert str(caught.value) == f"cluster 'one': {problem}"


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"exec": {}}, "exec plugins are not supported yet"),
        ({"auth_provider": {}}, "auth providers are not supported yet"),
        ({"as_": "root"}, "impersonation (as) is not supported yet"),
        ({"as_uid": "0"}, "impersonation (as-uid) is not supported yet"),
        ({"as_groups": ["admins"]}, "impersonation (as-groups) is not supported yet"),
        ({"as_user_extra": {"a": ["b"]}}, "impersonation (as-user-extra) is not supported yet"),
        ({"client_certificate_data": PEM}, "client-certificate needs client-key or client-key-data"),
        (
            {"token": "canary", "username": "dev"},
            "it has both a token and a user name or password; only one is allowed",
        ),
        (
            {"token_file": "token", "password": "canary"},
            "it has both a token and a user name or password; only one is allowed",
        ),
    ],
)
def test_user_that_cannot_be_used(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigException) as caught:
        check_usable(active(user=User(**fields)))
    assert str(caught.value) == f"user 'dev': {problem}"


def test_empty_strings_are_absent() -> None:
    cluster = Cluster(server="https://x", insecure_skip_tls_verify=True, certificate_authority="", proxy_url="")
    user = User(token="", username="dev", as_="", as_groups=[], client_certificate="")
    check_usable(active(cluster, user))


@pytest.mark.parametrize(
    ("cluster", "user", "url"),
    [
        (Cluster(server="https://x:6443/"), User(), "https://x:6443"),
        (Cluster(server="HTTPS://x/k8s/c-1/"), User(), "https://x/k8s/c-1"),
        (Cluster(server="http://[::1]:8080"), User(), "http://[::1]:8080"),
        (Cluster(server="x:8080"), User(), "http://x:8080"),
        (Cluster(server="x:8080/"), User(), "http://x:8080"),
        (Cluster(server="localhost"), User(), "http://localhost"),
        (Cluster(server="x:6443", insecure_skip_tls_verify=True), User(), "https://x:6443"),
        (Cluster(server="x:6443", certificate_authority_data=PEM), User(), "https://x:6443"),
        (Cluster(server="x:6443"), User(client_certificate="dev.crt"), "https://x:6443"),
    ],
)
def test_server_url(cluster: Cluster, user: User, url: str) -> None:
    assert server_url(active(cluster, user)) == url


@pytest.mark.parametrize(
    "server",
    [
        "https://",
        "https://:6443",
        "https://x:port",
        "https://x:0",
        "https://x:99999",
        "https://[::1",
        "ftp://x",
        "x/path",
        "https://dev:canary@x",
        "https://x?token=canary",
        "https://x#canary",
        "https://x\n.example",
        "https://x example",
        "https://x\\y",
    ],
)
def test_server_that_is_no_url(server: str) -> None:
    with pytest.raises(ConfigException, match=r"^cluster 'one': server") as caught:
        server_url(active(Cluster(server=server)))
    assert "canary" not in str(caught.value)
