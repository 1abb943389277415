"""The dynamic client: any kind that a cluster serves, found by asking the cluster.

`client` has the verbs, `discovery` finds resources, `resource` and `instance` are what is found and what comes back,
`foreign` takes clients of kubernetes_asyncio. May import `watch`, `validation`, `config`, `client` and `_machinery`.
"""

from aiokube.dynamic.client import (
    DynamicClient,
    EagerDiscoverer,
    LazyDiscoverer,
    Resource,
    ResourceField,
    ResourceInstance,
    ResourceList,
    Subresource,
)

__all__ = [
    "DynamicClient",
    "EagerDiscoverer",
    "LazyDiscoverer",
    "Resource",
    "ResourceField",
    "ResourceInstance",
    "ResourceList",
    "Subresource",
]
