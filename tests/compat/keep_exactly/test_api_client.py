"""client: Configuration and ApiClient as programs use them beside the dynamic client, and TLS."""

from __future__ import annotations

import datetime as dt
import importlib
import ssl
from typing import Any

import kubernetes_asyncio.client as typed
import pytest

import aiokube.client
from aiokube.client import ApiClient, Configuration
from aiokube.client.tls import ssl_context
from aiokube.testing import KubeServer
from compat.packages import Package

FIELDS = (
    *("host", "api_key", "api_key_prefix", "refresh_api_key_hook", "username", "password", "verify_ssl"),
    *("disable_strict_ssl_verification", "ssl_ca_cert", "cert_file", "key_file", "assert_hostname"),
    *("tls_server_name", "proxy", "proxy_headers", "connection_pool_maxsize", "retries", "socket_options", "debug"),
)
SAME_BY_DEFAULT = tuple(name for name in FIELDS if name not in ("host", "proxy", "connection_pool_maxsize"))


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_is_there_to_be_set(package: Package, name: str) -> None:
    configuration = package.client.Configuration()
    assert hasattr(configuration, name)
    setattr(configuration, name, getattr(configuration, name))


@pytest.mark.parametrize("name", SAME_BY_DEFAULT)
def test_a_field_has_the_same_default(name: str) -> None:
    assert getattr(Configuration(), name) == getattr(typed.Configuration(), name)


def test_the_default_configuration_is_a_copy(package: Package) -> None:
    configuration = package.client.Configuration
    try:
        mine = configuration(host="https://one.example")
        configuration.set_default(mine)
        mine.host = "https://two.example"
        assert configuration.get_default_copy().host == "https://one.example"
        assert configuration.get_default() is configuration.get_default()
        assert configuration.get_default_copy() is not configuration.get_default_copy()
    finally:
        configuration.set_default(None)


async def test_auth_settings(package: Package) -> None:
    configuration = package.client.Configuration(
        api_key={"BearerToken": "canary"}, api_key_prefix={"BearerToken": "Bearer"}
    )
    assert (await configuration.auth_settings())["BearerToken"] == {
        "type": "api_key",
        "in": "header",
        "key": "authorization",
        "value": "Bearer canary",
    }


async def test_the_refresh_hook_gives_the_token(package: Package) -> None:
    async def hook(configuration: Any) -> None:
        configuration.api_key = {"BearerToken": "fresh"}

    configuration = package.client.Configuration(api_key={"BearerToken": "stale"})
    configuration.refresh_api_key_hook = hook
    assert (await configuration.auth_settings())["BearerToken"]["value"] == "fresh"


async def test_an_api_client_has_its_arguments(package: Package) -> None:
    configuration = package.client.Configuration(host="https://one.example")
    async with package.client.ApiClient(configuration, "X-One", "1", "a=b", 1) as api:
        assert api.configuration is configuration
        assert api.default_headers["X-One"] == "1"
        api.set_default_header("X-Two", "2")
        assert api.default_headers["X-Two"] == "2"
        api.user_agent = "mine/1"
        assert api.user_agent == api.default_headers["User-Agent"] == "mine/1"


async def test_select_headers(package: Package) -> None:
    async with package.client.ApiClient() as api:
        assert api.select_header_accept(["application/yaml", "application/json"]) == "application/json"
        assert api.select_header_accept(["application/yaml", "text/plain"]) == "application/yaml, text/plain"
        assert api.select_header_accept([]) is None
        assert api.select_header_content_type(["*/*"]) == "application/json"
        assert api.select_header_content_type(["text/plain"]) == "text/plain"
        strategic = ["application/json-patch+json", "application/strategic-merge-patch+json"]
        assert api.select_header_content_type(strategic, "PATCH", []) == "application/json-patch+json"
        assert api.select_header_content_type(strategic, "PATCH", {}) == "application/strategic-merge-patch+json"


async def test_sanitize_for_serialization(package: Package) -> None:
    model = typed.V1Pod(metadata=typed.V1ObjectMeta(name="one", labels={"a": "b"}), spec=None)
    moment = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    async with package.client.ApiClient() as api:
        assert api.sanitize_for_serialization(model) == {"metadata": {"name": "one", "labels": {"a": "b"}}}
        assert api.sanitize_for_serialization([model, (1, moment), None, {"a": 1.5}]) == [
            {"metadata": {"name": "one", "labels": {"a": "b"}}},
            (1, "2026-01-02T03:04:05+00:00"),
            None,
            {"a": 1.5},
        ]


async def test_call_api_and_request(kube_server: KubeServer) -> None:
    async with ApiClient(kube_server.configuration) as api:
        path = "/api/v1/namespaces/{name}"
        read = await api.call_api(
            path, "GET", {"name": "kube-system"}, [("pretty", "true")], _return_http_data_only=True
        )
        assert read["metadata"]["name"] == "kube-system"
        whole = await api.call_api("/version", "GET")
        assert (whole[0]["gitVersion"], whole[1], whole[2]["Content-Type"]) == ("v1.36.3", 200, "application/json")
        unread = await api.call_api("/version", "GET", _preload_content=False)
        assert (await unread.json())["gitVersion"] == "v1.36.3"
        answer = await api.request("GET", f"{kube_server.url}/healthz")
        assert (answer.status, answer.data) == (200, b"ok")


@pytest.mark.parametrize("name", ["AppsV1Api", "CoreV1Api", "CustomObjectsApi", "V1Pod"])
def test_a_typed_class_is_named_where_it_stays(name: str) -> None:
    message = "keep kubernetes_asyncio for typed classes, and give its ApiClient to aiokube's DynamicClient"
    with pytest.raises(AttributeError, match=message):
        getattr(aiokube.client, name)
    with pytest.raises(ImportError, match=name):
        exec(f"from aiokube.client import {name}", {})  # noqa: S102 - the statement itself is what is tested
    assert not hasattr(importlib.import_module("aiokube.client"), name)


# --- TLS


@pytest.mark.parametrize(("configured", "strict"), [(True, False), (False, True)])
async def test_the_strict_check_is_left_out_for_a_configured_ca(
    kube_server: KubeServer, monkeypatch: pytest.MonkeyPatch, configured: bool, strict: bool
) -> None:
    """Python sets it from 3.13 on; chain and host name are verified all the same."""
    made = ssl.create_default_context

    def as_from_python_3_13_on(*args: Any, **keywords: Any) -> ssl.SSLContext:
        context = made(*args, **keywords)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    monkeypatch.setattr(ssl, "create_default_context", as_from_python_3_13_on)
    configuration = Configuration(host="https://one.example")
    if configured:
        # A line more: no context of another test is shared.
        ca = kube_server.ca_file.read_bytes() + b"\n# mine\n"
        configuration.ssl_ca_cert_data = ca
    context = await ssl_context(configuration)
    assert bool(context.verify_flags & ssl.VERIFY_X509_STRICT) is strict
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
