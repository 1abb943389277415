"""Take the service account of the pod, or outside of a cluster the kubeconfig; say who and where that is."""

from kubernetes_asyncio import config
from kubernetes_asyncio.client import ApiClient
from kubernetes_asyncio.dynamic import DynamicClient


async def configure():
    try:
        config.load_incluster_config()
    except config.ConfigException:
        await config.load_kube_config()
        return "kubeconfig"
    return "pod"


async def main():
    origin = await configure()
    async with ApiClient() as api:
        client = await DynamicClient(api)
        reviews = await client.resources.get(api_version="authentication.k8s.io/v1", kind="SelfSubjectReview")
        review = await reviews.create(body={"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"})
        return origin, review.status.userInfo.username, client.version["kubernetes"]["gitVersion"]
