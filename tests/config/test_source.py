from pathlib import Path
from typing import Any

import pytest
import yaml

from aiokube.client.configuration import Configuration
from aiokube.config import ConfigException, configuration_from, incluster_config, load_config

ARN = "arn:aws:eks:eu-west-1:1:cluster/shop"


def kubeconfig(*contexts: str) -> str:
    """Return a kubeconfig with these contexts, the first one current, each with a server of its name."""
    return yaml.safe_dump(
        {
            "current-context": contexts[0],
            "clusters": [{"name": name, "cluster": {"server": host(name)}} for name in contexts],
            "contexts": [{"name": name, "context": {"cluster": name}} for name in contexts],
        }
    )


def host(context: str) -> str:
    return f"https://{context.rpartition('/')[2]}.example"


@pytest.fixture
def at_home(home: Path) -> Path:
    """The user's kubeconfig, with contexts dev, ops and an Amazon one."""
    (home / ".kube").mkdir()
    path = home / ".kube" / "config"
    path.write_text(kubeconfig("dev", "ops", ARN))
    return path


@pytest.fixture
def pod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes this process look as if it ran in a pod."""
    (tmp_path / "token").write_text("token-of-pod")
    (tmp_path / "ca.crt").write_text("-----BEGIN CERTIFICATE-----")
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "443")
    monkeypatch.setattr(incluster_config, "SERVICE_TOKEN_FILENAME", str(tmp_path / "token"))
    monkeypatch.setattr(incluster_config, "SERVICE_CERT_FILENAME", str(tmp_path / "ca.crt"))


async def test_configuration_is_itself() -> None:
    configuration = Configuration()
    assert await configuration_from(configuration) is configuration
    with pytest.raises(ConfigException, match="a Configuration has no contexts"):
        await configuration_from(configuration, context="dev")


@pytest.mark.usefixtures("at_home", "pod")
async def test_kubeconfig_comes_before_the_pod() -> None:
    assert (await configuration_from()).host == host("dev")
    assert Configuration.get_default_copy().host == "http://localhost"


@pytest.mark.usefixtures("pod")
async def test_pod_without_kubeconfig(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", "/missing:/missing-too")
    assert (await configuration_from()).host == "https://10.0.0.1:443"
    assert Configuration.get_default_copy().host == "http://localhost"


async def test_neither_kubeconfig_nor_pod(home: Path) -> None:
    with pytest.raises(ConfigException, match=f"^no kubeconfig at {home}/.kube/config, and not in a pod: "):
        await configuration_from()


@pytest.mark.usefixtures("at_home", "pod")
async def test_context_by_name() -> None:
    assert (await configuration_from("ops")).host == host("ops")
    assert (await configuration_from(context="ops")).host == host("ops")
    assert (await configuration_from(ARN)).host == host(ARN)
    with pytest.raises(ConfigException, match="'ops' is a context already; 'dev' cannot be another one"):
        await configuration_from("ops", context="dev")


@pytest.mark.usefixtures("pod")
async def test_context_without_kubeconfig_is_not_looked_for_in_the_pod() -> None:
    with pytest.raises(ConfigException, match="no kubeconfig found"):
        await configuration_from(context="dev")
    with pytest.raises(ConfigException, match="'dev' is neither a file nor a context of"):
        await configuration_from("dev")


@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize("of", [str, Path])
async def test_path(tmp_path: Path, of: Any) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text(kubeconfig("one", "two"))
    assert (await configuration_from(of(path))).host == host("one")
    assert (await configuration_from(of(path), context="two")).host == host("two")


async def test_path_does_not_need_a_kubeconfig_that_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken").write_text("{")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "broken"))
    (tmp_path / "kubeconfig").write_text(kubeconfig("one"))
    assert (await configuration_from(f"{tmp_path}/kubeconfig")).host == host("one")


@pytest.mark.usefixtures("at_home")
async def test_bare_word_is_a_context_before_it_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ops").write_text(kubeconfig("wrong"))
    (tmp_path / "other").write_text(kubeconfig("one"))
    assert (await configuration_from("ops")).host == host("ops")
    assert (await configuration_from("other")).host == host("one")
    assert (await configuration_from(Path("ops"))).host == host("wrong")


@pytest.mark.usefixtures("at_home")
async def test_missing_path_is_an_error() -> None:
    with pytest.raises(ConfigException, match="'/no/such' is neither a file nor a context of"):
        await configuration_from("/no/such")
    with pytest.raises(ConfigException, match="no kubeconfig found; looked for /no/such"):
        await configuration_from(Path("/no/such"))


@pytest.mark.usefixtures("at_home", "pod")
async def test_load_config_prefers_the_kubeconfig() -> None:
    await load_config(context="ops", try_refresh_token=True)
    assert Configuration.get_default_copy().host == host("ops")


@pytest.mark.usefixtures("pod")
async def test_load_config_takes_the_pod_when_there_is_no_kubeconfig() -> None:
    configuration = Configuration()
    await load_config(client_configuration=configuration, context="ops", try_refresh_token=False)
    assert configuration.host == "https://10.0.0.1:443"
    assert configuration.credentials is None


@pytest.mark.usefixtures("pod")
@pytest.mark.parametrize("keyword", ["config_file", "kube_config_path"])
async def test_load_config_with_a_path_tries_nothing_else(keyword: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigException, match="no kubeconfig found"):
        await load_config(**{keyword: "/no/such"})
    (tmp_path / "k").write_text(kubeconfig("one"))
    await load_config(**{keyword: str(tmp_path / "k")})
    assert Configuration.get_default_copy().host == host("one")


async def test_load_config_says_what_was_tried(home: Path) -> None:
    with pytest.raises(ConfigException, match=f"^no kubeconfig at {home}/.kube/config, and not in a pod: "):
        await load_config()


@pytest.mark.usefixtures("at_home")
async def test_load_config_refuses_an_unknown_keyword() -> None:
    with pytest.raises(TypeError, match="contxt"):
        await load_config(contxt="ops")
