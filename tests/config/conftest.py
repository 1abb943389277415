"""No test here sees the kubeconfig, the pod or the default Configuration of whoever runs it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aiokube.client.configuration import Configuration


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(folder))
    for name in ("KUBECONFIG", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"):
        monkeypatch.delenv(name, raising=False)
    Configuration.set_default(None)
    yield folder
    Configuration.set_default(None)
