"""One client doing one piece of work in a fresh process; prints what it took as JSON.

    python benchmarks/worker.py CLIENT WORK KUBECONFIG

CLIENT is limit (aiohttp alone: bodies read and not decoded, lines split and decoded into type and Raw), aiokube or
kubernetes_asyncio. A client is a module of functions named after the works.
"""

import asyncio
import importlib
import json
import sys
import time
from pathlib import Path


def main() -> None:
    """Import the client, do the work, print the result."""
    client, work, kubeconfig = sys.argv[1:]
    began = time.perf_counter()
    module = importlib.import_module(f"clients.{client}")
    imported = time.perf_counter() - began
    if work == "import_seconds":
        print(json.dumps({"seconds": imported}))
        return
    before = _peak()
    result = asyncio.run(getattr(module, work)(kubeconfig))
    print(json.dumps({**result, "peak_mb": (_peak() - before) / 1e6}))


def _peak() -> int:
    """Return the largest memory of this process so far, in bytes; getrusage would count the parent's."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) * 1024


if __name__ == "__main__":
    main()
