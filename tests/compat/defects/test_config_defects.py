"""KA-C1: a defect of kubernetes_asyncio's kubeconfig."""

from __future__ import annotations

import json
import os
from pathlib import Path

from compat.defects.defect import defect
from compat.packages import Package


def kubeconfig(path: Path, name: str) -> Path:
    """A kubeconfig with one context, which is its current one."""
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": {"server": f"http://{name}.example.com"}}],
        "users": [{"name": name, "user": {}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
    path.write_text(json.dumps(document))
    return path


@defect("KA-C1", fails_with=AssertionError, saying="'http://second.example.com' == 'http://first.example.com'")
async def test_ka_c1_the_first_current_context_wins(package: Package, tmp_path: Path) -> None:
    """As kubectl has it: of several files the first that says something is right."""
    files = [kubeconfig(tmp_path / name, name) for name in ("first", "second")]
    configuration = package.client.Configuration()
    await package.config.load_kube_config(
        config_file=os.pathsep.join(map(str, files)), client_configuration=configuration
    )
    assert configuration.host == "http://first.example.com"
