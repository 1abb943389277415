from pathlib import Path
from typing import Any

import pytest

from aiokube.client.configuration import Configuration
from aiokube.config import ConfigException, incluster_config, load_incluster_config
from aiokube.config.incluster_config import InClusterConfigLoader

ENVIRONMENT = {"KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443"}


@pytest.fixture
def mounted(tmp_path: Path) -> dict[str, Any]:
    """What the kubelet mounts, as keywords of `load_incluster_config`."""
    (tmp_path / "token").write_text("token-of-pod")
    (tmp_path / "ca.crt").write_text("-----BEGIN CERTIFICATE-----")
    return {
        "token_filename": str(tmp_path / "token"),
        "cert_filename": str(tmp_path / "ca.crt"),
        "environ": ENVIRONMENT,
    }


def test_fills_a_configuration(mounted: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "namespace").write_text("shop")
    configuration = Configuration()
    load_incluster_config(configuration, **mounted)
    assert configuration.host == "https://10.0.0.1:443"
    assert configuration.ssl_ca_cert == mounted["cert_filename"]
    assert configuration.api_key == {"BearerToken": "Bearer token-of-pod"}
    assert configuration.namespace == "shop"
    assert configuration.verify_ssl


def test_sets_the_default_when_none_is_given(mounted: dict[str, Any]) -> None:
    load_incluster_config(**mounted)
    assert Configuration.get_default_copy().host == "https://10.0.0.1:443"


def test_looks_at_the_environment_and_the_usual_files(mounted: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(incluster_config, "SERVICE_TOKEN_FILENAME", mounted["token_filename"])
    monkeypatch.setattr(incluster_config, "SERVICE_CERT_FILENAME", mounted["cert_filename"])
    load_incluster_config()
    assert Configuration.get_default_copy().host == "https://10.0.0.1:443"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("fd00::1", "https://[fd00::1]:443"),
        ("[fd00::1]", "https://[fd00::1]:443"),
        ("kubernetes", "https://kubernetes:443"),
    ],
)
def test_address(mounted: dict[str, Any], host: str, url: str) -> None:
    configuration = Configuration()
    environment = ENVIRONMENT | {"KUBERNETES_SERVICE_HOST": host}
    load_incluster_config(configuration, **mounted | {"environ": environment})
    assert configuration.host == url


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"KUBERNETES_SERVICE_HOST": "10.0.0.1"},
        {"KUBERNETES_SERVICE_HOST": "", "KUBERNETES_SERVICE_PORT": "443"},
    ],
)
def test_outside_a_pod(mounted: dict[str, Any], environment: dict[str, str]) -> None:
    with pytest.raises(ConfigException, match=r"^not in a pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT"):
        load_incluster_config(**mounted | {"environ": environment})


@pytest.mark.parametrize("name", ["token", "ca.crt"])
@pytest.mark.parametrize("content", [None, "", "\n"])
def test_missing_or_empty_file_is_named(
    mounted: dict[str, Any], tmp_path: Path, name: str, content: str | None
) -> None:
    path = tmp_path / name
    if content is None:
        path.unlink()
    else:
        path.write_text(content)
    configuration = Configuration("https://before.example")
    with pytest.raises(ConfigException, match=f"^no service account: .*{path}"):
        load_incluster_config(configuration, **mounted)
    assert configuration.host == "https://before.example"


async def test_rotated_token_is_found_after_a_401(mounted: dict[str, Any], tmp_path: Path) -> None:
    configuration = Configuration()
    load_incluster_config(configuration, **mounted)
    assert await configuration.authorization() == "Bearer token-of-pod"
    (tmp_path / "token").write_text("rotated\n")
    assert await configuration.refresh("Bearer token-of-pod")
    assert await configuration.authorization() == "Bearer rotated"


async def test_token_stays_when_it_shall_not_be_refreshed(mounted: dict[str, Any], tmp_path: Path) -> None:
    configuration = Configuration()
    load_incluster_config(configuration, try_refresh_token=False, **mounted)
    (tmp_path / "token").write_text("rotated")
    assert not await configuration.refresh("Bearer token-of-pod")
    assert await configuration.authorization() == "Bearer token-of-pod"


async def test_other_credentials_are_dropped(mounted: dict[str, Any]) -> None:
    configuration = Configuration(api_key_prefix={"BearerToken": "Bearer"}, username="other")
    configuration.cert_data = configuration.key_data = b"other"
    configuration.refresh_api_key_hook = lambda _: None
    InClusterConfigLoader(**mounted).load_and_set(configuration)
    assert await configuration.authorization() == "Bearer token-of-pod"
    assert (configuration.username, configuration.cert_data, configuration.key_data) == (None, None, None)


def test_unknown_keyword_is_refused(mounted: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="token_path"):
        load_incluster_config(**mounted, token_path="x")
