"""A DynamicClient over an ApiClient of kubernetes_asyncio: what it takes over, how it ends, what it raises."""

from __future__ import annotations

import copy
import gc
import json
import pickle
import socket
import subprocess
import sys
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import kubernetes_asyncio.client
import kubernetes_asyncio.watch
import pytest

import aiokube.client
from aiokube.client.exceptions import ApiException
from aiokube.dynamic import DynamicClient, Resource, ResourceInstance
from aiokube.dynamic import exceptions as errors
from aiokube.testing import KubeServer
from aiokube.watch import Watch
from compat.defects.api_server import ApiServer
from scripted import Exchange, Script, ScriptedServer

ForeignApiClient = kubernetes_asyncio.client.ApiClient
ForeignApiException = kubernetes_asyncio.client.ApiException
ForeignWatch = kubernetes_asyncio.watch.Watch

CONFIG_MAP: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one"}}


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    """A server that answers every request with a config map, unless a test says otherwise."""
    async with ScriptedServer() as server:
        server.otherwise = answering(200, CONFIG_MAP)
        yield server


@pytest.fixture
async def api(server: ScriptedServer) -> AsyncIterator[Any]:
    """A foreign ApiClient of the scripted server."""
    async with ForeignApiClient(kubernetes_asyncio.client.Configuration(host=server.url)) as api:
        yield api


@pytest.fixture
def client(api: Any) -> DynamicClient:
    """Neither awaited, so that it asks nothing by itself, nor closed."""
    return DynamicClient(api)


@pytest.fixture
def config_maps(client: DynamicClient) -> Resource:
    return config_maps_of(client)


@pytest.fixture
async def real_api(kube_server: KubeServer) -> AsyncIterator[Any]:
    """A foreign ApiClient of each server."""
    async with ForeignApiClient(configuration_of(kube_server)) as api:
        yield api


def config_maps_of(client: DynamicClient) -> Resource:
    return Resource("api", "", "v1", "ConfigMap", namespaced=True, name="configmaps", client=client)


def configuration_of(kube_server: KubeServer) -> Any:
    configuration = kubernetes_asyncio.client.Configuration(host=kube_server.url)
    configuration.ssl_ca_cert = str(kube_server.ca_file)
    configuration.cert_file = str(kube_server.admin.certificate_file)
    configuration.key_file = str(kube_server.admin.key_file)
    return configuration


def answering(status: int, content: Any) -> Script:
    """Answers with JSON."""

    async def script(exchange: Exchange) -> None:
        await exchange.answer(status, json.dumps(content).encode())

    return script


def refusing(status: int, reason: str) -> Script:
    """Answers with a Status."""
    return answering(status, {"kind": "Status", "status": "Failure", "code": status, "reason": reason, "message": "no"})


async def user_of(client: DynamicClient) -> str:
    """Who the server takes a client for."""
    reviews = await client.resources.get(api_version="authentication.k8s.io/v1", kind="SelfSubjectReview")
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    return str((await reviews.create(body)).status.userInfo.username)


# --- where the server is


async def test_server_and_certificates_are_those_of_its_configuration(real_api: Any, kube_server: KubeServer) -> None:
    async with DynamicClient(real_api) as client:
        assert client.client is real_api
        assert client.configuration is real_api.configuration
        assert await user_of(client) == kube_server.admin.name


async def test_ca_that_did_not_sign_is_refused(kube_server: KubeServer) -> None:
    configuration = configuration_of(kube_server)
    configuration.ssl_ca_cert = str(kube_server.admin.certificate_file)
    async with ForeignApiClient(configuration) as api:
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await DynamicClient(api)


async def test_verify_ssl_accepts_any_server(kube_server: KubeServer) -> None:
    configuration = configuration_of(kube_server)
    configuration.ssl_ca_cert = None
    configuration.verify_ssl = False
    async with ForeignApiClient(configuration) as api, DynamicClient(api) as client:
        assert await user_of(client) == kube_server.admin.name


async def test_name_for_tls_is_checked_instead_of_the_hosts(kube_server: KubeServer) -> None:
    for name, error in (("localhost", None), ("another.example", aiohttp.ClientConnectorCertificateError)):
        configuration = configuration_of(kube_server)
        configuration.tls_server_name = name
        async with ForeignApiClient(configuration) as api:
            if error is None:
                assert await user_of(await DynamicClient(api)) == kube_server.admin.name
            else:
                with pytest.raises(error):
                    await DynamicClient(api)


async def test_proxy_gets_the_requests(server: ScriptedServer) -> None:
    configuration = kubernetes_asyncio.client.Configuration(host="http://kubernetes.example")
    configuration.proxy = server.url
    async with ForeignApiClient(configuration) as api:
        await config_maps_of(DynamicClient(api)).get("one", "web")
    (request,) = server.requests
    assert request.target == "http://kubernetes.example/api/v1/namespaces/web/configmaps/one"


async def test_socket_options_are_set(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    option = (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 17)
    seen: list[tuple[Any, ...]] = []

    class Recorded(socket.socket):
        def setsockopt(self, *args: Any) -> None:
            seen.append(args)
            super().setsockopt(*args)

    configuration = kubernetes_asyncio.client.Configuration(host=server.url)
    configuration.socket_options = [option]
    monkeypatch.setattr(socket, "socket", Recorded)
    async with ForeignApiClient(configuration) as api:
        await config_maps_of(DynamicClient(api)).get("one", "web")
    assert option in seen


async def test_retries_are_as_many_as_it_says(api: Any, server: ScriptedServer) -> None:
    api.configuration.retries = 0

    async def later(exchange: Exchange) -> None:
        await exchange.answer(503, b"{}", {"Retry-After": "0"})

    server.play(later)
    with pytest.raises(errors.ServiceUnavailableError):
        await config_maps_of(DynamicClient(api)).get("one", "web")
    assert len(server.requests) == 1


# --- who asks


async def test_token_is_sent_with_its_prefix(api: Any, config_maps: Resource, server: ScriptedServer) -> None:
    api.configuration.api_key = {"BearerToken": "a"}
    api.configuration.api_key_prefix = {"BearerToken": "Bearer"}
    await config_maps.get("one", "web")
    api.configuration.api_key = {}
    await config_maps.get("one", "web")
    assert [request.headers.get("authorization") for request in server.requests] == ["Bearer a", None]


def counting_hook(configuration: Any) -> None:
    count = int(configuration.api_key["BearerToken"].removeprefix("Bearer "))
    configuration.api_key["BearerToken"] = f"Bearer {count + 1}"


async def counting_coroutine_hook(configuration: Any) -> None:
    counting_hook(configuration)


@pytest.mark.parametrize("hook", [counting_hook, counting_coroutine_hook])
async def test_token_is_asked_for_at_each_request(
    api: Any, config_maps: Resource, server: ScriptedServer, hook: Callable[[Any], Any]
) -> None:
    api.configuration.api_key = {"BearerToken": "Bearer 0"}
    api.configuration.refresh_api_key_hook = hook
    for _ in range(3):
        await config_maps.get("one", "web")
    assert [request.headers["authorization"] for request in server.requests] == ["Bearer 1", "Bearer 2", "Bearer 3"]


async def test_token_is_asked_for_again_after_a_401(api: Any, config_maps: Resource, server: ScriptedServer) -> None:
    tokens = iter(["old", "new", "new"])

    def hook(configuration: Any) -> None:
        configuration.api_key["BearerToken"] = f"Bearer {next(tokens)}"

    api.configuration.api_key = {"BearerToken": ""}
    api.configuration.refresh_api_key_hook = hook
    server.play(refusing(401, "Unauthorized"))
    await config_maps.get("one", "web")
    assert [request.headers["authorization"] for request in server.requests] == ["Bearer old", "Bearer new"]


async def test_401_is_raised_when_there_is_no_newer_token(
    api: Any, config_maps: Resource, server: ScriptedServer
) -> None:
    api.configuration.api_key = {"BearerToken": "Bearer old"}
    server.play(refusing(401, "Unauthorized"))
    with pytest.raises(errors.UnauthorizedError):
        await config_maps.get("one", "web")
    assert len(server.requests) == 1


async def test_token_of_a_user_signs_in(kube_server: KubeServer) -> None:
    user = await kube_server.add_user("foreign-by-token")
    configuration = configuration_of(kube_server)
    configuration.cert_file = configuration.key_file = None
    configuration.api_key["BearerToken"] = f"Bearer {user.token}"
    async with ForeignApiClient(configuration) as api, DynamicClient(api) as client:
        assert await user_of(client) == "foreign-by-token"


# --- headers


async def test_default_headers_and_cookie_go_with_each_request(server: ScriptedServer) -> None:
    configuration = kubernetes_asyncio.client.Configuration(host=server.url)
    async with ForeignApiClient(configuration, "Impersonate-User", "somebody", cookie="a=b") as api:
        api.user_agent = "mine/1"
        await config_maps_of(DynamicClient(api)).get("one", "web")
    (request,) = server.requests
    sent = {name: request.headers[name] for name in ("impersonate-user", "cookie", "user-agent", "accept")}
    assert sent == {
        "impersonate-user": "somebody",
        "cookie": "a=b",
        "user-agent": "mine/1",
        "accept": "application/json",
    }


async def test_default_headers_may_change(api: Any, config_maps: Resource, server: ScriptedServer) -> None:
    for change in (
        lambda: api.set_default_header("X-Trace", "1"),
        lambda: api.set_default_header("X-Trace", "2"),
        lambda: api.default_headers.pop("X-Trace"),
    ):
        change()
        await config_maps.get("one", "web")
    assert [request.headers.get("x-trace") for request in server.requests] == ["1", "2", None]


async def test_a_requests_own_header_wins(api: Any, config_maps: Resource, server: ScriptedServer) -> None:
    api.set_default_header("X-Trace", "default")
    await config_maps.get("one", "web", header_params={"x-trace": "own"})
    assert server.requests[0].headers["x-trace"] == "own"


# --- how connections end


async def test_connections_end_with_the_dynamic_client(api: Any, server: ScriptedServer) -> None:
    client = DynamicClient(api)
    await config_maps_of(client).get("one", "web")
    assert server.open_connections == 1
    await client.close()
    await server.drained()


async def test_connections_end_with_the_api_client(server: ScriptedServer) -> None:
    async with ForeignApiClient(kubernetes_asyncio.client.Configuration(host=server.url)) as api:
        config_maps = config_maps_of(DynamicClient(api))
        await config_maps.get("one", "web")
    await server.drained()
    with pytest.raises(RuntimeError, match="this client is closed"):
        await config_maps.get("one", "web")


async def test_a_client_that_is_entered_is_closed_when_it_is_left(real_api: Any, kube_server: KubeServer) -> None:
    async with DynamicClient(real_api) as client:
        assert await user_of(client) == kube_server.admin.name
    assert await user_of(client) == kube_server.admin.name  # as kubernetes_asyncio's, it is good for more
    assert await kubernetes_asyncio.client.VersionApi(real_api).get_code()


async def test_a_client_that_nobody_closes_leaves_nothing(api: Any, server: ScriptedServer) -> None:
    client = DynamicClient(api)
    await config_maps_of(client).get("one", "web")
    del client
    gc.collect()  # an unclosed session would warn now
    await api.close()
    await server.drained()


async def test_an_api_client_that_nobody_closes_warns_of_its_own_connections_only(server: ScriptedServer) -> None:
    api = ForeignApiClient(kubernetes_asyncio.client.Configuration(host=server.url))
    await config_maps_of(DynamicClient(api)).get("one", "web")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        del api
        gc.collect()
    assert [str(warning.message).partition(" <")[0] for warning in caught] == ["Unclosed client session"]
    await server.drained()


async def test_clients_of_one_api_client_share_connections(api: Any, server: ScriptedServer) -> None:
    for _ in range(3):
        await config_maps_of(DynamicClient(api)).get("one", "web")
    assert server.open_connections == 1


async def test_one_client_that_is_closed_leaves_the_others_theirs(api: Any, server: ScriptedServer) -> None:
    first, second = DynamicClient(api), DynamicClient(api)
    await config_maps_of(first).get("one", "web")
    await config_maps_of(second).get("one", "web")
    await first.close()
    await first.close()
    assert server.open_connections == 1
    await config_maps_of(second).get("one", "web")
    await second.close()
    await server.drained()


async def test_a_watch_goes_on_when_another_client_is_closed(api: Any, server: ScriptedServer) -> None:
    exchanges: list[Exchange] = []

    async def begin(exchange: Exchange) -> None:
        await exchange.start()
        exchanges.append(exchange)
        await exchange.chunk(line("ADDED", "1"))

    server.play(begin)
    stream = config_maps_of(DynamicClient(api)).watch(namespace="web")
    assert (await anext(stream))["type"] == "ADDED"
    other = DynamicClient(api)
    await config_maps_of(other).get("one", "web")
    await other.close()
    await exchanges[0].chunk(line("MODIFIED", "2"))
    assert (await anext(stream))["type"] == "MODIFIED"
    await stream.aclose()


# --- errors


def line(type: str, version: str) -> bytes:
    """An event of a watch."""
    content = {**CONFIG_MAP, "metadata": {"name": "one", "resourceVersion": version}}
    return json.dumps({"type": type, "object": content}).encode() + b"\n"


GONE = json.dumps(
    {"type": "ERROR", "object": {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old"}}
).encode()


@pytest.fixture
def both_catch() -> Iterator[Callable[[BaseException], None]]:
    """Checks that an error is caught by `except` of both packages, also after it was copied or pickled."""

    def check(error: BaseException) -> None:
        assert isinstance(error, ApiException)
        for twin in (error, copy.copy(error), copy.deepcopy(error), pickle.loads(pickle.dumps(error))):  # noqa: S301
            assert isinstance(twin, ForeignApiException)
            assert type(twin) is type(error)
            assert str(twin) == str(error)
            assert (twin.status, twin.reason, twin.body) == (error.status, error.reason, error.body)

    return check


@pytest.mark.parametrize(
    ("status", "reason", "expected"),
    [
        (404, "NotFound", errors.NotFoundError),
        (409, "Conflict", errors.ConflictError),
        (409, "AlreadyExists", errors.AlreadyExistsError),
        (410, "Expired", errors.GoneError),
        (418, "", errors.DynamicApiError),
        (422, "Invalid", errors.UnprocessibleEntityError),
    ],
)
@pytest.mark.parametrize("keywords", [{}, {"serialize": False}])
async def test_errors_are_caught_by_both_packages(
    config_maps: Resource,
    server: ScriptedServer,
    both_catch: Callable[[BaseException], None],
    status: int,
    reason: str,
    expected: type[ApiException],
    keywords: dict[str, Any],
) -> None:
    server.play(refusing(status, reason))
    with pytest.raises(ForeignApiException) as caught:
        await config_maps.get("one", "web", **keywords)
    assert isinstance(caught.value, expected)
    assert type(caught.value).__name__ == expected.__name__
    assert (caught.value.status, caught.value.message) == (status, "no")
    both_catch(caught.value)


async def test_errors_of_discovery_are_caught_by_both_packages(both_catch: Callable[[BaseException], None]) -> None:
    async with ApiServer() as server:
        server.answers.pop("/version")
        configuration = kubernetes_asyncio.client.Configuration(host=server.url)
        async with ForeignApiClient(configuration) as api, DynamicClient(api) as client:
            with pytest.raises(ForeignApiException, match="cannot discover version") as caught:
                _ = client.version
            both_catch(caught.value)


@pytest.mark.parametrize("watcher", [None, ForeignWatch])
async def test_errors_of_a_watch_are_caught_by_both_packages(
    config_maps: Resource,
    server: ScriptedServer,
    both_catch: Callable[[BaseException], None],
    watcher: type[Any] | None,
) -> None:
    async def expire(exchange: Exchange) -> None:
        await exchange.start()
        await exchange.chunk(GONE + b"\n")
        await exchange.end()

    server.play(expire)
    watching = config_maps.watch(namespace="web", resource_version=1, timeout=60, watcher=watcher and watcher())
    with pytest.raises(ForeignApiException) as caught:
        await anext(watching)
    assert isinstance(caught.value, errors.GoneError)
    both_catch(caught.value)


async def test_errors_of_ones_own_api_client_are_of_one_package(server: ScriptedServer) -> None:
    server.play(refusing(404, "NotFound"))
    async with aiokube.client.ApiClient(aiokube.client.Configuration(host=server.url)) as api:
        with pytest.raises(errors.NotFoundError) as caught:
            await config_maps_of(DynamicClient(api)).get("one", "web")
    assert not isinstance(caught.value, ForeignApiException)


async def test_a_pickled_error_is_ours_where_the_other_package_is_not(
    config_maps: Resource, server: ScriptedServer, tmp_path: Path
) -> None:
    server.play(refusing(404, "NotFound"))
    with pytest.raises(ForeignApiException) as caught:
        await config_maps.get("one", "web")
    (tmp_path / "error").write_bytes(pickle.dumps(caught.value))
    loaded = python(
        "import pathlib, pickle, sys",
        "error = pickle.loads(pathlib.Path(sys.argv[1]).read_bytes())",
        "print(type(error).__mro__[1].__name__, error.status, 'kubernetes_asyncio' in sys.modules)",
        str(tmp_path / "error"),
    )
    assert loaded == "DynamicApiError 404 False"


# --- watches


async def test_its_watch_is_a_watcher(real_api: Any, kube_server: KubeServer, namespace: str) -> None:
    client = await DynamicClient(real_api)
    config_maps = await client.resources.get(api_version="v1", kind="ConfigMap")
    await config_maps.create(CONFIG_MAP, namespace)
    seen = []
    async with ForeignWatch() as watcher:
        async for event in config_maps.watch(namespace=namespace, name="one", watcher=watcher):
            assert isinstance(event["object"], ResourceInstance)
            assert event["object"].to_dict() == event["raw_object"]
            seen.append((event["type"], event["object"].metadata.name))
            await kube_server.kubectl("label", "configmap", "one", "a=b", "-n", namespace)
            if event["type"] == "MODIFIED":
                break
    assert seen == [("ADDED", "one"), ("MODIFIED", "one")]


async def test_its_watch_goes_around_a_verb(real_api: Any, namespace: str) -> None:
    client = await DynamicClient(real_api)
    config_maps = await client.resources.get(api_version="v1", kind="ConfigMap")
    await config_maps.create(CONFIG_MAP, namespace)
    seen = []
    async with ForeignWatch() as watcher:
        async for event in watcher.stream(config_maps.get, namespace=namespace, field_selector="metadata.name=one"):
            seen.append((event["type"], event["raw_object"]["metadata"]["name"]))
            break
    assert seen == [("ADDED", "one")]


async def test_our_watch_goes_around_a_verb(real_api: Any, namespace: str) -> None:
    client = await DynamicClient(real_api)
    config_maps = await client.resources.get(api_version="v1", kind="ConfigMap")
    await config_maps.create(CONFIG_MAP, namespace)
    async with Watch() as watcher:
        event = await anext(watcher.stream(config_maps.get, namespace=namespace, field_selector="metadata.name=one"))
    assert (event["type"], event["object"]["metadata"]["name"]) == ("ADDED", "one")


async def test_its_watch_closes_the_connection_when_it_is_left(config_maps: Resource, server: ScriptedServer) -> None:
    left = False

    async def endless(exchange: Exchange) -> None:
        nonlocal left
        await exchange.start()
        await exchange.chunk(line("ADDED", "1"))
        await exchange.gone()
        left = True

    server.play(endless)
    events = config_maps.watch(namespace="web", watcher=ForeignWatch())
    async for event in events:
        assert event["type"] == "ADDED"
        break
    await events.aclose()
    await server.drained()
    assert left


async def test_its_watch_stops_after_the_event_that_comes(config_maps: Resource, server: ScriptedServer) -> None:
    async def two(exchange: Exchange) -> None:
        await exchange.start()
        await exchange.chunk(line("ADDED", "1") + line("ADDED", "2"))
        await exchange.gone()

    server.play(two)
    watcher, seen = ForeignWatch(), []
    async for event in config_maps.watch(namespace="web", watcher=watcher):
        seen.append(event["object"].metadata.resourceVersion)
        watcher.stop()
    assert seen == ["1"]
    await server.drained()


# --- models


async def test_typed_models_are_bodies(real_api: Any, kube_server: KubeServer, namespace: str) -> None:
    models = kubernetes_asyncio.client
    client = await DynamicClient(real_api)
    config_maps = await client.resources.get(api_version="v1", kind="ConfigMap")

    def config_map(**data: str) -> Any:
        return models.V1ConfigMap(metadata=models.V1ObjectMeta(name="one", namespace=namespace), data=data)

    await config_maps.server_side_apply(config_map(a="1", b="1"))
    await config_maps.patch(config_map(b="2"))
    seen = (await kube_server.kubectl("get", "configmap", "one", "-n", namespace, "-o", "json")).json()
    assert seen["data"] == {"a": "1", "b": "2"}


# --- what it is told apart by


def python(*lines: str) -> str:
    """What a program prints, whose last line is its argument."""
    *program, argument = lines
    command = [sys.executable, "-W", "error", "-c", "\n".join(program), argument]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_the_other_package_is_not_imported() -> None:
    printed = python(
        "import asyncio, sys, aiokube.config, aiokube.watch",
        "from aiokube.client import ApiClient, Configuration",
        "from aiokube.dynamic import DynamicClient",
        "async def main():",
        "    async with ApiClient(Configuration()) as api:",
        "        client = DynamicClient(api)",
        "        client.watch(client)",
        "    try: DynamicClient(object())",
        "    except TypeError as error: print(error)",
        "    print('kubernetes_asyncio' in sys.modules)",
        "asyncio.run(main())",
        "",
    )
    assert printed.splitlines() == [
        "DynamicClient needs an ApiClient of aiokube or of kubernetes_asyncio, got object",
        "False",
    ]


@pytest.mark.parametrize("given", [None, "https://kubernetes.example", kubernetes_asyncio.client.Configuration])
def test_something_else_is_a_type_error(given: Any) -> None:
    with pytest.raises(TypeError, match="needs an ApiClient of aiokube or of kubernetes_asyncio, got"):
        DynamicClient(given)
