"""The dynamic client: any kind that a cluster serves, found by asking the cluster.

`client` has the verbs; `calls` makes requests of them and results of answers, `bodies` and `listing` help. `discovery`
finds resources, `resource` and `instance` are what is found and what comes back, `foreign` takes clients of
kubernetes_asyncio. May import `watch`, `validation`, `config`, `client` and `_machinery`.
"""

from aiokube.dynamic.calls import IgnoredKeywordWarning as IgnoredKeywordWarning  # not in __all__: see there
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

# Compat: exactly the names that a star import of kubernetes_asyncio.dynamic brings.
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
