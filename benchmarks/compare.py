"""Compares aiokube with the limit and with kubernetes_asyncio, on one real kube-apiserver, in one run.

    python benchmarks/compare.py [--pods 5000] [--rounds 5] [WORK …]

Each measurement is a fresh process; the clients take turns, so that a slow moment of the machine meets all of them.
Printed are the best of the rounds, and the median and quartiles of the ratios to the limit, round by round. Nothing
fails on a time.
"""

import argparse
import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiokube
from aiokube.testing import ControlPlane

HERE = Path(__file__).parent
NAMESPACE = "bench"
CLIENTS = ("limit", "aiokube", "kubernetes_asyncio")

# work -> (figure, unit, whether more is better)
WORKS: dict[str, tuple[tuple[str, str, bool], ...]] = {
    "list_ready": (("seconds", "s", False), ("cpu_seconds", "s CPU", False), ("peak_mb", "MB", False)),
    "list_read": (("seconds", "s", False), ("cpu_seconds", "s CPU", False)),
    "get_one": (("cpu_us", "µs CPU/request", False), ("per_second", "requests/s", True)),
    "watch": (("cpu_us", "µs CPU/event", False),),
    "cold_start": (
        ("requests", "requests", False),
        ("waves", "round trips", False),
        ("second_us", "µs, 2nd client", False),
    ),
    "import_seconds": (("seconds", "s", False),),
}


async def main() -> None:
    """Fill a control plane with pods, measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("works", nargs="*", default=list(WORKS), metavar="WORK", help=", ".join(WORKS))
    parser.add_argument("--pods", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    async with ControlPlane() as control_plane:
        await fill(control_plane, options.pods)
        for work in options.works:
            results = await measure(work, str(control_plane.kubeconfig), options.rounds)
            show(work, results)


async def fill(control_plane: ControlPlane, count: int) -> None:
    """Create pods of about 5.2 KB."""
    async with aiokube.connect(control_plane.configuration) as kube:
        namespaces = await kube.resources.get(api_version="v1", kind="Namespace")
        await namespaces.create({"metadata": {"name": NAMESPACE}})
        accounts = await kube.resources.get(api_version="v1", kind="ServiceAccount")
        async for event in accounts.watch(namespace=NAMESPACE):
            if event["object"].metadata.name == "default":
                break
        pods = await kube.resources.get(api_version="v1", kind="Pod")
        await asyncio.gather(*(pods.create(pod(number), namespace=NAMESPACE) for number in range(count)))
        size = len(await (await pods.get(namespace=NAMESPACE, serialize=False)).read())
        print(f"{count} pods, {size / 1e6:.1f} MB as a list, {size / count:.0f} bytes each\n", flush=True)


def pod(number: int) -> dict[str, Any]:
    """Return a pod as a workload's look."""
    environment = [{"name": f"SETTING_{index}", "value": f"value-{index}-of-{number}"} for index in range(18)]
    container = {
        "image": "registry.example.com/team/service:1.2.3",
        "env": environment,
        "ports": [{"containerPort": 8080, "name": "http"}],
        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
        "readinessProbe": {"httpGet": {"path": "/ready", "port": "http"}},
    }
    return {
        "metadata": {
            "name": f"pod-{number}",
            "labels": {"app": f"app-{number % 50}", "tier": "backend", "number": str(number)},
            "annotations": {f"example.com/note-{index}": "x" * 60 for index in range(5)},
        },
        "spec": {"containers": [{"name": "main", **container}]},
    }


async def measure(work: str, kubeconfig: str, rounds: int) -> dict[str, list[dict[str, float]]]:
    """Return what each client that does a work took in each round."""
    clients = [client for client in CLIENTS if work == "import_seconds" or has(client, work)]
    results: dict[str, list[dict[str, float]]] = {client: [] for client in clients}
    for _ in range(rounds):
        for client in clients:
            results[client].append(await asyncio.to_thread(run, client, work, kubeconfig))
    return results


def has(client: str, work: str) -> bool:
    """Whether a client does a work."""
    source = (HERE / "clients" / f"{client}.py").read_text()
    return f"async def {work}(" in source or f"{work} = " in source


def run(client: str, work: str, kubeconfig: str) -> dict[str, float]:
    """Run one worker."""
    command = [sys.executable, "-P", str(HERE / "worker.py"), client, work, kubeconfig]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(HERE)})
    if done.returncode:
        raise RuntimeError(f"{client} {work} failed:\n{done.stderr}")
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def show(work: str, results: dict[str, list[dict[str, float]]]) -> None:
    """Print one table."""
    print(f"{work:<18}" + "".join(f"{client:>30}" for client in results))
    for figure, unit, more in WORKS[work]:
        base = [each.get(figure) for each in next(iter(results.values()))]
        cells = [cell([each.get(figure) for each in rounds], base, more=more) for rounds in results.values()]
        print(f"  {unit:<16}" + "".join(f"{each:>30}" for each in cells), flush=True)
    print()


def cell(values: list[float | None], base: list[float | None], *, more: bool) -> str:
    """Return the best of a client's rounds, and the median and quartiles of its ratio to the limit of the round."""
    pairs = [(value, limit) for value, limit in zip(values, base, strict=True) if value and limit]
    if not pairs:
        return ""
    best = (max if more else min)(value for value, _ in pairs)
    ratios = sorted(value / limit for value, limit in pairs)
    low, middle, high = (ratios[len(ratios) * quarter // 4] for quarter in (1, 2, 3))
    return f"{best:.3g}  {middle:.2f} × [{low:.2f}–{high:.2f}]"


if __name__ == "__main__":
    asyncio.run(main())
