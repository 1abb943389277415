"""The limit: aiohttp and msgspec, and nothing else."""

import base64
import ssl
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import msgspec
import yaml
from yarl import URL

from clients.measure import EVENTS, NAMESPACE, many, seconds


@asynccontextmanager
async def _session(kubeconfig: str) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    with open(kubeconfig) as file:
        config = yaml.safe_load(file)
    user, cluster = config["users"][0]["user"], config["clusters"][0]["cluster"]
    context = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    with tempfile.NamedTemporaryFile() as pem:
        pem.write(b"\n".join(base64.b64decode(user[f"client-{part}-data"]) for part in ("certificate", "key")))
        pem.flush()
        context.load_cert_chain(pem.name)
    connector = aiohttp.TCPConnector(ssl=context, limit=0)
    async with aiohttp.ClientSession(connector=connector, skip_auto_headers=["Accept-Encoding"]) as session:
        async with session.get(f"{cluster['server']}/version") as response:
            await response.read()
        yield session, cluster["server"]


async def list_ready(kubeconfig: str) -> dict[str, float]:
    """Read a list of all pods, not decoded."""
    async with _session(kubeconfig) as (session, host):

        async def read() -> int:
            async with session.get(f"{host}/api/v1/namespaces/{NAMESPACE}/pods") as response:
                return len(await response.read())

        size, taken = await seconds(read)
        return {**taken, "bytes": size}


list_read = list_ready


async def get_one(kubeconfig: str) -> dict[str, float]:
    """Read one pod many times."""
    async with _session(kubeconfig) as (session, host):
        url = URL(f"{host}/api/v1/namespaces/{NAMESPACE}/pods/pod-0", encoded=True)

        async def get() -> bytes:
            async with session.get(url) as response:
                return await response.read()

        return await many(get)


class _Event(msgspec.Struct):
    type: str
    object: msgspec.Raw


async def watch(kubeconfig: str) -> dict[str, float]:
    """Read the initial events of all pods, split into lines and decoded into type and Raw."""
    decode = msgspec.json.Decoder(_Event).decode
    async with _session(kubeconfig) as (session, host):

        async def read() -> int:
            count, rest = 0, b""
            async with session.get(f"{host}/api/v1/namespaces/{NAMESPACE}/pods?watch=true") as response:
                async for chunk in response.content.iter_any():
                    *lines, rest = (rest + chunk).split(b"\n")
                    for line in lines:
                        decode(line)
                        count += 1
                    if count >= EVENTS:
                        return count
            return count

        count, taken = await seconds(read)
        return {"cpu_us": taken["cpu_seconds"] / count * 1e6, **taken}
