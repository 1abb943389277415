"""Controllers: what goes on in a cluster without being asked for.

Each has one job. It hears of every change of the resources it watches, notes what to look at, and later looks at
it and does what is missing, by the verbs that requests go through too. Nothing waits and nothing polls: what is
to happen later is a timer of the server's clock, so that a test that drives the clock drives everything.

May import `verbs` and what is below; knows nothing of HTTP.
"""

from collections.abc import Sequence
from functools import partial

from .cluster_roles import ClusterRoleAggregation
from .garbage import GarbageCollector
from .namespaces import Namespaces
from .resource_quotas import ResourceQuotas
from .runner import Make, Runner
from .service_accounts import RootCertificates, ServiceAccounts
from .service_addresses import ServiceAddresses
from .simulation import Pace, simulation

__all__ = ["Pace", "Runner", "controllers", "simulation"]


def controllers(certificate: str) -> Sequence[Make]:
    """Return the controllers that every cluster has.

    Args:
        certificate: of the authority that signed the server's, PEM.
    """
    return (
        Namespaces,
        GarbageCollector,
        ServiceAccounts,
        partial(RootCertificates, certificate=certificate),
        ClusterRoleAggregation,
        ServiceAddresses,
        ResourceQuotas,
    )
