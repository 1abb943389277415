"""What the API server in the process does by itself: python benchmarks/apiserver.py

Start, creates, lists, watches and memory, measured with a plain aiohttp session over TLS on loopback, the server in a
process of its own. Prints one line for each; the machine is in all of them, so compare only within a run.
"""

import asyncio
import json
import ssl
import statistics
import subprocess
import sys
import time
from pathlib import Path

import aiohttp

PODS = 10_000
CREATES = 1_000
IN_FLIGHT = 32
WATCHERS = 100
EVENTS = 200

SERVER = """
import asyncio, json, resource, sys, time
from aiokube.testing import APIServer

async def main():
    starts = []
    for _ in range(5):
        began = time.perf_counter()
        async with APIServer():
            starts.append(time.perf_counter() - began)
    async with APIServer() as server:
        admin = server.admin
        print(json.dumps({
            "starts": starts, "url": server.url, "ca": str(server.ca_file),
            "certificate": str(admin.certificate_file), "key": str(admin.key_file),
        }), flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)

asyncio.run(main())
"""


def pod(number: int) -> bytes:
    """Return a pod as it is sent, of about 1.5 KB."""
    labels = {"app": f"app-{number % 20}", "tier": "front"}
    env = [{"name": f"VARIABLE_{index}", "value": "x" * 40} for index in range(12)]
    container = {"name": "main", "image": "registry.example/app:1", "env": env, "ports": [{"containerPort": 80}]}
    return json.dumps(
        {"metadata": {"name": f"pod-{number:05}", "labels": labels}, "spec": {"containers": [container]}}
    ).encode()


async def main() -> None:
    """Measure one after the other."""
    server = subprocess.Popen(  # noqa: ASYNC220 - nothing else runs yet
        [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    facts = json.loads(server.stdout.readline())
    print(f"start: {min(facts['starts']) * 1000:.0f} to {max(facts['starts']) * 1000:.0f} ms")
    context = ssl.create_default_context(cafile=facts["ca"])
    context.load_cert_chain(facts["certificate"], facts["key"])
    connector = aiohttp.TCPConnector(ssl=context, limit=0)
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(facts["url"], connector=connector, timeout=timeout) as session:
        before = memory(server.pid)
        await creates(session)
        await lists(session)
        print(f"memory of {PODS} pods: {memory(server.pid) - before:.0f} MB above {before:.0f} MB")
        await watches(session)
    server.communicate(b"\n")


async def creates(session: aiohttp.ClientSession) -> None:
    numbers = iter(range(PODS))
    rates: list[float] = []
    done = 0

    async def create() -> None:
        nonlocal done
        for number in numbers:
            headers = {"Content-Type": "application/json"}
            async with session.post("/api/v1/namespaces/default/pods", data=pod(number), headers=headers) as answer:
                await answer.read()
                answer.raise_for_status()
            done += 1
            if done % CREATES == 0:
                rates.append(time.perf_counter())

    began = time.perf_counter()
    await asyncio.gather(*(create() for _ in range(IN_FLIGHT)))
    times = [later - earlier for earlier, later in zip([began, *rates], rates, strict=False)]
    rate = CREATES / statistics.median(times)
    print(f"creates: {rate:.0f} pods/s, {IN_FLIGHT} in flight (median of {len(times)} x {CREATES})")


async def lists(session: aiohttp.ClientSession) -> None:
    rates = []
    for _ in range(5):
        began = time.perf_counter()
        async with session.get("/api/v1/pods") as answer:
            size = len(await answer.read())
        rates.append(size / 1e6 / (time.perf_counter() - began))
    print(f"list: {statistics.median(rates):.0f} MB/s of {size / 1e6:.1f} MB (median of 5)")


async def watches(session: aiohttp.ClientSession) -> None:
    async with session.get("/api/v1/namespaces/default/configmaps") as answer:
        version = (await answer.json())["metadata"]["resourceVersion"]
    ready = asyncio.Semaphore(0)

    async def watch() -> None:
        path = f"/api/v1/namespaces/default/configmaps?watch=true&resourceVersion={version}&timeoutSeconds=300"
        async with session.get(path) as answer:
            ready.release()
            seen = 0
            async for chunk in answer.content.iter_any():
                seen += chunk.count(b"\n")
                if seen >= EVENTS:
                    return

    tasks = [asyncio.create_task(watch()) for _ in range(WATCHERS)]
    for _ in tasks:
        await ready.acquire()
    began = time.perf_counter()
    for number in range(EVENTS):
        body = {"metadata": {"name": f"event-{number}"}, "data": {"text": "x" * 1000}}
        async with session.post("/api/v1/namespaces/default/configmaps", json=body) as answer:
            await answer.read()
    await asyncio.gather(*tasks)
    seconds = time.perf_counter() - began
    sent = WATCHERS * EVENTS / seconds
    print(f"watches: {sent:.0f} events/s to {WATCHERS} watchers, {EVENTS / seconds:.0f} creates/s the while")


def memory(pid: int) -> float:
    """Return the resident memory of a process in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


if __name__ == "__main__":
    asyncio.run(main())
