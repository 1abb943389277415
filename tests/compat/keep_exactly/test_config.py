"""config: where programs have their Configuration from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from aiokube import config
from aiokube.client import ApiClient, Configuration
from aiokube.config import kube_config
from aiokube.testing import KubeServer


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No pod, no kubeconfig, and no default from another test."""
    for name in ("KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", "KUBECONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    Configuration.set_default(None)
    yield
    Configuration.set_default(None)


async def served(api: ApiClient) -> str:
    """What the server that a client goes to says of itself."""
    answer = await api.call_api("/version", "GET", _return_http_data_only=True)
    return str(answer["gitVersion"])


async def test_in_a_pod_else_by_kubeconfig(kube_server: KubeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """What most programs begin with; a bare ApiClient goes to what was loaded."""
    monkeypatch.setenv("KUBECONFIG", str(kube_server.kubeconfig_for(kube_server.admin)))
    try:
        config.load_incluster_config()
    except config.ConfigException:
        await config.load_kube_config()
    assert Configuration.get_default_copy().host == kube_server.url
    async with ApiClient() as api:
        assert await served(api) == "v1.36.3"


async def test_a_given_configuration_is_filled(kube_server: KubeServer) -> None:
    mine = Configuration()
    loader = await config.load_kube_config(str(kube_server.kubeconfig_for(kube_server.admin)), None, mine, False, None)
    assert mine.host == kube_server.url
    assert Configuration.get_default_copy().host == "http://localhost"
    assert loader.current_context["name"] == _kubeconfig(kube_server)["current-context"]
    async with ApiClient(mine) as api:
        assert await served(api) == "v1.36.3"


async def test_from_a_dict(kube_server: KubeServer) -> None:
    mine = Configuration()
    await config.load_kube_config_from_dict(_kubeconfig(kube_server), client_configuration=mine)
    assert mine.host == kube_server.url
    async with await config.new_client_from_config_dict(_kubeconfig(kube_server)) as api:
        assert await served(api) == "v1.36.3"


async def test_new_clients_leave_the_default_alone(kube_server: KubeServer) -> None:
    async with await config.new_client_from_config(str(kube_server.kubeconfig_for(kube_server.admin))) as api:
        assert await served(api) == "v1.36.3"
    assert Configuration.get_default_copy().host == "http://localhost"


@pytest.mark.parametrize("keyword", ["config_file", "kube_config_path"])
async def test_load_config(kube_server: KubeServer, keyword: str) -> None:
    await config.load_config(**{keyword: str(kube_server.kubeconfig_for(kube_server.admin))})
    assert Configuration.get_default_copy().host == kube_server.url


async def test_load_config_without_anything_says_so() -> None:
    with pytest.raises(config.ConfigException):
        await config.load_config()


def test_contexts_are_listed(kube_server: KubeServer) -> None:
    contexts, current = config.list_kube_config_contexts(str(kube_server.kubeconfig_for(kube_server.admin)))
    written = _kubeconfig(kube_server)
    assert contexts == written["contexts"]
    assert current is not None
    assert current["name"] == written["current-context"]


async def test_refresh_token_ends_when_there_is_nothing_to_refresh(kube_server: KubeServer) -> None:
    loader = await config.load_kube_config(str(kube_server.kubeconfig_for(kube_server.admin)))
    await config.refresh_token(loader, interval=0)


def test_the_default_location(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert os.path.expanduser("~/.kube/config") == kube_config.KUBE_CONFIG_DEFAULT_LOCATION
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "mine"))
    assert str(tmp_path / "mine") == config.KUBE_CONFIG_DEFAULT_LOCATION
    assert kube_config.KUBE_CONFIG_DEFAULT_LOCATION == config.KUBE_CONFIG_DEFAULT_LOCATION


async def test_a_file_that_is_not_there_is_a_config_exception(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigException):
        await config.load_kube_config(str(tmp_path / "none"))


def _kubeconfig(kube_server: KubeServer) -> Any:
    return yaml.safe_load(kube_server.kubeconfig_for(kube_server.admin).read_text())
