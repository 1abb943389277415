"""Two candidates for one lease: the first one holds it, and the second gets it when it was given up."""

from datetime import UTC, datetime

from kubernetes_asyncio import client, config
from kubernetes_asyncio.dynamic import DynamicClient
from kubernetes_asyncio.dynamic.exceptions import ConflictError, NotFoundError


def now():
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


async def acquire(leases, namespace, candidate):
    spec = {"holderIdentity": candidate, "leaseDurationSeconds": 600, "renewTime": now()}
    try:
        lease = await leases.get(name="leader", namespace=namespace)
    except NotFoundError:
        body = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "leader"}, "spec": spec}
        await leases.create(body=body, namespace=namespace)
        return True
    if lease.spec.holderIdentity not in ("", None, candidate):
        return False
    lease.spec = spec
    try:
        await leases.replace(body=lease)
    except ConflictError:
        return False
    return True


async def release(leases, namespace):
    lease = await leases.get(name="leader", namespace=namespace)
    lease.spec.holderIdentity = ""
    lease.spec.leaseDurationSeconds = 1
    await leases.replace(body=lease)


async def main(namespace):
    await config.load_kube_config()
    async with client.ApiClient() as api:
        dynamic = await DynamicClient(api)
        leases = await dynamic.resources.get(api_version="coordination.k8s.io/v1", kind="Lease")
        held = [await acquire(leases, namespace, candidate) for candidate in ("a", "b", "a")]
        await release(leases, namespace)
        return [*held, await acquire(leases, namespace, "b")]
