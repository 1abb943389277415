import asyncio
import contextlib
import inspect
import os
import threading
import time
from pathlib import Path
from typing import Any

import kubernetes_asyncio.config
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import aiokube.config
from aiokube.client.api_client import ApiClient
from aiokube.client.configuration import Configuration
from aiokube.client.credentials import TokenFileCredentials
from aiokube.config import (
    ConfigException,
    kube_config,
    list_kube_config_contexts,
    load_kube_config,
    load_kube_config_from_dict,
    new_client_from_config,
    new_client_from_config_dict,
    refresh_token,
)

CANARY = "canary-7f3a"


def document(**changes: Any) -> dict[str, Any]:
    """Return a kubeconfig whose context dev is current; keywords go into its cluster or user."""
    cluster = {"server": "https://one.example:6443"} | changes.pop("cluster", {})
    user = changes.pop("user", {"token": "token-of-dev"})
    return {
        "current-context": "dev",
        "clusters": [{"name": "one", "cluster": cluster}],
        "users": [{"name": "dev", "user": user}],
        "contexts": [
            {"name": "dev", "context": {"cluster": "one", "user": "dev", "namespace": "shop"}},
            {"name": "guest", "context": {"cluster": "one"}},
        ],
    } | changes


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "kubeconfig"
    path.write_text(yaml.safe_dump(document()))
    return path


@pytest.mark.parametrize(
    "name",
    [
        "list_kube_config_contexts",
        "load_config",
        "load_incluster_config",
        "load_kube_config",
        "load_kube_config_from_dict",
        "new_client_from_config",
        "new_client_from_config_dict",
        "refresh_token",
    ],
)
def test_signature_is_that_of_kubernetes_asyncio(name: str) -> None:
    ours, theirs = getattr(aiokube.config, name), getattr(kubernetes_asyncio.config, name)
    assert inspect.iscoroutinefunction(ours) == inspect.iscoroutinefunction(theirs)
    assert shape(ours) == shape(theirs)


def shape(function: Any) -> list[tuple[str, Any, Any]]:
    parameters = inspect.signature(function).parameters.values()
    return [(parameter.name, parameter.kind, parameter.default) for parameter in parameters]


def test_exports_what_kubernetes_asyncio_exports() -> None:
    assert set(kubernetes_asyncio.config.__all__) <= set(aiokube.config.__all__)
    assert all(hasattr(aiokube.config, name) for name in aiokube.config.__all__)


async def test_fills_the_given_configuration_and_leaves_the_default_alone(written: Path) -> None:
    configuration = Configuration()
    await load_kube_config(str(written), client_configuration=configuration)
    assert configuration.host == "https://one.example:6443"
    assert configuration.api_key == {"BearerToken": "Bearer token-of-dev"}
    assert configuration.namespace == "shop"
    assert Configuration.get_default_copy().host == "http://localhost"


async def test_fills_the_default_when_none_is_given(written: Path) -> None:
    await load_kube_config(written)
    assert Configuration.get_default_copy().host == "https://one.example:6443"


async def test_kubeconfig_is_looked_up_when_the_function_is_called(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """KA-C5: kubernetes_asyncio looks at KUBECONFIG once, when it is imported."""
    monkeypatch.setenv("KUBECONFIG", str(written))
    assert str(written) == kube_config.KUBE_CONFIG_DEFAULT_LOCATION
    assert str(written) == aiokube.config.KUBE_CONFIG_DEFAULT_LOCATION
    loader = await load_kube_config()
    assert loader.current_context["name"] == "dev"
    assert str(written) != kubernetes_asyncio.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION


async def test_without_kubeconfig_the_file_at_home_is_taken(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", "")
    (home / ".kube").mkdir()
    (home / ".kube" / "config").write_text(yaml.safe_dump(document()))
    assert str(home / ".kube" / "config") == kube_config.KUBE_CONFIG_DEFAULT_LOCATION
    await load_kube_config()


async def test_replaced_default_location_is_used(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kube_config, "KUBE_CONFIG_DEFAULT_LOCATION", str(written))
    await load_kube_config()
    assert list_kube_config_contexts()[1] is not None


async def test_first_current_context_counts(tmp_path: Path) -> None:
    """KA-C1: kubernetes_asyncio takes the last one, kubectl the first."""
    second = document() | {"current-context": "guest"}
    (tmp_path / "a").write_text(yaml.safe_dump(document()))
    (tmp_path / "b").write_text(yaml.safe_dump(second))
    location = f"{tmp_path / 'a'}:{tmp_path / 'b'}"
    assert current_name(list_kube_config_contexts(location)) == "dev"
    assert current_name(kubernetes_asyncio.config.list_kube_config_contexts(location)) == "guest"
    assert (await load_kube_config(location)).current_context["name"] == "dev"


def current_name(listed: tuple[list[dict[str, Any]], dict[str, Any] | None]) -> str | None:
    return listed[1] and listed[1]["name"]


async def test_tilde_is_the_home_folder(home: Path) -> None:
    (home / "k").write_text(yaml.safe_dump(document()))
    await load_kube_config("~/k")


async def test_name_with_a_separator_can_be_one_file(tmp_path: Path) -> None:
    path = tmp_path / "a:b"
    path.write_text(yaml.safe_dump(document()))
    await load_kube_config(str(path))


async def test_explicit_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigException, match=r"no kubeconfig found; looked for .*/missing"):
        await load_kube_config(str(tmp_path / "missing"))


async def test_other_context(written: Path) -> None:
    loader = await load_kube_config(written, context="guest")
    assert loader.current_context == {"name": "guest", "context": {"cluster": "one"}}
    assert Configuration.get_default_copy().api_key == {}


async def test_loader_lists_and_changes_contexts() -> None:
    loader = await load_kube_config_from_dict(document())
    assert [context["name"] for context in loader.list_contexts()] == ["dev", "guest"]
    loader.set_active_context("guest")
    assert loader.current_context["name"] == "guest"
    loader.set_active_context()
    assert loader.current_context["name"] == "dev"


def test_list_contexts(written: Path) -> None:
    contexts, current = list_kube_config_contexts(str(written))
    assert contexts == document()["contexts"]
    assert current == contexts[0]


def test_list_contexts_without_a_current_one(tmp_path: Path) -> None:
    (tmp_path / "k").write_text(yaml.safe_dump(document() | {"current-context": "gone"}))
    contexts, current = list_kube_config_contexts(str(tmp_path / "k"))
    assert (len(contexts), current) == (2, None)


async def test_new_client_has_its_own_configuration(written: Path) -> None:
    client = await new_client_from_config(str(written))
    assert isinstance(client, ApiClient)
    assert client.configuration.host == "https://one.example:6443"
    assert Configuration.get_default_copy().host == "http://localhost"
    await client.close()


async def test_new_client_from_dict(tmp_path: Path) -> None:
    client = await new_client_from_config_dict(document(), context="dev", temp_file_path=str(tmp_path))
    assert client.configuration.namespace == "shop"
    await client.close()


async def test_what_the_kubeconfig_is_silent_about_stays() -> None:
    configuration = Configuration()
    configuration.proxy = "http://proxy.example"
    configuration.verify_ssl = False
    configuration.ssl_ca_cert = "/ca.crt"
    await load_kube_config_from_dict(document(), client_configuration=configuration)
    assert (configuration.proxy, configuration.verify_ssl) == ("http://proxy.example", False)
    assert configuration.ssl_ca_cert == "/ca.crt"


async def test_credentials_are_replaced_as_a_whole() -> None:
    """What is left of one user must not be sent to another's server."""
    configuration = Configuration(username="a", password=CANARY)
    configuration.cert_data = configuration.key_data = b"other"
    configuration.cert_file = configuration.key_file = "/other"
    configuration.api_key = {"BearerToken": "other", "authorization": "other"}
    configuration.refresh_api_key_hook = lambda _: None
    configuration.credentials = TokenFileCredentials("/other")
    await load_kube_config_from_dict(document(), client_configuration=configuration)
    assert await configuration.authorization() == "Bearer token-of-dev"
    held = (configuration.username, configuration.password, configuration.cert_data, configuration.key_data)
    assert held == (None, None, None, None)
    assert (configuration.cert_file, configuration.key_file, configuration.credentials) == (None, None, None)


async def test_data_replaces_a_file_and_a_file_data(tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_text("ca")
    configuration = Configuration()
    with_file = document(cluster={"certificate-authority": str(tmp_path / "ca.crt")})
    with_data = document(cluster={"certificate-authority-data": "Y2E="})
    await load_kube_config_from_dict(with_file, client_configuration=configuration)
    assert (configuration.ssl_ca_cert, configuration.ssl_ca_cert_data) == (str(tmp_path / "ca.crt"), None)
    await load_kube_config_from_dict(with_data, client_configuration=configuration)
    assert (configuration.ssl_ca_cert, configuration.ssl_ca_cert_data) == (None, b"ca")
    await load_kube_config_from_dict(with_file, client_configuration=configuration)
    assert (configuration.ssl_ca_cert, configuration.ssl_ca_cert_data) == (str(tmp_path / "ca.crt"), None)


async def test_no_key_is_written_to_disk(tmp_path: Path) -> None:
    """KA-C7: kubernetes_asyncio leaves them in temporary files."""
    user = {"client-certificate-data": "Y2VydA==", "client-key-data": "a2V5"}
    configuration = Configuration()
    await load_kube_config_from_dict(
        document(user=user), client_configuration=configuration, temp_file_path=str(tmp_path)
    )
    assert (configuration.cert_data, configuration.key_data) == (b"cert", b"key")
    assert os.listdir(tmp_path) == []


async def test_disable_compression() -> None:
    configuration = Configuration()
    configuration.compression = True
    await load_kube_config_from_dict(document(), client_configuration=configuration)
    assert configuration.compression
    await load_kube_config_from_dict(
        document(cluster={"disable-compression": True}), client_configuration=configuration
    )
    assert not configuration.compression


async def test_token_file_is_asked_again(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("first\n")
    configuration = Configuration()
    await load_kube_config_from_dict(document(user={"tokenFile": str(token)}), client_configuration=configuration)
    assert configuration.api_key == {"BearerToken": "Bearer first"}
    token.write_text("second\n")
    assert await configuration.refresh("Bearer first")
    assert await configuration.authorization() == "Bearer second"


async def test_token_is_used_while_the_token_file_cannot_be_read(tmp_path: Path) -> None:
    configuration = Configuration()
    user = {"token": "spare", "tokenFile": str(tmp_path / "token")}
    await load_kube_config_from_dict(document(user=user), client_configuration=configuration)
    assert await configuration.authorization() == "Bearer spare"
    (tmp_path / "token").write_text("main")
    assert await configuration.refresh("Bearer spare")
    assert await configuration.authorization() == "Bearer main"


@pytest.mark.parametrize("content", ["", "\n", "a\nb"])
async def test_unusable_token_file_is_an_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "token").write_text(content)
    with pytest.raises(ConfigException, match=r"user 'dev': cannot use token file .*/token: it"):
        await load_kube_config_from_dict(document(user={"tokenFile": str(tmp_path / "token")}))


async def test_failed_load_changes_nothing() -> None:
    configuration = Configuration("https://before.example")
    wrong = document(user={"tokenFile": "/missing"}, cluster={"tls-server-name": "x"})
    with pytest.raises(ConfigException):
        await load_kube_config_from_dict(wrong, client_configuration=configuration)
    assert (configuration.host, configuration.tls_server_name) == ("https://before.example", None)


async def test_configuration_of_another_package_is_refused() -> None:
    foreign: Any = kubernetes_asyncio.client.Configuration()
    with pytest.raises(TypeError, match=r"not kubernetes_asyncio\.client\.configuration\.Configuration"):
        await load_kube_config_from_dict(document(), client_configuration=foreign)


async def test_refresh_token_returns_when_there_is_nothing_to_refresh() -> None:
    configuration = Configuration()
    loader = await load_kube_config_from_dict(document(), client_configuration=configuration)
    await asyncio.wait_for(refresh_token(loader, configuration), timeout=60)


async def test_refresh_token_keeps_api_key_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text("first")
    configuration = Configuration()
    loader = await load_kube_config_from_dict(
        document(user={"tokenFile": str(tmp_path / "token")}), client_configuration=configuration
    )
    (tmp_path / "token").write_text("second")
    await configuration.refresh("Bearer first")
    slept = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 2:
            raise asyncio.CancelledError

    monkeypatch.setattr(asyncio, "sleep", sleep)
    with pytest.raises(asyncio.CancelledError):
        await refresh_token(loader, configuration, interval=5)
    assert configuration.api_key == {"BearerToken": "Bearer second"}
    assert slept == [5, 5]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"a: b: c", "line 1, column 5: mapping values are not allowed"),
        (b"\x7fELF\x02\x01\x01\x00\x00", "characters that YAML does not allow"),
        (b"\xff\xfe\x00", "it is not UTF-8 or UTF-16 text"),
        (b"\x80", "it is not UTF-8 or UTF-16 text, at byte 0"),
        (b"users: [{user: {token: 12}}]", r"users\[0\]\.user\.token must be a string, not int"),
        (b"[" * 100_000, "it nests deeper than 100 levels"),
        (b"\xff\xfe" + "users: {".encode("utf-16-le"), "line 2, column 1: did not find expected"),
    ],
)
async def test_wrong_file_is_named(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "kubeconfig"
    path.write_bytes(content)
    with pytest.raises(ConfigException, match=f"^kubeconfig {path}: .*{problem}"):
        await load_kube_config(str(path))


async def test_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigException, match=f"^cannot read kubeconfig {tmp_path}: it is a directory"):
        await load_kube_config(str(tmp_path))


async def test_fifo_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "k")
    with pytest.raises(ConfigException, match=r"cannot read kubeconfig .*/k: it is not a regular file"):
        await asyncio.wait_for(load_kube_config(str(tmp_path / "k")), timeout=60)


async def test_cycle_of_symlinks_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(ConfigException, match=r"cannot read kubeconfig .*/a: Too many levels"):
        await load_kube_config(str(tmp_path / "a"))


async def test_huge_file_is_refused_at_once(tmp_path: Path) -> None:
    with (tmp_path / "k").open("wb") as file:
        file.truncate(100 << 20)
    started = time.process_time()
    with pytest.raises(ConfigException, match=r"cannot read kubeconfig .*/k: it is larger than 10485760 bytes"):
        await load_kube_config(str(tmp_path / "k"))
    assert time.process_time() - started < 1


async def test_name_that_no_file_can_have() -> None:
    with pytest.raises(ConfigException, match="its name is not a file name"):
        await load_kube_config("a\0b")


async def test_files_are_read_off_the_event_loop(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readers = []
    original = kube_config.read_regular_file

    def read(path: str, *, limit: int) -> bytes:
        readers.append(threading.current_thread())
        return original(path, limit=limit)

    monkeypatch.setattr(kube_config, "read_regular_file", read)
    await load_kube_config(written)
    assert readers
    assert threading.main_thread() not in readers


@pytest.mark.parametrize(
    "changes",
    [
        {"user": {"token": f"{CANARY}\n"}},
        {"user": {"token": CANARY, "exec": {"command": CANARY}}},
        {"user": {"token": CANARY, "username": "a", "password": CANARY}},
        {"user": {"client-key-data": CANARY}},
        {"user": {"token": [CANARY]}},
        {"user": {CANARY: CANARY, "client-certificate": "/missing", "client-key": "/missing"}},
        {"cluster": {"proxy-url": f"{CANARY}@x"}},
        {"cluster": {"proxy-url": f"socks5://u:{CANARY}@x"}},
        {"cluster": {"server": f"https://u:{CANARY}@x"}},
    ],
)
async def test_no_error_shows_a_secret(changes: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "k").write_text(yaml.safe_dump(document(**changes)))
    with pytest.raises(ConfigException) as caught:
        await load_kube_config(str(tmp_path / "k"))
    error: BaseException | None = caught.value
    while error is not None:
        assert CANARY not in repr(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


async def test_no_repr_shows_a_secret() -> None:
    configuration = Configuration()
    user = {"token": CANARY, "client-certificate-data": "Y2VydA==", "client-key-data": "Y2FuYXJ5LTdmM2E="}
    loader = await load_kube_config_from_dict(
        document(user=user, cluster={"proxy-url": f"http://u:{CANARY}@x"}), client_configuration=configuration
    )
    assert configuration.key_data == CANARY.encode()
    assert CANARY not in repr(configuration) + str(configuration) + repr(loader)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200))
def test_any_bytes_are_loaded_or_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "k").write_bytes(content)
    try:
        list_kube_config_contexts(str(tmp_path / "k"))
    except ConfigException as error:
        assert str(tmp_path / "k") in str(error)  # noqa: PT017 - the other outcome is fine too


VALID = yaml.safe_dump(document(user={"client-certificate-data": "Y2VydA==", "client-key-data": "a2V5"})).encode()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    mutations=st.lists(
        st.tuples(st.integers(0, len(VALID)), st.integers(0, 20), st.binary(max_size=5)), min_size=1, max_size=5
    )
)
def test_any_mutation_is_loaded_or_refused(mutations: list[tuple[int, int, bytes]], tmp_path: Path) -> None:
    content = VALID
    for start, length, replacement in mutations:
        content = content[:start] + replacement + content[start + length :]
    (tmp_path / "k").write_bytes(content)
    with contextlib.suppress(ConfigException):
        asyncio.run(load_kube_config(str(tmp_path / "k"), client_configuration=Configuration()))
