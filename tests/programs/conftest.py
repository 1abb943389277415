"""Programs as their authors have them, for kubernetes_asyncio, and the two ways of taking them to aiokube.

The other files of this folder are such programs. A test does not import them: it reads their text, changes the names
of packages in it and runs that.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import kubernetes_asyncio
import pytest
from kubernetes_asyncio.config import kube_config

import aiokube.client
from aiokube.testing import KubeServer
from awaited import until_forgotten, until_furnished

RENAMES = {
    "renamed": ("kubernetes_asyncio", "aiokube"),  # the package
    "swapped": ("kubernetes_asyncio.dynamic", "aiokube.dynamic"),  # the dynamic part of it only
}


def load(name: str, way: str) -> ModuleType:
    """Return a program of this folder, its imports changed in one of the ways of `RENAMES`."""
    path = Path(__file__).with_name(f"{name}.py")
    old, new = RENAMES[way]
    text = path.read_text()
    assert old in text, f"{path} imports nothing of {old}"
    program = ModuleType(name)
    program.__file__ = str(path)
    exec(compile(text.replace(old, new), path, "exec"), vars(program))  # noqa: S102 - a file of this folder
    return program


@pytest.fixture(params=RENAMES)
def run(request: pytest.FixtureRequest, kubeconfig: Path) -> Callable[..., Awaitable[Any]]:
    """Runs a program: `await run("create_or_patch", namespace)` awaits its `main(namespace)`."""
    return lambda name, *args: load(name, request.param).main(*args)


@pytest.fixture
def run_swapped(kubeconfig: Path) -> Callable[..., Awaitable[Any]]:
    """Runs a program that needs more of kubernetes_asyncio than aiokube has."""
    return lambda name, *args: load(name, "swapped").main(*args)


@pytest.fixture
def kubeconfig(kube_server: KubeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The default kubeconfig of both packages, which a program fills the default Configuration from.

    Certificates are files in it: kubernetes_asyncio leaves the files open that it writes others into.
    """
    user = {
        "client-certificate": str(kube_server.admin.certificate_file),
        "client-key": str(kube_server.admin.key_file),
    }
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": "test",
                "cluster": {"server": kube_server.url, "certificate-authority": str(kube_server.ca_file)},
            }
        ],
        "users": [{"name": "admin", "user": user}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "admin"}}],
        "current-context": "test",
    }
    path = tmp_path / "kubeconfig"
    path.write_text(json.dumps(content))
    monkeypatch.setenv("KUBECONFIG", str(path))
    monkeypatch.setattr(kube_config, "KUBE_CONFIG_DEFAULT_LOCATION", str(path))  # read from there at its import
    for package in (aiokube, kubernetes_asyncio):
        monkeypatch.setattr(package.client.Configuration, "_default", None)
    return path


@pytest.fixture
async def namespace(namespace: str, kube_server: KubeServer) -> str:
    """A namespace that takes pods, and in which nothing appears while a program lists it."""
    await until_furnished(kube_server, namespace)
    return namespace


@pytest.fixture
async def group(kube_server: KubeServer, namespace: str) -> AsyncIterator[str]:
    """The name of an API group of the test's own; kinds that are defined in it end with the test."""
    name = f"{namespace}.example.com"
    yield name
    listed = json.loads((await kube_server.kubectl("get", "crd", "-o", "json")).stdout)["items"]
    own = [definition for definition in listed if definition["spec"]["group"] == name]
    for definition in own:
        await kube_server.kubectl("delete", "crd", definition["metadata"]["name"])
    await until_forgotten(kube_server, *own)
