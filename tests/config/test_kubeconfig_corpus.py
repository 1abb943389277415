"""Every folder of `kubeconfigs` is a case: what aiokube makes of it is what kubectl makes of it.

`kubectl config view --raw --minify` shows what is in force; kubectl looks at some contradictions only when it
builds a client, so those cases run `kubectl get`, which ends before it connects.
"""

import base64
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiokube.client.configuration import Configuration
from aiokube.config import ConfigException
from aiokube.config.kube_config import KubeConfigLoader, load_kube_config
from aiokube.testing import ControlPlane

CORPUS = Path(__file__).with_name("kubeconfigs")

# The files of KUBECONFIG, where a case has several; paths in it are the case's own.
SETS = {
    "merge-broken-second": "a:b",
    "merge-current-context": "a:b",
    "merge-empty-first": "a:b",
    "merge-missing-file": "missing:b",
    "merge-null-entry-first": "a:b",
    "merge-relative-paths": "a/config:b/config",
    "merge-same-file-twice": "a::a:b:a",
    "merge-same-names": "a:b",
    "merge-spread": "contexts:clusters:users",
    "nothing-there": "missing:missing-too",
}

# kubectl shows it, and refuses to use it with this text.
REFUSED_IN_USE = {
    "certificate-file-missing": "unable to read certificate-authority",
    "certificate-without-key": "client-key-data or client-key must be specified",
    "insecure-with-ca": "root certificates file with the insecure flag is not allowed",
    "proxy-of-no-kind": "unsupported scheme",
    "proxy-without-scheme": "unsupported scheme",
    "server-not-a-url": "host must be a URL or a host:port pair",
    "token-and-basic": "more than one authentication method found",
    "token-file-missing": "no such file or directory",
    "token-with-line-break": "invalid header field value",
}

# kubectl shows it; aiokube refuses it with this text: it is not there yet, or kubectl would go to
# localhost:8080, as no other client does.
REFUSED_BY_AIOKUBE = {
    "auth-provider": "user 'dev': auth providers are not supported yet",
    "context-without-cluster": "context 'dev' names no cluster",
    "exec": "user 'dev': exec plugins are not supported yet",
    "impersonation": "user 'dev': impersonation (as) is not supported yet",
    "proxy-socks5": "cluster 'one': a proxy-url with socks5 is not supported yet",
    "server-missing": "cluster 'one': it has no server",
}

# Both refuse to read it, or find no context in it.
REFUSED = {
    "alias-of-itself",
    "alias-of-nothing",
    "binary",
    "clusters-a-mapping",
    "comments-only",
    "context-not-set",
    "context-not-there",
    "context-of-no-cluster",
    "context-of-no-user",
    "data-not-base64",
    "directory",
    "duplicate-cluster",
    "duplicate-context",
    "duplicate-user",
    "empty",
    "entry-a-string",
    "insecure-quoted",
    "latin-1",
    "list",
    "merge-broken-second",
    "name-a-number",
    "namespace-octal",
    "nothing-there",
    "null",
    "null-sections",
    "other-kind",
    "other-version",
    "scalar",
    "tabs",
    "token-a-float",
    "token-a-number",
    "token-a-single-y",
    "token-a-word-for-true",
    "token-hexadecimal",
    "token-with-underscores",
    "user-a-string",
}

# Written in the kubeconfig otherwise than a client needs it.
HOSTS = {
    "server-with-slash": "https://one.example:6443",
    "server-without-scheme": "http://one.example:8080",
    "server-without-scheme-tls": "https://one.example:6443",
}

# Whose content counts, and not the token beside it.
TOKEN_FILES = {"token-file": "token-of-dev", "token-and-token-file": "token-of-dev"}

# kubectl shows the data and the path of a file that is not there; the data counts.
DATA_BESIDE_FILES = "certificate-data-and-files"

ALL = sorted({path.name for path in CORPUS.iterdir()} | set(SETS))
SHOWN = [case for case in ALL if not {case} & (REFUSED | REFUSED_IN_USE.keys() | REFUSED_BY_AIOKUBE.keys())]

Kubectl = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def kubectl(control_plane: ControlPlane, home: Path) -> Kubectl:
    def run(case: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [control_plane.binaries["kubectl"], *arguments],
            env={"HOME": str(home), "KUBECONFIG": kubeconfig(case)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def kubeconfig(case: str) -> str:
    names = SETS.get(case, "config").split(":")
    return ":".join(str(CORPUS / case / name) if name else "" for name in names)


async def loaded(case: str, monkeypatch: pytest.MonkeyPatch) -> tuple[KubeConfigLoader, Configuration]:
    monkeypatch.setenv("KUBECONFIG", kubeconfig(case))
    configuration = Configuration()
    return await load_kube_config(client_configuration=configuration), configuration


def test_corpus_is_large_and_each_expectation_has_its_case() -> None:
    expected = REFUSED | REFUSED_IN_USE.keys() | REFUSED_BY_AIOKUBE.keys() | HOSTS.keys() | TOKEN_FILES.keys()
    assert len(ALL) > 90
    assert expected <= set(ALL)


@pytest.mark.parametrize("case", SHOWN)
async def test_effective_configuration_is_what_kubectl_shows(
    case: str, kubectl: Kubectl, monkeypatch: pytest.MonkeyPatch
) -> None:
    loader, configuration = await loaded(case, monkeypatch)
    flatten = [] if case == DATA_BESIDE_FILES else ["--flatten"]
    shown = kubectl(case, "config", "view", "--raw", "--minify", *flatten, "-o", "json")
    assert shown.returncode == 0, shown.stderr
    view = json.loads(shown.stdout)
    assert loader.current_context["name"] == view["current-context"]
    assert effective(configuration) == expected(case, view)


@pytest.mark.parametrize("case", sorted(REFUSED))
async def test_both_refuse(case: str, kubectl: Kubectl, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigException):
        await loaded(case, monkeypatch)
    assert kubectl(case, "config", "view", "--raw", "--minify").returncode == 1


@pytest.mark.parametrize("case", sorted(REFUSED_IN_USE))
async def test_both_refuse_to_use_it(case: str, kubectl: Kubectl, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigException):
        await loaded(case, monkeypatch)
    used = kubectl(case, "get", "--raw", "/version")
    assert REFUSED_IN_USE[case] in used.stderr


@pytest.mark.parametrize("case", sorted(REFUSED_BY_AIOKUBE))
async def test_refused_by_aiokube_alone(case: str, kubectl: Kubectl, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigException) as caught:
        await loaded(case, monkeypatch)
    assert str(caught.value) == REFUSED_BY_AIOKUBE[case]
    assert kubectl(case, "config", "view", "--raw", "--minify").returncode == 0


def effective(configuration: Configuration) -> dict[str, Any]:
    """Return what a Configuration says, with the content of files instead of their paths."""
    return {
        "host": configuration.host,
        "verify_ssl": configuration.verify_ssl,
        "ca": configuration.ssl_ca_cert_data or content(configuration.ssl_ca_cert),
        "cert": configuration.cert_data or content(configuration.cert_file),
        "key": configuration.key_data or content(configuration.key_file),
        "tls_server_name": configuration.tls_server_name,
        "proxy": configuration.proxy,
        "authorization": configuration.api_key.get("BearerToken"),
        "namespace": configuration.namespace,
    }


def expected(case: str, view: dict[str, Any]) -> dict[str, Any]:
    """Return the same of what kubectl shows."""
    (cluster,) = [entry["cluster"] for entry in view["clusters"]]
    (context,) = [entry["context"] for entry in view["contexts"]]
    user = view["users"][0]["user"] if view["users"] else {}
    return {
        "host": HOSTS.get(case, cluster["server"]),
        "verify_ssl": not cluster.get("insecure-skip-tls-verify", False),
        "ca": decoded(cluster.get("certificate-authority-data")),
        "cert": decoded(user.get("client-certificate-data")),
        "key": decoded(user.get("client-key-data")),
        "tls_server_name": cluster.get("tls-server-name"),
        "proxy": cluster.get("proxy-url"),
        "authorization": authorization(case, user),
        "namespace": context.get("namespace"),
    }


def authorization(case: str, user: dict[str, str]) -> str | None:
    token = TOKEN_FILES.get(case, user.get("token"))
    if token:
        return f"Bearer {token}"
    if "username" in user:
        return "Basic " + base64.b64encode(f"{user['username']}:{user['password']}".encode()).decode()
    return None


def decoded(data: str | None) -> bytes | None:
    return base64.b64decode(data) if data else None


def content(path: str | None) -> bytes | None:
    if path is None:
        return None
    assert os.path.isabs(path)
    return Path(path).read_bytes()
